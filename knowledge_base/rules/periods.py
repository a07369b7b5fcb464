"""Working out when a deadline ends and how it stands. The law is data (`deadlines.yml`)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from knowledge_base.rules.calendar import known_day, next_workday
from knowledge_base.rules.deadline_kinds import Kind, Length, load_deadlines

State = Literal["open", "near", "past", "unsure"]


@dataclass(frozen=True)
class Period:
    """A period worked out.

    last: the last day that is in time; None where the law sets no deadline. rolled_from: the day the period would end
    on, where that is a holiday and the law moves it on. certain: whether the holidays of the years that matter are
    published; if not, the last day may be off by a holiday, or (where the law moves nothing) offices may be closed.
    """

    last: date | None
    rolled_from: date | None
    certain: bool


def kinds() -> dict[str, Kind]:
    """Every kind of deadline that can be asked for, by id; not those that only follow on another."""
    every = load_deadlines().kinds
    following = {kind.then for kind in every.values()}
    return {name: kind for name, kind in every.items() if name not in following}


def last_day(kind: str, start: date) -> Period:
    """When a deadline of that kind ends; `start` is the day it runs from, which is itself not counted.

    A kind that another follows on (the cooling-off of a divorce) gives its own end; the one that follows begins there.

    Raises:
        KeyError: no such kind.
        ValueError, OverflowError: the end lies past the year 9999.
    """
    law = load_deadlines().kinds[kind]
    if law.length is None:
        return Period(None, None, True)
    return measure(law.length, start, rolls=law.rule.rolls)


def measure(length: Length, start: date, *, rolls: bool) -> Period:
    """The period of that length; with `rolls`, a last day that is a holiday moves on to the next workday.

    Raises:
        ValueError, OverflowError: the end lies past the year 9999.
    """
    end = length.end(start)
    last = next_workday(end) if rolls else end
    certain = known_day(end) and known_day(last) and (length.unit != "workdays" or known_day(start))
    return Period(last, end if last != end else None, certain)


def state(period: Period, start: date, today: date) -> State:
    """How a deadline stands on that day.

    `unsure` where holidays that are not published may still move its last day, and where the last day was a holiday, no
    rule moves it on, and the workday after it is not over: then it is for the office to say.
    """
    if period.last is None:
        return "unsure"
    if today > period.last:
        shifted = period.last + timedelta(days=load_deadlines().shift)
        return "unsure" if today <= (next_workday(period.last) if period.certain else shifted) else "past"
    return "unsure" if not period.certain else ("near" if is_near(period, start, today) else "open")


def is_near(period: Period, start: date, today: date) -> bool:
    """Whether the last day is not over and few days are left before it rolls, by the measure in the data."""
    if period.last is None or today > period.last:
        return False
    near, end = load_deadlines().near, period.rolled_from or period.last
    length = end - start
    return (end - today).days <= max(near.least, min(near.days, length.days // near.share))
