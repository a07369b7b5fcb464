"""Which earlier answer a message puts right."""

import re
from datetime import date

from knowledge_base.guides.model import Guide, Step
from knowledge_base.guides.moves import asks, correction_in
from knowledge_base.guides.reading import Reading, read
from knowledge_base.guides.state import GuideState
from knowledge_base.rules.conclusion import UNKNOWN

CLAUSES = re.compile(r"[,.!?;:，。！？；：]+")
_SHORT_STORY = 60
"""A longer story is not replaced by a word that puts something right."""
CLEAR_SHARE = 0.75
"""At least so much of a message says the answer that it means nothing else."""


def correction(state: GuideState, normalised: str, today: date) -> tuple[Step, Reading] | None:
    """The earlier step that a message corrects: of those it can be read for, the one it says most of, then the latest.

    None where it corrects nothing, rather answers the present step, or asks something.
    """
    rest, guide = correction_in(normalised), state.known()
    if rest is None or guide is None:
        return None
    answered = [step for step in guide.steps if step.id in state.answers and step.kind != "text"]
    found = [(step, reading) for step in reversed(answered) if (reading := _read_any(step, rest, today)) is not None]
    changed = [(step, reading) for step, reading in found if state.answers[step.id] != reading.value]
    if asks(rest):
        changed = [(step, reading) for step, reading in changed if reading.share >= CLEAR_SHARE]
    now = state.step()
    if now is not None:
        changed = [(step, reading) for step, reading in changed if reading.value != UNKNOWN]
    rival = read(now, rest, today) if now is not None and now.kind != "text" else None
    if rival is not None and rival.share >= CLEAR_SHARE:
        changed = [(step, other) for step, other in changed if other.share > rival.share]
    return max(changed, key=lambda pair: pair[1].share, default=None) or _of_words(state, guide, rest, today)


def _read_any(step: Step, rest: str, today: date) -> Reading | None:
    """What a correction answers, or else the first of its clauses that answers anything: 改成礼拜五吧，明天要带小孩."""
    clauses = [clause for clause in CLAUSES.split(rest) if clause and not asks(clause)]
    readings = (read(step, text, today) for text in (rest, *clauses))
    return next((reading for reading in readings if reading is not None), None)


def _of_words(state: GuideState, guide: Guide, rest: str, today: date) -> tuple[Step, Reading] | None:
    """What was told last in own words, told anew."""
    now = state.step()
    answered = [step for step in guide.steps if step.id in state.answers]
    last = answered[-1:] if now is not None else [step for step in answered if step.kind == "text"][-1:]
    if not last or last[0].kind != "text" or asks(rest) or len(state.answers[last[0].id]) > _SHORT_STORY:
        return None
    reading = read(last[0], rest, today) if now is None or read(now, rest, today) is None else None
    return (last[0], reading) if reading is not None and reading.value != UNKNOWN else None
