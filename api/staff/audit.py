"""The audit log: append-only, chained by hashes, so that a changed or missing record shows."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import desc, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.clock import aware
from api.staff.people.staff import Staff
from api.storage.staff_models import AuditRecord

FIRST_HASH = "0" * 64
_TRIES = 20
_WAIT_SECONDS = 0.02


@dataclass(frozen=True)
class AuditFilter:
    """Which records to show; empty means all. `text` is looked for in subject, name and action."""

    text: str = ""
    action: str = ""
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

    async def write(self, staff: Staff, action: str, subject: str, **detail: Any) -> None:
        """Add a record. Never put a citizen's words or a password into `detail`.

        Two processes that write at once take the same number; one of them tries again.
        """
        for _ in range(_TRIES):
            try:
                async with AsyncSession(self._engine) as session, session.begin():
                    last = await session.scalar(select(AuditRecord).order_by(desc(AuditRecord.number)).limit(1))
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
                return
            except IntegrityError:
                await asyncio.sleep(_WAIT_SECONDS)
        raise RuntimeError("the audit log could not be written")

    async def find(self, wanted: AuditFilter, limit: int, offset: int = 0) -> tuple[Sequence[AuditRecord], int]:
        """Records, newest first, and how many there are in all."""
        query = select(AuditRecord)
        if wanted.text:
            columns = (AuditRecord.subject, AuditRecord.staff_name, AuditRecord.action)
            matches = [column.contains(wanted.text, autoescape=True) for column in columns]
            query = query.where(matches[0] | matches[1] | matches[2])
        if wanted.action:
            query = query.where(AuditRecord.action == wanted.action)
        if wanted.since:
            query = query.where(AuditRecord.at >= wanted.since)
        if wanted.until:
            query = query.where(AuditRecord.at < wanted.until)
        async with AsyncSession(self._engine) as session:
            count = await session.scalar(select(func.count()).select_from(query.subquery()))
            rows = await session.scalars(query.order_by(desc(AuditRecord.number)).limit(limit).offset(offset))
            return rows.all(), count or 0

    async def first_broken(self) -> int | None:
        """The number of the first record that does not fit the chain; None when all do."""
        expected, previous = 1, FIRST_HASH
        async with AsyncSession(self._engine) as session:
            records = await session.stream_scalars(select(AuditRecord).order_by(AuditRecord.number))
            async for record in records:
                if record.number != expected or record.previous_hash != previous or record.hash != record_hash(record):
                    return expected
                expected, previous = record.number + 1, record.hash
        return None
