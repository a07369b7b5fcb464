from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from knowledge_base.catalogue import load_catalogue
from knowledge_base.entry import LawSource, Source
from knowledge_base.guides.model import load_guides
from knowledge_base.laws import load_laws
from knowledge_base.rules import periods
from knowledge_base.rules.calendar import is_workday, known_day
from knowledge_base.rules.conclusion import UNKNOWN, Answers, Conclusion
from knowledge_base.rules.deadline_kinds import Deadlines, Kind, Length, load_deadlines, phrase
from knowledge_base.rules.deadlines import Period, conclude, kinds, last_day

HERE = Path(__file__).parent
TODAY = date(2026, 11, 24)
GUIDES = {"legal_aid_check", "notary", "dispute_path", "deadline", "reconsideration", "appointment"}
VERDICTS = {
    *("open", "near", "past", "unsure", "maybe_open"),
    *("no_start", "no_kind", "unsure_kind", "not_running", "no_deadline"),
}
IDS = set(
    """
    labour_arbitration labour_award_sue work_injury_employer work_injury_worker reconsideration administrative_suit
    administrative_suit_after_reconsideration civil_appeal_judgment civil_appeal_ruling criminal_appeal_judgment
    criminal_appeal_ruling administrative_appeal_judgment administrative_appeal_ruling limitation enforcement retrial
    mediation_confirmation legacy traffic_review safety_order divorce_cooling revoke_fraud revoke_misunderstanding
    civil_defence jurisdiction_objection reject_award_labour_final consumer_seven_days
    victim_protest limitation_two_years household_pay
    """.split()
)
EVERY = sorted(load_deadlines().kinds)
ROLLING = sorted(name for name, kind in load_deadlines().kinds.items() if kind.length and kind.rule.rolls)
STARTS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def _day(text: str) -> date | None:
    return None if text == "-" else date.fromisoformat(text)


def _counted_by_hand() -> list[tuple[str, date, Period]]:
    rows = []
    for line in (HERE / "deadline_days.txt").read_text("utf-8").splitlines():
        if row := line.split("#")[0].strip():
            kind, start, last, rolled, certain = (cell.strip() for cell in row.split("|"))
            rows.append((kind, date.fromisoformat(start), Period(_day(last), _day(rolled), certain == "yes")))
    return rows


class Case(BaseModel):
    """A row of `deadline_conclusions.yml`."""

    model_config = ConfigDict(extra="forbid")

    name: str
    today: date = TODAY
    answers: dict[str, str | date]
    verdict: str
    days: list[date | Literal["-"]]
    cites: list[str]
    says: list[str] = []


def _cases() -> list[Case]:
    return TypeAdapter(list[Case]).validate_python(
        yaml.safe_load((HERE / "deadline_conclusions.yml").read_text("utf-8"))
    )


def _sources(conclusion: Conclusion) -> list[Source]:
    groups = [reason.sources for reason in conclusion.reasons] + [day.sources for day in conclusion.days]
    groups += [section.sources for section in conclusion.sections]
    return [source for group in groups for source in group]


def _written(conclusion: Conclusion) -> str:
    parts = [conclusion.headline, conclusion.text, *(reason.text for reason in conclusion.reasons)]
    parts += [f"{day.label}{day.counted}" for day in conclusion.days]
    parts += [f"{section.title}{''.join(section.items)}" for section in conclusion.sections]
    return "\n".join(parts)


def test_the_table_holds_forty_cases_and_every_kind() -> None:
    rows = _counted_by_hand()
    assert len(rows) >= 40
    assert {kind for kind, _, _ in rows} == set(EVERY)


@pytest.mark.parametrize(("kind", "start", "expected"), _counted_by_hand(), ids=str)
def test_last_day_as_counted_by_hand(kind: str, start: date, expected: Period) -> None:
    assert last_day(kind, start) == expected


def test_kinds_are_those_that_can_be_asked_for() -> None:
    assert set(kinds()) == IDS
    with pytest.raises(KeyError):
        last_day("rent", TODAY)


