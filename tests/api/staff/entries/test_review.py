"""Review by a second person, on the pages."""

from datetime import UTC, datetime

import pytest

from api.staff.entries.states import EntryStateError
from api.staff.entries.work import publication_time
from api.staff.permissions import Role
from tests.api.staff.conftest import Clerk, Hire
from tests.api.staff.entries.conftest import Desk


async def state(desk: Desk, entry_id: str) -> str | None:
    row = await desk.staff.drafts.find(entry_id)
    return row.work_state if row else "gone"


async def test_a_second_person_approves(editor: Clerk, reviewer: Clerk, desk: Desk) -> None:
    entry_id = await desk.hand_over(editor)
    shown = await reviewer.post(f"/staff/entries/{entry_id}/approve", revision="2")
    assert "已经通过" in shown.text
    assert await state(desk, entry_id) == "approved"


async def test_who_wrote_it_does_not_even_get_the_button(hire: Hire, desk: Desk) -> None:
    both = await hire("liang", Role.EDITOR, Role.REVIEWER)
    entry_id = await desk.hand_over(both)
    assert "/approve" not in (await both.get(f"/staff/entries/{entry_id}")).text
    refused = await both.post(f"/staff/entries/{entry_id}/approve", revision="2")
    assert refused.status_code == 422 and "自己写的不能自己审" in refused.text


async def test_a_time_of_publication_is_shanghais(editor: Clerk, reviewer: Clerk, desk: Desk) -> None:
    entry_id = await desk.hand_over(editor)
    shown = await reviewer.post(f"/staff/entries/{entry_id}/approve", revision="2", publish_at="2095-05-01T09:00")
    assert "2095-05-01 09:00" in shown.text
    row = await desk.staff.drafts.find(entry_id)
    assert row is not None and row.publish_at is not None and row.publish_at.hour == 1


@pytest.mark.parametrize("at", ["明天", "2020-01-01T09:00", "2095-13-01T09:00", "9999-99", "0001-01-01T00:00"])
async def test_a_time_that_is_none_or_past_is_refused(editor: Clerk, reviewer: Clerk, desk: Desk, at: str) -> None:
    entry_id = await desk.hand_over(editor)
    refused = await reviewer.post(f"/staff/entries/{entry_id}/approve", revision="2", publish_at=at)
    assert refused.status_code == 422 and "时间" in refused.text
    assert await state(desk, entry_id) == "in_review"


def test_a_publication_time_is_read_on_shanghais_clocks() -> None:
    assert publication_time(" ") is None
    assert publication_time("2026-12-01T00:30") == datetime(2026, 11, 30, 16, 30, tzinfo=UTC)
    with pytest.raises(EntryStateError, match="时间不对"):
        publication_time("now")


async def test_it_goes_back_with_the_reason(editor: Clerk, reviewer: Clerk, desk: Desk) -> None:
    entry_id = await desk.hand_over(editor)
    await reviewer.post(f"/staff/entries/{entry_id}/reject", revision="2", reason="依据<b>不够</b>")
    assert "依据&lt;b&gt;不够" in (await editor.get(f"/staff/entries/{entry_id}")).text
    assert await state(desk, entry_id) == "draft"


async def test_it_does_not_go_back_without_a_reason(editor: Clerk, reviewer: Clerk, desk: Desk) -> None:
    entry_id = await desk.hand_over(editor)
    refused = await reviewer.post(f"/staff/entries/{entry_id}/reject", revision="2", reason=" ")
    assert refused.status_code == 422 and "理由" in refused.text


async def test_it_is_taken_back_to_write_on(editor: Clerk, desk: Desk) -> None:
    entry_id = await desk.hand_over(editor)
    await editor.post(f"/staff/entries/{entry_id}/withdraw", revision="2")
    assert await state(desk, entry_id) == "draft"


async def test_a_dropped_entry_that_was_never_live_is_gone(editor: Clerk, desk: Desk) -> None:
    entry_id = await desk.write(editor)
    shown = await editor.post(f"/staff/entries/{entry_id}/discard", revision="1")
    assert "这个条目没有了" in shown.text
    assert await state(desk, entry_id) == "gone"


async def test_who_saw_an_older_state_changes_nothing(editor: Clerk, reviewer: Clerk, desk: Desk) -> None:
    entry_id = await desk.hand_over(editor)
    refused = await reviewer.post(f"/staff/entries/{entry_id}/approve", revision="1")
    assert refused.status_code == 422 and "刚刚改过" in refused.text
    assert await state(desk, entry_id) == "in_review"


async def test_each_step_is_in_the_audit_log(editor: Clerk, reviewer: Clerk, desk: Desk) -> None:
    path = f"/staff/entries/{await desk.hand_over(editor)}"
    await reviewer.post(f"{path}/reject", revision="2", reason="缺依据")
    await editor.post(f"{path}/discard", revision="3")
    actions = [record["action"] for record in await editor.running.table("audit_records")]
    assert actions[-2:] == ["entry_rejected", "draft_discarded"]


@pytest.mark.parametrize("action", ["withdraw", "approve", "reject", "discard"])
async def test_a_step_with_an_entry_that_is_not_there_is_not_found(hire: Hire, action: str) -> None:
    both = await hire("liang", Role.EDITOR, Role.REVIEWER)
    assert (await both.post(f"/staff/entries/labour.nix/{action}", revision="1", reason="x")).status_code == 404


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 40])
async def test_a_step_without_a_revision_is_refused(reviewer: Clerk, editor: Clerk, desk: Desk, revision: str) -> None:
    entry_id = await desk.hand_over(editor)
    refused = await reviewer.post(f"/staff/entries/{entry_id}/approve", revision=revision)
    assert refused.status_code == 422
    assert await state(desk, entry_id) == "in_review"
