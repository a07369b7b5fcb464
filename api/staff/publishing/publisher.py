"""Publishes: first the database, which is the truth, then the release that is made of it.

A crash between the two is made up for by `reconcile`, which runs at the start and every few seconds.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.staff.audit import AuditLog
from api.staff.clock import Clock, utc_now
from api.staff.entries.live import LiveCatalogue
from api.staff.entries.states import EntryStateError
from api.staff.people.staff import SYSTEM, Staff
from api.storage.catalogue_models import CatalogueEntry
from knowledge_base.entry import Entry
from knowledge_base.published import Origin, entries_digest
from knowledge_base.release import ReleaseStore

_SECONDS = 5.0
_TRY_AGAIN = timedelta(minutes=10)
"""What was due and could not be published is looked at again after this, or when it was changed."""
_DUE_NOTE, _MADE_UP_NOTE, _REBUILT_NOTE = "定时发布", "系统补做的发布版", "重新训练后的发布版，条目没有变"
_log = logging.getLogger(__name__)


class PublicationBlockedError(EntryStateError):
    """Nothing was published; `reasons` say why, and what to do."""

    def __init__(self, reasons: Collection[str]) -> None:
        super().__init__("不能发布：" + "；".join(reasons))
        self.reasons = tuple(reasons)


class ReleaseDelayedError(EntryStateError):
    """The database has it, and the release could not be made just now; it will be tried again by itself."""

    def __init__(self) -> None:
        super().__init__("已经记下，但发布版暂时没有做成。系统每隔几秒会自动再试，请过一会儿看发布记录。")


@dataclass(frozen=True)
class Held:
    """Something that was due and could not be published."""

    revision: int
    reasons: tuple[str, ...]
    until: datetime


class Publisher:
    """Everything that changes what citizens get goes through here. One change at a time."""

    def __init__(
        self,
        live: LiveCatalogue,
        store: ReleaseStore,
        audit: AuditLog,
        obstacles: Callable[[Collection[str]], Awaitable[tuple[str, ...]]],
        clock: Clock = utc_now,
    ) -> None:
        """`obstacles` says what forbids publishing these entries."""
        self._live = live
        self._store = store
        self._audit = audit
        self._obstacles = obstacles
        self._clock = clock
        self._lock = asyncio.Lock()
        self._agreed: tuple[int, int | None] | None = None
        self._task: asyncio.Task[None] | None = None
        self.held: dict[str, Held] = {}

    async def publish(self, entry_ids: Collection[str], staff: Staff, note: str) -> int | None:
        """Make the approved work on these entries live; the release's number, None when nothing was approved.

        Raises:
            PublicationBlockedError: a test that must not change would, or two entries have the same question.
            ReleaseDelayedError: the release will follow.
        """
        async with self._lock:
            reasons = await self._obstacles(entry_ids)
            if reasons:
                raise PublicationBlockedError(reasons)
            done = await self._live.publish(entry_ids, staff, note)
            for entry_id in done:
                await self._audit.write(staff, "entry_published", f"entry:{entry_id}", note=note)
            return await self._make_release(staff, note) if done else None

    async def take_offline(self, entry_id: str, staff: Staff, reason: str) -> int:
        """Citizens no longer get this entry; the release's number. Raises as `LiveCatalogue.take_offline`.

        Raises:
            ReleaseDelayedError: the release will follow.
        """
        async with self._lock:
            await self._live.take_offline(entry_id, staff, reason)
            await self._audit.write(staff, "entry_taken_offline", f"entry:{entry_id}", reason=reason)
            return await self._make_release(staff, f"下线 {entry_id}：{reason}")

    async def restore(self, entry_id: str, version: int, staff: Staff, reason: str) -> int:
        """Make an earlier version live again; the release's number. Raises as `LiveCatalogue.restore`.

        Raises:
            ReleaseDelayedError: the release will follow.
        """
        async with self._lock:
            await self._live.restore(entry_id, version, staff, reason)
            await self._audit.write(staff, "entry_restored", f"entry:{entry_id}", version=version, reason=reason)
            return await self._make_release(staff, f"{entry_id} 回到第 {version} 版：{reason}")

    async def restore_release(self, number: int, staff: Staff, reason: str) -> int:
        """Make everything as it was in a release, as a new one; its number.

        Raises:
            EntryStateError: there is no such release, no reason, or it is what is live.
            ReleaseDelayedError: the release will follow.
        """
        if not reason.strip():
            raise EntryStateError("请写明为什么要回到这一版。")
        async with self._lock:
            changed = await self._live.restore_release(number, staff, reason)
            if not changed:
                raise EntryStateError("现在发布的内容就和这一版一样，没有什么要改回去。")
            await self._audit.write(staff, "release_restored", f"release:{number}", reason=reason, entries=changed)
            return await self._make_release(staff, f"整体回到发布版 {number}：{reason}")

    def current_number(self) -> int | None:
        """The release that was made last; every process serves it within two seconds."""
        return self._store.current_number()

    async def reconcile(self) -> int | None:
        """Make a release when the current one is not what the database says; its number, else None.

        Costs two small looks where nothing happened. Does nothing on a database without entries.
        """
        async with self._lock:
            now = (await self._live.edition(), self._store.current_number())
            if now == self._agreed:
                return None
            entries, versions = await self._all()
            if not entries:
                return None
            digest = await asyncio.to_thread(entries_digest, entries)
            published = await asyncio.to_thread(self._store.published)
            if published is None or published.entries != digest:
                return await self._release_of(entries, versions, SYSTEM, _MADE_UP_NOTE, again=False)
            if await self._live.release(published.number) is None:
                await self._live.record_release(published.number, SYSTEM, _REBUILT_NOTE, versions)
            self._agreed = now
            return None

    async def publish_due(self) -> None:
        """Publish what was approved for a time that has come. What must not be published is held, with the reasons."""
        now = self._clock()
        due = [row for row in await self._live.approved(now) if not self._is_held(row, now)]
        if not due:
            return
        try:
            await self.publish([row.id for row in due], SYSTEM, _DUE_NOTE)
        except PublicationBlockedError:
            for row in due:  # one of them must not keep back the others
                await self._publish_one_due(row, now)

    async def _publish_one_due(self, row: CatalogueEntry, now: datetime) -> None:
        try:
            await self.publish([row.id], SYSTEM, _DUE_NOTE)
        except PublicationBlockedError as error:
            before = self.held.get(row.id)
            self.held[row.id] = Held(row.revision, error.reasons, now + _TRY_AGAIN)
            if before is None or before.revision != row.revision:
                _log.warning("what was due could not be published: %s", row.id)
                await self._audit.write(SYSTEM, "publication_blocked", f"entry:{row.id}", count=len(error.reasons))

    def _is_held(self, row: CatalogueEntry, now: datetime) -> bool:
        held = self.held.get(row.id)
        return held is not None and held.revision == row.revision and now < held.until

    def start(self) -> None:
        """Reconcile, and publish what is due, now and every few seconds."""
        self._task = asyncio.create_task(self._keep_up())

    async def close(self) -> None:
        """End what `start` began."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _keep_up(self) -> None:
        while True:
            for work in (self.reconcile, self.publish_due):
                try:
                    await work()
                except Exception:
                    _log.exception("publishing in the background failed, trying again")
            await asyncio.sleep(_SECONDS)

    async def _all(self) -> tuple[list[Entry], dict[str, int]]:
        """Everything that is live, with the versions, of one moment."""
        while True:
            before = await self._live.edition()
            entries, versions = await self._live.entries(), await self._live.live_versions()
            if await self._live.edition() == before:
                return entries, versions

    async def _make_release(self, staff: Staff, note: str) -> int:
        try:
            entries, versions = await self._all()
            return await self._release_of(entries, versions, staff, note)
        except Exception as error:
            _log.exception("the release could not be made, trying again soon")
            raise ReleaseDelayedError from error

    async def _release_of(
        self, entries: list[Entry], versions: dict[str, int], staff: Staff, note: str, *, again: bool = True
    ) -> int:
        number = await asyncio.to_thread(self._store.publish, entries, Origin.DATABASE, again=again)
        await self._live.record_release(number, staff, note, versions)
        await self._audit.write(staff, "release_made", f"release:{number}", entries=len(entries), note=note)
        return number
