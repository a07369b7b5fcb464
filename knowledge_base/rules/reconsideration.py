"""行政复议指引: may I, must I first, to whom, until when, and what to write (`reconsideration.yml`)."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from knowledge_base.entry import Source, Text
from knowledge_base.rules import deadlines
from knowledge_base.rules.conclusion import UNKNOWN, Answers, Conclusion, LastDay, Option, Reason, Section, Target
from knowledge_base.rules.reconsideration_document import Application
from knowledge_base.rules.reconsideration_period import Clock, IsWorkday, Period, Reckoning, reckon

RULE_FILE = Path(__file__).with_name("reconsideration.yml")
EndingId = Literal[
    "may",
    "caution",
    "must_first",
    "final",
    "late_final",
    "unsure_final",
    "late_sue",
    "late_must",
    "late_old",
    "unsure_sue",
    "unsure_must",
    "unsure_age",
    "unsure_kind",
]


_OPEN: dict[str, EndingId] = {"must": "must_first", "final": "final"}
_LATE: dict[str, EndingId] = {"must": "late_must", "final": "late_final"}
_UNSURE: dict[str, EndingId] = {"must": "unsure_must", "final": "unsure_final"}
"""How it ends by the `way` of a case, in time, too late, or not known; any other way leads to the court as well."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Ending(_Part):
    """How it can end: what is said besides the case's own reason, which ways are compared, whether guidance follows."""

    verdict: Literal["may", "must_first", "late", "unsure"]
    headline: Text
    reasons: tuple[str, ...]
    options: dict[str, Literal["first", "possible", "not_now"]] = {}
    guidance: bool = True


class _Elsewhere(_Part):
    """Another way than 行政复议.

    court_deadline: the kind of deadline (`deadlines.yml`) that runs for it from the day asked by `decided_on`.
    counted: the headline once that day is known; `{standing}` is how the deadline stands.
    """

    headline: Text
    reason: Reason
    next: tuple[Target, ...]
    court_deadline: str | None = None
    counted: Text = "{standing}"


class _Case(_Part):
    """One kind of act.

    way: `may` 复议 or the court, `must` 复议 first, `final` 复议 and no court after it, `not`
        another way (named by `headline`), `unsure`.
    caution: the law does not settle whether 复议 must come first. organ: to whom, where the kind of act decides it.
    request, execution, proof: which lists of the rule apply.
    """

    way: Literal["may", "must", "final", "not", "unsure"]
    reason: Reason
    next: tuple[Target, ...]
    headline: Text | None = None
    caution: bool = False
    immovable: bool = False
    clock: Clock = "date"
    organ: str | None = None
    request: str = "revoke"
    execution: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()


class _Organ(_Part):
    """Who decides. name: as the application is addressed; city: whether the address of the city's office is shown."""

    name: Text
    reason: Reason
    city: bool = False


class _Where(_Part):
    title: Text
    always: tuple[Text, ...]
    sources: tuple[Source, ...]
    city: Text
    city_sources: tuple[Source, ...]


class _Proofs(_Part):
    title: Text
    base: tuple[Text, ...]
    sources: tuple[Source, ...]
    lists: dict[str, tuple[Text, ...]]


class _Execution(_Part):
    """Whether the act must be obeyed meanwhile. without_base: the lists that say it themselves."""

    title: Text
    base: Reason
    without_base: tuple[str, ...]
    lists: dict[str, tuple[Reason, ...]]


class _Way(_Part):
    name: Text
    rows: tuple[tuple[Text, Text], ...]
    sources: tuple[Source, ...]


class ReconsiderationRule(_Part):
    """`reconsideration.yml`: `cases` by kind of act, `endings` by what they come to, the lists that they name.

    laws: every article once; the other parts point to them.
    """

    laws: tuple[Source, ...]
    period: Period
    endings: dict[EndingId, _Ending]
    reasons: dict[str, Reason]
    cases: dict[str, _Case]
    before: dict[str, _Elsewhere]
    organs: dict[str, _Organ]
    where: _Where
    proofs: _Proofs
    sections: dict[Literal["how", "know", "know_final"], Section]
    execution: _Execution
    options: dict[str, _Way]
    document: Application


@lru_cache(maxsize=1)
def load_rule() -> ReconsiderationRule:
    """The rule as it stands in the file.

    Raises:
        pydantic.ValidationError: the file does not have the expected form.
    """
    return ReconsiderationRule.model_validate(yaml.safe_load(RULE_FILE.read_text("utf-8")))


