"""What a guide comes to: reviewed wording, dates and sums that rules worked out, and the articles they rest on."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from knowledge_base.entry import Source, Text

Answers = dict[str, str]
"""What a citizen has said: step id -> value. A choice's value, `unknown`, an ISO date, a number, a text; of several
choices the values with commas between. A step that was not asked is not there."""
UNKNOWN = "unknown"
Target = Annotated[str, StringConstraints(pattern=r"^(entry|guide):[a-z0-9._-]+$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reason(_Part):
    """Why: one plain sentence about this citizen's case, and the articles that say so."""

    text: Text
    sources: tuple[Source, ...] = ()


class Section(_Part):
    """A list under a heading. With `tick` its items are things to get ready, shown with boxes."""

    title: Text
    items: tuple[Text, ...] = Field(min_length=1)
    tick: bool = False
    sources: tuple[Source, ...] = ()


class Option(_Part):
    """One of several ways, shown side by side: what it is called and rows of (heading, text), the same for each."""

    name: Text
    fit: Literal["first", "possible", "not_now"]
    rows: tuple[tuple[Text, Text], ...]
    sources: tuple[Source, ...] = ()


class LastDay(_Part):
    """A day by which something must be done.

    day: the last day on which it is still in time; None where it cannot be worked out.
    state: as seen on the day of asking; `near` is set by the rule's own data.
    counted: how it was counted, in plain words, with the dates.
    """

    label: Text
    day: date | None
    state: Literal["open", "near", "past", "unsure"]
    counted: Text
    sources: tuple[Source, ...] = ()


class Conclusion(_Part):
    """The end of a guide.

    verdict: names the outcome for statistics and tests, e.g. `likely`.
    headline: one sentence that answers; never a promise.
    document: paragraphs of a text to fill in (an application), without which there is none.
    next: what can be pressed afterwards.
    """

    verdict: Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")]
    headline: Text
    text: str = ""
    reasons: tuple[Reason, ...] = ()
    days: tuple[LastDay, ...] = ()
    options: tuple[Option, ...] = ()
    sections: tuple[Section, ...] = ()
    document: tuple[Text, ...] = ()
    next: tuple[Target, ...] = ()
