"""Which earlier answer a message puts right."""

from datetime import date

from knowledge_base.guides.model import Guide, Step
from knowledge_base.guides.moves import asks, correction_in
from knowledge_base.guides.reading import Reading, read
from knowledge_base.guides.state import GuideState
from knowledge_base.rules.conclusion import UNKNOWN

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
    found = [(step, reading) for step in reversed(answered) if (reading := read(step, rest, today)) is not None]
    changed = [(step, reading) for step, reading in found if state.answers[step.id] != reading.value]
    if asks(rest):
        changed = [(step, reading) for step, reading in changed if reading.share >= CLEAR_SHARE]
    now = state.step()
    if now is not None:
        changed = [(step, reading) for step, reading in changed if reading.value != UNKNOWN]
    if now is not None and (reading := read(now, rest, today)) is not None and reading.share >= CLEAR_SHARE:
        changed = [(step, other) for step, other in changed if other.share > reading.share]
    return max(changed, key=lambda pair: pair[1].share, default=None) or _of_words(state, guide, rest, today)


def _of_words(state: GuideState, guide: Guide, rest: str, today: date) -> tuple[Step, Reading] | None:
    """What was told last in own words, told anew."""
    last = [step for step in guide.steps if step.id in state.answers][-1:]
    if not last or last[0].kind != "text" or asks(rest):
        return None
    now = state.step()
    reading = read(last[0], rest, today) if now is None or read(now, rest, today) is None else None
    return (last[0], reading) if reading is not None and reading.value != UNKNOWN else None
