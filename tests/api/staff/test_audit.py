"""The audit log: a whole chain whoever writes at once, and every tampering found."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff import audit as audit_module
from api.staff.audit import AuditFilter, AuditLog, record_hash
from api.staff.people.staff import NOBODY, SYSTEM, Staff
from api.storage.staff_models import AuditRecord

LI = Staff(7, "li", "李同志", frozenset(), "")
EVERYTHING = AuditFilter()


async def written(engine: AsyncEngine, count: int = 6) -> AuditLog:
    log = AuditLog(engine)
    for number in range(1, count + 1):
        await log.write(LI, "person_created", f"staff:n{number}", roles=["editor"], number=number)
    return log


async def test_an_empty_log_is_whole(engine: AsyncEngine) -> None:
    log = AuditLog(engine)
    assert (await log.first_broken(), await log.last(), await log.count(EVERYTHING)) == (None, None, 0)


async def test_what_is_written_is_whole_and_comes_back(engine: AsyncEngine) -> None:
    log = await written(engine)
    assert await log.first_broken() is None
    newest = (await log.find(EVERYTHING, 1))[0]
    assert (newest.number, newest.staff_id, newest.staff_name) == (6, 7, "李同志")
    assert (newest.action, newest.subject, newest.detail) == (
        "person_created", "staff:n6", {"roles": ["editor"], "number": 6},
    )  # fmt: skip


Tamper = Callable[[AsyncSession], Awaitable[Any]]


async def _shift_and_insert(session: AsyncSession) -> None:
    for number in (6, 5, 4, 3):
        await session.execute(update(AuditRecord).where(AuditRecord.number == number).values(number=number + 1))
    first = await session.get_one(AuditRecord, 2)
    planted = AuditRecord(
        number=3, at=first.at, staff_id=7, staff_name="李同志", action="signed_in", subject="staff:li", detail={},
        previous_hash=first.hash,
    )  # fmt: skip
    planted.hash = record_hash(planted)
    session.add(planted)


def _change(which: int, /, **values: Any) -> Tamper:
    return lambda session: session.execute(update(AuditRecord).where(AuditRecord.number == which).values(**values))


def _remove(number: int) -> Tamper:
    return lambda session: session.execute(delete(AuditRecord).where(AuditRecord.number == number))


@pytest.mark.parametrize(
    ("tamper", "broken"),
    [
        (_change(1, staff_name="王同志"), 1),
        (_change(3, staff_id=8), 3),
        (_change(3, staff_id=None), 3),
        (_change(3, action="signed_in"), 3),
        (_change(3, subject="staff:x"), 3),
        (_change(3, detail={"roles": ["administrator"], "number": 3}), 3),
        (_change(3, at=datetime(2020, 1, 1, tzinfo=UTC)), 3),
        (_change(3, hash="0" * 64), 3),
        (_change(3, previous_hash="0" * 64), 3),
        (_change(6, subject="staff:x"), 6),
        (_remove(1), 1),
        (_remove(3), 3),
        (_remove(5), 5),
        (_change(6, number=9), 6),
        (_change(6, number=0), 1),
        (_shift_and_insert, 4),
    ],
)
async def test_the_first_record_that_was_tampered_with_is_found(
    engine: AsyncEngine, tamper: Tamper, broken: int
) -> None:
    log = await written(engine)
    async with AsyncSession(engine) as session, session.begin():
        await tamper(session)
    assert await log.first_broken() == broken


async def test_a_changed_record_with_its_hash_made_anew_breaks_the_next(engine: AsyncEngine) -> None:
    log = await written(engine)
    async with AsyncSession(engine) as session, session.begin():
        record = await session.get_one(AuditRecord, 3)
        record.subject = "staff:x"
        record.hash = record_hash(record)
    assert await log.first_broken() == 4


async def test_a_newest_record_that_is_gone_shows_in_the_last_number_and_hash(engine: AsyncEngine) -> None:
    """The chain cannot know what came after its end: that is what the hash to be kept elsewhere is for."""
    log = await written(engine)
    kept = await log.last()
    async with AsyncSession(engine) as session, session.begin():
        await _remove(6)(session)
    left = await log.last()
    assert kept is not None and left is not None and (left.number, left.hash) != (kept.number, kept.hash)


async def test_number_and_hash_go_into_the_service_log(engine: AsyncEngine, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "api.staff.audit"):
        log = await written(engine, 1)
    last = await log.last()
    assert last is not None and f"audit 1 {last.hash}" in caplog.text


@pytest.mark.parametrize("broken", [2, 3, 4, 5])
async def test_a_long_log_is_checked_to_its_end(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, broken: int
) -> None:
    """Also where a part that is read in one go begins or ends."""
    monkeypatch.setattr(audit_module, "_AT_ONCE", 2)
    log = await written(engine)
    assert await log.first_broken() is None
    assert [record.number async for record in log.each(EVERYTHING)] == [6, 5, 4, 3, 2, 1]
    async with AsyncSession(engine) as session, session.begin():
        await _change(broken, subject="x")(session)
    assert await log.first_broken() == broken


async def test_two_processes_write_at_once_and_the_chain_stays_whole(engine: AsyncEngine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.api.staff.audit_program", url]
    processes = [await asyncio.create_subprocess_exec(*command, name, "40") for name in ("zhao", "qian")]
    assert [await process.wait() for process in processes] == [0, 0]
    log = AuditLog(engine)
    assert (await log.first_broken(), await log.count(EVERYTHING)) == (None, 80)
    for name in ("zhao", "qian"):
        assert await log.count(AuditFilter(text=f"staff:{name}")) == 40


async def test_many_logs_in_one_process_write_at_once(engine: AsyncEngine) -> None:
    logs = [AuditLog(engine) for _ in range(4)]
    await asyncio.gather(*(log.write(LI, "signed_in", "staff:li") for log in logs * 5))
    assert (await logs[0].first_broken(), await logs[0].count(EVERYTHING)) == (None, 20)


async def test_who_cannot_write_says_so(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_module, "_TRIES", 0)
    with pytest.raises(RuntimeError, match="could not be written"):
        await AuditLog(engine).write(LI, "signed_in", "staff:li")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8", exclude_characters="\x00")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="ascii", min_codepoint=32), max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=JSON)
async def test_whatever_the_detail_is_the_chain_stays_whole(engine: AsyncEngine, value: Any) -> None:
    log = AuditLog(engine)
    await log.write(LI, "person_created", "staff:x", value=value)
    assert await log.first_broken() is None


# --- searching --------------------------------------------------------------------------------------------------------


@pytest.fixture
async def mixed(engine: AsyncEngine) -> AuditLog:
    log = AuditLog(engine)
    await log.write(LI, "signed_in", "staff:li")
    await log.write(SYSTEM, "person_created", "staff:wang_%")
    await log.write(NOBODY, "sign_in_refused", "staff:Li")
    return log


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (AuditFilter(), [3, 2, 1]),
        (AuditFilter(text="李同"), [1]),
        (AuditFilter(text="STAFF:LI"), [3, 1]),
        (AuditFilter(text="%"), [2]),
        (AuditFilter(text="g_"), [2]),
        (AuditFilter(text="登录", or_actions=frozenset(("signed_in", "sign_in_refused"))), [3, 1]),
        (AuditFilter(action="signed_in"), [1]),
        (AuditFilter(staff_id=7), [1]),
        (AuditFilter(staff_name="系统"), [2]),
        (AuditFilter(staff_name="未登录"), [3]),
        (AuditFilter(text="li", action="sign_in_refused"), [3]),
    ],
)
async def test_what_is_searched_for_is_found(mixed: AuditLog, wanted: AuditFilter, numbers: list[int]) -> None:
    assert [record.number for record in await mixed.find(wanted, 10)] == numbers
    assert await mixed.count(wanted) == len(numbers)


async def test_days_are_from_and_until(mixed: AuditLog, engine: AsyncEngine) -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    async with AsyncSession(engine) as session, session.begin():
        for number in (1, 2, 3):
            await _change(number, at=noon + timedelta(days=number))(session)
    second = noon + timedelta(days=2)
    assert [r.number for r in await mixed.find(AuditFilter(since=second), 10)] == [3, 2]
    assert [r.number for r in await mixed.find(AuditFilter(until=second), 10)] == [1]
