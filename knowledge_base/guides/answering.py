"""Takes what a citizen says or presses at a step: an answer, a correction, a question in between."""

from knowledge_base.blocks import AnswerBlock, Block, ChoicesBlock, Reply, TextBlock
from knowledge_base.decision import Decision, DecisionKind
from knowledge_base.guides.asking import STEP, parse_step_target, question, value_label
from knowledge_base.guides.corrections import CLAUSES, CLEAR_SHARE, correction
from knowledge_base.guides.matters import find_matters, matter_choices, usual_matters
from knowledge_base.guides.model import Step
from knowledge_base.guides.moves import Move, asks, says_wrong
from knowledge_base.guides.reading import Reading, read, read_subject
from knowledge_base.guides.state import GuideState, Status, with_answer
from knowledge_base.guides.turns import GuideTurn, asked_again, back, failed, go_on
from knowledge_base.normalise import match_key, normalise
from knowledge_base.replies import label_of, reply_with_decision
from knowledge_base.rules.conclusion import UNKNOWN
from knowledge_base.wording import say

_HALF = 0.5
_OURS = 0.2
"""From so much on a message is about something of ours, so that its topics mean anything."""
_LONGEST = 60
_WHOLE = Reading(UNKNOWN, 1.0)
"""A typed answer that says nothing else."""


def pressed(turn: GuideTurn, name: str) -> Reply:
    """The button of an answer, perhaps of an earlier step."""
    found = parse_step_target(name)
    if found is None or found[0].id != turn.guide.id:
        return asked_again(turn, "stale", [TextBlock(text=say("stale_choice"))])
    _, step, value = found
    if label_of(f"{STEP}:{name}", turn.release) is None or not step.asked(turn.state.answers):
        return asked_again(turn, "stale", [TextBlock(text=say("stale_choice"))])
    return _answered(turn, step, value)


def said(turn: GuideTurn, step: Step) -> Reply:
    """Free text at a step."""
    put_right = corrected(turn)
    if put_right is not None:
        return put_right
    if step.kind == "matter":
        return _matter(turn, step)
    if turn.state.partial and turn.move is Move.NONE:
        return go_on(turn, with_answer(turn.state, step, turn.state.partial, turn.today))
    reading = read(step, turn.text, turn.today)
    is_question = asks(turn.text)
    if reading is not None and (not is_question or reading.share >= CLEAR_SHARE):
        value = turn.state.partial if turn.state.partial and step.means_none(reading.value) else reading.value
        return _answered(turn, step, value, reading)
    if reading is None and turn.move is Move.COURTESY:
        return asked_again(turn, "asked", [])
    wrong = reading is None and not is_question and says_wrong(normalise(turn.text))
    if wrong and turn.state.answers:
        return back(turn, [TextBlock(text=say("guide_wrong_unclear"))])
    decision = turn.release.decider.decide(turn.text, turn.context)
    clear = _clear_clause(turn, step) if is_question else None
    if clear is not None:
        return _answered_and_asked(turn, step, clear, decision)
    if reading is None and not is_question and not wrong and decision.in_scope >= _OURS:
        reading = read_subject(step, decision.topics)
    if decision.kind is DecisionKind.ANSWER and (is_question or reading is None):
        return interrupted(turn, reply_with_decision(decision, turn.release))
    unsure = is_question and bool(turn.state.answers) and decision.kind is DecisionKind.CLARIFY
    if reading is not None and not (unsure and reading.share < _HALF):
        return _answered(turn, step, reading.value, reading)
    if is_question and decision.kind is not DecisionKind.ABSTAIN:
        return interrupted(turn, reply_with_decision(decision, turn.release))
    ahead = _with_later_answers(turn, turn.state, step)
    if ahead != turn.state:
        return go_on(turn, ahead, _noted(turn, ahead))
    return failed(turn, step)


def _clear_clause(turn: GuideTurn, step: Step) -> Reading | None:
    """What a clause of its own says at a step, where another one asks something: 没请呀，就是来问能不能派一个."""
    if step.kind not in ("choice", "several"):
        return None
    clauses = [clause for clause in CLAUSES.split(normalise(turn.text)) if clause]
    readings = [read(step, clause, turn.today) for clause in clauses if not asks(clause)]
    clear = [reading for reading in readings if reading is not None and reading.share >= CLEAR_SHARE]
    return clear[0] if len({reading.value for reading in clear}) == 1 else None


def _answered_and_asked(turn: GuideTurn, step: Step, reading: Reading, decision: Decision) -> Reply:
    """Take the answer; what was asked beside it is answered before the next question."""
    if decision.kind is not DecisionKind.ANSWER or reading.value == UNKNOWN:
        return _answered(turn, step, reading.value, reading)
    answer = reply_with_decision(decision, turn.release)
    card = [block for block in answer.blocks if isinstance(block, AnswerBlock)]
    return go_on(turn, with_answer(turn.state, step, reading.value, turn.today), [*card])


