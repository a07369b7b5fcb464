"""The entry: what it accepts, on which days it holds, and what its version stands for."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from knowledge_base.entry import Entry, Facet, LawSource, PageSource
from tests.small_catalogue import CHECKED, make_entry

PAGE: dict[str, Any] = {"page": "办事指南", "date": "2021-04-01", "checked": "2026-07-17", "confidence": "page"}
LAW: dict[str, Any] = {"law": "公证法", "article": "11", "checked": "2026-07-17", "confidence": "verified"}


@pytest.mark.parametrize("facet", list(Facet))
def test_every_facet_has_a_chinese_label(facet: Facet) -> None:
    assert facet.label and not facet.label.isascii()


@pytest.mark.parametrize(
    "change",
    [
        {"id": "Labour.wages"},
        {"id": "labour"},
        {"id": "labour.wages.more"},
        {"id": "劳动.工资"},
        {"kind": "faq"},
        {"title": "  "},
        {"answer": ""},
        {"questions": ["", "工资"]},
        {"sources": []},
        {"next": ["labour.dismissed"]},
        {"next": ["page:labour.dismissed"]},
        {"confusable": {"not an id": "说明"}},
        {"facets": {"price": "十元"}},
        {"facets": {"fee": " "}},
        {"review_by": None},
        {"valid_until": date(2007, 12, 31)},
        {"colour": "red"},
        {"sources": [LAW | {"article": "第30条"}]},
        {"sources": [LAW | {"confidence": "G"}]},
        {"sources": [{**LAW, **PAGE}]},
        {"sources": [{key: value for key, value in PAGE.items() if key != "date"}]},
    ],
    ids=str,
)
def test_rejected(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make_entry(**change)


@pytest.mark.parametrize(("written", "read"), [(30, "30"), ("30", "30"), ("120之一", "120之一")])
def test_article_numbers(written: object, read: str) -> None:
    assert LawSource.model_validate(LAW | {"article": written}).article == read


@pytest.mark.parametrize(("row", "kind"), [(LAW, LawSource), (PAGE, PageSource)])
def test_a_source_is_a_law_or_a_page(row: dict[str, Any], kind: type) -> None:
    assert isinstance(make_entry(sources=[row]).sources[0], kind)


def test_texts_lose_the_white_space_around_them() -> None:
    assert make_entry(answer="\n可以投诉。\n").answer == "可以投诉。"


def test_an_entry_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        make_entry().title = "别的"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2020, 12, 31), False),
        (date(2021, 1, 1), True),
        (date(2023, 6, 1), True),
        (date(2025, 12, 31), True),
        (date(2026, 1, 1), False),
    ],
)
def test_in_force_includes_both_ends(day: date, holds: bool) -> None:
    entry = make_entry(valid_from=date(2021, 1, 1), valid_until=date(2025, 12, 31))
    assert entry.in_force(day) is holds


def test_without_an_end_an_entry_stays_in_force() -> None:
    assert make_entry().in_force(date(2999, 1, 1))


def test_valid_on_one_day_only_is_allowed() -> None:
    assert make_entry(valid_from=CHECKED, valid_until=CHECKED).in_force(CHECKED)


def test_the_version_is_twelve_hex_digits() -> None:
    assert len(make_entry().version) == 12 and int(make_entry().version, 16) >= 0


def test_the_version_survives_storing() -> None:
    entry = make_entry(facets={Facet.FEE: "免费", Facet.WHO: "本人"})
    assert Entry.model_validate_json(entry.model_dump_json()).version == entry.version


@pytest.mark.parametrize(
    "change",
    [
        {"title": "别的"},
        {"answer": "别的。"},
        {"office": "别的"},
        {"questions": ["别的"]},
        {"facets": {"fee": "免费"}},
        {"review_by": date(2027, 6, 29)},
        {"sources": [LawSource(law="劳动合同法", article="30", checked=CHECKED + timedelta(1), confidence="verified")]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_change_changes_the_version(change: dict[str, Any]) -> None:
    assert make_entry(**change).version != make_entry().version
