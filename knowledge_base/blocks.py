"""Reply blocks: what a turn shows, independent of the channel (design: "Contract").

Actions and the turn pipeline speak in these; a channel renders them. `wording` and `entry_id` say where a text comes
from, so that the guard can check that only reviewed text leaves the house; they are not part of the public JSON.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


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
    """A button. `id` is `entry:<id>`, `say:<intent>` or `guide:<name>` inside, an opaque signed id outside."""

    id: str
    label: str


class ChoicesBlock(_Block):
    """Buttons under a prompt."""

    type: Literal["choices"] = "choices"
    prompt: str
    choices: list[Choice]


class NoticeBlock(_Block):
    """Something that must be seen first. `level` urgent comes with emergency numbers."""

    type: Literal["notice"] = "notice"
    level: Literal["urgent", "info"]
    text: str


Block = Annotated[TextBlock | AnswerBlock | ChoicesBlock | NoticeBlock, Field(discriminator="type")]


class Reply(BaseModel):
    """What an action returns and the pipeline records: blocks and how the turn ended."""

    model_config = ConfigDict(extra="forbid")

    outcome: Annotated[str, StringConstraints(max_length=48, pattern=r"^[a-z_]+\.[a-z_]+$")]
    blocks: list[Block]
    topic: Annotated[str, StringConstraints(max_length=32, pattern=r"^\w+$")] | None = None
    entry_id: Annotated[str, StringConstraints(max_length=120, pattern=r"^[a-z0-9.-]+$")] | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    scores: dict[str, float] = Field(default_factory=dict)
    release: int | None = None