def _with_later_answers(turn: GuideTurn, state: GuideState, step: Step) -> GuideState:
    """The state with what the message says for the steps that it may answer too."""
    for later in turn.guide.steps:
        if later.id in step.also and later.id not in state.answers:
            reading = read(later, turn.text, turn.today)
            if reading is not None and reading.value != UNKNOWN:
                state = with_answer(state, later, reading.value, turn.today)
    return state


def _noted(turn: GuideTurn, after: GuideState) -> list[Block]:
    """What was taken down of a message, so that it can be put right; nothing where it says no more than the message."""
    text = _changed(turn, after)
    same = match_key(text) == match_key(turn.text)
    return [TextBlock(text=say("guide_noted", answer=text))] if text and not same and len(text) <= _LONGEST else []


def _put_right(turn: GuideTurn, after: GuideState) -> list[Block]:
    text = _changed(turn, after)
    short = text and len(text) <= _LONGEST
    return [TextBlock(text=say("guide_corrected_to", answer=text) if short else say("guide_corrected"))]


def _changed(turn: GuideTurn, after: GuideState) -> str:
    """The new answers as the citizen reads them."""
    before = turn.state.answers
    new = [step for step in turn.guide.steps if after.answers.get(step.id, "") != before.get(step.id, "")]
    labels = (_label(turn, step, after.answers[step.id]) for step in new if step.id in after.answers)
    return "、".join(filter(None, labels))


def _label(turn: GuideTurn, step: Step, value: str) -> str | None:
    entry = turn.release.entries.get(value) if step.kind == "matter" else None
    return entry.title if entry is not None else value_label(step, value)


def _answered(turn: GuideTurn, step: Step, value: str, reading: Reading | None = None) -> Reply:
    """Take an answer; `reading` where it was typed. Of several choices a button adds one, a message says the rest."""
    changes = step.id in turn.state.answers
    if step.kind == "several" and value != UNKNOWN:
        before = turn.state.answers[step.id] if changes else turn.state.partial
        none = step.means_none(value)
        value = value if none else step.several([*before.split(","), *value.split(",")])
        left = [choice for choice in step.choices if not choice.is_none and choice.value not in value.split(",")]
        if left and not (reading or none or changes):
            state = turn.state.model_copy(update={"partial": value, "failures": 0, "status": Status.ASKING})
            blocks = [TextBlock(text=say("guide_choose_more")), question(state, step)]
            return turn.reply("asked", blocks, state)
    state = with_answer(turn.state, step, value, turn.today)
    if changes:
        return go_on(turn, state, _put_right(turn, state), "corrected")
    if reading is None or step.kind == "text":
        return go_on(turn, state)
    state = _with_later_answers(turn, state, step)
    clear = reading.share >= CLEAR_SHARE and (step.choices or value == UNKNOWN)
    return go_on(turn, state, [] if clear else _noted(turn, state))


def corrected(turn: GuideTurn) -> Reply | None:
    """Put an earlier answer right, if the message does that."""
    found = correction(turn.state, normalise(turn.text), turn.today)
    if found is None:
        return None
    step, reading = found
    state = with_answer(turn.state, step, reading.value, turn.today)
    return go_on(turn, state, _put_right(turn, state), "corrected")


def interrupted(turn: GuideTurn, answer: Reply) -> Reply:
    """Answer a question of the catalogue, then ask on where it was."""
    goes_on = TextBlock(text=say("ask_on"))
    blocks = [
        block
        for block in answer.blocks
        if answer.entry_id is None or not (isinstance(block, ChoicesBlock) or block == goes_on)
    ]
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
    unknown = read(step, turn.text, turn.today)
    if unknown is not None and turn.move is Move.UNKNOWN:
        return _answered(turn, step, UNKNOWN, _WHOLE)
    if turn.move is Move.COURTESY:
        return asked_again(turn, "asked", [])
    found = find_matters(turn.text, turn.state, turn.release, turn.today)
    if found.meant is not None:
        return _answered(turn, step, found.meant.id, _WHOLE)
    is_question = asks(turn.text)
    if found.decision.kind is DecisionKind.ANSWER and not found.named:
        return interrupted(turn, reply_with_decision(found.decision, turn.release))
    if unknown is not None and not is_question:
        return _answered(turn, step, UNKNOWN, _WHOLE)
    if not found.near and is_question and found.decision.kind is not DecisionKind.ABSTAIN:
        return interrupted(turn, reply_with_decision(found.decision, turn.release))
    if not found.near:
        return failed(turn, step)
    state = turn.state.model_copy(update={"failures": turn.state.failures + 1})
    choices = [*matter_choices(state, step, found.near), *usual_matters(state, step, turn.release)]
    offered = list({choice.id: choice for choice in choices}.values())
    return turn.reply("asked", [question(state, step, prompt=say("guide_matter_unclear"), offered=offered)], state)