@given(st.sampled_from(EVERY), STARTS, STARTS)
def test_a_later_start_never_ends_earlier(kind: str, one: date, other: date) -> None:
    first, second = (last_day(kind, start).last for start in sorted((one, other)))
    assert (first is None) == (second is None)
    assert first is None or second is None or first <= second


@given(st.sampled_from(EVERY), STARTS, st.integers(0, 12))
def test_nor_does_a_start_some_days_later(kind: str, start: date, later: int) -> None:
    first, second = last_day(kind, start).last, last_day(kind, start + timedelta(days=later)).last
    assert first is None or second is None or first <= second


@given(st.sampled_from(ROLLING), STARTS)
def test_a_rolling_period_ends_on_a_workday(kind: str, start: date) -> None:
    period = last_day(kind, start)
    assert period.last is not None
    assert is_workday(period.last)
    assert period.rolled_from is None or (not is_workday(period.rolled_from) and period.rolled_from < period.last)
    assert period.certain == (known_day(period.last) and known_day(period.rolled_from or period.last))


@given(st.sampled_from(EVERY), STARTS)
def test_no_period_ends_before_it_starts(kind: str, start: date) -> None:
    last = last_day(kind, start).last
    assert last is None or last > start


@pytest.mark.parametrize(
    ("kind", "start", "left", "near"),
    [
        ("civil_appeal_judgment", date(2026, 11, 2), 3, True),  # a fifth of 15 days
        ("civil_appeal_judgment", date(2026, 11, 2), 4, False),
        ("criminal_appeal_ruling", date(2026, 11, 2), 3, True),  # at least three days
        ("legacy", date(2026, 7, 3), 12, True),  # a fifth of 60 days
        ("legacy", date(2026, 7, 3), 13, False),
        ("limitation", date(2023, 11, 20), 30, True),  # thirty days at most
        ("limitation", date(2023, 11, 20), 31, False),
        ("limitation", date(2023, 11, 20), 0, True),
        ("limitation", date(2023, 11, 20), -1, False),
    ],
)
def test_near(kind: str, start: date, left: int, near: bool) -> None:
    period = last_day(kind, start)
    assert period.last is not None
    today = period.last - timedelta(days=left)
    assert periods.is_near(period, start, today) is near
    assert periods.state(period, start, today) == ("past" if left < 0 else "near" if near else "open")


def test_a_period_without_an_end_is_never_near_or_past() -> None:
    period = last_day("safety_order", TODAY)
    assert periods.state(period, TODAY, TODAY) == "unsure"
    assert not periods.is_near(period, TODAY, TODAY)


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.name)
def test_conclusion(case: Case) -> None:
    conclusion = conclude({name: str(value) for name, value in case.answers.items()}, case.today)
    assert conclusion.verdict == case.verdict
    assert [day.day or "-" for day in conclusion.days] == case.days
    cited = {f"{source.law} {source.article}" for source in _sources(conclusion) if isinstance(source, LawSource)}
    assert set(case.cites) <= cited
    written = _written(conclusion)
    assert [words for words in case.says if words not in written] == []


@pytest.mark.parametrize("name", sorted(IDS - {"safety_order"}))
def test_every_kind_says_what_to_do_before_after_and_without_the_day(name: str) -> None:
    kind = kinds()[name]
    early, late = conclude({"kind": name, "start": "2026-11-23"}, TODAY), date(2035, 1, 1)
    over, lost = conclude({"kind": name, "start": "2026-11-23"}, late), conclude({"kind": name}, TODAY)
    assert early.verdict in {"open", "near", "unsure"}
    assert kind.todo == early.sections[0].items
    assert over.verdict == "past"
    assert over.sections[0].items == kind.past
    assert over.sections[0].sources == kind.past_sources != ()
    assert lost.verdict == "no_start"
    assert set(kind.found) < set(lost.sections[0].items)
    assert "12348" in _written(lost)
    assert {*kind.sources} <= {*_sources(early)} & {*_sources(lost)}


GUIDE = load_guides()["deadline"]
SAID = st.one_of(
    st.just(UNKNOWN),
    st.dates(date(1990, 1, 1), date(2040, 1, 1)).map(str),
    st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=40)).map(str),
    st.dates().map(str),
)


