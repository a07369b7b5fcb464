"""Who does not know which deadline it is, but the day from which it runs: all of them, the earliest is the safe one."""

from datetime import date

from knowledge_base.rules.conclusion import UNKNOWN, LastDay
from knowledge_base.rules.deadline_kinds import Kind, load_deadlines, phrase
from knowledge_base.rules.deadline_runs import Run, measured, reported
from knowledge_base.rules.periods import state


def candidates(matter: str) -> tuple[Kind, ...]:
    """The kinds that it can be, of a matter that is known or not; none where no paper begins any of them."""
    rules = load_deadlines()
    names = rules.unclear[UNKNOWN] if matter not in rules.matters else rules.unclear.get(matter, ())
    return tuple(rules.kinds[name] for name in names)


def all_of(kinds: tuple[Kind, ...], start: date, today: date) -> tuple[str, tuple[LastDay, ...]]:
    """What is said of them, and their last days, the earliest that is not over first.

    A day that may be over counts as over here: the next one is named beside it.
    """
    runs = [measured(kind, kind.label, kind.length, kind.begins, start) for kind in kinds if kind.length is not None]
    runs.sort(key=lambda run: (today > run.last, run.last, run.safe))
    return _headline(runs, today), tuple(reported(run, today) for run in runs)


def shortest(kinds: tuple[Kind, ...]) -> str:
    """That neither the kind nor the day is known: the shortest of them is named."""
    some_day = date(2026, 1, 1)
    lengths = [(kind, kind.length) for kind in kinds if kind.length is not None]
    first, length = min(lengths, key=lambda pair: pair[1].end(some_day))
    return phrase("unclear_no_start", act=first.act, length=length)


def _headline(runs: list[Run], today: date) -> str:
    left = [run for run in runs if state(run.period, run.start, today) != "past"]
    if not left:
        return phrase("unclear_past")
    first = left[0]
    safe = max(min(run.safe for run in left), today)
    said = phrase("unclear_open", act=first.kind.act, last=first.last, safe=safe)
    later = next((run for run in left if run.last > first.last), None)
    return said + (phrase("unclear_also", act=later.kind.act, last=later.last) if later else "")
