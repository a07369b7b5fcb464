"""Carries a guide on by one message: an answer, a correction, a question in between, or a word about the guide itself.

Pure: what was said so far comes in as a state and goes out as a state in the reply, so a repeated call is harmless and
a restart of any process loses nothing.
"""

from dataclasses import replace
from datetime import date
from functools import lru_cache

from knowledge_base.blocks import Block, ChoicesBlock, Reply, TextBlock
from knowledge_base.decision import Context
from knowledge_base.guides.answering import corrected, interrupted, pressed, said
from knowledge_base.guides.asking import GUIDE, MOVE, STEP, move_choice, question
from knowledge_base.guides.corrections import correction
from knowledge_base.guides.model import load_guides
from knowledge_base.guides.moves import Move, is_wrong, move_of
from knowledge_base.guides.reading import read
from knowledge_base.guides.state import GuideState, Status, sound, with_answer
from knowledge_base.guides.turns import GuideTurn, asked_again, back, concluded, go_on
from knowledge_base.normalise import match_key, normalise
from knowledge_base.release import Release
from knowledge_base.replies import reply_to_choice, reply_with_wording
from knowledge_base.wording import say

_ANSWERS = (Move.UNKNOWN, Move.NONE, Move.COURTESY)
"""Typed, these are for the step to understand."""


def begun_by(text: str) -> str | None:
    """The guide that a message asks for by name; None when it asks for none."""
    return _begins().get(match_key(text))


@lru_cache(maxsize=1)
def _begins() -> dict[str, str]:
    """What begins a guide, and which; of two guides with the same words the first."""
    guides = reversed(load_guides().values())
    return {match_key(words): guide.id for guide in guides for words in (guide.title, *guide.begin)}


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
    corrects = is_wrong(normalised) or correction(state, normalised, state.day) is not None
    return state.status is Status.CONCLUDED and corrects


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
    state = sound(state)
    turn = GuideTurn(state, guide, text, release, replace(context, today=today), today)
    if kind == STEP:
        return pressed(turn, name)
    move = Move(name) if kind == MOVE and name in set(Move) else turn.move if target is None else None
    step = state.step()
    if move is not None and not (move in _ANSWERS and target is None):
        return _moved(turn, move)
    if target is not None:
        return interrupted(turn, reply_to_choice(target, release))
    if state.status is Status.PAUSED:
        return _resumed(turn)
    if step is None:
        return back(turn) if is_wrong(normalise(text)) else corrected(turn) or concluded(turn, state)
    return said(turn, step)


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


def _moved(turn: GuideTurn, move: Move) -> Reply:
    """A word about the guide itself."""
    state, step = turn.state, turn.state.step()
    match move:
        case Move.WHY if step is not None:
            return asked_again(turn, "explained", [TextBlock(text=step.why)])
        case Move.EXPLAIN if step is not None:
            return asked_again(turn, "explained", [], step.again)
        case Move.BACK:
            return back(turn)
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


def _resumed(turn: GuideTurn) -> Reply:
    """Go on where it was."""
    state = turn.state.model_copy(update={"status": Status.ASKING})
    return go_on(turn, state, [TextBlock(text=say("guide_continued", title=turn.guide.title))], "resumed")
