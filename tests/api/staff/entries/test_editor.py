"""The editor: saving itself, two people in one entry, what is typed by whoever means ill."""

import asyncio
import re
from collections import Counter
from urllib.parse import urlencode

import pytest

from api.staff.permissions import Role
from tests.api.staff.conftest import HTML, Clerk, Hire
from tests.api.staff.entries.conftest import ENTRY, PAGE, Desk, form_of
from tests.api.staff.entries.pages import Pairs, changed, form_on, sound_content

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>&{{ 7*7 }}"


def without_form_fields(pairs: Pairs) -> Pairs:
    return [(name, value) for name, value in pairs if name not in ("csrf", "revision")]


async def put(clerk: Clerk, pairs: Pairs, revision: int = 1, path: str = PAGE) -> tuple[int, dict[str, object]]:
    body = {"revision": revision, "fields": without_form_fields(pairs)}
    response = await clerk.json("PUT", path, body)
    return response.status_code, response.json()


async def post(clerk: Clerk, pairs: Pairs, path: str = PAGE, **more: str) -> tuple[int, str]:
    body = urlencode([*pairs, *more.items()])  # in order, as a browser sends it
    headers = HTML | {"content-type": "application/x-www-form-urlencoded"}
    response = await clerk.browser.post(path, content=body, headers=headers)
    return response.status_code, response.text


# --- saving ---


async def test_what_is_typed_saves_itself_and_stays_a_draft(editor: Clerk, desk: Desk) -> None:
    status, answer = await put(editor, changed(await form_of(editor, ENTRY.id), title="老板不给工资"))
    assert (status, answer["revision"]) == (200, 2)
    row = await desk.staff.drafts.find(ENTRY.id)
    assert row is not None and row.work is not None and row.work["title"] == "老板不给工资"
    assert row.live is not None and row.live["title"] == ENTRY.title


async def test_a_draft_may_be_unfit(editor: Clerk, desk: Desk) -> None:
    status, _ = await put(editor, [("title", "只有标题")])
    assert status == 200
    assert "只有标题" in (await editor.get(PAGE)).text


async def test_what_did_not_change_makes_no_draft(editor: Clerk, desk: Desk) -> None:
    assert await put(editor, await form_of(editor, ENTRY.id)) == (
        200,
        (await put(editor, await form_of(editor, ENTRY.id)))[1],
    )
    row = await desk.staff.drafts.find(ENTRY.id)
    assert row is not None and row.work is None


async def test_an_hour_of_typing_is_one_record_in_the_audit_log(editor: Clerk, desk: Desk) -> None:
    pairs = await form_of(editor, ENTRY.id)
    for revision in range(1, 5):
        await put(editor, changed(pairs, title=f"标题{revision}"), revision)
    actions = Counter(record["action"] for record in await editor.running.table("audit_records"))
    assert actions["entry_edited"] == 1


async def test_without_a_script_the_form_is_posted(editor: Clerk, desk: Desk) -> None:
    status, _ = await post(editor, changed(await form_of(editor, ENTRY.id), title="改过的标题"))
    assert status == 303
    assert dict(await form_of(editor, ENTRY.id))["title"] == "改过的标题"


# --- two people ---


async def test_the_slower_of_two_gets_both_versions_and_loses_nothing(editor: Clerk, hire: Hire) -> None:
    other = await hire("tong", Role.EDITOR)
    first, second = await form_of(editor, ENTRY.id), await form_of(other, ENTRY.id)
    await put(editor, changed(first, answer="先写的回答。"))
    status, text = await post(other, changed(second, answer="后写的回答。"))
    assert status == 409
    assert "先写的回答。" in text and editor.staff.name in text
    shown = form_on(text)
    assert dict(shown)["answer"] == "后写的回答。"
    assert (await post(other, shown))[0] == 303
    assert dict(await form_of(editor, ENTRY.id))["answer"] == "后写的回答。"


