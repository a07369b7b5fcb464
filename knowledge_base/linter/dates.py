"""Dates: laws that change while an entry holds, and entries whose time is over."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from knowledge_base.catalogue import Defect
from knowledge_base.entry import Entry, LawSource
from knowledge_base.laws import load_laws
from knowledge_base.linter.text import shown_texts


def check_law_periods(entries: Sequence[Entry]) -> Iterator[Defect]:
    """A law that starts or ends while the entry holds: the entry ends there too, or says both with the date."""
    laws = load_laws()
    for entry in entries:
        shown = "".join(shown_texts(entry))
        for name in dict.fromkeys(s.law for s in entry.sources if isinstance(s, LawSource) and s.law in laws):
            for day in _turns(laws[name].in_force_from, laws[name].in_force_until):
                inside = entry.valid_from < day and (entry.valid_until is None or day <= entry.valid_until)
                if inside and not any(wording in shown for wording in _wordings(day)):
                    message = f"“{name}”在 {day} 有变化，条目的有效期跨过了这一天，却没有写明前后两种情况"
                    yield Defect(entry.id, "law-period", message)


def _turns(starts: date | None, ends: date | None) -> Iterator[date]:
    """The first days on which something is different."""
    if starts:
        yield starts
    if ends:
        yield ends + timedelta(days=1)


def _wordings(day: date) -> tuple[str, ...]:
    """How a text names the day of the change, or the day before it."""
    before = day - timedelta(days=1)
    return f"{day.year}年{day.month}月", f"{before.year}年{before.month}月", f"{day.year}年起"


def check_review(entries: Sequence[Entry], today: date) -> Iterator[Defect]:
    """Entries whose review is due or whose time is over."""
    for entry in entries:
        if entry.review_by < today:
            yield Defect(entry.id, "review", f"复核期限 {entry.review_by} 已过")
        if entry.valid_until is not None and entry.valid_until < today:
            yield Defect(entry.id, "validity", f"有效期到 {entry.valid_until}，已过")
