"""The audit log: append-only, chained by hashes, so that a changed or missing record shows."""

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, desc, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.clock import aware
from api.staff.people.staff import Staff
from api.storage.staff_models import AuditRecord

FIRST_HASH = "0" * 64
_TRIES = 40
_WAIT_SECONDS = 0.02
_AT_ONCE = 500
"""Records read in one go."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AuditFilter:
    """Which records to show; empty means all.

    `text` is looked for in subject, name and action; records of the actions `or_actions` are found by it as well.
    `staff_id` or, for who has no account, `staff_name` say who did it.
    """

    text: str = ""
    or_actions: frozenset[str] = frozenset()
    action: str = ""
    staff_id: int | None = None
    staff_name: str = ""
    since: datetime | None = None
    until: datetime | None = None


def record_hash(record: AuditRecord) -> str:
    """SHA-256 over all fields and the hash before, as JSON with sorted keys."""
    fields = [record.number, aware(record.at).astimezone(UTC).isoformat(), record.staff_id, record.staff_name]
    fields += [record.action, record.subject, record.detail, record.previous_hash]
    return sha256(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


class AuditLog:
    """Writes and reads records."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writing = asyncio.Lock()

    async def write(self, staff: Staff, action: str, subject: str, **detail: Any) -> None:
        """Add a record. Never put a citizen's words or a password into `detail`.

        Within a process one writes after the other. Two processes that write at once take the same number; one of them
        tries again. Number and hash go into the service's log too, so that records missing at the end can be noticed.
        """
        async with self._writing:
            for _ in range(_TRIES):
                try:
                    record = await self._append(staff, action, subject, detail)
                except IntegrityError:
                    await asyncio.sleep(_WAIT_SECONDS * random.random())  # noqa: S311 - no secret
                    continue
                _log.info("audit %s %s", record.number, record.hash)
                return
        raise RuntimeError("the audit log could not be written")

    async def _append(self, staff: Staff, action: str, subject: str, detail: dict[str, Any]) -> AuditRecord:
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            last = await session.scalar(_newest_first(select(AuditRecord)).limit(1))
            record = AuditRecord(
                number=last.number + 1 if last else 1,
                at=datetime.now(UTC),
                staff_id=staff.id or None,
                staff_name=staff.name,
                action=action,
                subject=subject,
                detail=detail,
                previous_hash=last.hash if last else FIRST_HASH,
            )
            record.hash = record_hash(record)
            session.add(record)
        return record

    async def count(self, wanted: AuditFilter) -> int:
        """How many records there are."""
        async with AsyncSession(self._engine) as session:
            return await session.scalar(select(func.count()).select_from(_matching(wanted).subquery())) or 0

    async def find(self, wanted: AuditFilter, limit: int, offset: int = 0) -> Sequence[AuditRecord]:
        """Records, newest first."""
        async with AsyncSession(self._engine) as session:
            rows = await session.scalars(_newest_first(_matching(wanted)).limit(limit).offset(offset))
            return rows.all()

    async def each(self, wanted: AuditFilter) -> AsyncIterator[AuditRecord]:
        """All records, newest first, without holding them all."""
        query = _newest_first(_matching(wanted)).limit(_AT_ONCE)
        before = query
        while True:
            async with AsyncSession(self._engine) as session:
                records = (await session.scalars(before)).all()
            for record in records:
                yield record
            if len(records) < _AT_ONCE:
                return
            before = query.where(AuditRecord.number < records[-1].number)

    async def last(self) -> AuditRecord | None:
        """The newest record. Its hash stands for the whole log: kept elsewhere, it shows later what is missing."""
        async with AsyncSession(self._engine) as session:
            return await session.scalar(_newest_first(select(AuditRecord)).limit(1))

    async def first_broken(self) -> int | None:
        """The number from which on the records do not fit the chain; None when all do."""
        query = select(AuditRecord).order_by(AuditRecord.number).limit(_AT_ONCE)
        after, expected, previous = query, 1, FIRST_HASH
        while True:
            async with AsyncSession(self._engine) as session:
                records = (await session.scalars(after)).all()
            broken = await asyncio.to_thread(_first_broken, records, expected, previous)
            if broken is not None or len(records) < _AT_ONCE:
                return broken
            expected, previous = records[-1].number + 1, records[-1].hash
            after = query.where(AuditRecord.number >= expected)


def _first_broken(records: Sequence[AuditRecord], expected: int, previous: str) -> int | None:
    for number, record in enumerate(records, expected):
        if record.number != number or record.previous_hash != previous or record.hash != record_hash(record):
            return number
        previous = record.hash
    return None


def _newest_first(query: Select[AuditRecord]) -> Select[AuditRecord]:
    return query.order_by(desc(AuditRecord.number))


def _matching(wanted: AuditFilter) -> Select[AuditRecord]:
    query = select(AuditRecord)
    if wanted.text:
        columns = (AuditRecord.subject, AuditRecord.staff_name, AuditRecord.action)
        matches = [column.icontains(wanted.text, autoescape=True) for column in columns]
        query = query.where(or_(*matches, AuditRecord.action.in_(wanted.or_actions)))
    if wanted.action:
        query = query.where(AuditRecord.action == wanted.action)
    if wanted.staff_id is not None:
        query = query.where(AuditRecord.staff_id == wanted.staff_id)
    if wanted.staff_name:
        query = query.where(AuditRecord.staff_name == wanted.staff_name)
    if wanted.since:
        query = query.where(AuditRecord.at >= wanted.since)
    if wanted.until:
        query = query.where(AuditRecord.at < wanted.until)
    return query
