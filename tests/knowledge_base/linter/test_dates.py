"""Laws that change while an entry holds."""

from datetime import date
from typing import Any

import pytest

from knowledge_base.laws import Law
from knowledge_base.linter.dates import check_law_periods
from tests.small_catalogue import law_source, make_entry

LAWS = {
    "旧法": Law(name="旧法", title="旧法", kind="法律", in_force_until=date(2026, 12, 31)),
    "新法": Law(name="新法", title="新法", kind="法律", in_force_from=date(2027, 1, 1)),
    "老法": Law(name="老法", title="老法", kind="法律"),
}
BEFORE = {"valid_from": date(2020, 1, 1), "valid_until": date(2026, 12, 31)}


@pytest.fixture(autouse=True)
def _register_of_laws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge_base.linter.dates.load_laws", lambda: LAWS)


def defects(law: str, **changes: Any) -> int:
    return len(list(check_law_periods([make_entry(sources=[law_source(law, "1")], **changes)])))


@pytest.mark.parametrize(
    ("law", "changes"),
    [
        ("旧法", {}),
        ("旧法", {"valid_until": date(2027, 1, 1)}),
        ("新法", {"valid_from": date(2026, 12, 31)}),
        ("新法", {"answer": "2026年1月1日起是两个月。"}),
    ],
    ids=["goes on after the end", "one day too long", "one day too early", "names another date"],
)
def test_an_entry_that_outlives_its_law(law: str, changes: dict[str, Any]) -> None:
    assert defects(law, **changes) == 1


@pytest.mark.parametrize(
    ("law", "changes"),
    [
        ("旧法", BEFORE),
        ("新法", {"valid_from": date(2027, 1, 1)}),
        ("老法", {}),
        ("不在名录的法", {}),
        ("旧法", {"answer": "2026年12月31日前是三个月，以后是两个月。"}),
        ("新法", {"answer": "2027年1月1日起是两个月，以前是三个月。"}),
        ("新法", {"facets": {"time": "2027年起是两个月。"}}),
    ],
    ids=[
        "ends in time",
        "starts in time",
        "no change",
        "unknown law",
        "says both",
        "says both the other way",
        "in a facet",
    ],
)
def test_an_entry_that_ends_in_time_or_says_both(law: str, changes: dict[str, Any]) -> None:
    assert defects(law, **changes) == 0
