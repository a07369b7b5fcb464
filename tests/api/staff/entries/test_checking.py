"""What the editor says is still wrong."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.staff.entries.checking import EntryChecks
from api.staff.entries.fields import FIELD_OF_RULE, FIELDS, GUIDES
from api.staff.entries.form import content_of
from knowledge_base.linter.references import GUIDES as KNOWN_GUIDES
from tests.api import fakes
from tests.api.staff.conftest import Clerk
from tests.api.staff.entries.conftest import ENTRY, Desk
from tests.api.staff.entries.pages import sound_content

LATER = datetime(2026, 11, 24, tzinfo=UTC)


async def said(desk: Desk, content: dict[str, Any]) -> list[str]:
    return [flaw.message for flaw in await desk.staff.checks.flaws(content)]


async def test_a_sound_entry_has_no_flaw(desk: Desk) -> None:
    assert await said(desk, sound_content()) == []


async def test_an_empty_entry_lacks_every_field_by_name(desk: Desk) -> None:
    messages = await said(desk, content_of("labour.x", []))
    for label in ("主题", "标题", "回答", "依据", "负责部门", "生效日", "复核日期"):
        assert f"{label}还没有填" in messages


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"valid_from": "2026-05-05", "valid_until": "2026-05-04"}, "失效日早于生效日"),
        ({"valid_from": "明天"}, "生效日不是日期，请写成 2026-07-01 这样"),
        ({"kind": "nix"}, "类型请选一个"),
        ({"next": ["entry:不对"]}, "第 1 行格式不对，请写条目编号"),
        ({"facets": {"fee": ""}}, "分项“费用”还没有填"),
        ({"confusable": {"": "问的是别的"}}, "“”的编号还没有填"),
    ],
)
async def test_a_wrong_field_is_named_in_plain_words(desk: Desk, changes: dict[str, Any], message: str) -> None:
    assert message in await said(desk, sound_content(**changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"article": "第三十条"}, "第 1 条依据的条号格式不对，写数字，例如 30 或 120之一"),
        ({"law": ""}, "第 1 条依据的法律还没有填"),
        ({"checked": ""}, "第 1 条依据的核对日还没有填"),
        ({"confidence": "maybe"}, "第 1 条依据的可信程度请选一个"),
    ],
)
async def test_a_wrong_source_is_named_by_its_place_and_only_as_what_it_is(
    desk: Desk, changes: dict[str, Any], message: str
) -> None:
    row = ENTRY.sources[0].model_dump(mode="json") | changes
    assert await said(desk, sound_content(sources=[row])) == [message]


async def test_a_question_that_another_live_entry_has_is_found(desk: Desk) -> None:
    content = sound_content()
    messages = await said(desk, content | {"questions": [*content["questions"], ENTRY.questions[2]]})
    assert len(messages) == 1 and ENTRY.id in messages[0]


async def test_what_went_live_meanwhile_is_known(desk: Desk, reviewer: Clerk) -> None:
    await said(desk, sound_content())
    await desk.staff.live.take_offline(ENTRY.id, reviewer.staff, "试一试")
    assert any("不存在" in message for message in await said(desk, sound_content(next=[f"entry:{ENTRY.id}"])))


async def test_two_new_entries_may_name_each_other(desk: Desk, editor: Clerk) -> None:
    first, second = "work-injury.first", "work-injury.second"
    await desk.write(editor, id=first)
    assert await said(desk, sound_content(id=second, next=[f"entry:{first}"])) == []


async def test_the_day_is_that_of_shanghai(desk: Desk) -> None:
    at_midnight = EntryChecks(desk.staff.live, lambda: datetime(2026, 11, 23, 16, tzinfo=UTC))
    before = EntryChecks(desk.staff.live, lambda: datetime(2026, 11, 23, 15, 59, tzinfo=UTC))
    content = sound_content(review_by="2026-11-23")
    content["sources"] = [row | {"checked": "2026-01-01"} for row in content["sources"]]
    assert [flaw.field for flaw in await at_midnight.flaws(content)] == ["review_by"]
    assert await before.flaws(content) == []


def test_every_rule_leads_to_a_field_and_every_guide_has_a_name() -> None:
    assert set(FIELD_OF_RULE.values()) <= set(FIELDS)
    assert set(GUIDES) == KNOWN_GUIDES
    assert fakes.ENTRIES