async def test_the_script_is_given_both_versions_too(editor: Clerk, hire: Hire) -> None:
    other = await hire("tong", Role.EDITOR)
    pairs = await form_of(editor, ENTRY.id)
    await put(editor, changed(pairs, answer=SCRIPT))
    status, answer = await put(other, changed(pairs, answer="后写的回答。"))
    assert (status, answer["revision"]) == (409, 2)
    assert "后写的回答。" in str(answer["conflict"]) and "<script>" not in str(answer["conflict"])


async def test_of_many_at_once_one_is_first(editor: Clerk) -> None:
    pairs = await form_of(editor, ENTRY.id)
    answers = await asyncio.gather(*(put(editor, changed(pairs, title=f"第 {n} 个")) for n in range(5)))
    assert Counter(status for status, _ in answers) == {200: 1, 409: 4}


async def test_what_is_being_reviewed_does_not_change_by_itself(editor: Clerk, desk: Desk) -> None:
    entry_id = await desk.hand_over(editor)
    status, answer = await put(editor, [("title", "偷偷改")], 2, f"/staff/entries/{entry_id}")
    assert status == 422 and "待审" in str(answer["detail"])


# --- what is typed by whoever means ill ---


async def test_a_script_in_every_field_is_only_text(editor: Clerk, desk: Desk) -> None:
    pairs = await form_of(editor, ENTRY.id)
    evil = [
        (name, SCRIPT if name not in ("csrf", "revision", "source_kind", "urgent") else value) for name, value in pairs
    ]
    evil += [(f"facet_{name}", SCRIPT) for name in ("fee", "time")] + [
        ("confusable_id", SCRIPT),
        ("confusable_text", SCRIPT),
    ]
    assert (await put(editor, evil))[0] == 200
    for path in (PAGE, f"{PAGE}/history", "/staff/entries"):
        text = (await editor.get(path)).text
        assert "<script>alert" not in text and "<img" not in text and "49" not in re.findall(r"&amp;(\d+)", text)
    checked = await editor.json("POST", f"{PAGE}/check", {"revision": 2, "fields": without_form_fields(evil)})
    assert checked.status_code == 200
    assert not any("<script>alert" in part or "<img" in part for part in map(str, checked.json().values()))


async def test_the_frame_with_the_citizens_page_runs_nothing(editor: Clerk) -> None:
    frame = re.search(r"<iframe[^>]*>", (await editor.get(PAGE)).text)
    assert frame is not None
    assert 'sandbox="allow-same-origin"' in frame[0] and "allow-scripts" not in frame[0]


@pytest.mark.parametrize("name", ["title", "answer", "questions", "facet_fee", "office"])
async def test_what_is_far_too_long_is_refused_and_still_on_the_page(editor: Clerk, name: str) -> None:
    long = "长" * 5000
    pairs = [(n, long if n == name else value) for n, value in await form_of(editor, ENTRY.id)]
    status, text = await post(editor, pairs)
    assert status == 422 and "太长" in text
    assert dict(form_on(text))[name] == long
    assert (await put(editor, pairs))[0] == 422


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"revision": 1},
        {"revision": "x", "fields": []},
        {"revision": 1, "fields": [["a"]]},
        {"revision": 1, "fields": {"a": "b"}},
    ],
)
async def test_a_body_of_another_shape_is_refused(editor: Clerk, body: object) -> None:
    assert (await editor.json("PUT", PAGE, body)).status_code == 422


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30, "１"])
async def test_a_revision_that_is_none_is_a_conflict(editor: Clerk, revision: str) -> None:
    status, _ = await post(editor, changed(await form_of(editor, ENTRY.id), revision=revision, title="新的标题"))
    assert status == 409


@pytest.mark.parametrize("entry_id", ["labour.nix", "..%2f..%2fetc", "%00", "a'--", "工资", "x" * 300])
async def test_an_id_that_nobody_has_is_not_found(editor: Clerk, entry_id: str) -> None:
    for path in (f"/staff/entries/{entry_id}", f"/staff/entries/{entry_id}/history"):
        assert (await editor.get(path)).status_code == 404


async def test_the_id_cannot_be_changed(editor: Clerk, desk: Desk) -> None:
    await put(editor, [*changed(await form_of(editor, ENTRY.id), title="改过"), ("id", "labour.other")])
    assert await desk.staff.drafts.find("labour.other") is None


