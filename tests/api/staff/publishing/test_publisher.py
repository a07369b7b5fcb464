"""The database is the truth, and the release follows it, also after a crash."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.staff.entries.states import EntryStateError
from api.staff.people.staff import SYSTEM
from api.staff.publishing import publisher as publisher_module
from api.staff.publishing.publisher import PublicationBlockedError, Publisher, ReleaseDelayedError
from api.staff.services import StaffServices
from api.staff.testing.store import SavedContent
from knowledge_base.published import Origin
from knowledge_base.release import ReleaseStore
from tests.api.conftest import Running, Start
from tests.api.staff.publishing.conftest import ENTRY, OTHER, Desk

NEW_TITLE = "老板不给工资怎么办"
SOON = timedelta(hours=1)


async def actions(running: Running) -> list[str]:
    return [row["action"] for row in await running.table("audit_records")]


async def test_what_was_approved_is_in_the_next_release(desk: Desk, own_store: ReleaseStore) -> None:
    await desk.approve(title=NEW_TITLE)
    number = await desk.services.publisher.publish([ENTRY.id], desk.reviewer.staff, "改标题")
    assert own_store.current_number() == number == 2
    assert own_store.load().entries[ENTRY.id].title == NEW_TITLE


async def test_a_release_is_recorded_with_who_why_and_which_versions(desk: Desk) -> None:
    await desk.approve(title=NEW_TITLE)
    await desk.services.publisher.publish([ENTRY.id], desk.reviewer.staff, "改标题")
    record = (await desk.services.live.releases())[0]
    assert (record.number, record.staff_name, record.note) == (2, desk.reviewer.staff.name, "改标题")
    assert (record.versions[ENTRY.id], record.versions[OTHER.id]) == (2, 1)


async def test_every_publication_is_in_the_audit_log(desk: Desk, running: Running) -> None:
    await desk.approve(title=NEW_TITLE)
    await desk.services.publisher.publish([ENTRY.id], desk.reviewer.staff, "改标题")
    assert (await actions(running))[-2:] == ["entry_published", "release_made"]


async def test_nothing_is_published_that_was_not_approved(desk: Desk, own_store: ReleaseStore) -> None:
    assert await desk.services.publisher.publish([ENTRY.id], desk.reviewer.staff, "无") is None
    assert own_store.current_number() == 1


async def test_what_is_taken_offline_is_gone_from_the_release(desk: Desk, own_store: ReleaseStore) -> None:
    await desk.services.publisher.take_offline(ENTRY.id, desk.reviewer.staff, "法律改了")
    assert ENTRY.id not in own_store.load().entries


async def test_an_earlier_version_comes_back(desk: Desk, own_store: ReleaseStore) -> None:
    await desk.approve(title=NEW_TITLE)
    await desk.services.publisher.publish([ENTRY.id], desk.reviewer.staff, "改标题")
    assert await desk.services.publisher.restore(ENTRY.id, 1, desk.reviewer.staff, "改错了") == 3
    assert own_store.load().entries[ENTRY.id] == ENTRY


async def test_a_whole_release_comes_back(desk: Desk, own_store: ReleaseStore) -> None:
    await desk.services.publisher.take_offline(ENTRY.id, desk.reviewer.staff, "法律改了")
    await desk.services.publisher.restore_release(1, desk.reviewer.staff, "下错了")
    assert own_store.load().entries[ENTRY.id] == ENTRY


async def test_going_back_to_what_is_live_is_refused(desk: Desk) -> None:
    with pytest.raises(EntryStateError, match="和这一版一样"):
        await desk.services.publisher.restore_release(1, desk.reviewer.staff, "试试")


# What forbids a publication


async def test_a_question_that_another_entry_has_forbids_publication(desk: Desk) -> None:
    await desk.approve(questions=[*ENTRY.questions, OTHER.questions[0]])
    with pytest.raises(PublicationBlockedError, match="有同一条问法"):
        await desk.services.publisher.publish([ENTRY.id], desk.reviewer.staff, "加问法")
    assert await desk.title() == ENTRY.title


async def test_a_question_that_an_expired_entry_has_forbids_nothing(desk: Desk) -> None:
    await desk.approve(OTHER, valid_until="2022-01-01")
    await desk.services.publisher.publish([OTHER.id], desk.reviewer.staff, "失效")
    await desk.approve(questions=[*ENTRY.questions, OTHER.questions[0]])
    assert await desk.services.publisher.publish([ENTRY.id], desk.reviewer.staff, "接过来")


async def guard(services: StaffServices, question: str, entry_id: str) -> int:
    content = SavedContent("要紧的", question, "answer", entry_id, must_not_change=True)
    return await services.tests.add(content, SYSTEM)


async def test_a_test_that_must_not_change_forbids_publication(desk: Desk) -> None:
    question = ENTRY.questions[0]
    await guard(desk.services, question, ENTRY.id)
    await desk.approve(questions=ENTRY.questions[1:])
    await desk.approve(OTHER, questions=[*OTHER.questions, question])
    with pytest.raises(PublicationBlockedError, match="不许变"):
        await desk.services.publisher.publish([ENTRY.id, OTHER.id], desk.reviewer.staff, "换问法")


async def test_a_guarded_test_that_was_wrong_may_become_right(desk: Desk) -> None:
    question = ENTRY.questions[0]
    await guard(desk.services, question, OTHER.id)
    await desk.approve(questions=ENTRY.questions[1:])
    await desk.approve(OTHER, questions=[*OTHER.questions, question])
    assert await desk.services.publisher.publish([ENTRY.id, OTHER.id], desk.reviewer.staff, "换问法")


# After a crash


async def test_a_crash_between_database_and_release_is_made_up_for(
    start: Start, own_store: ReleaseStore, sqlite_url: str
) -> None:
    async with start(database_url=sqlite_url) as before:
        await before.services.staff.live.take_offline(ENTRY.id, SYSTEM, "到这里就断电了")
    async with start(database_url=sqlite_url) as after:
        assert await after.services.staff.publisher.reconcile() == 2
        assert (await after.services.staff.live.releases())[0].number == 2
    assert ENTRY.id not in own_store.load().entries


async def test_a_crash_between_release_and_record_is_made_up_for(desk: Desk, own_store: ReleaseStore) -> None:
    await desk.services.live.take_offline(ENTRY.id, SYSTEM, "停用")
    own_store.publish(await desk.services.live.entries(), Origin.DATABASE)
    assert await desk.services.publisher.reconcile() is None
    record = (await desk.services.live.releases())[0]
    assert record.number == 2 and ENTRY.id not in record.versions


async def test_two_processes_make_up_for_it_once(start: Start, own_store: ReleaseStore, sqlite_url: str) -> None:
    async with start(database_url=sqlite_url) as one, start(database_url=sqlite_url) as other:
        await one.services.staff.live.take_offline(ENTRY.id, SYSTEM, "停用")
        await asyncio.gather(*(running.services.staff.publisher.reconcile() for running in (one, other)))
    assert own_store.current_number() == 2


async def test_nothing_is_done_when_all_agrees(services: StaffServices, own_store: ReleaseStore) -> None:
    assert [await services.publisher.reconcile() for _ in range(2)] == [None, None]
    assert own_store.current_number() == 1


async def test_the_second_look_reads_no_entries(services: StaffServices, monkeypatch: pytest.MonkeyPatch) -> None:
    await services.publisher.reconcile()
    monkeypatch.setattr(services.live, "entries", lambda: pytest.fail("read everything again"))
    await services.publisher.reconcile()


async def test_a_release_that_somebody_else_put_in_place_is_replaced(
    services: StaffServices, own_store: ReleaseStore
) -> None:
    await services.publisher.reconcile()
    own_store.publish([OTHER])
    assert await services.publisher.reconcile() == 3
    assert ENTRY.id in own_store.load().entries


async def test_an_empty_database_changes_nothing(services: StaffServices, own_store: ReleaseStore) -> None:
    for entry in await services.live.entries():
        await services.live.take_offline(entry.id, SYSTEM, "清空")
    assert await services.publisher.reconcile() is None
    assert own_store.current_number() == 1


async def test_a_release_that_cannot_be_made_follows_later(
    desk: Desk, own_store: ReleaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.approve(title=NEW_TITLE)
    with monkeypatch.context() as patch:

        def breaks(*_: Any, **__: Any) -> int:
            raise OSError("disk full")

        patch.setattr(ReleaseStore, "publish", breaks)
        with pytest.raises(ReleaseDelayedError, match="自动再试"):
            await desk.services.publisher.publish([ENTRY.id], desk.reviewer.staff, "改标题")
    assert await desk.services.publisher.reconcile() == 2
    assert own_store.load().entries[ENTRY.id].title == NEW_TITLE


# At a set time


async def test_what_is_due_is_published_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.approve(title=NEW_TITLE, publish_at=datetime.now(UTC) + SOON)
    await desk.services.publisher.publish_due()
    assert await desk.title() == ENTRY.title
    monkeypatch.setattr(desk.services.publisher, "_clock", lambda: datetime.now(UTC) + 2 * SOON)
    await desk.services.publisher.publish_due()
    assert await desk.title() == NEW_TITLE


async def test_what_has_no_time_waits_for_somebody(desk: Desk) -> None:
    await desk.approve(title=NEW_TITLE)
    await desk.services.publisher.publish_due()
    assert await desk.title() == ENTRY.title


async def test_one_that_is_blocked_does_not_keep_back_the_others(
    desk: Desk, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = datetime.now(UTC) + SOON
    await desk.approve(questions=[*ENTRY.questions, "继承顺序"], publish_at=due)
    await desk.approve(OTHER, title="劳动仲裁怎么申请", publish_at=due)
    monkeypatch.setattr(desk.services.publisher, "_clock", lambda: datetime.now(UTC) + 2 * SOON)
    await desk.services.publisher.publish_due()
    await desk.services.publisher.publish_due()
    assert await desk.title(OTHER.id) == "劳动仲裁怎么申请"
    assert list(desk.services.publisher.held) == [ENTRY.id]
    assert (await actions(running)).count("publication_blocked") == 1


async def test_an_error_in_the_background_does_not_end_it(
    services: StaffServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    looked = asyncio.Event()
    tries = 0

    async def fails(_: Publisher) -> None:
        nonlocal tries
        tries += 1
        if tries == 3:
            looked.set()
        raise OSError("database is gone")

    monkeypatch.setattr(publisher_module, "_SECONDS", 0.0)
    monkeypatch.setattr(Publisher, "reconcile", fails)
    services.publisher.start()
    await looked.wait()
    await services.publisher.close()


# On both databases


async def test_published_on_each_database(running_on_each: Running, own_store: ReleaseStore) -> None:
    staff = running_on_each.services.staff
    await staff.publisher.take_offline(ENTRY.id, SYSTEM, "停用")
    assert await staff.publisher.restore_release(1, SYSTEM, "恢复") == 3
    assert await staff.publisher.reconcile() is None
    assert own_store.load().entries[ENTRY.id] == ENTRY
