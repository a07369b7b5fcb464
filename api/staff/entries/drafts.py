"""Work on entries: drafts that save themselves, review by a second person, rejection with a reason."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.clock import Clock, utc_now
from api.staff.entries.rows import describe, end_work, locked
from api.staff.entries.states import EditConflictError, EntryStateError, WorkState
from api.staff.people.staff import Staff
from api.storage.catalogue_models import CatalogueEntry
from knowledge_base.entry import Entry

_OPEN = (None, WorkState.DRAFT)


class Drafts:
    """Writes what is worked on. Every change names the revision it rests on, and gives the new one."""

    def __init__(self, engine: AsyncEngine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    async def find(self, entry_id: str) -> CatalogueEntry | None:
        """The entry's row."""
        async with AsyncSession(self._engine) as session:
            return await session.get(CatalogueEntry, entry_id)

    async def create(self, content: dict[str, Any], staff: Staff) -> int:
        """Begin a new entry; its revision. Only its id must be in order.

        Raises:
            EntryStateError: there is an entry with this id.
        """
        row = CatalogueEntry(id=str(content["id"]), revision=1, work_state=WorkState.DRAFT, work=content)
        row.authors = {str(staff.id): staff.name}
        describe(row, content)
        row.updated_at, row.updated_by = self._clock(), staff.name
        try:
            async with AsyncSession(self._engine) as session, session.begin():
                session.add(row)
        except IntegrityError as error:
            raise EntryStateError(f"已经有编号是 {content['id']} 的条目了。") from error
        return 1

    async def save(self, entry_id: str, content: dict[str, Any], revision: int, staff: Staff) -> int:
        """Save a draft, fit to be published or not. Raises as `_changing`, and when it is being reviewed."""
        if content.get("id") != entry_id:
            raise EntryStateError("条目的编号不能改。")
        async with self._changing(entry_id, revision, staff, *_OPEN) as row:
            row.work, row.work_state, row.rejection = content, WorkState.DRAFT, None
            row.authors = {**row.authors, str(staff.id): staff.name}
            describe(row, content)
            return row.revision

    async def discard(self, entry_id: str, revision: int, staff: Staff) -> None:
        """Drop the draft; what is live stays. An entry that was never live goes."""
        async with self._changing(entry_id, revision, staff, WorkState.DRAFT) as row:
            end_work(row)
            if row.live is not None:
                describe(row, row.live)
        if row.live_version is None:
            async with AsyncSession(self._engine) as session, session.begin():
                await session.delete(await session.get_one(CatalogueEntry, entry_id))

    async def submit(self, entry_id: str, revision: int, staff: Staff) -> int:
        """Hand a draft over for review. That it has no defects is for the caller to see to.

        Raises:
            EntryStateError: it is no entry at all yet, or not a draft.
        """
        async with self._changing(entry_id, revision, staff, WorkState.DRAFT) as row:
            try:
                Entry.model_validate(row.work)
            except ValidationError as error:
                raise EntryStateError("条目还没有填完整，不能提交。") from error
            row.work_state, row.rejection = WorkState.IN_REVIEW, None
            return row.revision

    async def withdraw(self, entry_id: str, revision: int, staff: Staff) -> int:
        """Take it back from review, or from what is to be published, to write on."""
        async with self._changing(entry_id, revision, staff, WorkState.IN_REVIEW, WorkState.APPROVED) as row:
            row.work_state, row.approver, row.publish_at = WorkState.DRAFT, None, None
            return row.revision

    async def approve(self, entry_id: str, revision: int, staff: Staff, publish_at: datetime | None = None) -> int:
        """Approve; with `publish_at` it is published by itself at that time, else when somebody publishes.

        Raises:
            EntryStateError: the person wrote on it, it is not in review, or the time is past.
        """
        async with self._changing(entry_id, revision, staff, WorkState.IN_REVIEW) as row:
            _need_second_person(row, staff)
            if publish_at is not None and publish_at <= self._clock():
                raise EntryStateError("定时发布的时间已经过了。")
            row.work_state, row.approver, row.publish_at = WorkState.APPROVED, staff.name, publish_at
            return row.revision

    async def reject(self, entry_id: str, revision: int, staff: Staff, reason: str) -> int:
        """Send it back with a reason.

        Raises:
            EntryStateError: the person wrote on it, there is no reason, or it is not in review.
        """
        if not reason.strip():
            raise EntryStateError("请写明退回的理由。")
        async with self._changing(entry_id, revision, staff, WorkState.IN_REVIEW) as row:
            _need_second_person(row, staff)
            row.work_state, row.rejection = WorkState.DRAFT, reason.strip()
            return row.revision

    @asynccontextmanager
    async def _changing(
        self, entry_id: str, revision: int, staff: Staff, *states: WorkState | None
    ) -> AsyncIterator[CatalogueEntry]:
        """The row, locked, with its next revision.

        Raises:
            EditConflictError: somebody changed it after this revision.
            EntryStateError: there is no such entry, or its work is in another state.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            row = await locked(session, entry_id)
            if row is None:
                raise EntryStateError("没有这个条目。")
            if row.revision != revision:
                session.expunge(row)  # it is shown after this session has ended
                raise EditConflictError(row)
            if row.work_state not in states:
                now = WorkState(row.work_state).label if row.work_state else "没有修改"
                raise EntryStateError(f"这个条目现在是“{now}”，不能这样做。")
            row.revision += 1
            row.updated_at, row.updated_by = self._clock(), staff.name
            yield row


def _need_second_person(row: CatalogueEntry, staff: Staff) -> None:
    if str(staff.id) in row.authors:
        raise EntryStateError("自己写的不能自己审，请另一位审核人员来审。")
