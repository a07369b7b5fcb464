"""Until when 行政复议 may be applied for: sixty days from knowing, a year at most where nobody was told (法20, 88)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from knowledge_base.entry import Text
from knowledge_base.rules.conclusion import UNKNOWN, Answers, LastDay, Reason

IsWorkday = Callable[[date], bool]
"""Whether offices work on a day, holidays and the days worked instead of them included."""
Clock = Literal["date", "silent", "silent_info"]
"""What starts the sixty days: knowing of an act, or the end of the time in which an answer was due."""


class Period(BaseModel):
    """The law's numbers and the wording around them.

    days: how long from knowing. longest_years: how long at most where the authority did not tell the right.
    near_days: from how many days before its end a last day is `near`. counted: how it was counted, by situation.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: int
    longest_years: int
    near_days: int
    date_format: Text
    label: Text
    label_longest: Text
    counted: dict[str, Reason]
    moved: Text

    def written(self, day: date) -> str:
        """A day as a citizen reads it."""
        return self.date_format.format(day=day)


@dataclass(frozen=True)
class Reckoning:
    """The days, and whether it is still in time: `unsure` where that hangs on what the citizen does not know."""

    days: tuple[LastDay, ...]
    state: Literal["open", "past", "unsure"]


def first_workday(day: date, is_workday: IsWorkday) -> date:
    """The day itself or, where it is not worked on, the next day that is (民事诉讼法85, 民法典203)."""
    while not is_workday(day):
        day += timedelta(1)
    return day


def years_later(day: date, years: int) -> date:
    """The same day some years on; the end of February where there is no 29th (民法典202)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def reckon(period: Period, clock: Clock, answers: Answers, today: date, is_workday: IsWorkday) -> Reckoning:
    """Works out the last day.

    Args:
        period: the law's numbers and the wording.
        clock: what starts the sixty days.
        answers: `known` and `learned` as ISO dates or `unknown`; `told` is `yes_told`, `no_told` or `unknown`.
        today: the day of asking.
        is_workday: moves a last day on which nobody works.
    """
    given = answers.get("known", UNKNOWN)
    if clock != "date" or given == UNKNOWN:
        key = "undated" if clock == "date" else clock
        return Reckoning((_row(period, key, None, today, {}),), "open")
    known = date.fromisoformat(given)
    longest = years_later(known, period.longest_years)
    raw = known + timedelta(period.days)
    last = first_workday(raw, is_workday)
    words = {"known": known, "raw": raw, "day": last, "longest": longest}
    plain = _row(period, "plain", last, today, words)
    cap = _row(period, "longest", longest, today, words)
    told = answers.get("told", UNKNOWN)
    if told == "no_told" and answers.get("learned", UNKNOWN) != UNKNOWN:
        return _from_learning(period, answers["learned"], words, today, is_workday)
    if today <= last:
        return Reckoning((plain, cap) if told == "no_told" else (plain,), "open")
    if told == "yes_told":
        return Reckoning((plain,), "past")
    if today > longest:
        return Reckoning((cap,), "past")
    if told == "no_told":
        return Reckoning((_row(period, "not_told", None, today, words), cap), "unsure")
    doubtful = _row(period, "told_unknown", last, today, words).model_copy(update={"state": "unsure"})
    return Reckoning((doubtful, cap), "unsure")


def _from_learning(
    period: Period, learned_on: str, words: dict[str, date], today: date, is_workday: IsWorkday
) -> Reckoning:
    """Nobody told the citizen: sixty days from the day of learning of the right, but not beyond the longest time."""
    learned = max(date.fromisoformat(learned_on), words["known"])
    raw = learned + timedelta(period.days)
    moved = first_workday(raw, is_workday)
    last = min(moved, words["longest"])
    row = _row(period, "learned", last, today, {**words, "learned": learned, "raw": raw, "day": moved})
    return Reckoning((row,), "open" if today <= last else "past")


def _row(period: Period, key: str, last: date | None, today: date, words: dict[str, date]) -> LastDay:
    said = period.counted[key]
    written = {name: period.written(day) for name, day in words.items()}
    moved = period.moved.format(**written) if words and words["day"] != words["raw"] else ""
    return LastDay(
        label=period.label_longest if key == "longest" else period.label,
        day=last,
        state=_state(period, last, today),
        counted=said.text.format(**written, moved=moved),
        sources=said.sources,
    )


def _state(period: Period, last: date | None, today: date) -> Literal["open", "near", "past", "unsure"]:
    if last is None:
        return "unsure"
    if today > last:
        return "past"
    return "near" if (last - today).days <= period.near_days else "open"