# --- submitting ---


async def test_what_has_defects_is_not_handed_over_and_all_of_them_are_named(editor: Clerk, desk: Desk) -> None:
    entry_id = await desk.write(editor)
    pairs = changed(
        await form_of(editor, entry_id), title="这个标题实在是太长太长太长太长太长太长太长太长了", questions="一个"
    )
    status, text = await post(editor, pairs, f"/staff/entries/{entry_id}", then="submit")
    assert status == 422
    assert "只有 1 种问法" in text and "最多 24 字" in text
    row = await desk.staff.drafts.find(entry_id)
    assert row is not None and row.work_state == "draft" and row.work is not None and row.work["questions"] == ["一个"]


async def test_what_has_none_is_saved_and_handed_over_at_once(editor: Clerk, desk: Desk) -> None:
    entry_id = await desk.write(editor)
    pairs = changed(await form_of(editor, entry_id), review_by="2095-01-01")
    status, _ = await post(editor, pairs, f"/staff/entries/{entry_id}", then="submit")
    assert status == 303
    row = await desk.staff.drafts.find(entry_id)
    assert row is not None and (row.work_state, str(row.review_by)) == ("in_review", "2095-01-01")


# --- new entries ---

NEW = {"topic": "劳动争议", "ending": "new-one", "kind": "question", "title": "新的条目"}


async def test_a_new_entry_begins_with_what_is_known_of_it(editor: Clerk, desk: Desk) -> None:
    shown = await editor.post("/staff/entries/new", **NEW, questions="问法一\n问法二")
    assert shown.status_code == 200 and "建好了" in shown.text
    row = await desk.staff.drafts.find("labour.new-one")
    assert row is not None and row.work is not None
    assert (row.work["questions"], row.work["office"]) == (["问法一", "问法二"], "公共法律服务管理处")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"topic": ""}, "请选一个主题"),
        ({"topic": "占星"}, "请选一个主题"),
        ({"title": " "}, "请写标题"),
        ({"title": "长" * 300}, "太长"),
        ({"ending": ""}, "编号的后半段"),
        ({"ending": "Grüße"}, "编号的后半段"),
        ({"ending": "a/b"}, "编号的后半段"),
        ({"ending": "a" * 200}, "编号的后半段"),
        ({"ending": "unpaid-wages"}, "已经有编号是"),
    ],
)
async def test_a_new_entry_that_cannot_be_says_why_and_keeps_what_was_typed(
    editor: Clerk, changes: dict[str, str], said: str
) -> None:
    shown = await editor.post("/staff/entries/new", **(NEW | changes), questions="问法一")
    assert shown.status_code == 422 and said in shown.text and "问法一" in shown.text


async def test_another_page_may_hand_over_a_question(editor: Clerk) -> None:
    shown = await editor.get("/staff/entries/new", topic="劳动争议", title=SCRIPT, questions="没人答的问题")
    assert "没人答的问题" in shown.text and "<script>alert" not in shown.text


# --- who may ---


async def test_who_may_not_write_reads_the_page_with_nothing_to_change(agent: Clerk) -> None:
    text = (await agent.get(PAGE)).text
    assert 'data-writable="no"' in text and "放弃草稿" not in text and "下线" not in text
    assert (await agent.json("PUT", PAGE, {"revision": 1, "fields": []})).status_code == 403


async def test_an_entry_that_was_taken_offline_is_gone_on_from_where_it_was(
    editor: Clerk, reviewer: Clerk, desk: Desk
) -> None:
    await desk.staff.live.take_offline(ENTRY.id, reviewer.staff, "过时了")
    assert dict(await form_of(editor, ENTRY.id))["title"] == ENTRY.title


async def test_finds_entries_by_words_of_their_title(editor: Clerk) -> None:
    found = (await editor.json("GET", "/staff/entries/choices?text=仲裁")).json()
    assert found == [{"id": "labour.arbitration-how", "title": "怎么申请劳动仲裁"}]


def test_the_content_of_these_tests_is_one_of_another_topic() -> None:
    assert sound_content()["topic"] != ENTRY.topic
