"""法律援助预检: whether somebody may get 法律援助, what to bring and where to go (`legal_aid.yml`).

It never promises: `likely` needs a rule that asks for nothing but a fact the citizen named, everything that the agency
weighs is `possible`, and `outside` still says where advice is free.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from knowledge_base.entry import Source, Text
from knowledge_base.rules.conclusion import UNKNOWN, Answers, Conclusion, Reason, Section, Target

RULE_FILE = Path(__file__).with_name("legal_aid.yml")
Scope = Literal["free", "listed", "review", "suspect", "appointed", "waiting", "out"]
Standing = Literal[
    "mandatory", "free", "appointed", "exempt", "suspect", "listed", "review", "waiting", "fine", "out", "hired"
]
_DETAIL_STEP = {
    "criminal": "role",
    **{matter: matter for matter in ("labour", "injury", "family", "government", "other")},
}
"""The step that tells more about a matter."""
_WEIGHED: tuple[Standing, ...] = ("listed", "review")
"""Standings in which the agency looks at income and property."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _StandingText(_Part):
    verdict: Literal["likely", "possible", "outside"]
    headline: Text
    sections: tuple[str, ...]


class _Case(_Part):
    """One matter. `kind` chooses its materials; `reason` says what the law has about it."""

    scope: Scope
    reason: Reason
    kind: str
    next: tuple[Target, ...]


class _Exemption(_Part):
    """Who need not show that they are poor: all the conditions that are given hold."""

    means: str | None = None
    groups: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    reason: Reason

    def fits(self, case: str, groups: frozenset[str], means: str) -> bool:
        return (
            (self.means is None or self.means == means)
            and (not self.groups or bool(groups & set(self.groups)))
            and (not self.cases or case in self.cases)
        )


class _Standard(_Part):
    since: date
    reason: Reason


class _Materials(_Part):
    base: tuple[Text, ...]
    kind: dict[str, tuple[Text, ...]]
    group: dict[str, tuple[Text, ...]]
    exempt: dict[str, tuple[Text, ...]]
    means: dict[str, tuple[Text, ...]]
    sources: tuple[Source, ...]


class LegalAidRule(_Part):
    """`legal_aid.yml`: `cases` by matter and detail, `standings` by how it ends, the rest by the answer that calls it.

    laws: every article once; the other parts point to them.
    """

    laws: tuple[Source, ...]
    standings: dict[Standing, _StandingText]
    cases: dict[str, _Case]
    exemptions: tuple[_Exemption, ...]
    means: dict[str, Reason]
    standards: tuple[_Standard, ...] = Field(min_length=1)
    mandatory: dict[str, Reason]
    optional_at_court: Reason
    groups: dict[str, Reason]
    hired: Reason
    titles: dict[Literal["where", "materials"], Text]
    where: dict[str, Reason]
    where_always: tuple[Text, ...]
    materials: _Materials
    sections: dict[str, Section]


@lru_cache(maxsize=1)
def load_rule() -> LegalAidRule:
    """The rule as it stands in the file.

    Raises:
        pydantic.ValidationError: the file does not have the expected form.
    """
    return LegalAidRule.model_validate(yaml.safe_load(RULE_FILE.read_text("utf-8")))


def case_of(answers: Answers) -> str:
    """The id of the case in the rule that the answers describe; `unknown` when they do not say what it is about."""
    matter = answers.get("matter", UNKNOWN)
    step = _DETAIL_STEP.get(matter)
    if step is None:
        return matter
    detail = answers.get(step, UNKNOWN)
    return f"appeal.{answers.get('retrial', UNKNOWN)}" if detail == "appeal" else f"{matter}.{detail}"


@dataclass(frozen=True)
class _Check:
    """One citizen's answers beside the part of the rule that they call."""

    rule: LegalAidRule
    answers: Answers
    case: _Case
    exemption: _Exemption | None
    groups: frozenset[str]

    @property
    def means(self) -> str:
        return self.answers.get("means", UNKNOWN)

    @property
    def standing(self) -> Standing:
        """How the case ends (法24, 25, 28, 29, 31, 32, 33, 42)."""
        scope = self.case.scope
        if scope == "out":
            return "out"
        if self.answers.get("lawyer") == "hired":
            return "hired"
        if scope == "suspect":
            return "mandatory" if self.answers.get("mandatory") in self.rule.mandatory else "suspect"
        if scope in ("free", "appointed", "waiting"):
            return scope
        if self.means == "fine" and self.exemption is None:
            return "fine"
        return "exempt" if self.exemption and scope == "listed" else scope

    @property
    def place(self) -> str:
        """Where the matter stands (法38). Some matters are always before a court."""
        if self.answers.get("role") in ("treatment", "private") or self.answers.get("retrial") == "decided":
            return "court"
        return self.answers.get("phase") or self.answers.get("stage") or UNKNOWN

    def reasons(self, today: date) -> Iterator[Reason]:
        """Why, the most telling first."""
        rule, standing = self.rule, self.standing
        if standing == "hired":
            yield rule.hired
            return
        if standing == "mandatory":
            yield rule.mandatory[self.answers["mandatory"]]
        yield self.case.reason
        if standing == "suspect":
            yield rule.optional_at_court
        if self.case.scope in _WEIGHED:
            if self.exemption:
                yield self.exemption.reason
            else:
                yield rule.means[self.means]
                yield _standard(rule, today)
        if standing != "out":
            yield from (reason for group, reason in rule.groups.items() if group in self.groups)

    def sections(self) -> Iterator[Section]:
        """The lists that belong to the standing; what runs out soon comes first."""
        if self.answers.get("hurry") in ("week", "freeze"):
            yield self.rule.sections["hurry"]
        for name in self.rule.standings[self.standing].sections:
            if name == "where":
                yield self._where()
            elif name == "materials":
                yield self._materials()
            else:
                yield self.rule.sections[name]

    def _where(self) -> Section:
        place = self.rule.where[self.place]
        items = (place.text, *self.rule.where_always)
        return Section(title=self.rule.titles["where"], items=items, sources=place.sources)

    def _materials(self) -> Section:
        lists = self.rule.materials
        items = [*lists.base, *lists.kind[self.case.kind]]
        for group, wanted in lists.group.items():
            items += wanted if group in self.groups else ()
        if self.exemption:
            items += lists.exempt.get(self.means, ())
        elif self.case.scope in _WEIGHED:
            items += lists.means.get(self.means, ())
        title = self.rule.titles["materials"]
        return Section(title=title, items=tuple(items), tick=True, sources=lists.sources)


def conclude(answers: Answers, today: date) -> Conclusion:
    """What the check comes to.

    Args:
        answers: what was said, by the steps of `guide:legal_aid_check`.
        today: chooses the hardship standard in force.
    """
    rule = load_rule()
    case_id, groups = case_of(answers), frozenset(answers.get("group", UNKNOWN).split(","))
    means = answers.get("means", UNKNOWN)
    exemption = next((row for row in rule.exemptions if row.fits(case_id, groups, means)), None)
    check = _Check(rule, answers, rule.cases[case_id], exemption, groups)
    ending = rule.standings[check.standing]
    return Conclusion(
        verdict=ending.verdict,
        headline=ending.headline,
        reasons=tuple(check.reasons(today)),
        sections=tuple(check.sections()),
        next=check.case.next,
    )


def _standard(rule: LegalAidRule, today: date) -> Reason:
    """The hardship standard in force on the day; the oldest one for a day before all of them."""
    return next((row.reason for row in reversed(rule.standards) if row.since <= today), rule.standards[0].reason)
