"""The last day for 行政复议."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.rules.reconsideration import load_rule
from knowledge_base.rules.reconsideration_period import first_workday, reckon, years_later

PERIOD = load_rule().period


def weekdays(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("day", "later"),
    [("2025-11-24", "2026-11-24"), ("2028-02-29", "2029-02-28"), ("2027-02-28", "2028-02-28")],
)
def test_a_year_later(day: str, later: str) -> None:
    assert years_later(date.fromisoformat(day), 1) == date.fromisoformat(later)


@pytest.mark.parametrize(
    ("day", "moved"),
    [("2026-11-20", "2026-11-20"), ("2026-11-21", "2026-11-23"), ("2026-11-22", "2026-11-23")],
)
def test_last_day_moves_to_a_workday(day: str, moved: str) -> None:
    assert first_workday(date.fromisoformat(day), weekdays) == date.fromisoformat(moved)


def test_saturday_that_is_worked_stays() -> None:
    saturday = date(2026, 11, 21)
    assert first_workday(saturday, lambda day: weekdays(day) or day == saturday) == saturday


@pytest.mark.parametrize(
    ("today", "state"),
    [("2026-11-16", "open"), ("2026-11-17", "near"), ("2026-12-02", "near"), ("2026-12-03", "past")],
)
def test_state_on_both_sides_of_its_limits(today: str, state: str) -> None:
    answers = {"known": "2026-10-03", "told": "yes_told"}
    (row,) = reckon(PERIOD, "date", answers, date.fromisoformat(today), weekdays).days
    assert row.day == date(2026, 12, 2)
    assert row.state == state


@given(st.dates(date(2001, 1, 1), date(2099, 1, 1)), st.integers(0, 800))
def test_told_citizen_has_sixty_days_and_is_late_after_them(known: date, passed: int) -> None:
    today = known + timedelta(passed)
    reckoning = reckon(PERIOD, "date", {"known": known.isoformat(), "told": "yes_told"}, today, weekdays)
    (row,) = reckoning.days
    assert row.day is not None
    assert 60 <= (row.day - known).days <= 62
    assert weekdays(row.day)
    assert reckoning.state == ("open" if today <= row.day else "past")


@given(st.dates(date(2001, 1, 1), date(2099, 1, 1)), st.integers(0, 400), st.integers(0, 800))
def test_citizen_who_was_not_told_never_has_more_than_a_year(known: date, learned: int, passed: int) -> None:
    answers = {"known": known.isoformat(), "told": "no_told", "learned": (known + timedelta(learned)).isoformat()}
    (row,) = reckon(PERIOD, "date", answers, known + timedelta(passed), weekdays).days
    assert row.day is not None
    assert row.day <= years_later(known, 1)


def test_learning_before_knowing_counts_from_knowing() -> None:
    answers = {"known": "2026-11-02", "told": "no_told", "learned": "2020-01-01"}
    (row,) = reckon(PERIOD, "date", answers, date(2026, 11, 24), weekdays).days
    assert row.day == date(2027, 1, 1)
