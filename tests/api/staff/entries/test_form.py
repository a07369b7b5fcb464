"""The editor's form and what becomes of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.staff.entries.form import canonical, content_of, too_long
from knowledge_base.entry import Entry
from tests.api import fakes
from tests.api.staff.conftest import Clerk
from tests.api.staff.entries.conftest import Desk, form_of
from tests.api.staff.entries.pages import sound_content

NAMES = st.sampled_from(
    "topic title answer urgent questions facet_fee facet_nix source_kind source_law source_article source_page source_date "
    "source_url source_claim source_checked source_confidence next confusable_id confusable_text valid_until review_by id".split()
)
WITH_ALL = {
    "urgent": True,
    "facets": {"time": "三十日内。", "fee": "不收费。\n\n按件也不收。"},
    "next": ["guide:notary", f"entry:{fakes.WAGES}"],
    "confusable": {fakes.WAGES: "问的是工资", fakes.DEGREE: "问的是学历"},
    "valid_until": "2090-01-01",
}


@pytest.mark.parametrize("entry_id", [entry.id for entry in fakes.ENTRIES])
async def test_the_page_sent_back_untouched_is_the_entry(editor: Clerk, desk: Desk, entry_id: str) -> None:
    content = content_of(entry_id, await form_of(editor, entry_id))
    assert content == (await desk.staff.live.contents([entry_id]))[entry_id]


async def test_an_entry_with_everything_in_it_comes_back_whole(editor: Clerk, desk: Desk) -> None:
    both = [*fakes.ENTRIES[0].sources, *fakes.ENTRIES[4].sources, *fakes.ENTRIES[1].sources]
    content = canonical(sound_content(**WITH_ALL) | {"sources": [source.model_dump(mode="json") for source in both]})
    Entry.model_validate(content)
    await desk.staff.drafts.create(content, editor.staff)
    assert content_of(content["id"], await form_of(editor, content["id"])) == content


@given(st.lists(st.tuples(NAMES, st.text()), max_size=30))
def test_whatever_is_sent_becomes_a_content_that_can_be_kept(fields: list[tuple[str, str]]) -> None:
    content = content_of("labour.x", fields)
    assert content["id"] == "labour.x"
    assert "\x00" not in str(content)
    assert all(isinstance(problem, str) for problem in too_long(content))
    str(content).encode()


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20)))
def test_every_line_of_the_questions_is_one(lines: list[str]) -> None:
    questions = content_of("labour.x", [("questions", "\r\n".join(lines))])["questions"]
    assert all(question.strip() and "\n" not in question for question in questions)


def source(**fields: str) -> list[tuple[str, str]]:
    return [("source_kind", fields.pop("kind")), *((f"source_{name}", value) for name, value in fields.items())]


def sources(*rows: list[tuple[str, str]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = content_of("labour.x", [pair for row in rows for pair in row])["sources"]
    return found


def test_a_row_that_nobody_filled_in_is_no_source() -> None:
    assert sources(source(kind="law", law="", article="", checked="2026-01-01", confidence="verified")) == []


def test_a_row_that_is_filled_in_by_half_is_kept() -> None:
    assert sources(source(kind="law", law="民法典"))[0]["law"] == "民法典"


def test_sources_stay_in_their_order() -> None:
    rows = [source(kind="page", page="甲"), source(kind="law", law="乙"), source(kind="page", page="丙")]
    assert [row.get("law") or row.get("page") for row in sources(*rows)] == ["甲", "乙", "丙"]


def test_a_sibling_written_twice_keeps_both_texts() -> None:
    fields = [("confusable_id", "a.b"), ("confusable_text", "甲"), ("confusable_id", "a.b"), ("confusable_text", "乙")]
    assert content_of("labour.x", fields)["confusable"] == {"a.b": "甲；乙"}


def test_an_id_alone_is_a_next_entry() -> None:
    assert content_of("labour.x", [("next", "labour.y"), ("next", ""), ("next", "guide:notary")])["next"] == [
        "entry:labour.y",
        "guide:notary",
    ]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("title", "长" * 201, "标题"),
        ("answer", "长" * 4001, "回答"),
        ("facet_fee", "长" * 4001, "分项"),
        ("questions", "问\n" * 501, "问法"),
    ],
)
def test_what_is_far_too_long_is_said_by_its_name(name: str, value: str, said: str) -> None:
    assert said in "".join(too_long(content_of("labour.x", [(name, value)])))
