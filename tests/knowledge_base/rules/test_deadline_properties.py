"""What holds of every deadline and every start, beside the properties of single periods in `test_deadlines.py`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge_base.rules import calendar
from knowledge_base.rules.calendar import Holidays, is_workday, known_day, known_year
from knowledge_base.rules.deadline_kinds import load_deadlines
from knowledge_base.rules.deadline_runs import Run, runs, standing
from knowledge_base.rules.deadlines import conclude, last_day

HELD_BACK = 2026
"""The year whose notice is taken away to see what is said without it."""
KINDS = sorted(name for name, kind in load_deadlines().kinds.items() if kind.length)
ROLLING = [name for name in KINDS if load_deadlines().kinds[name].rule.rolls]
STARTS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
KNOWN = st.dates(date(2021, 1, 1), date(2026, 12, 31))


def _runs(name: str, start: date) -> list[Run]:
    kind = load_deadlines().kinds[name]
    assert kind.length
    return runs(kind, kind.length, kind.begins, start)


@contextmanager
def _without_notice() -> Iterator[None]:
    """The calendar as it is before the notice of that year is published."""
    every = calendar.load_holidays()
    fewer = Holidays(statutory=every.statutory, years=tuple(row for row in every.years if row.year != HELD_BACK))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calendar, "load_holidays", lambda: fewer)
        calendar._published.cache_clear()
        yield
    calendar._published.cache_clear()


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(KINDS), STARTS)
def test_the_same_start_gives_the_same_end_even_when_the_files_are_read_anew(name: str, start: date) -> None:
    first = last_day(name, start)
    calendar._published.cache_clear()
    calendar.load_holidays.cache_clear()
    load_deadlines.cache_clear()
    assert last_day(name, start) == first


@given(st.sampled_from(KINDS), STARTS, STARTS)
def test_a_later_start_gives_no_earlier_end_and_no_earlier_safe_day(name: str, one: date, other: date) -> None:
    for first, second in zip(*(_runs(name, start) for start in sorted((one, other))), strict=True):
        assert first.last <= second.last
        assert first.strict <= second.strict
        assert first.safe <= second.safe


@example("criminal_appeal_ruling", date(2025, 9, 30))
@given(st.sampled_from(KINDS), STARTS)
def test_the_safe_day_lies_between_the_start_and_every_reading_of_the_end(name: str, start: date) -> None:
    for run in _runs(name, start):
        assert start < run.safe <= run.strict <= run.end <= run.last
        none_before = not any(is_workday(start + timedelta(days=n)) for n in range(1, (run.strict - start).days + 1))
        assert run.kind.any_day or is_workday(run.safe) or none_before


@given(st.sampled_from(ROLLING), KNOWN)
def test_a_rolling_period_ends_on_a_workday_of_a_known_year(name: str, start: date) -> None:
    period = last_day(name, start)
    assert period.last is not None
    assert period.last >= start
    assert is_workday(period.last)
    assert not period.certain or known_year(period.last.year)


@given(st.sampled_from(KINDS), KNOWN, st.integers(-5, 400))
def test_the_headline_never_names_a_later_day_without_the_safe_one(name: str, start: date, gone: int) -> None:
    run = _runs(name, start)[-1]
    today = start + timedelta(days=gone)
    verdict, headline = standing(run, today)
    if today <= run.safe and run.safe != run.last:
        assert verdict != "past"
        assert f"{run.safe.month}月{run.safe.day}日" in headline
    if today <= run.last:
        assert verdict != "past"


@settings(max_examples=300)
@given(st.data())
def test_what_is_safe_without_a_notice_is_safe_with_it(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(KINDS))
    start = data.draw(st.dates(date(2024, 12, 1), date(2026, 12, 20)))
    published = _runs(name, start)
    with _without_notice():
        guessed = _runs(name, start)
    for before, after in zip(guessed, published, strict=True):
        assert before.safe <= after.last
        assert not before.period.certain or before.last == after.last


def test_the_last_days_of_december_wait_for_the_next_notice() -> None:
    with _without_notice():
        assert known_day(date(2025, 12, 24))
        assert not known_day(date(2025, 12, 29))
        assert "核到" in conclude({"kind": "legacy", "start": "2025-11-01"}, date(2025, 12, 1)).headline
    assert known_day(date(2025, 12, 29))


def test_but_not_before_a_new_year_that_is_a_long_weekend_by_itself() -> None:
    assert known_day(date(2026, 12, 31))
    assert not known_day(date(2027, 1, 4))