def case_of(answers: Answers) -> str:
    """The id of the case in the rule that the answers describe."""
    act = answers.get("act", UNKNOWN)
    step = "other" if act == UNKNOWN else act
    return f"{step}.{answers.get(step, UNKNOWN)}"


def conclude(answers: Answers, today: date, is_workday: IsWorkday) -> Conclusion:
    """What the guide comes to.

    Args:
        answers: what was said, by the steps of `guide:reconsideration`.
        today: the day of asking.
        is_workday: whether offices work on a day; a last day on which they do not moves on (民事诉讼法85).
    """
    rule = load_rule()
    case = rule.cases[case_of(answers)]
    if case.headline:
        return _elsewhere(_Elsewhere(headline=case.headline, reason=case.reason, next=case.next), UNKNOWN, today)
    if answers.get("before") in rule.before:
        return _elsewhere(rule.before[answers["before"]], answers.get("decided_on", UNKNOWN), today)
    reckoning = reckon(rule.period, case.clock, answers, today, is_workday)
    ending_id = _ending(case, answers, reckoning)
    ending = rule.endings[ending_id]
    organ = rule.organs[case.organ or answers.get("who", UNKNOWN)]
    return Conclusion(
        verdict=ending.verdict,
        headline=ending.headline,
        reasons=(case.reason, *(rule.reasons[name] for name in ending.reasons)),
        days=reckoning.days if ending.guidance else (),
        options=tuple(
            Option(
                name=rule.options[name].name, fit=fit, rows=rule.options[name].rows, sources=rule.options[name].sources
            )
            for name, fit in ending.options.items()
        ),
        sections=tuple(_sections(rule, case, organ)) if ending.guidance else (),
        document=rule.document.written(
            answers,
            request=case.request,
            organ=organ.name,
            silent=case.clock != "date",
            known=_known(rule.period, answers),
            may_be_late=reckoning.state != "open",
            stop=bool(case.execution),
        )
        if ending.guidance
        else (),
        next=case.next,
    )


def _elsewhere(way: _Elsewhere, since: str, today: date) -> Conclusion:
    """Another way; with its last day where the day it runs from is known."""
    headline = way.headline
    days: tuple[LastDay, ...] = ()
    sections: tuple[Section, ...] = ()
    if way.court_deadline is not None and since != UNKNOWN:
        counted = deadlines.conclude({"kind": way.court_deadline, "start": since}, today)
        headline = way.counted.format(standing=counted.headline)
        days, sections = counted.days, counted.sections
    return Conclusion(
        verdict="not_this_way",
        headline=headline,
        reasons=(way.reason,),
        days=days,
        sections=sections,
        next=way.next,
    )


def _ending(case: _Case, answers: Answers, reckoning: Reckoning) -> EndingId:
    """What it comes to: too old (法21) before too late (法20), and both before what may or must be done (法23)."""
    if case.way == "unsure":
        return "unsure_kind"
    age, immovable = answers.get("age"), case.immovable or answers.get("immovable") == "yes_immovable"
    if age == "over20" or (age == "over5" and not immovable and answers.get("immovable") != UNKNOWN):
        return "late_old"
    if reckoning.state == "past":
        return _LATE.get(case.way, "late_sue")
    if age == "over5" and not immovable:
        return "unsure_age"
    if reckoning.state == "unsure":
        return _UNSURE.get(case.way, "unsure_sue")
    if case.way in _OPEN:
        return _OPEN[case.way]
    return "caution" if case.caution else "may"


def _known(period: Period, answers: Answers) -> str | None:
    known = answers.get("known", UNKNOWN)
    return None if known == UNKNOWN else period.written(date.fromisoformat(known))


def _sections(rule: ReconsiderationRule, case: _Case, organ: _Organ) -> Iterator[Section]:
    where, proofs, execution = rule.where, rule.proofs, rule.execution
    yield Section(
        title=where.title,
        items=(organ.reason.text, *where.always, *((where.city,) if organ.city else ())),
        sources=(*organ.reason.sources, *where.sources, *(where.city_sources if organ.city else ())),
    )
    wanted = [item for name in (*case.proof, "proxy") for item in proofs.lists[name]]
    yield Section(title=proofs.title, items=(*proofs.base, *wanted), tick=True, sources=proofs.sources)
    yield rule.sections["how"]
    if case.execution:
        more = [reason for name in case.execution for reason in execution.lists[name]]
        if not set(case.execution) & set(execution.without_base):
            more.insert(0, execution.base)
        sources = tuple(source for reason in more for source in reason.sources)
        items = tuple(reason.text for reason in more)
        yield Section(title=execution.title, items=items, sources=sources)
    yield rule.sections["know_final" if case.way == "final" else "know"]
