"""Carries a guide on by one message: an answer, a correction, a question in between, or a word about the guide itself.

Pure: what was said so far comes in as a state and goes out as a state in the reply, so a repeated call is harmless and
a restart of any process loses nothing.
"""

import re
from dataclasses import replace
from datetime import date

from knowledge_base.blocks import Block, ChoicesBlock, Reply, TextBlock
from knowledge_base.decision import Context, DecisionKind
from knowledge_base.guides.asking import GUIDE, MOVE, STEP, move_choice, parse_step_target, question
from knowledge_base.guides.corrections import CLEAR_SHARE, correction
from knowledge_base.guides.matters import find_matters, matter_choices
from knowledge_base.guides.model import Step, load_guides
from knowledge_base.guides.moves import Move, move_of
from knowledge_base.guides.reading import read
from knowledge_base.guides.state import GuideState, Status, with_answer, without
from knowledge_base.guides.turns import GuideTurn, asked_again, concluded, failed, go_on
from knowledge_base.normalise import match_key, normalise
from knowledge_base.release import Release
from knowledge_base.replies import label_of, reply_to_choice, reply_with_decision, reply_with_wording
from knowledge_base.rules.conclusion import UNKNOWN
from knowledge_base.wording import say

_QUESTION = re.compile("[?？吗呢]|怎么|怎样|如何|多少|什么|哪|为啥|能不能|可不可以|要不要|是不是|几[天年月个]")
_ANSWERS = (Move.UNKNOWN, Move.NONE, Move.COURTESY)
"""Typed, these are for the step to understand."""


def begun_by(text: str) -> str | None:
    """The guide that a message asks for by name; None when it asks for none."""
    key = match_key(text)
    begins = ((guide.id, match_key(words)) for guide in load_guides().values() for words in (guide.title, *guide.begin))
    return next((guide_id for guide_id, words in begins if key == words), None)


def is_for_guides(text: str, target: str | None, state: GuideState | None) -> bool:
    """Whether a message or a pressed button belongs to a guide, and not to the catalogue."""
    if target is not None:
        return target.partition(":")[0] in (GUIDE, STEP, MOVE) or (state is not None and state.status is Status.ASKING)
    if state is None:
        return begun_by(text) is not None
    if state.status is Status.ASKING or begun_by(text) is not None:
        return True
    normalised = normalise(text)
    if move_of(normalised) in (Move.RESUME, Move.RESTART, Move.BACK):
        return True
    return state.status is Status.CONCLUDED and correction(state, normalised, state.day) is not None


def advance(state: GuideState | None, text: str, target: str | None, release: Release, context: Context) -> Reply:
    """The reply to a message that `is_for_guides`, with the state after it. Never raises for any message."""
    today = context.today or date.today()
    kind, _, name = (target or "").partition(":")
    asked_for = name if kind == GUIDE else begun_by(text) if target is None else None
    if asked_for is not None and (kind == GUIDE or not _answers(state, text, today)):
        return _begin(asked_for, state, release, context, today)
    guide = state.known() if state else None
    if state is None or guide is None:
        return reply_with_wording("guide_gone", "refused.guide_gone")
    turn = GuideTurn(state, guide, text, release, replace(context, today=today), today)
    if kind == STEP:
        return _pressed(turn, name)
    move = Move(name) if kind == MOVE and name in set(Move) else turn.move if target is None else None
    step = state.step()
    if move is not None and not (move in _ANSWERS and target is None):
        return _moved(turn, move)
    if target is not None:
        return _interrupted(turn, reply_to_choice(target, release))
    if state.status is Status.PAUSED:
        return _resumed(turn)
    if step is None:
        return _corrected(turn) or concluded(turn, state)
    return _said(turn, step)


def _answers(state: GuideState | None, text: str, today: date) -> bool:
    """Whether a message that could begin a guide answers the present question instead: 让人打给我."""
    step = state.step() if state is not None and state.status is Status.ASKING else None
    return step is not None and step.kind != "text" and read(step, text, today) is not None


def _begin(name: str, before: GuideState | None, release: Release, context: Context, today: date) -> Reply:
    guide = load_guides().get(name)
    if guide is None:
        return reply_with_wording("guide_gone", "refused.guide_gone")
    state = GuideState(guide=guide.id, day=today)
    turn = GuideTurn(state, guide, "", release, context, today)
    left = load_guides().get(before.guide) if before and before.status is Status.ASKING else None
    blocks: list[Block] = [TextBlock(text=guide.intro)]
    if left is not None and left.id != guide.id:
        blocks.insert(0, TextBlock(text=say("guide_switched", title=left.title)))
    return turn.reply("begun", [*blocks, question(state, guide.steps[0])], state)


def _pressed(turn: GuideTurn, name: str) -> Reply:
    """The button of an answer, perhaps of an earlier step."""
    found = parse_step_target(name)
    if found is None or found[0].id != turn.guide.id:
        return asked_again(turn, "stale", [TextBlock(text=say("stale_choice"))])
    _, step, value = found
    if label_of(f"{STEP}:{name}", turn.release) is None:
        return asked_again(turn, "stale", [TextBlock(text=say("stale_choice"))])
    if not step.asked(turn.state.answers):
        return asked_again(turn, "stale", [TextBlock(text=say("stale_choice"))])
    return _answered(turn, step, value, finish=False)


