"""Days as people write them: 2026年3月5日, 3月5号, 上周三, 前天, 上个月15号. A guess is worse than asking again."""

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Literal

from knowledge_base.guides.numbers import chinese_number

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR = r"(?<!\d)(?:\d{4}|\d{2}(?=年)|[二一][〇零一二三四五六七八九]{3})"
_NO_DAY = r"(?![\d年月周天小时点万千百元块个倍次岁条%kw])"
"""What follows a number that is not the day of a month: 1.5年, 3-5天."""
_SIGNS = re.compile(r" *([年月日号天./-]) *")
_ABSOLUTE = re.compile(rf"({_YEAR})(?:年[的,、]?|[./-])({_N})(?:月|[./-])({_N})(?:[日号]|{_NO_DAY})")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_NAMED_YEAR = re.compile(
    rf"(今年|去年|前年|大前年|明年)(?:[的,、是]*|最后一天|年底|年初)({_N})(?:月|[./-])({_N})(?:[日号]|{_NO_DAY})"
)
_IN_YEAR = re.compile(
    rf"(?<![年\d./-])(?:({_N})月({_N})(?:[日号]|{_NO_DAY})|(\d{{1,2}})[./-](\d{{1,2}})(?!日|号|[./-]\d){_NO_DAY})"
)
_DOTTED = re.compile(r"(?<![年\d./-])(\d{1,2})[./](\d{1,2})[日号]")
_IN_MONTH = re.compile(
    rf"(?<!大)(本月|这个月|这月|当月|上个月|上月|上上个?月|下个月|下月|下下个?月)的?({_N})(?:[日号]|{_NO_DAY})"
)
_DAY_ONLY = re.compile(
    rf"(?<![月年\d.个第初终字审])(?:{_N}([到至~—、或和-]))?({_N})[日号](?![线楼口门院馆厅窗桌店床令文案内前后以之])"
)
_NAMED_DAY = re.compile(
    "大前天|(?<![以之])前天|昨[天日晚儿]|今[天日早晚儿朝]|刚[刚才]|刚收到|刚拿到|大后天|(?<![以之然今])后天|明[天日]"
)
_AGO = re.compile(r"(?<![\d几十])(\d{1,3}|[一二两三四五六七八九十百]{1,4})天[之以]?(前|后)")
_WEEKDAY = re.compile(
    "(?<![大每上下])(上上|上|这|本|下下|下)?个?(?:周|星期|礼拜)([一二三四五六日天])(?![次个家]|[二三四五六](?![点时]))"
)
_VAGUE = re.compile(
    "农历|阴历|腊月|正月|初[一二三四五六七八九十]|元宵|端午|中秋|重阳|除夕"
    "|月初|月底|月末|[上中下]旬|年初|年底|年中|个月[之以]?[前后]|年[之以]?前|左右|前后|上下|大概|大约|好像"
)
_PERIOD = re.compile(r"(?:19|20)\d\d年|[一二][〇零一二三四五六七八九]{3}年|[去前明后]年|[上下]个?月")
"""A period that is named apart from the day. It may be that of a day which is named without one."""
_DAYS = {"大前天": -3, "前天": -2, "昨": -1, "今": 0, "刚": 0, "大后天": 3, "后天": 2, "明": 1}
_YEARS = {"今年": 0, "去年": -1, "前年": -2, "大前年": -3, "明年": 1}
_WEEKS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_EARLIEST = date(1950, 1, 1)
_CENTURY = 100
_AHEAD = 20
"""A year of two digits is at most so many years ahead, any year at most three times as many."""
_NONE = date.min
"""A day that is named and is none: beside another it makes two, alone it is too early."""
Side = Literal["past", "future", "any"]
_Reader = Callable[[re.Match[str]], date | None]


