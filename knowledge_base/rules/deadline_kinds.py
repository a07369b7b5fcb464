"""The deadlines as data (`deadlines.yml`): how long, from which day, how they are counted, what is said of them."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from knowledge_base.entry import LawSource, Text
from knowledge_base.rules import calendar
from knowledge_base.rules.conclusion import Reason, Target

DEADLINES_FILE = Path(__file__).with_name("deadlines.yml")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Length(_Part):
    """How long a period is; exactly one of the four is given."""

    days: int | None = Field(default=None, gt=0)
    workdays: int | None = Field(default=None, gt=0)
    months: int | None = Field(default=None, gt=0)
    years: int | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("期限的长短只写一样：days、workdays、months 或 years")
        return self

    @property
    def unit(self) -> str:
        """`days`, `workdays`, `months` or `years`."""
        return next(iter(self.model_dump(exclude_none=True)))

    @property
    def number(self) -> int:
        """How many of the unit."""
        return int(self.model_dump(exclude_none=True)[self.unit])

    def end(self, start: date) -> date:
        """The last day by the calendar, before any rolling; the start day is not counted."""
        count = {
            "days": calendar.add_days,
            "workdays": calendar.add_workdays,
            "months": calendar.add_months,
            "years": calendar.add_years,
        }
        return count[self.unit](start, self.number)


class Counting(_Part):
    """How a branch of law counts: whether a last day that is a holiday rolls on, and what posting in time does."""

    rolls: bool
    mail: Text | None = None
    sources: tuple[LawSource, ...]


class Kind(_Part):
    """One kind of deadline.

    name, act, label: what it is called in a list, what must be done, and over the last day. length: None where the law
    sets no deadline. begins: the day it runs from, in words; begins_left: that day for wages of an employment that
    ended. found: how to find that day. restarts: a demand begins it anew. untold: the longest it can last for somebody
    who was not told of it. then: the kind that begins when this one is over.
    """

    name: Text
    act: Text
    label: Text
    length: Length | None = None
    counting: Text
    begins: Text
    begins_left: Text | None = None
    found: tuple[Text, ...]
    restarts: bool = False
    restart_sources: tuple[LawSource, ...] = ()
    untold: Length | None = None
    untold_sources: tuple[LawSource, ...] = ()
    then: Text | None = None
    any_day: bool = False
    notes: tuple[Reason, ...] = ()
    todo: tuple[Text, ...] = ()
    past: tuple[Text, ...]
    past_sources: tuple[LawSource, ...]
    sources: tuple[LawSource, ...]
    next: tuple[Target, ...]

    @property
    def rule(self) -> Counting:
        """How its days are counted."""
        return load_deadlines().counting[self.counting]


class Near(_Part):
    """When a deadline is near: `days` or one in `share` of its length are left, whichever is less, but `least` days."""

    days: int
    share: int
    least: int


class Deadlines(_Part):
    """The whole file.

    shift: by how many days a holiday may move a last day in a year that is not published.
    unclear: of each matter, the kinds that run from the paper somebody holds, whichever of them it is.
    """

    near: Near
    shift: int
    counting: dict[str, Counting]
    wording: dict[str, Text]
    matters: dict[str, tuple[str, ...]]
    unclear: dict[str, tuple[str, ...]]
    kinds: dict[str, Kind]

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        wanted = {name for names in (*self.matters.values(), *self.unclear.values()) for name in names}
        wanted |= {kind.then for kind in self.kinds.values() if kind.then}
        if unknown := wanted - set(self.kinds):
            raise ValueError(f"没有 {'、'.join(sorted(unknown))} 这种期限")
        if unknown := {kind.counting for kind in self.kinds.values()} - set(self.counting):
            raise ValueError(f"counting 里没有 {'、'.join(sorted(unknown))}")
        return self


@lru_cache(maxsize=1)
def load_deadlines() -> Deadlines:
    """The deadlines, the ways of counting and the wording.

    Raises:
        pydantic.ValidationError: the file does not have the expected form; the message names the place.
    """
    return Deadlines.model_validate(yaml.safe_load(DEADLINES_FILE.read_text(encoding="utf-8")))


def phrase(key: str, **values: object) -> str:
    """The wording of a key with its placeholders filled; days are written as `2026年3月5日（星期四）`.

    Raises:
        KeyError: no such wording, or a placeholder without a value.
    """
    wording = load_deadlines().wording
    return wording[key].format(**{name: _written(value) for name, value in values.items()})


def _written(value: object) -> object:
    wording = load_deadlines().wording
    if isinstance(value, date):
        weekday = wording["weekdays"][value.weekday()]
        return wording["date"].format(year=value.year, month=value.month, day=value.day, weekday=weekday)
    if isinstance(value, Length):
        return wording[value.unit].format(number=value.number)
    return value
