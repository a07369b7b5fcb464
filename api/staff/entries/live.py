"""What is live: publishing what was approved, taking offline, going back, and the versions that make it possible.

The database is the truth; a release is made from it afterwards (`api.staff.publishing`).
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.clock import Clock, utc_now
from api.staff.entries.rows import describe, end_work, locked
from api.staff.entries.states import EntryStateError, WorkState
from api.staff.people.staff import Staff
from api.storage.catalogue_models import CatalogueEntry, EntryVersion, ReleaseRecord
from knowledge_base.entry import Entry


class LiveCatalogue:
    """Reads and changes what citizens get."""

    def __init__(self, engine: AsyncEngine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    async def load_starter(self, entries: Sequence[Entry]) -> bool:
        """Fill an empty database; whether it was empty."""
        now = self._clock()
        async with AsyncSession(self._engine) as session, session.begin():
            if await session.scalar(select(func.count()).select_from(CatalogueEntry)):
                return False
            for entry in entries:
                content = entry.model_dump(mode="json")
                row = CatalogueEntry(id=entry.id, revision=1, live=content, live_version=1, authors={})
                describe(row, content)
                row.updated_at, row.updated_by = now, "初始目录"
                session.add(row)
                await session.flush()
                session.add(_version(entry.id, 1, content, "随软件带来的目录", "初始目录", "初始目录", now))
        return True

    async def entries(self) -> list[Entry]:
        """Everything that is live, in the order of ids."""
        return [Entry.model_validate(content) for _, content in await self._contents()]

    async def approved(self, due_at: datetime | None = None) -> list[CatalogueEntry]:
        """What is approved; with a time only what is to be published by itself by then."""
        query = select(CatalogueEntry).where(CatalogueEntry.work_state == WorkState.APPROVED)
        if due_at is not None:
            query = query.where(CatalogueEntry.publish_at <= due_at)
        async with AsyncSession(self._engine) as session:
            return list(await session.scalars(query.order_by(CatalogueEntry.id)))

    async def candidate(self, entry_ids: Collection[str]) -> list[Entry]:
        """What would be live if the approved work on these entries were published."""
        contents = dict(await self._contents())
        for row in await self.approved():
            if row.id in entry_ids and row.work is not None:
                contents[row.id] = row.work
        return [Entry.model_validate(contents[entry_id]) for entry_id in sorted(contents)]

    async def publish(self, entry_ids: Collection[str], staff: Staff, note: str) -> list[str]:
        """Make the approved work on these entries live; the ids of those that were approved."""
        done = []
        async with AsyncSession(self._engine) as session, session.begin():
            for entry_id in sorted(entry_ids):
                row = await locked(session, entry_id)
                if row is None or row.work_state != WorkState.APPROVED or row.work is None:
                    continue
                authors = "、".join(row.authors.values())[:40]
                approver = row.approver or ""
                content = row.work
                await self._set_live(session, row, content, note, authors, approver, staff)
                end_work(row)
                done.append(entry_id)
        return done

    async def take_offline(self, entry_id: str, staff: Staff, reason: str) -> None:
        """Citizens no longer get this entry. Work on it stays.

        Raises:
            EntryStateError: it is not live, or there is no reason.
        """
        if not reason.strip():
            raise EntryStateError("请写明下线的理由。")
        async with AsyncSession(self._engine) as session, session.begin():
            row = await locked(session, entry_id)
            if row is None or row.live is None:
                raise EntryStateError("这个条目现在没有发布。")
            await self._set_live(session, row, None, reason.strip(), staff.name, staff.name, staff)

    async def restore(self, entry_id: str, number: int, staff: Staff, reason: str) -> None:
        """Make an earlier version live again, as a new version. Work on it stays.

        Raises:
            EntryStateError: there is no such version, it is live already, or it was the taking offline.
        """
        async with AsyncSession(self._engine) as session, session.begin():
            row = await locked(session, entry_id)
            version = await session.get(EntryVersion, (entry_id, number))
            if row is None or version is None or version.content is None:
                raise EntryStateError("没有这个版本。")
            if row.live == version.content:
                raise EntryStateError("这个版本就是现在发布的。")
            note = f"回到第 {number} 版：{reason.strip() or '没有写理由'}"
            await self._set_live(session, row, version.content, note, version.author, staff.name, staff)

    async def restore_release(self, number: int, staff: Staff, reason: str) -> list[str]:
        """Make everything as it was in a release; the ids that changed. What came later goes offline; work stays.

        Raises:
            EntryStateError: no such release was made from the database.
        """
        changed = []
        async with AsyncSession(self._engine) as session, session.begin():
            release = await session.get(ReleaseRecord, number)
            if release is None:
                raise EntryStateError("没有这个发布版的记录。")
            note = f"整体回到发布版 {number}：{reason.strip() or '没有写理由'}"
            for row in (await session.scalars(select(CatalogueEntry).with_for_update())).all():
                wanted = release.versions.get(row.id)
                version = await session.get(EntryVersion, (row.id, wanted)) if wanted else None
                content = version.content if version else None
                if content == row.live:
                    continue
                author = version.author if version else staff.name
                await self._set_live(session, row, content, note, author, staff.name, staff)
                changed.append(row.id)
        return changed

    async def record_release(
        self, number: int, staff: Staff, note: str, versions: dict[str, int] | None = None
    ) -> None:
        """Remember which versions a release was made of; those that are live now when not given.

        Where two processes remember the same release at once, the first does it.
        """
        if versions is None:
            versions = await self.live_versions()
        record = ReleaseRecord(number=number, at=self._clock(), staff_name=staff.name, note=note, versions=versions)
        with suppress(IntegrityError):
            async with AsyncSession(self._engine) as session, session.begin():
                await session.merge(record)

    async def releases(self, limit: int = 50) -> list[ReleaseRecord]:
        """The releases made from the database, newest first."""
        async with AsyncSession(self._engine) as session:
            return list(await session.scalars(select(ReleaseRecord).order_by(ReleaseRecord.number.desc()).limit(limit)))

    async def release(self, number: int) -> ReleaseRecord | None:
        """What is remembered of a release."""
        async with AsyncSession(self._engine) as session:
            return await session.get(ReleaseRecord, number)

    async def versions(self, entry_id: str) -> list[EntryVersion]:
        """Everything that was ever published of an entry, newest first."""
        query = select(EntryVersion).where(EntryVersion.entry_id == entry_id).order_by(EntryVersion.number.desc())
        async with AsyncSession(self._engine) as session:
            return list(await session.scalars(query))

    async def edition(self) -> int:
        """A number that is another one whenever what is live has changed."""
        async with AsyncSession(self._engine) as session:
            return await session.scalar(select(func.count()).select_from(EntryVersion)) or 0

    async def live_versions(self) -> dict[str, int]:
        """The number of the live version of everything that is live."""
        query = select(CatalogueEntry.id, CatalogueEntry.live_version).where(CatalogueEntry.live.is_not(None))
        async with AsyncSession(self._engine) as session:
            return {row.id: row.live_version or 1 for row in await session.execute(query)}

    async def contents(self, entry_ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """What is live of these entries."""
        query = select(CatalogueEntry.id, CatalogueEntry.live).where(CatalogueEntry.id.in_(entry_ids))
        async with AsyncSession(self._engine) as session:
            return {row.id: row.live for row in await session.execute(query) if row.live is not None}

    async def to_come(self) -> list[str]:
        """The ids of entries that are written and not live."""
        written = select(CatalogueEntry.id).where(CatalogueEntry.work_state.is_not(None), CatalogueEntry.live.is_(None))
        async with AsyncSession(self._engine) as session:
            return list(await session.scalars(written))

    async def _contents(self) -> list[tuple[str, dict[str, Any]]]:
        query = select(CatalogueEntry.id, CatalogueEntry.live).where(CatalogueEntry.live.is_not(None))
        async with AsyncSession(self._engine) as session:
            rows = await session.execute(query.order_by(CatalogueEntry.id))
            return [(row.id, row.live) for row in rows if row.live is not None]

    async def _set_live(
        self,
        session: AsyncSession,
        row: CatalogueEntry,
        content: dict[str, Any] | None,
        note: str,
        author: str,
        approver: str,
        staff: Staff,
    ) -> None:
        latest = await session.scalar(select(func.max(EntryVersion.number)).where(EntryVersion.entry_id == row.id))
        now = self._clock()
        row.live, row.live_version, row.revision = content, (latest or 0) + 1, row.revision + 1
        row.updated_at, row.updated_by = now, staff.name
        if content is not None and (row.work is None or row.work is content):
            describe(row, content)
        session.add(_version(row.id, row.live_version, content, note, author, approver, now))


def _version(
    entry_id: str, number: int, content: dict[str, Any] | None, note: str, author: str, approver: str, at: datetime
) -> EntryVersion:
    return EntryVersion(
        entry_id=entry_id, number=number, content=content, note=note, author=author, approver=approver, at=at
    )