def _said(turn: GuideTurn, step: Step) -> Reply:
    """Free text at a step."""
    corrected = _corrected(turn)
    if corrected is not None:
        return corrected
    if step.kind == "matter":
        return _matter(turn, step)
    if turn.state.partial and turn.move is Move.NONE:
        return go_on(turn, with_answer(turn.state, step, turn.state.partial, turn.today))
    reading = read(step, turn.text, turn.today)
    asks = bool(_QUESTION.search(turn.text))
    if reading is not None and (not asks or reading.share >= CLEAR_SHARE):
        return _answered(turn, step, reading.value, finish=True)
    decision = turn.release.decider.decide(turn.text, turn.context)
    if reading is None and turn.move is Move.COURTESY:
        return asked_again(turn, "asked", [])
    if decision.kind is DecisionKind.ANSWER and (asks or reading is None):
        return _interrupted(turn, reply_with_decision(decision, turn.release))
    if reading is not None:
        return _answered(turn, step, reading.value, finish=True)
    if asks and decision.kind is not DecisionKind.ABSTAIN:
        return _interrupted(turn, reply_with_decision(decision, turn.release))
    return failed(turn, step)


def _answered(turn: GuideTurn, step: Step, value: str, *, finish: bool) -> Reply:
    """Take an answer. Of several choices a button adds one, a message says all."""
    changes = step.id in turn.state.answers
    if step.kind == "several" and not finish and value in {choice.value for choice in step.choices} and not changes:
        chosen = [*filter(None, turn.state.partial.split(",")), value]
        partial = ",".join(dict.fromkeys(chosen))
        if len(partial.split(",")) < len(step.choices) and not _excludes_others(value):
            state = turn.state.model_copy(update={"partial": partial, "failures": 0, "status": Status.ASKING})
            blocks = [TextBlock(text=say("guide_choose_more")), question(state, step)]
            return turn.reply("asked", blocks, state)
        value = value if _excludes_others(value) else partial
    state = with_answer(turn.state, step, value, turn.today)
    return go_on(turn, state, [TextBlock(text=say("guide_corrected"))], "corrected") if changes else go_on(turn, state)


def _excludes_others(value: str) -> bool:
    """Whether a choice means that none of the others holds."""
    return value.startswith("none") or value in ("no", "nothing")


def _moved(turn: GuideTurn, move: Move) -> Reply:
    """A word about the guide itself."""
    state, step = turn.state, turn.state.step()
    match move:
        case Move.WHY if step is not None:
            return asked_again(turn, "explained", [TextBlock(text=step.why)])
        case Move.BACK:
            return _back(turn)
        case Move.STOP if step is not None:
            paused = state.model_copy(update={"status": Status.PAUSED, "failures": 0})
            buttons = [move_choice(Move.RESUME), move_choice(Move.RESTART)]
            return turn.reply("stopped", [ChoicesBlock(prompt=say("guide_stopped"), choices=buttons)], paused)
        case Move.RESTART:
            fresh = GuideState(guide=state.guide, day=turn.today)
            blocks = [TextBlock(text=say("guide_restarted")), question(fresh, turn.guide.steps[0])]
            return turn.reply("begun", blocks, fresh)
        case Move.PERSON:
            return asked_again(turn, "person", [TextBlock(text=say("handover"))])
        case Move.NONE if step is not None and state.partial:
            return go_on(turn, with_answer(state, step, state.partial, turn.today))
        case _:
            return _resumed(turn)


def _back(turn: GuideTurn) -> Reply:
    """The last answer is asked for again."""
    state = turn.state
    last = [step for step in turn.guide.steps if step.id in state.answers][-1:]
    if state.partial or not last:
        again = GuideState(guide=state.guide, answers=state.answers, day=turn.today)
        return go_on(turn, again)
    return go_on(turn, without(state, last[0], turn.today))


def _resumed(turn: GuideTurn) -> Reply:
    """Go on where it was."""
    state = turn.state.model_copy(update={"status": Status.ASKING})
    return go_on(turn, state, [TextBlock(text=say("guide_continued", title=turn.guide.title))], "resumed")


def _corrected(turn: GuideTurn) -> Reply | None:
    """Put an earlier answer right, if the message does that."""
    found = correction(turn.state, normalise(turn.text), turn.today)
    if found is None:
        return None
    step, reading = found
    first: list[Block] = [TextBlock(text=say("guide_corrected"))]
    return go_on(turn, with_answer(turn.state, step, reading.value, turn.today), first, "corrected")


def _interrupted(turn: GuideTurn, answer: Reply) -> Reply:
    """Answer a question of the catalogue, then ask on where it was."""
    blocks = [block for block in answer.blocks if not isinstance(block, ChoicesBlock) or answer.entry_id is None]
    reply = asked_again(turn, "interrupted", blocks)
    return reply.model_copy(
        update={
            "entry_id": answer.entry_id,
            "topic": answer.topic or reply.topic,
            "confidence": answer.confidence,
            "scores": answer.scores,
        }
    )


def _matter(turn: GuideTurn, step: Step) -> Reply:
    """Find the notarial matter that a message names, or offer the nearest."""
    if step.unknown is not None and turn.move is Move.UNKNOWN:
        return _answered(turn, step, UNKNOWN, finish=True)
    found = find_matters(turn.text, turn.state, turn.release, turn.today)
    if found.meant is not None:
        return _answered(turn, step, found.meant.id, finish=True)
    if not found.near:
        return failed(turn, step)
    state = turn.state.model_copy(update={"failures": turn.state.failures + 1})
    offered = matter_choices(state, step, found.near)
    return turn.reply("asked", [question(state, step, prompt=say("guide_matter_unclear"), offered=offered)], state)
