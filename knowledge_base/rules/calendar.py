"""Days on which offices work, and the arithmetic of periods (民法典200 to 203 and the procedure laws' own articles).

Everything here is plain counting; which period rolls past a holiday is said by the law of the period (`deadlines.yml`).
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from knowledge_base.entry import LawSource, Text

HOLIDAYS_FILE = Path(__file__).with_name("holidays.yml")
_DAY = timedelta(days=1)
FRIDAY, SATURDAY = 4, 5
DECEMBER, REACHED_BACK = 12, 25
"""From this day of December on the notice of the next year may move days: those for 2019 and 2023 did."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Arrangement(_Part):
    """The published arrangement of one year: what its notice is, where it was seen, and which days it moves.

    free: runs of free days, first and last. work: days of a weekend on which offices work.
    """

    year: int
    title: Text
    number: Text
    issued: date
    page: Text
    mark: Literal["V", "P"]
    checked: date
    free: tuple[tuple[date, date], ...] = Field(min_length=1)
    work: tuple[date, ...]

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        free = list(self.free_days())
        if any(first > last for first, last in self.free) or len(set(free)) != len(free):
            raise ValueError(f"{self.year}：放假的日子前后颠倒或者重复")
        if set(free) & set(self.work):
            raise ValueError(f"{self.year}：同一天又放假又上班")
        if wrong := [day for day in self.work if day.weekday() < SATURDAY]:
            raise ValueError(f"{self.year}：{wrong[0]} 不是周末，不用写进 work")
        if wrong := [day for day in (*free, *self.work) if day.year not in (self.year, self.year - 1)]:
            raise ValueError(f"{self.year}：{wrong[0]} 不是这一年的日子")
        return self

    def free_days(self) -> Iterator[date]:
        """Every free day of the notice, one by one."""
        for first, last in self.free:
            yield from (first + _DAY * number for number in range((last - first).days + 1))


class Statutory(_Part):
    """The statutory holidays whose solar date is fixed, as `MM-DD`, and the article that names them."""

    source: LawSource
    days: tuple[Annotated[str, StringConstraints(pattern=r"^\d\d-\d\d$")], ...]


class Holidays(_Part):
    """The whole file."""

    statutory: Statutory
    years: tuple[Arrangement, ...]

    @model_validator(mode="after")
    def _check_years(self) -> Self:
        years = [row.year for row in self.years]
        if years != sorted(set(years)):
            raise ValueError("年份要从早到晚，不能重复")
        return self


@lru_cache(maxsize=1)
def load_holidays() -> Holidays:
    """The published arrangements and the statutory days.

    Raises:
        pydantic.ValidationError: the file does not have the expected form; the message names the year.
    """
    return Holidays.model_validate(yaml.safe_load(HOLIDAYS_FILE.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def _published() -> tuple[frozenset[int], frozenset[date], frozenset[date], frozenset[str]]:
    """Known years, their free days, their working weekends, and the fixed statutory days."""
    holidays = load_holidays()
    return (
        frozenset(row.year for row in holidays.years),
        frozenset(day for row in holidays.years for day in row.free_days()),
        frozenset(day for row in holidays.years for day in row.work),
        frozenset(holidays.statutory.days),
    )


def known_year(year: int) -> bool:
    """Whether the arrangement of that year is in the data."""
    return year in _published()[0]


def known_day(day: date) -> bool:
    """Whether it is certain that offices work, or do not work, on that day.

    The last days of December wait for the notice of the next year, unless 1 January is a Friday: then it makes a long
    weekend by itself, and nothing before it moves.
    """
    if (day.month, day.day) < (DECEMBER, REACHED_BACK) or date(day.year + 1, 1, 1).weekday() == FRIDAY:
        return known_year(day.year)
    return known_year(day.year) and known_year(day.year + 1)


def is_workday(day: date) -> bool:
    """Whether offices work on that day; in a year that is not known, by weekends and fixed statutory days alone."""
    years, free, work, fixed = _published()
    if day in free:
        return False
    if day in work:
        return True
    return day.weekday() < SATURDAY and (day.year in years or day.strftime("%m-%d") not in fixed)


def next_workday(day: date) -> date:
    """The day itself if offices work on it, else the first day after it on which they do (民法典203, 民事诉讼法85)."""
    while not is_workday(day):
        day += _DAY
    return day


def workday_before(day: date) -> date:
    """The last day before `day` on which offices work."""
    day -= _DAY
    while not is_workday(day):
        day -= _DAY
    return day


def add_days(start: date, days: int) -> date:
    """The last day of a period of days; the start day is not counted (民法典201, 民事诉讼法85, 刑事诉讼法105)."""
    return start + _DAY * days


def add_workdays(start: date, days: int) -> date:
    """The last day of a period of working days; the start day is not counted, nor is any day offices do not work."""
    day = start
    for _ in range(days):
        day = next_workday(day + _DAY)
    return day


def soonest_workdays(start: date, days: int) -> date:
    """The earliest day on which a period of working days can end: where holidays are not published, with work on every
    weekend, since any may be worked to make up for a holiday.
    """
    fixed = _published()[3]
    day = start
    for _ in range(days):
        day += _DAY
        while not is_workday(day) and (known_day(day) or day.strftime("%m-%d") in fixed):
            day += _DAY
    return day


def add_months(start: date, months: int) -> date:
    """The last day of a period of months: the corresponding day, or the month's last where it has none (民法典202).

    Raises:
        ValueError: past the year 9999.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def add_years(start: date, years: int) -> date:
    """The last day of a period of years, as with months: from 29 February it is the 28th in a common year.

    Raises:
        ValueError: past the year 9999.
    """
    return add_months(start, 12 * years)
