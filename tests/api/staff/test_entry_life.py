"""An entry's life: written, reviewed by a second person, published, taken back."""

from typing import Any

import pytest

from api.staff.entries.states import EditConflictError, EntryStateError
from api.staff.people.staff import SYSTEM
from api.staff.permissions import Role
from api.staff.services import StaffServices
from knowledge_base.entry import Entry
from tests.api import fakes
from tests.api.conftest import Running
from tests.api.staff.conftest import Clerk, Hire

ENTRY = fakes.ENTRIES[0]


@pytest.fixture
async def staff_services(running: Running) -> StaffServices:
    services = running.services.staff
    if await services.live.load_starter(fakes.ENTRIES):
        await services.live.record_release(1, SYSTEM, "初始")
    return services


def edited(**changes: Any) -> dict[str, Any]:
    return ENTRY.model_dump(mode="json") | changes


async def live_entry(services: StaffServices) -> Entry:
    return next(entry for entry in await services.live.entries() if entry.id == ENTRY.id)


async def publish(services: StaffServices, writer: Clerk, reader: Clerk, **changes: Any) -> None:
    row = await services.drafts.find(ENTRY.id)
    assert row is not None
    revision = await services.drafts.save(ENTRY.id, edited(**changes), row.revision, writer.staff)
    revision = await services.drafts.submit(ENTRY.id, revision, writer.staff)
    await services.drafts.approve(ENTRY.id, revision, reader.staff)
    assert await services.live.publish([ENTRY.id], reader.staff, "改了标题") == [ENTRY.id]


async def test_the_starter_is_loaded_once_and_whole(staff_services: StaffServices) -> None:
    assert not await staff_services.live.load_starter(fakes.ENTRIES[:1])
    assert sorted(await staff_services.live.entries(), key=lambda e: e.id) == sorted(fakes.ENTRIES, key=lambda e: e.id)


async def test_what_two_people_agreed_on_goes_live(
    staff_services: StaffServices, editor: Clerk, reviewer: Clerk
) -> None:
    await publish(staff_services, editor, reviewer, title="老板不给工资怎么办")
    assert (await live_entry(staff_services)).title == "老板不给工资怎么办"
    version = (await staff_services.live.versions(ENTRY.id))[0]
    assert (version.number, version.author, version.approver) == (2, editor.staff.name, reviewer.staff.name)


async def test_nobody_approves_what_they_wrote(staff_services: StaffServices, hire: Hire) -> None:
    both = await hire("liang", Role.EDITOR, Role.REVIEWER)
    revision = await staff_services.drafts.save(ENTRY.id, edited(title="新标题"), 1, both.staff)
    revision = await staff_services.drafts.submit(ENTRY.id, revision, both.staff)
    with pytest.raises(EntryStateError, match="自己写的不能自己审"):
        await staff_services.drafts.approve(ENTRY.id, revision, both.staff)


async def test_the_second_writer_is_told_and_the_first_keeps_what_was_written(
    staff_services: StaffServices, editor: Clerk, reviewer: Clerk
) -> None:
    await staff_services.drafts.save(ENTRY.id, edited(title="先改的"), 1, editor.staff)
    with pytest.raises(EditConflictError) as conflict:
        await staff_services.drafts.save(ENTRY.id, edited(title="后改的"), 1, reviewer.staff)
    assert conflict.value.row.work is not None and conflict.value.row.work["title"] == "先改的"
    assert editor.staff.name in str(conflict.value)


async def test_a_rejected_draft_comes_back_with_the_reason(
    staff_services: StaffServices, editor: Clerk, reviewer: Clerk
) -> None:
    revision = await staff_services.drafts.save(ENTRY.id, edited(title="新标题"), 1, editor.staff)
    revision = await staff_services.drafts.submit(ENTRY.id, revision, editor.staff)
    await staff_services.drafts.reject(ENTRY.id, revision, reviewer.staff, "缺依据")
    row = await staff_services.drafts.find(ENTRY.id)
    assert row is not None and (row.work_state, row.rejection) == ("draft", "缺依据")


async def test_going_back_to_a_version_is_a_new_version(
    staff_services: StaffServices, editor: Clerk, reviewer: Clerk
) -> None:
    await publish(staff_services, editor, reviewer, title="改坏了")
    await staff_services.live.restore(ENTRY.id, 1, reviewer.staff, "改错了")
    assert await live_entry(staff_services) == ENTRY
    assert [version.number for version in await staff_services.live.versions(ENTRY.id)] == [3, 2, 1]


async def test_going_back_to_a_release_brings_back_what_was_taken_offline(
    staff_services: StaffServices, reviewer: Clerk
) -> None:
    await staff_services.live.take_offline(ENTRY.id, reviewer.staff, "法律改了")
    assert ENTRY.id not in {entry.id for entry in await staff_services.live.entries()}
    assert await staff_services.live.restore_release(1, reviewer.staff, "下错了") == [ENTRY.id]
    assert await live_entry(staff_services) == ENTRY


async def test_a_new_entry_that_is_discarded_is_gone(staff_services: StaffServices, editor: Clerk) -> None:
    await staff_services.drafts.create(edited(id="labour.new-one"), editor.staff)
    await staff_services.drafts.discard("labour.new-one", 1, editor.staff)
    assert await staff_services.drafts.find("labour.new-one") is None
