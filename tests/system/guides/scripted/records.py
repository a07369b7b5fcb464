"""The recorded conversations of strangers with the guides: what a row of `<guide>.yml` holds.

`situations.yml` says who they are, what they know and what is right by law; `<guide>.yml` says what they typed at which
step, what came of it when it was recorded, and by what a right ending is known.
"""

from datetime import date
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

FOLDER = Path(__file__).parent
DAY = date(2026, 11, 24)
"""The day for which the situations were written."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Situation(_Row):
    """A person: what they would type first, what they know, and what is right by law."""

    id: str
    guide: str
    who: str
    opening: str
    facts: tuple[str, ...] = Field(min_length=1)
    conclusion: str
    law: tuple[str, ...]


class Said(_Row):
    """What somebody typed (`say`) or pressed (`press`, a label) where `at` was asked; `none` before the guide began.

    `outcome` and `read` are what came of it when it was recorded: the answers that it gave or changed.
    """

    at: str
    say: str | None = None
    press: str | None = None
    outcome: str = ""
    read: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check_message(self) -> "Said":
        if (self.say is None) == (self.press is None):
            raise ValueError("say or press, not both")
        return self


class Accepted(_Row):
    """How a right ending is known: any of the verdicts, with all of the answers, and one of the days where there are any."""

    verdicts: tuple[str, ...] = Field(min_length=1)
    answers: dict[str, str] = Field(default_factory=dict)
    days: tuple[date, ...] = ()


class Fault(_Row):
    """What went wrong; `words` are those of the citizen, or of the reply where that is unclear."""

    kind: Literal["wrong_reading", "dead_end", "wrong_conclusion", "unclear_wording", "question_unanswered"]
    words: str
    note: str


class Recorded(_Row):
    """A conversation as it was held; `verdict` and `right` are what it came to.

    `spare`: what the person would say where they were not asked then and might be now.
    """

    situation: str
    verdict: str | None
    right: bool
    accept: Accepted
    turns: tuple[Said, ...] = Field(min_length=1)
    spare: tuple[Said, ...] = ()
    faults: tuple[Fault, ...] = ()


def situations() -> dict[str, Situation]:
    """All situations by id."""
    rows = yaml.safe_load((FOLDER / "situations.yml").read_text("utf-8"))["situations"]
    return {row.id: row for row in map(Situation.model_validate, rows)}


def recorded() -> dict[str, list[Recorded]]:
    """The conversations of each guide."""
    guides = dict.fromkeys(situation.guide for situation in situations().values())
    return {guide: _rows(FOLDER / f"{guide}.yml") for guide in guides}


def _rows(path: Path) -> list[Recorded]:
    return [Recorded.model_validate(row) for row in yaml.safe_load(path.read_text("utf-8"))]
