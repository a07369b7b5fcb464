from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge_base.laws import load_laws
from knowledge_base.rules import calendar
from knowledge_base.rules.calendar import Arrangement, Holidays, is_workday, known_year, load_holidays

SATURDAY = 5
DAYS = st.dates(date(2000, 1, 1), date(2080, 12, 31))
ARRANGEMENT = {
    "year": 2030,
    "title": "通知",
    "number": "国办发明电〔2029〕1号",
    "issued": "2029-11-01",
    "page": "官方网站",
    "mark": "P",
    "checked": "2029-11-02",
    "free": [["2030-10-01", "2030-10-07"]],
    "work": ["2030-09-29"],
}


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-01", False),  # New Year
        ("2026-01-04", True),  # Sunday, works
        ("2026-02-14", True),  # Saturday, works
        ("2026-02-16", False),  # a Monday of the festival
        ("2026-02-24", True),
        ("2026-11-21", False),  # a plain Saturday
        ("2026-11-24", True),
        ("2025-10-08", False),
        ("2025-10-11", True),  # Saturday, works
        ("2024-02-09", True),  # New Year's Eve was not free in 2024
        ("2022-12-31", False),
        ("2023-01-02", False),  # the notice for 2023 reaches back into 2022
        ("2024-05-02", False),
        ("2027-01-01", False),  # not published: fixed days
        ("2027-05-02", False),
        ("2028-10-02", False),
        ("2027-10-09", False),  # and weekends
        ("2027-02-08", True),  # lunar days are not guessed
    ],
)
def test_workdays(day: str, works: bool) -> None:
    assert is_workday(date.fromisoformat(day)) is works


def test_years_known_are_those_of_the_file() -> None:
    assert [year for year in range(2000, 2060) if known_year(year)] == [2021, 2022, 2023, 2024, 2025, 2026]


@pytest.mark.parametrize("row", load_holidays().years, ids=lambda row: str(row.year))
def test_each_year_gives_exactly_the_statutory_number_of_free_workdays(row: Arrangement) -> None:
    """Every statutory day is free or made up for, and every other free weekday is worked off: 11 days, 13 from 2025."""
    free_weekdays = sum(day.weekday() < SATURDAY for day in row.free_days())
    assert free_weekdays - len(row.work) == (13 if row.year >= 2025 else 11)


def test_every_year_names_its_notice_and_where_it_was_seen() -> None:
    for row in load_holidays().years:
        assert row.title == f"国务院办公厅关于{row.year}年部分节假日安排的通知"
        assert row.number.startswith(f"国办发明电〔{row.issued.year}〕")
        assert row.issued.year == row.year - 1
    assert load_holidays().statutory.source.law in load_laws()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"free": [["2030-10-07", "2030-10-01"]]}, "颠倒"),
        ({"free": [["2030-10-01", "2030-10-03"], ["2030-10-03", "2030-10-04"]]}, "重复"),
        ({"work": ["2030-10-05"]}, "又放假又上班"),
        ({"work": ["2030-09-30"]}, "不是周末"),
        ({"free": [["2032-10-01", "2032-10-02"]]}, "不是这一年"),
        ({"free": []}, "free"),
        ({"mark": "G"}, "mark"),
    ],
)
def test_a_clerks_slip_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Arrangement.model_validate(ARRANGEMENT | change)


def test_the_same_year_twice_is_refused() -> None:
    statutory = load_holidays().statutory.model_dump()
    with pytest.raises(ValidationError, match="不能重复"):
        Holidays.model_validate({"statutory": statutory, "years": [ARRANGEMENT, ARRANGEMENT]})


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-06-30", 6, "2026-12-30"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-11-15", 14, "2028-01-15"),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_last_of_the_month(start: str, months: int, end: str) -> None:
    assert calendar.add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


def test_years_from_29_february() -> None:
    assert calendar.add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert calendar.add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_the_end_of_time_is_an_error() -> None:
    with pytest.raises(ValueError, match="year"):
        calendar.add_years(date(9998, 1, 1), 3)
    with pytest.raises(OverflowError):
        calendar.add_days(date(9999, 12, 1), 60)


def test_the_start_day_is_not_counted() -> None:
    assert calendar.add_days(date(2026, 11, 24), 1) == date(2026, 11, 25)
    assert calendar.add_workdays(date(2026, 11, 27), 1) == date(2026, 11, 30)


def test_roll_over_the_longest_holiday() -> None:
    assert calendar.next_workday(date(2026, 2, 15)) == date(2026, 2, 24)
    assert calendar.workday_before(date(2026, 2, 20)) == date(2026, 2, 14)


@given(DAYS)
def test_next_and_previous_workdays_are_workdays_close_by(day: date) -> None:
    assert is_workday(calendar.next_workday(day))
    assert day <= calendar.next_workday(day) <= day + timedelta(days=10)
    assert is_workday(calendar.workday_before(day))
    assert calendar.workday_before(day) < day


@given(DAYS, st.integers(1, 30))
def test_working_days_are_counted_one_by_one(start: date, number: int) -> None:
    end = calendar.add_workdays(start, number)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(is_workday(day) for day in between) == number
    assert is_workday(end)


@given(DAYS, DAYS, st.integers(1, 48))
def test_months_keep_the_order_of_starts(one: date, other: date, months: int) -> None:
    first, second = sorted((one, other))
    assert calendar.add_months(first, months) <= calendar.add_months(second, months)
