"""One period as a citizen is told of it: how it stands, how it was counted, and the day that is safe on any reading."""

from dataclasses import dataclass, replace
from datetime import date

from knowledge_base.entry import Source
from knowledge_base.rules.calendar import SATURDAY, is_workday, soonest_workdays, workday_before
from knowledge_base.rules.conclusion import LastDay
from knowledge_base.rules.deadline_kinds import Kind, Length, load_deadlines, phrase
from knowledge_base.rules.periods import Period, is_near, measure, state


@dataclass(frozen=True)
class Run:
    """One period: of which kind, from which day (and how that day is called), and until when.

    strict: the last day by the calendar on the strictest reading of the law.
    """

    kind: Kind
    label: str
    length: Length
    begins: str
    start: date
    period: Period
    last: date
    strict: date

    @property
    def end(self) -> date:
        """The last day by the calendar, before any rolling."""
        return self.period.rolled_from or self.last

    @property
    def safe(self) -> date:
        """A day that is in time whatever the reading and the holidays, and a workday if one lies in the period."""
        day = self.strict
        if self.length.unit == "workdays":
            day = min(day, soonest_workdays(self.start, self.length.number))
        before = day if self.kind.any_day or is_workday(day) else workday_before(day)
        return before if before > self.start else day


def measured(kind: Kind, label: str, length: Length, begins: str, start: date) -> Run:
    """The period of that length from that day.

    Raises:
        ValueError, OverflowError: the end lies past the year 9999.
    """
    period = measure(length, start, rolls=kind.rule.rolls)
    end = length.end(start)
    return Run(kind, label, length, begins, start, period, period.last or end, end)


def runs(kind: Kind, length: Length, begins: str, start: date) -> list[Run]:
    """A kind and what follows on it.

    What follows runs from the last day of the one before; on the strictest reading from its end before any rolling.
    """
    first = measured(kind, kind.label, length, begins, start)
    following = load_deadlines().kinds.get(kind.then or "")
    if following is None or following.length is None:
        return [first]
    second = measured(following, following.label, following.length, following.begins, first.last)
    certain = first.period.certain and second.period.certain
    period = replace(second.period, certain=certain)
    return [first, replace(second, period=period, strict=following.length.end(first.end))]


def standing(run: Run, today: date) -> tuple[str, str]:
    """The verdict on one period, and the sentence that says it."""
    verdict = state(run.period, run.start, today)
    values = {"act": run.kind.act, "last": run.last, "left": (run.last - today).days}
    if verdict == "past":
        return verdict, phrase("past", **values)
    if today > run.last:
        return verdict, phrase("late_unsure", **values)
    if verdict == "unsure" and is_near(run.period, run.start, today):
        return "near", phrase("near_unsure", **values) + advice(run, today)
    if run.last == today and verdict == "near":
        return verdict, phrase("today", **values)
    return verdict, phrase(verdict, **values) + advice(run, today)


def advice(run: Run, today: date) -> str:
    """By which day to act where the last day is open to doubt, for the headline; empty where it is not."""
    if not run.period.certain:
        return phrase("head_unsure", safe=max(run.safe, today))
    if run.safe == run.last:
        return ""
    return phrase("head_safe", safe=run.safe) if today <= run.safe else phrase("head_now")


def reported(run: Run, today: date) -> LastDay:
    """The period for the list of days."""
    sources = merged(run.kind.sources, run.kind.rule.sources)
    how = state(run.period, run.start, today)
    return LastDay(label=run.label, day=run.last, state=how, counted=_counted(run, today), sources=sources)


def doubt(run: Run) -> str:
    """That holidays may still move the day; empty where they are published."""
    return "" if run.period.certain else phrase("uncertain", year=run.last.year)


def merged(*groups: tuple[Source, ...]) -> tuple[Source, ...]:
    """All sources, each once, in order."""
    return tuple(dict.fromkeys(source for group in groups for source in group))


def _counted(run: Run, today: date) -> str:
    """How the days were counted, in plain words."""
    how = {"days": "counted_days", "workdays": "counted_workdays"}.get(run.length.unit, "counted_months")
    first = date.fromordinal(run.start.toordinal() + 1)
    values = {"begins": run.begins, "start": run.start, "first": first, "day": run.end}
    text = phrase(how, **values, number=run.length.number, length=run.length)
    if run.period.rolled_from:
        text += phrase("rolled", last=run.last)
    elif not is_workday(run.end):
        text += phrase("not_rolled")
    elif run.end.weekday() >= SATURDAY and run.kind.rule.rolls:
        text += phrase("makeup")
    if run.strict < run.end:
        text += phrase("strict", day=run.strict)
    text += doubt(run)
    if today <= run.safe and (run.safe != run.last or not run.period.certain):
        text += phrase("safer", safe=run.safe)
    return text