def read_day(text: str, today: date, side: Side = "any") -> date | None:
    """The one day that a normalised text names.

    `side` is where it must lie, today counting for both; a day without a year or month is the nearest on that side, of
    `any` the nearest past one. None where there is no exact day, there are two, it does not exist, or is on the other
    side: then it is asked for again.
    """
    text = _SIGNS.sub(r"\1", text)
    found = {day for day in _days(text, today, side) if day is not None}
    if len(found) > 1:
        found = _confirmed(text, today, side) or found
    if len(found) != 1:
        return None
    (day,) = found
    if day < _EARLIEST or day.year > today.year + 3 * _AHEAD:
        return None
    return None if (side == "past" and day > today) or (side == "future" and day < today) else day


def _confirmed(text: str, today: date, side: Side) -> set[date]:
    """The one day that is named beside its day of the week: 12月3号周四. None where it is another weekday."""
    weekdays = {"一二三四五六日天".index(match[2]) for match in _WEEKDAY.finditer(text) if match[1] is None}
    days = {day for day in _days(_WEEKDAY.sub("□", text), today, side) if day is not None}
    if len(days) != 1 or len(weekdays) != 1:
        return set()
    return days if {min(place, calendar.SUNDAY) for place in weekdays} == {min(days).weekday()} else set()


def _days(text: str, today: date, side: Side) -> Iterator[date | None]:
    """Every day named; each expression is taken out of the text, so that no shorter one is seen inside it."""
    whole: tuple[tuple[re.Pattern[str], _Reader], ...] = (
        (_ABSOLUTE, lambda m: _day(_year(m[1], today), m[2], m[3])),
        (_COMPACT, lambda m: _day(int(m[1]), m[2], m[3])),
        (_NAMED_YEAR, lambda m: _day(today.year + _YEARS[m[1]], m[2], m[3])),
        (_IN_MONTH, lambda m: _day(*_month(today, _shift(m[1])), m[2])),
        (_AGO, lambda m: _shifted(today, chinese_number(m[1]), m[2])),
    )
    parts: tuple[tuple[re.Pattern[str], _Reader], ...] = (
        (_IN_YEAR, lambda m: _in_year(m[1] or m[3], m[2] or m[4], today, side)),
        (_DOTTED, lambda m: _in_year(m[1], m[2], today, side)),
        (_WEEKDAY, lambda m: _weekday(today, m[1], "一二三四五六日天".index(m[2]), side)),
        (_NAMED_DAY, lambda m: today + timedelta(days=next(d for name, d in _DAYS.items() if m[0].startswith(name)))),
        (_DAY_ONLY, lambda m: _NONE if m[1] else _in_month(m[2], today, side)),
    )
    for pattern, read in whole:
        yield from map(read, pattern.finditer(text))
        text = pattern.sub("□", text)
    has_period = bool(_PERIOD.search(text))
    for pattern, read in parts:
        for match in pattern.finditer(text):
            yield _NONE if has_period else read(match)
        text = pattern.sub("□", text)
    if _VAGUE.search(text):
        yield _NONE


def _year(text: str, today: date) -> int:
    year = chinese_number(text) or 0
    if len(text) > len("26"):
        return year
    year += today.year // _CENTURY * _CENTURY
    return year if year <= today.year + _AHEAD else year - _CENTURY


def _day(year: int, month: str | int, day: str | int) -> date:
    numbers = [chinese_number(str(part)) for part in (month, day)]
    try:
        return date(year, numbers[0] or 0, numbers[1] or 0)
    except ValueError:
        return _NONE


def _in_year(month: str, day: str, today: date, side: Side) -> date:
    return _nearest([_day(today.year + n, month, day) for n in (-1, 0, 1)], today, side)


def _in_month(day: str, today: date, side: Side) -> date:
    return _nearest([_day(*_month(today, n), day) for n in (-1, 0, 1)], today, side)


def _shift(month: str) -> int:
    """How many months 上上个月 is from this one."""
    return month.count("下") - month.count("上")


def _month(today: date, shift: int) -> tuple[int, int]:
    months = today.year * 12 + today.month - 1 + shift
    return months // 12, months % 12 + 1


def _nearest(days: list[date], today: date, side: Side) -> date:
    """The nearest of the days that exist on one side; `any` looks back first."""
    real = [day for day in days if day != _NONE]
    if side == "future":
        return min((day for day in real if day >= today), default=_NONE)
    return max((day for day in real if day <= today), default=_NONE)


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