@st.composite
def reachable(draw: st.DrawFn) -> Answers:
    """What a citizen can have answered, up to the end of the guide or to any step before it."""
    answers: Answers = {}
    stop = draw(st.sampled_from([len(GUIDE.steps), len(GUIDE.steps), 0, 1, 2, 3]))
    while len(answers) < stop and (step := GUIDE.next_step(answers)):
        values = [choice.value for choice in step.choices] + [UNKNOWN]
        answers[step.id] = draw(st.sampled_from(values) if step.choices else SAID)
    return answers


@pytest.fixture(scope="module")
def targets() -> set[str]:
    return {f"entry:{entry.id}" for entry in load_catalogue()} | {f"guide:{name}" for name in GUIDES}


@settings(max_examples=600)
@given(reachable(), st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_whatever_is_answered_it_concludes(targets: set[str], answers: Answers, today: date) -> None:
    conclusion = conclude(answers, today)
    assert conclusion.verdict in VERDICTS
    assert conclusion.next
    assert set(conclusion.next) <= targets
    sources = _sources(conclusion)
    assert sources
    assert {source.law for source in sources if isinstance(source, LawSource)} <= set(load_laws())
    written = _written(conclusion)
    assert "{" not in written
    assert "None" not in written
    for day in conclusion.days:
        assert (day.day is None) <= (day.state == "unsure")
        assert day.state != "past" or (day.day is not None and day.day < today)


@given(st.dictionaries(st.sampled_from([step.id for step in GUIDE.steps] + ["kind", "start"]), st.text()))
def test_not_even_nonsense_breaks_it(answers: Answers) -> None:
    assert conclude(answers, TODAY).verdict in VERDICTS


@given(st.sampled_from(sorted(load_deadlines().unclear)), STARTS, st.integers(0, 400))
def test_who_does_not_know_the_kind_is_told_the_earliest_day(matter: str, start: date, gone: int) -> None:
    today = start + timedelta(days=gone)
    conclusion = conclude({"matter": matter, f"kind_{matter}": UNKNOWN, "start_paper": start.isoformat()}, today)
    assert conclusion.verdict == "unsure_kind"
    days = [day.day for day in conclusion.days if day.day is not None]
    assert len(days) == len(load_deadlines().unclear[matter])
    left = [day for day in days if day >= today]
    assert days[: len(left)] == sorted(left)
    if left:
        assert f"{left[0].year}年{left[0].month}月{left[0].day}日" in conclusion.headline


def test_every_wording_is_used_and_none_is_missing() -> None:
    folder = HERE.parents[2] / "knowledge_base" / "rules"
    code = "".join(
        (folder / name).read_text("utf-8")
        for name in ("deadlines.py", "deadline_kinds.py", "deadline_runs.py", "deadline_unclear.py")
    )
    unused = [key for key in load_deadlines().wording if f'"{key}"' not in code]
    assert unused == []
    with pytest.raises(KeyError):
        phrase("nothing")


def test_days_and_lengths_are_written_out() -> None:
    assert phrase("order_counted", day=date(2026, 3, 5)).startswith("按你说的，保护令有效到2026年3月5日（星期四）")
    lengths = [Length(days=7), Length(workdays=3), Length(months=6), Length(years=1)]
    written = [phrase("common", name="", length=length, begins="").split("：")[1].split("，")[0] for length in lengths]
    assert written == ["7天", "3个工作日", "6个月", "1年"]


def test_a_length_is_one_of_four() -> None:
    for wrong in ({}, {"days": 3, "months": 1}, {"days": 0}):
        with pytest.raises(ValidationError):
            Length.model_validate(wrong)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"matters": {"unknown": ("rent",)}}, "没有 rent"),
        ({"counting": {}}, "counting"),
    ],
)
def test_a_name_that_leads_nowhere_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Deadlines.model_validate(load_deadlines().model_dump() | change)


def test_every_kind_is_complete() -> None:
    for name, kind in load_deadlines().kinds.items():
        assert isinstance(kind, Kind)
        assert kind.past, name
        assert not kind.restarts or kind.restart_sources or kind.sources
        assert (kind.untold is None) == (kind.untold_sources == ())
