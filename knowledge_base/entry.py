"""The entry: one thing people ask about, with its answer and its sources (design: "Entry files")."""

import datetime
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator


class Facet(StrEnum):
    """A part of an entry that is asked for alone."""

    WHO = "who"
    CONDITIONS = "conditions"
    MATERIALS = "materials"
    STEPS = "steps"
    WHERE = "where"
    FEE = "fee"
    TIME = "time"
    ONLINE = "online"
    AFTER = "after"

    @property
    def label(self) -> str:
        """The facet's heading as a citizen reads it."""
        return _FACET_LABELS[self]


_FACET_LABELS = {
    Facet.WHO: "谁能办",
    Facet.CONDITIONS: "条件",
    Facet.MATERIALS: "材料",
    Facet.STEPS: "怎么办",
    Facet.WHERE: "到哪办",
    Facet.FEE: "费用",
    Facet.TIME: "时限",
    Facet.ONLINE: "网上办",
    Facet.AFTER: "办完之后",
}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
EntryId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")]
ArticleNumber = Annotated[str, BeforeValidator(str), StringConstraints(pattern=r"^\d+(之[一二三四五六七八九十])?$")]


class Confidence(StrEnum):
    """How sure we are of a source: read in the law's text, or seen on an official page."""

    VERIFIED = "verified"
    PAGE = "page"


class LawSource(BaseModel):
    """An article of a law. `law` is its name in `laws.yml`; `claim` is what the entry says on its strength."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    law: Text
    article: ArticleNumber
    claim: Text | None = None
    checked: date
    confidence: Confidence


class PageSource(BaseModel):
    """An official page or publication. `date` is the day it speaks of; a URL only where it was seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: Text
    date: datetime.date
    claim: Text | None = None
    checked: datetime.date
    confidence: Confidence
    url: str | None = None


Source = LawSource | PageSource


class Entry(BaseModel):
    """One reviewed entry. What a citizen reads is `answer` and `facets`; everything else finds, proves or dates it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: EntryId
    topic: Text
    kind: Literal["question", "service"]
    title: Text
    answer: Text
    urgent: bool = False
    facets: dict[Facet, Text] = Field(default_factory=dict)
    questions: list[Text]
    sources: list[Source] = Field(min_length=1)
    next: list[Annotated[str, StringConstraints(pattern=r"^(entry|guide):[a-z0-9._-]+$")]] = Field(default_factory=list)
    confusable: dict[EntryId, Text] = Field(default_factory=dict)
    office: Text
    valid_from: date
    valid_until: date | None = None
    review_by: date

    @model_validator(mode="after")
    def _check_dates(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until 早于 valid_from")
        return self

    def in_force(self, day: date) -> bool:
        """Whether the entry holds on that day (both ends included)."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    @property
    def version(self) -> str:
        """Twelve hex digits over everything in the entry: a receipt names exactly what was shown."""
        return sha256(self.model_dump_json().encode()).hexdigest()[:12]
