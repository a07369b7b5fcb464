"""The list of entries: finding, filtering, doing something with many, and what waits."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.staff.clock import shanghai_day
from api.staff.entries.listing import EntryFilter, EntryList
from api.staff.permissions import Role
from knowledge_base.entry import Entry
from tests.api import fakes
from tests.api.conftest import Running
from tests.api.staff.conftest import Clerk, Hire
from tests.api.staff.entries.conftest import ENTRY, Desk
from tests.api.staff.entries.pages import sound_content

LIST = "/staff/entries"
ALL = {entry.id for entry in fakes.ENTRIES}


async def ids(clerk: Clerk, **query: Any) -> set[str]:
    response = await clerk.get(LIST, **query)
    assert response.status_code == 200, response.text
    return set(re.findall(r'href="/staff/entries/([a-z-]+\.[a-z0-9-]+)"', response.text))


def said(text: str) -> str:
    found = re.search(r'<p class="flash"[^>]*>(.*?)</p>', text)
    assert found is not None, text
    return found[1]


# --- finding ---


async def test_shows_everything_without_a_filter(agent: Clerk) -> None:
    assert await ids(agent) == ALL


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"text": "仲裁"}, {"labour.arbitration-how"}),
        ({"text": "LABOUR."}, {"labour.arbitration-how", ENTRY.id}),
        ({"text": "%"}, set()),
        ({"text": "_"}, set()),
        ({"text": "'; drop table catalogue_entries; --"}, set()),
        ({"text": "\x00"}, ALL),
        ({"topic": "继承"}, {"inheritance.no-will"}),
        ({"topic": "占星"}, ALL),
        ({"kind": "service"}, {"labour.arbitration-how", fakes.DEGREE}),
        ({"state": "已发布"}, ALL),
        ({"state": "草稿"}, set()),
        ({"state": "nix", "kind": "nix", "due": "nix", "order": "nix"}, ALL),
        ({"topic": "劳动争议", "kind": "question"}, {ENTRY.id}),
        ({"page": "2"}, set()),
        ({"page": "x"}, ALL),
        ({"page": "-3"}, ALL),
        ({"page": "9" * 40}, ALL),
        ({"order": "oldest"}, ALL),
    ],
)
async def test_finds_what_the_filter_says(agent: Clerk, query: dict[str, str], expected: set[str]) -> None:
    assert await ids(agent, **query) == expected


async def test_every_state_has_its_entries(editor: Clerk, reviewer: Clerk, desk: Desk) -> None:
    draft = await desk.write(editor, id="work-injury.draft")
    waiting = await desk.hand_over(editor, id="work-injury.waiting")
    approved = await desk.hand_over(editor, id="work-injury.approved")
    await desk.staff.drafts.approve(approved, 2, reviewer.staff)
    await desk.staff.live.take_offline(ENTRY.id, reviewer.staff, "过时了")
    expected = {
        "草稿": {draft},
        "待审": {waiting},
        "待发布": {approved},
        "已下线": {ENTRY.id},
        "已发布": ALL - {ENTRY.id},
    }
    assert {state: await ids(editor, state=state) for state in expected} == expected


async def test_what_was_changed_last_stands_first(editor: Clerk, desk: Desk) -> None:
    last = await desk.write(editor)
    page = (await editor.get(LIST)).text
    assert page.index(last) < page.index(ENTRY.id)
    page = (await editor.get(LIST, order="oldest")).text
    assert page.index(last) > page.index(ENTRY.id)


async def test_a_search_that_is_a_script_is_only_text(editor: Clerk) -> None:
    page = (await editor.get(LIST, text='"><script>alert(1)</script>')).text
    assert "<script>alert" not in page


def later(days: int) -> str:
    return (shanghai_day(datetime.now(UTC)) + timedelta(days=days)).isoformat()


async def test_what_is_due_within_thirty_days_is_found(running: Running, editor: Clerk, desk: Desk) -> None:
    live = running.services.staff.live
    await live.load_starter([])
    for entry_id, field, days in [
        (ENTRY.id, "review_by", 30),
        ("inheritance.no-will", "review_by", 31),
        ("family.agreed-divorce", "valid_until", -3),
        ("legal-aid.conditions", "valid_until", 31),
    ]:
        content = (await live.contents([entry_id]))[entry_id]
        await desk.staff.drafts.save(entry_id, content | {field: later(days)}, 1, editor.staff)
    assert await ids(editor, due="review") == {ENTRY.id}
    assert await ids(editor, due="end") == {"family.agreed-divorce"}


async def test_the_first_page_counts_what_waits(editor: Clerk, reviewer: Clerk, hire: Hire, desk: Desk) -> None:
    entry_id = await desk.hand_over(editor)
    await desk.hand_over(editor, id="work-injury.waiting")
    await desk.staff.drafts.reject(entry_id, 2, reviewer.staff, "缺依据")
    other = await hire("tong", Role.EDITOR)

    async def counts(clerk: Clerk, path: str) -> dict[str, int]:
        tiles = re.findall(r"<strong>(\d+)</strong> ([^<]+)</a>", (await clerk.get(path)).text)
        return {label: int(count) for count, label in tiles}

    assert (await counts(editor, "/staff"))["退回给我的"] == 1
    assert (await counts(other, LIST))["退回给我的"] == 0
    assert (await counts(other, "/staff"))["待审"] == 1
    assert await ids(editor, mine="1") == {entry_id}
    assert await ids(other, mine="1") == set()


async def test_a_page_holds_fifty_and_the_rest_follows(running_on_each: Running) -> None:
    staff = running_on_each.services.staff
    person = next(iter(await staff.people.all()), None)
    assert person is not None
    from api.staff.people.staff import staff_of

    clerk = staff_of(person, "")
    for number in range(60):
        await staff.drafts.create(sound_content(id=f"work-injury.n{number}"), clerk)
    first, count = await staff.entry_list.page(EntryFilter(text="work-injury.N"), 1, clerk)
    second, _ = await staff.entry_list.page(EntryFilter(text="work-injury.N"), 2, clerk)
    assert (len(first), len(second), count) == (50, 10, 60)
    assert len({row.id for row in first + second}) == 60
    assert {reminder.label: reminder.count for reminder in await staff.entry_list.reminders(clerk)}["待审"] == 0
    assert (await staff.entry_list.page(EntryFilter(state="草稿", due="end"), 1, clerk))[1] == 0
    assert isinstance(staff.entry_list, EntryList)


# --- many at once ---


async def chosen(desk: Desk, *entry_ids: str) -> list[str]:
    return [f"{entry_id}:{await desk.revision(entry_id)}" for entry_id in entry_ids]


async def test_each_of_many_gets_its_own_result(hire: Hire, editor: Clerk, desk: Desk) -> None:
    both = await hire("liang", Role.EDITOR, Role.REVIEWER)
    theirs = [await desk.hand_over(editor, id=f"work-injury.n{n}") for n in range(2)]
    own = await desk.hand_over(both, id="work-injury.own", title="自己写的那条")
    shown = await both.post(f"{LIST}/bulk/approve", entry=await chosen(desk, *theirs, own))
    assert said(shown.text) == "2 条成功，1 条没有：自己写的那条（自己写的不能自己审，请另一位审核人员来审）。"


async def test_many_are_handed_over_and_taken_back(editor: Clerk, desk: Desk) -> None:
    good = await desk.write(editor, id="work-injury.good")
    bad = await desk.write(editor, id="work-injury.bad", title="很差的一条", questions=["一个"])
    shown = await editor.post(f"{LIST}/bulk/submit", entry=await chosen(desk, good, bad))
    assert said(shown.text).startswith("1 条成功，1 条没有：很差的一条（还有 ") and "只有 1 种问法" in shown.text
    shown = await editor.post(f"{LIST}/bulk/withdraw", entry=await chosen(desk, good))
    assert said(shown.text) == "1 条成功。"


async def test_a_review_day_of_many_becomes_a_draft_of_each(editor: Clerk, desk: Desk) -> None:
    shown = await editor.post(f"{LIST}/bulk/review-by", entry=await chosen(desk, *ALL), review_by="2095-05-05")
    assert said(shown.text) == "6 条成功。"
    row = await desk.staff.drafts.find(ENTRY.id)
    assert row is not None and row.work is not None and row.live is not None
    assert Entry.model_validate(row.work) == ENTRY.model_copy(update={"review_by": row.review_by})
    assert row.live["review_by"] == ENTRY.review_by.isoformat()


async def test_a_review_day_that_is_none_is_asked_for(editor: Clerk, desk: Desk) -> None:
    shown = await editor.post(f"{LIST}/bulk/review-by", entry=await chosen(desk, ENTRY.id), review_by="")
    assert "请先选好复核日期" in said(shown.text)


@pytest.mark.parametrize(
    "choice", ["nix:1", "labour.nix:1", f"{ENTRY.id}", f"{ENTRY.id}:x", f"{ENTRY.id}:１", ":", "<b>:1", "\x00:1"]
)
async def test_what_is_chosen_and_not_there_is_said(editor: Clerk, choice: str) -> None:
    shown = await editor.post(f"{LIST}/bulk/submit", entry=[choice])
    assert "0 条成功，1 条没有" in said(shown.text) and "<b>" not in said(shown.text)


async def test_what_somebody_changed_meanwhile_is_left_alone(editor: Clerk, reviewer: Clerk, desk: Desk) -> None:
    entry_id = await desk.hand_over(editor)
    shown = await reviewer.post(f"{LIST}/bulk/approve", entry=[f"{entry_id}:1"])
    assert "刚刚改过" in said(shown.text)


async def test_choosing_nothing_is_said(editor: Clerk) -> None:
    assert "请先在左边选中条目" in said((await editor.post(f"{LIST}/bulk/submit")).text)


async def test_more_than_a_page_is_refused(editor: Clerk) -> None:
    refused = await editor.post(f"{LIST}/bulk/submit", entry=[f"labour.n{n}:1" for n in range(51)])
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("back", "path"), [("topic=继承&kind=question", "继承"), ("//evil.test", ""), ("text=%0d%0aSet-Cookie:x", "")]
)
async def test_the_list_is_filtered_as_before(editor: Clerk, back: str, path: str) -> None:
    response = await editor.post(f"{LIST}/bulk/submit", follow=False, back=back)
    assert response.headers["location"].startswith(LIST)
    assert "\n" not in response.headers["location"] and "evil" not in response.headers["location"]
    if path:
        assert "topic=" in response.headers["location"] and "kind=question" in response.headers["location"]


async def test_an_editor_cannot_approve_many(editor: Clerk) -> None:
    assert (await editor.post(f"{LIST}/bulk/approve", entry=[])).status_code == 403
