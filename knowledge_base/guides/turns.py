"""How a turn of a guide ends: with the next question, the same one again, or the conclusion."""

from dataclasses import dataclass
from datetime import date

from knowledge_base.blocks import Block, Choice, ChoicesBlock, Reply, TextBlock
from knowledge_base.decision import Context
from knowledge_base.guides.asking import move_choice, question
from knowledge_base.guides.concluding import conclude, result_block
from knowledge_base.guides.matters import usual_matters
from knowledge_base.guides.model import Guide, Step
from knowledge_base.guides.moves import Move, move_of
from knowledge_base.guides.state import GuideState, Status, without
from knowledge_base.normalise import normalise
from knowledge_base.release import Release
from knowledge_base.replies import label_of
from knowledge_base.wording import say

_EXPLAINED_AT, _PERSON_AT = 2, 3
"""So many failures in a row at a step: it is explained differently, a person is offered."""
_NEED = {
    "phone": "guide_need_phone",
    "name": "guide_need_name",
    "date": "guide_need_date",
    "amount": "guide_need_amount",
    "number": "guide_need_amount",
}


@dataclass(frozen=True)
class GuideTurn:
    """One message in a guide."""

    state: GuideState
    guide: Guide
    text: str
    release: Release
    context: Context
    today: date

    @property
    def move(self) -> Move | None:
        """What the message does with the guide itself, if it is typed."""
        return move_of(normalise(self.text))

    def reply(self, detail: str, blocks: list[Block], state: GuideState) -> Reply:
        """A reply of the guide; after a night the citizen is told where it goes on."""
        resumed = self.state.day != self.today and self.state.status is Status.ASKING and detail != "begun"
        first: list[Block] = [TextBlock(text=say("guide_resumed", title=self.guide.title))] if resumed else []
        state = state.model_copy(update={"day": self.today})
        return Reply(
            outcome=f"guided.{detail}",
            blocks=[*first, *blocks],
            topic=self.guide.topic,
            release=self.release.number,
            guide=state,
        )


def go_on(turn: GuideTurn, state: GuideState, first: list[Block] | None = None, detail: str = "asked") -> Reply:
    """The next question, or the end; `first` is said before it."""
    step = state.step()
    if step is None:
        return concluded(turn, state, first)
    return turn.reply(detail, [*(first or []), put(turn, state, step)], state)


def back(turn: GuideTurn, first: list[Block] | None = None) -> Reply:
    """The last answer is asked for again; `first` is said before it."""
    state = turn.state
    last = [step for step in turn.guide.steps if step.id in state.answers][-1:]
    if state.partial or not last:
        again = GuideState(guide=state.guide, answers=state.answers, day=turn.today)
        return go_on(turn, again, first)
    return go_on(turn, without(state, last[0], turn.today), first)


def put(turn: GuideTurn, state: GuideState, step: Step, prompt: str = "") -> Block:
    """A step's question; that for a notarial matter with the usual ones as buttons."""
    return question(state, step, prompt=prompt, offered=usual_matters(state, step, turn.release))


def concluded(turn: GuideTurn, state: GuideState, first: list[Block] | None = None) -> Reply:
    """What the guide comes to, and what can be done then."""
    state = state.model_copy(update={"status": Status.CONCLUDED, "partial": "", "failures": 0})
    conclusion = conclude(state, turn.today, turn.release)
    gone = {f"entry:{name}" for name in turn.release.entries if not turn.release.in_force(name, turn.today)}
    labels = ((target, label_of(target, turn.release)) for target in conclusion.next if target not in gone)
    following = [Choice(id=target, label=label) for target, label in labels if label]
    ended = ChoicesBlock(
        prompt=say("guide_ended"),
        choices=[*following, move_choice(Move.BACK), move_choice(Move.RESTART)],
        guide=state.guide,
    )
    result = result_block(state, conclusion, turn.today, turn.release)
    return turn.reply("concluded", [*(first or []), result, ended], state)


def asked_again(turn: GuideTurn, detail: str, first: list[Block], prompt: str = "") -> Reply:
    """Say something, and put the present question again, with `prompt` in other words."""
    state, step = turn.state, turn.state.step()
    if step is None:
        return turn.reply(detail, [*first, TextBlock(text=say("ask_on"))], state)
    state = state.model_copy(update={"status": Status.ASKING})
    back: list[Block] = [TextBlock(text=say("guide_continued", title=turn.guide.title))]
    first = [*first, *(back if detail == "interrupted" else [])]
    return turn.reply(detail, [*first, put(turn, state, step, prompt)], state)


def failed(turn: GuideTurn, step: Step) -> Reply:
    """Nothing was understood: say so, then explain differently, then offer a person."""
    failures = turn.state.failures + 1
    state = turn.state.model_copy(update={"failures": failures, "status": Status.ASKING})
    gave_up = step.unknown is None and turn.move is Move.UNKNOWN
    key = "guide_unknown_not_possible" if gave_up else "guide_not_understood"
    if failures >= _EXPLAINED_AT and not gave_up:
        key = "guide_not_understood_again"
    blocks: list[Block] = [TextBlock(text=say(key))]
    if failures == 1 and not gave_up and step.kind in _NEED:
        blocks = [TextBlock(text=say("guide_need_future" if step.day == "future" else _NEED[step.kind]))]
    if failures >= _PERSON_AT:
        blocks = [TextBlock(text=say("guide_person"))]
    again = step.again if failures >= _EXPLAINED_AT else ""
    return turn.reply("not_understood", [*blocks, put(turn, state, step, prompt=again)], state)
