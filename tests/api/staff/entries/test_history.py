"""What was published of an entry, and what differs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.staff.entries.comparison import compare, readable
from tests.api.staff.conftest import Clerk
from tests.api.staff.entries.conftest import ENTRY, PAGE, Desk
from tests.api.staff.entries.pages import sound_content


async def test_every_version_says_who_and_why(editor: Clerk, reviewer: Clerk, desk: Desk) -> None:
    await desk.staff.live.take_offline(ENTRY.id, reviewer.staff, "法律<i>改了</i>")
    text = (await editor.get(f"{PAGE}/history")).text
    for shown in ("初始目录", "法律&lt;i&gt;改了", reviewer.staff.name, "第 1 版", "第 2 版", "下线"):
        assert shown in text


async def test_what_is_written_is_compared_with_what_is_live(editor: Clerk, desk: Desk) -> None:
    content = ENTRY.model_dump(mode="json")
    await desk.staff.drafts.save(ENTRY.id, content | {"title": "公司拖欠奖金怎么办"}, 1, editor.staff)
    text = (await editor.get(f"{PAGE}/history")).text
    assert "从第 1 版到正在写的" in text
    assert "<del>拖欠工资</del><ins>拖欠奖金</ins>" in text


@pytest.mark.parametrize(
    "query", [{"a": "99", "b": "1"}, {"a": "x", "b": "<script>"}, {"a": "1", "b": "1"}, {"a": "work", "b": "1"}]
)
async def test_versions_that_are_not_there_are_not_compared(editor: Clerk, query: dict[str, str]) -> None:
    shown = await editor.get(f"{PAGE}/history", **query)
    assert shown.status_code == 200 and "<script>alert" not in shown.text


async def test_only_who_may_publish_restores(editor: Clerk, reviewer: Clerk, desk: Desk) -> None:
    await desk.staff.live.take_offline(ENTRY.id, reviewer.staff, "过时了")
    assert "恢复这一版" not in (await editor.get(f"{PAGE}/history")).text
    text = (await reviewer.get(f"{PAGE}/history")).text
    assert text.count("恢复这一版</button>") == 1 and 'action="/staff/publishing/restore"' in text


async def test_a_new_entry_has_no_versions(editor: Clerk, desk: Desk) -> None:
    entry_id = await desk.write(editor)
    assert "还没有发布过" in (await editor.get(f"/staff/entries/{entry_id}/history")).text


def test_fields_are_named_and_told_in_chinese() -> None:
    content = sound_content(
        urgent=True,
        kind="service",
        next=["guide:notary", "entry:labour.x"],
        facets={"fee": "不收费"},
        confusable={"a.b": "问别的"},
    )
    shown = readable(content)
    assert (shown["类型"], shown["紧急"], shown["费用"], shown["容易混的条目"]) == (
        "办事事项",
        "是",
        "不收费",
        "a.b：问别的",
    )
    assert shown["接下来可以问"] == "引导：办公证\nlabour.x"
    assert "可信程度 已核对原文" in shown["依据"]


def test_a_facet_stands_where_facets_stand() -> None:
    changes = compare(sound_content(facets={}), sound_content(title="新", facets={"fee": "不收费"}, office="别处"))
    assert [change.label for change in changes] == ["标题", "费用", "负责部门"]


def test_an_entry_that_was_not_there_is_all_new() -> None:
    assert {kind for change in compare(None, sound_content()) for kind, _ in change.pieces} == {"added"}
    assert {kind for change in compare(sound_content(), None) for kind, _ in change.pieces} == {"left_out"}


TEXT = st.text(st.sampled_from("工资仲裁劳动 \n，。a1<"), max_size=30)


@given(TEXT, TEXT)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    old, new = {"answer": before}, {"answer": after}
    for change in compare(old, new):
        assert "".join(text for kind, text in change.pieces if kind != "added") == before
        assert "".join(text for kind, text in change.pieces if kind != "left_out") == after
    assert bool(compare(old, new)) == (before != after)
