"""What importing a file would do, row by row, before anything is changed."""

import asyncio
import logging
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.clock import Clock, shanghai_day, utc_now
from api.staff.entries.states import WorkState
from api.staff.exchange.jobs import ImportJob, ImportJobs, ImportRow, RowStatus, Stage
from api.staff.people.staff import Staff
from api.storage.catalogue_models import CatalogueEntry
from knowledge_base.entry import Entry
from knowledge_base.exchange.checks import advice
from knowledge_base.exchange.errors import UnreadableFileError
from knowledge_base.exchange.files import FileRow, read_file

_AT_ONCE = 200
_INTERNAL = "没有读完：出了内部错误，已经记入日志。请再上传一次。"
_log = logging.getLogger(__name__)


class Previewer:
    """Reads files and compares them with the catalogue."""

    def __init__(self, engine: AsyncEngine, jobs: ImportJobs, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._jobs = jobs
        self._clock = clock

    async def preview(self, job: ImportJob, data: bytes) -> None:
        """Fill the job's rows and make it ready, or failed with a reason."""
        try:
            async with self._jobs.reading:
                found = await asyncio.to_thread(_read, job, data)
                job.done, job.total = 0, len(found)
                rows: list[ImportRow] = []
                known = await self._ids() | {row.id for row in found}
                for start in range(0, len(found), _AT_ONCE):
                    part = found[start : start + _AT_ONCE]
                    present = await self._present([row.id for row in part])
                    rows += await asyncio.to_thread(self._compare, part, present, known, job.staff)
                    job.done = len(rows)
            job.rows, job.stage = rows, Stage.READY
        except UnreadableFileError as error:
            job.failure, job.stage = str(error), Stage.FAILED
        except Exception:
            _log.exception("a file could not be previewed")
            job.failure, job.stage = _INTERNAL, Stage.FAILED

    async def _ids(self) -> set[str]:
        async with AsyncSession(self._engine) as session:
            return set(await session.scalars(select(CatalogueEntry.id)))

    async def _present(self, entry_ids: Sequence[str]) -> dict[str, CatalogueEntry]:
        storable = {entry_id for entry_id in entry_ids if "\0" not in entry_id}
        async with AsyncSession(self._engine) as session:
            rows = await session.scalars(select(CatalogueEntry).where(CatalogueEntry.id.in_(storable)))
            return {row.id: row for row in rows}

    def _compare(
        self, found: Sequence[FileRow], present: dict[str, CatalogueEntry], known: Collection[str], staff: Staff
    ) -> list[ImportRow]:
        rows = [_row(row, present.get(row.id), staff) for row in found]
        entries = [one.entry for one, row in zip(found, rows, strict=True) if one.entry and row.content is not None]
        said = advice(entries, known, shanghai_day(self._clock()))
        for row in rows:
            row.advice = tuple(said.get(row.id, ())) if row.content is not None else ()
        return rows


def _read(job: ImportJob, data: bytes) -> list[FileRow]:
    def counted() -> Iterator[FileRow]:
        for row in read_file(job.name, data):
            job.done += 1
            yield row

    found = list(counted())
    if not found:
        raise UnreadableFileError("表格里没有条目，只有列名或示例。请填好再上传。")
    return found


def _row(row: FileRow, present: CatalogueEntry | None, staff: Staff) -> ImportRow:
    entry = row.entry
    if entry is None:
        return ImportRow(row.number, row.id, row.title, RowStatus.BAD, row.problems)
    new = ImportRow(row.number, row.id, row.title, RowStatus.NEW, content=entry.model_dump_json(), chosen=True)
    if present is None:
        return new
    new.revision = present.revision
    if present.work_state is None:
        new.status = RowStatus.CHANGED
        if present.live is None:
            new.remark = "现在已下线，导入后是草稿"
        elif _is_same(entry, present.live):
            return ImportRow(row.number, row.id, row.title, RowStatus.SAME)
        return new
    if present.work is not None and _is_same(entry, present.work):
        return ImportRow(row.number, row.id, row.title, RowStatus.SAME, remark="和现在的草稿一样")
    if present.work_state == WorkState.DRAFT and set(present.authors) == {str(staff.id)}:
        new.status, new.chosen, new.remark = RowStatus.CHANGED, False, "会覆盖你自己没提交的草稿，要的话请勾上"
        return new
    state = WorkState(present.work_state).label
    return ImportRow(
        row.number, row.id, row.title, RowStatus.BUSY, remark=f"{present.updated_by}正在改（{state}），不会覆盖"
    )


def _is_same(entry: Entry, content: dict[str, object]) -> bool:
    try:
        return Entry.model_validate(content).version == entry.version
    except ValueError:
        return False
