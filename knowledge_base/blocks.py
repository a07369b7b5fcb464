"""Reply blocks: what a turn shows, independent of the channel (design: "Contract").

Actions and the turn pipeline speak in these; a channel renders them. `wording` and `entry_id` say where a text comes
from, so that the guard can check that only reviewed text leaves the house; they are not part of the public JSON.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from knowledge_base.guides.state import GuideState


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TextBlock(_Block):
    """Plain reviewed wording."""

    type: Literal["text"] = "text"
    text: str


class FacetBlock(_Block):
    """One part of an answer, folded by default."""

    name: str
    label: str
    text: str


class SourceBlock(_Block):
    """Where an answer comes from: a law's title and article, or a page and its date."""

    title: str
    article: str | None = None
    url: str | None = None
    checked: date
    confidence: str


class AnswerBlock(_Block):
    """A published entry, or the facet of it that was asked for, with its sources."""

    type: Literal["answer"] = "answer"
    entry_id: str
    entry_version: str
    title: str
    text: str
    facets: list[FacetBlock] = Field(default_factory=list)
    sources: list[SourceBlock]
    as_of: date
    valid_until: date | None = None
    office: str


class Choice(_Block):
    """A button. `id` is `entry:<id>`, `say:<intent>` or `guide:<name>` inside, an opaque signed id outside.

    `aside`: it does something with the guide and answers nothing, so it is shown smaller.
    """

    id: str
    label: str
    aside: bool = False


class ChoicesBlock(_Block):
    """Buttons under a prompt. In a guide `guide` says which, and `answered` how many questions are behind."""

    type: Literal["choices"] = "choices"
    prompt: str
    choices: list[Choice]
    guide: str | None = None
    answered: int | None = None


class NoticeBlock(_Block):
    """Something that must be seen first. `level` urgent comes with emergency numbers."""

    type: Literal["notice"] = "notice"
    level: Literal["urgent", "info"]
    text: str


class ReasonBlock(_Block):
    """Why: a sentence and the articles that say so."""

    text: str
    sources: list[SourceBlock]


class SectionBlock(_Block):
    """A list under a heading; with `tick`, things to get ready."""

    title: str
    items: list[str]
    tick: bool
    sources: list[SourceBlock]


class OptionBlock(_Block):
    """One of several ways, with the same rows (heading, text) as the others."""

    name: str
    fit: Literal["first", "possible", "not_now"]
    rows: list[tuple[str, str]]
    sources: list[SourceBlock]


class LastDayBlock(_Block):
    """A day by which something must be done, and how it was counted."""

    label: str
    day: date | None
    state: Literal["open", "near", "past", "unsure"]
    counted: str
    sources: list[SourceBlock]


class ResultBlock(_Block):
    """What a guide came to. `document`: a text to fill in; `said`: questions, and what the citizen answered."""

    type: Literal["result"] = "result"
    guide: str
    title: str
    verdict: str
    headline: str
    text: str
    said: list[tuple[str, str]]
    reasons: list[ReasonBlock]
    days: list[LastDayBlock]
    options: list[OptionBlock]
    sections: list[SectionBlock]
    document: list[str]
    as_of: date


class TicketBlock(_Block):
    """Something that a person will do, and the code to ask for it."""

    type: Literal["ticket"] = "ticket"
    code: str
    text: str


Block = Annotated[
    TextBlock | AnswerBlock | ChoicesBlock | NoticeBlock | ResultBlock | TicketBlock, Field(discriminator="type")
]


class Reply(BaseModel):
    """What an action returns and the pipeline records: blocks and how the turn ended.

    `guide` is where the citizen is in a guide from now on; None where that has not changed.
    """

    model_config = ConfigDict(extra="forbid")

    outcome: Annotated[str, StringConstraints(max_length=48, pattern=r"^[a-z_]+\.[a-z_]+$")]
    blocks: list[Block]
    topic: Annotated[str, StringConstraints(max_length=32, pattern=r"^\w+$")] | None = None
    entry_id: Annotated[str, StringConstraints(max_length=120, pattern=r"^[a-z0-9.-]+$")] | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    scores: dict[str, float] = Field(default_factory=dict)
    release: int | None = None
    guide: GuideState | None = None
