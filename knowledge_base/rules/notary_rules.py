"""The data of 公证办理指引 (`notary.yml`): who must come, where the certificate goes, what to do without a paper."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from knowledge_base.entry import EntryId, Text
from knowledge_base.rules.cited import Cited, CitedRules
from knowledge_base.rules.conclusion import Target

RULES_FILE = Path(__file__).with_name("notary.yml")
Presence = Literal["in_person", "personal", "partly", "agent", "ask"]
"""Who must come: named by the rules; closely tied to the person; for parts of it; nobody in particular; not said."""
Goes = Literal["self", "agent", "minor", "cannot_move", "overseas", "unclear", "unknown"]
Use = Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]
Country = Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]
Verdict = Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")]
_STRICT = ConfigDict(frozen=True, extra="forbid")


class Sentence(Cited):
    """One sentence and what it rests on."""

    text: Text


class Outcome(BaseModel):
    """How the guide ends for one kind of presence and one who goes."""

    model_config = _STRICT

    verdict: Verdict
    headline: Text


class NotCapable(Sentence):
    """How it ends for the will of somebody who no longer knows what he does, and why."""

    outcome: Outcome


class Listed(Cited):
    """A list under a heading."""

    title: Text
    items: tuple[Text, ...] = Field(min_length=1)


class Ending(Outcome):
    """An end that comes before all others, whatever the matter needs."""

    reasons: tuple[Sentence, ...] = Field(min_length=1)
    sections: tuple[Listed, ...]
    next: tuple[Target, ...]


class Dispute(Ending):
    """How it ends while those concerned dispute; inheritance: what heirs must mind besides."""

    inheritance: Listed


class Remarks(BaseModel):
    """What is said besides: of heirs, and where somebody who has a part in it cannot be found or has not spoken."""

    model_config = _STRICT

    reasons: tuple[Sentence, ...] = ()
    next: tuple[Target, ...] = ()


class Errand(Cited):
    """What follows from who goes: reasons, and papers to bring besides."""

    reasons: tuple[Sentence, ...]
    bring: tuple[Text, ...] = ()
    next: tuple[Target, ...] = ()


class Destination(Cited):
    """What comes after the certificate in the country where it is used, and what that country makes one bring."""

    items: tuple[Text, ...] = Field(min_length=1)
    bring: tuple[Text, ...] = ()
    next: tuple[Target, ...] = ()


class Unclear(BaseModel):
    """What is said while the matter is not known."""

    model_config = _STRICT

    headline: Text
    reason: Sentence
    items: tuple[Text, ...]
    next: tuple[Target, ...]


class MaterialWords(BaseModel):
    """The words by which the text of the facet 材料 is taken apart.

    lead: what comes before its list. leave_out: sentences that only say whose list is the right one.
    remarks: sentences to read, not papers to bring.
    people: words that belong to what follows them. and_also: what a further clause begins with.
    of_the_last: what a sentence begins with that speaks of the paper before it.
    """

    model_config = _STRICT

    lead: Text
    leave_out: tuple[Text, ...]
    remarks: tuple[Text, ...]
    people: tuple[Text, ...]
    and_also: tuple[Text, ...]
    of_the_last: Text


class Headings(BaseModel):
    """The headings of the conclusion's lists."""

    model_config = _STRICT

    materials: Text
    remarks: Text
    who: Text
    where: Text
    fee: Text
    time: Text
    abroad: Text
    missing: Text
    choose: Text


class Defaults(BaseModel):
    """What is said where an entry has no such facet."""

    model_config = _STRICT

    materials: Sentence
    who: Sentence
    where: Sentence
    fee: Sentence
    time: Sentence


class NotaryRules(CitedRules):
    """Everything in `notary.yml`."""

    text: Text
    next_at_most: int
    suggestions: dict[Use, tuple[EntryId, ...]]
    presence: dict[Presence, tuple[EntryId, ...]]
    wills: tuple[EntryId, ...]
    gifts: tuple[EntryId, ...]
    agreements: tuple[EntryId, ...]
    inheritances: tuple[EntryId, ...]
    dispute: Dispute
    heirs: Remarks
    silent: Remarks
    will_instead: Ending
    materials: MaterialWords
    headings: Headings
    defaults: Defaults
    fee_pages: tuple[Text, ...]
    unclear: Unclear
    outcomes: dict[Presence, dict[Goes, Outcome]]
    why_presence: dict[Presence, Sentence]
    goes: dict[Goes, Errand]
    not_by_agent: Errand
    not_capable_of_will: NotCapable
    countries: dict[Country, Destination]
    abroad_uses: tuple[Use, ...]
    missing: tuple[Sentence, ...]
    next: tuple[Target, ...]

    @model_validator(mode="after")
    def _check_presence(self) -> Self:
        listed = [entry for entries in self.presence.values() for entry in entries]
        if twice := {entry for entry in listed if listed.count(entry) > 1}:
            raise ValueError(f"谁要到场写了两遍：{'、'.join(sorted(twice))}")
        return self

    def errand(self, presence: Presence, goes: Goes) -> Errand | None:
        """What follows from who goes; another one where somebody is to be sent who may not be."""
        return self.not_by_agent if (presence, goes) == ("in_person", "agent") else self.goes.get(goes)

    def presence_of(self, entry_id: str) -> Presence:
        """Who must come for this matter; `ask` where the data does not say."""
        return next((presence for presence, entries in self.presence.items() if entry_id in entries), "ask")


@lru_cache(maxsize=1)
def load_notary_rules() -> NotaryRules:
    """The rules as they stand in the data.

    Raises:
        pydantic.ValidationError: the file does not have the expected form.
    """
    return NotaryRules.model_validate(yaml.safe_load(RULES_FILE.read_text("utf-8")))
