"""Days as people write them: 2026年3月5日, 3月5号, 上周三, 前天, 上个月15号. A guess is worse than asking again."""

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Literal

from knowledge_base.guides.numbers import chinese_number

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR = r"(?:\d{4}|\d{2}(?=年)|[二一][〇零一二三四五六七八九]{3})"
_ABSOLUTE = re.compile(rf"({_YEAR})(?:年|[./-])({_N})(?:月|[./-])({_N})(?:[日号]|(?!\d))")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_NAMED_YEAR = re.compile(rf"(今年|去年|前年|大前年|明年)的?({_N})(?:月|[./-])({_N})[日号]?")
_IN_YEAR = re.compile(rf"(?<!年)(?<!\d)({_N})(?:月|[./-])({_N})(?:[日号]|(?!\d))")
_IN_MONTH = re.compile(rf"(本月|这个月|这月|当月|上个月|上月|上上个月|下个月|下月)的?({_N})(?:[日号]|(?!\d))")
_DAY_ONLY = re.compile(rf"(?<![月年\d.个])({_N})[日号](?![线楼口])")
_NAMED_DAY = re.compile("大前天|前天|昨[天日晚]|今[天日早晚]|刚刚|刚才|大后天|后天|明[天日]")
_AGO = re.compile(rf"({_N}|半)(?:天|日)(?:之|以)?(前|后)")
_WEEKDAY = re.compile("(上上|上|这|本|下)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])")
_VAGUE = re.compile(
    "农历|阴历|腊月|正月|初[一二三四五六七八九十]|月初|月底|月末|[上中下]旬|年初|年底|个月[之以]?[前后]|年[之以]?前"
)
_DAYS = {"大前天": -3, "前天": -2, "昨": -1, "今": 0, "刚": 0, "大后天": 3, "后天": 2, "明": 1}
_YEARS = {"今年": 0, "去年": -1, "前年": -2, "大前年": -3, "明年": 1}
_MONTHS = {"上个月": -1, "上月": -1, "上上个月": -2, "下个月": 1, "下月": 1}
_WEEKS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1}
_EARLIEST = date(1950, 1, 1)
_CENTURY = 2000
Side = Literal["past", "future", "any"]


def read_day(text: str, today: date, side: Side = "any") -> date | None:
    """The one day that a normalised text names.

    `side` is where it must lie, today counting for both; a day without a year or month is the nearest on that side, of
    `any` the nearest past one. None where there is no exact day, there are two, it does not exist, or is on the other
    side: then it is asked for again.
    """
    found = {day for day in _days(text, today, side) if day is not None}
    if len(found) != 1:
        return None
    (day,) = found
    if day < _EARLIEST or (side == "past" and day > today) or (side == "future" and day < today):
        return None
    return day


def _days(text: str, today: date, side: Side) -> Iterator[date | None]:
    """Every day named; each expression is taken out of the text, so that no shorter one is seen inside it."""
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date | None]], ...] = (
        (_ABSOLUTE, lambda m: _day(_year(m[1]), m[2], m[3])),
        (_COMPACT, lambda m: _day(int(m[1]), m[2], m[3])),
        (_NAMED_YEAR, lambda m: _day(today.year + _YEARS[m[1]], m[2], m[3])),
        (_IN_MONTH, lambda m: _day(*_month(today, _MONTHS.get(m[1], 0)), m[2])),
        (_IN_YEAR, lambda m: _nearest([_day(today.year + n, m[1], m[2]) for n in (-1, 0, 1)], today, side)),
        (_AGO, lambda m: None if m[1] == "半" else _shifted(today, chinese_number(m[1]), m[2])),
        (_WEEKDAY, lambda m: _weekday(today, m[1], "一二三四五六日天".index(m[2]), side)),
        (_NAMED_DAY, lambda m: today + timedelta(days=next(d for name, d in _DAYS.items() if m[0].startswith(name)))),
        (_DAY_ONLY, lambda m: _nearest([_day(*_month(today, n), m[1]) for n in (-1, 0, 1)], today, side)),
    )
    for pattern, read in readers:
        for match in pattern.finditer(text):
            yield read(match)
        text = pattern.sub("□", text)
    if _VAGUE.search(text):
        yield date.min  # beside an exact day it makes two, alone it is too early


def _year(text: str) -> int:
    year = chinese_number(text) or 0
    return year + _CENTURY if year < 100 else year


def _day(year: int, month: str | int, day: str | int) -> date | None:
    numbers = [chinese_number(str(part)) for part in (month, day)]
    try:
        return date(year, numbers[0] or 0, numbers[1] or 0)
    except ValueError:
        return date.min  # named, but there is no such day


def _month(today: date, shift: int) -> tuple[int, int]:
    months = today.year * 12 + today.month - 1 + shift
    return months // 12, months % 12 + 1


def _nearest(days: list[date | None], today: date, side: Side) -> date | None:
    """The nearest of the days that exist on one side; `any` looks back first."""
    real = [day for day in days if day is not None and day != date.min]
    past, future = [day for day in real if day <= today], [day for day in real if day >= today]
    if side == "future":
        return min(future, default=date.min)
    return max(past, default=date.min)


def _shifted(today: date, days: int | None, way: str) -> date | None:
    return None if days is None else today + timedelta(days=days if way == "后" else -days)


def _weekday(today: date, week: str | None, weekday: int, side: Side) -> date:
    weekday = min(weekday, calendar.SUNDAY)
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=weekday, weeks=_WEEKS.get(week or "", 0))
    if week is None and side != "future" and day > today:
        return day - timedelta(weeks=1)
    if week is None and side == "future" and day < today:
        return day + timedelta(weeks=1)
    return day
