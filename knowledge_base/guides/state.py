"""Where a citizen is in a guide. Travels with each message from the database to the actions and back."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge_base.guides.model import Guide, Name, Step, load_guides
from knowledge_base.rules.conclusion import Answers


class Status(StrEnum):
    """Whether the next message is for the guide."""

    ASKING = "asking"
    PAUSED = "paused"
    CONCLUDED = "concluded"


class GuideState(BaseModel):
    """A guide, what has been answered in it so far, and how the present step goes.

    partial: what has been chosen of a step of several; failures: messages in a row that answered nothing; day: when the
    guide was last gone on with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    guide: Name
    answers: Answers = Field(default_factory=dict)
    partial: str = ""
    failures: int = 0
    status: Status = Status.ASKING
    day: date

    def known(self) -> Guide | None:
        """The guide; None where there is none of this name any more."""
        return load_guides().get(self.guide)

    def step(self) -> Step | None:
        """The step that is asked now; None when all is said."""
        guide = self.known()
        return guide.next_step(self.answers) if guide else None


def read_state(stored: object) -> GuideState | None:
    """A state as it was stored or sent (a JSON object).

    None without one, when it is of another time's form, or of a guide that there is no more.
    """
    if not stored:
        return None
    try:
        state = GuideState.model_validate(stored)
    except ValidationError:
        return None
    return state if state.known() else None


def sound(state: GuideState) -> GuideState:
    """The state without what cannot have been said in its guide as it is today. The guide must be known."""
    answers = _asked(load_guides()[state.guide], state.answers)
    step = load_guides()[state.guide].next_step(answers)
    partial = step.several(state.partial.split(",")) if step and step.kind == "several" else ""
    return state.model_copy(update={"answers": answers, "partial": partial})


def with_answer(state: GuideState, step: Step, value: str, day: date) -> GuideState:
    """The state after an answer, to the present step or an earlier one. Later answers that are not asked for now go."""
    return _at(state, state.answers | {step.id: value}, day)


def without(state: GuideState, step: Step, day: date) -> GuideState:
    """The state in which a step is asked again."""
    return _at(state, {name: value for name, value in state.answers.items() if name != step.id}, day)


def _at(state: GuideState, answers: Answers, day: date) -> GuideState:
    """What has been chosen so far of the present step stays if this is still the present step."""
    after = GuideState(guide=state.guide, answers=_asked(load_guides()[state.guide], answers), day=day)
    return after.model_copy(update={"partial": state.partial}) if after.step() == state.step() else after


def _asked(guide: Guide, answers: Answers) -> Answers:
    """The answers to steps that are asked, and that these steps admit."""
    kept = Answers()
    for step in guide.steps:
        if step.id in answers and step.asked(kept) and step.admits(answers[step.id]):
            kept[step.id] = answers[step.id]
    return kept
