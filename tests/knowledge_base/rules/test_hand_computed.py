"""The deadline rules against days counted by somebody else, from the law texts and a paper calendar."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from knowledge_base.rules.calendar import load_holidays
from knowledge_base.rules.deadline_kinds import Length, load_deadlines
from knowledge_base.rules.deadlines import conclude
from knowledge_base.rules.periods import last_day, measure

HERE = Path(__file__).parent
NO_NOTICE = "放假安排还没有"
"""How `doubt` says that the year of the last day has no notice of holidays."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    why: str


class Deadline(_Row):
    """A row of `hand_computed_deadlines.yml`."""

    kind: str
    start: date
    last: date
    certificate_last: date | None = None
    doubt: str = ""


class Count(_Row):
    """A row of `hand_computed_counts.yml`; `last` is null where no day may be named."""

    start: date | str
    working_days: int
    last: date | None


class Listed(BaseModel):
    """The holidays of a year as the header of the rows lists them."""

    year: int
    number: str
    issued: date
    free: frozenset[date]
    work: frozenset[date]


FILE = HERE / "hand_computed_deadlines.yml"
DEADLINES = TypeAdapter(list[Deadline]).validate_python(yaml.safe_load(FILE.read_text("utf-8")))
COUNTS = TypeAdapter(list[Count]).validate_python(
    yaml.safe_load((HERE / "hand_computed_counts.yml").read_text("utf-8"))
)


def _days(year: int, listed: str) -> Iterator[date]:
    for part in re.sub(r"\(.*?\)", "", listed).split("|"):
        ends = [date.fromisoformat(f"{year}-{day}") for day in re.findall(r"\d\d-\d\d", part)]
        yield from (ends[0] + timedelta(days=number) for number in range((ends[-1] - ends[0]).days + 1))


def _listed() -> list[Listed]:
    notice = re.compile(
        r"^#   (\d{4}) 国务院办公厅\S+ \((\S+), (\S+)\)\n#     off: (.+)\n#     work: (.+)$", re.MULTILINE
    )
    return [
        Listed(
            year=int(year),
            number=number,
            issued=date.fromisoformat(issued),
            free=frozenset(_days(int(year), off)),
            work=frozenset(day for part in work.split(",") for day in _days(int(year), part)),
        )
        for year, number, issued, off, work in notice.findall(FILE.read_text("utf-8"))
    ]


def test_both_tables_are_whole() -> None:
    assert (len(DEADLINES), len(COUNTS)) == (217, 41)
    assert {row.kind for row in DEADLINES} <= set(load_deadlines().kinds)


@pytest.mark.parametrize("row", DEADLINES, ids=lambda row: f"{row.kind}-{row.start}")
def test_last_day(row: Deadline) -> None:
    period = last_day(row.kind, row.start)
    assert period.last == row.last
    assert period.certain == (NO_NOTICE not in row.doubt)
    if row.certificate_last:
        assert last_day("divorce_certificate", row.last).last == row.certificate_last
        days = conclude({"kind": row.kind, "start": str(row.start)}, row.start).days
        assert [day.day for day in days] == [row.last, row.certificate_last]


@pytest.mark.parametrize("row", COUNTS, ids=lambda row: f"{row.working_days}-from-{row.start}")
def test_working_days(row: Count) -> None:
    try:
        start = date.fromisoformat(str(row.start))
        period = measure(Length(workdays=row.working_days), start, rolls=False)
    except ValueError:
        assert row.last is None
        return
    assert (period.last if period.certain else None) == row.last


def test_three_years_are_listed() -> None:
    assert [listed.year for listed in _listed()] == [2024, 2025, 2026]


@pytest.mark.parametrize("listed", _listed(), ids=lambda listed: str(listed.year))
def test_the_holidays_are_the_same_in_both_lists(listed: Listed) -> None:
    ours = next(row for row in load_holidays().years if row.year == listed.year)
    assert frozenset(ours.free_days()) == listed.free
    assert frozenset(ours.work) == listed.work
    assert (ours.number, ours.issued) == (listed.number, listed.issued)
