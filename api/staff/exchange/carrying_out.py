"""Carrying an import out: each chosen row becomes a draft, and is reviewed like any other."""

import json
import logging
from collections.abc import Sequence

from api.staff.audit import AuditLog
from api.staff.entries.drafts import Drafts
from api.staff.entries.states import EditConflictError, EntryStateError
from api.staff.exchange.jobs import ImportJob, ImportRow, RowStatus, Stage
from api.staff.people.staff import Staff

_IDS_IN_RECORD = 200
SAVED = "已存为草稿"
_INTERRUPTED = "没有做完，中途出了问题，已经记入日志。已经存好的不会丢，请过一会儿再上传同一个文件，接着导入剩下的。"
_log = logging.getLogger(__name__)


class Importer:
    """Writes the drafts."""

    def __init__(self, drafts: Drafts, audit: AuditLog) -> None:
        self._drafts = drafts
        self._audit = audit

    def begin(self, job: ImportJob) -> list[ImportRow]:
        """Mark the job as running, so that it is not begun twice; the rows to import. Empty when there are none."""
        chosen = [row for row in job.rows if row.chosen and row.content is not None]
        if job.stage is Stage.READY and chosen:
            job.stage, job.done, job.total = Stage.RUNNING, 0, len(chosen)
            return chosen
        return []

    async def carry_out(self, job: ImportJob, chosen: Sequence[ImportRow]) -> None:
        """Import the rows of a job that was begun. A row that somebody changed since the preview is left alone."""
        try:
            for row in chosen:
                await self._import(row, job.staff)
                job.done += 1
            job.stage = Stage.DONE
        except Exception:
            _log.exception("an import was interrupted")
            job.failure, job.stage = _INTERRUPTED, Stage.FAILED
        finally:
            for row in job.rows:
                row.content = None
            await self._record(job)

    async def _import(self, row: ImportRow, staff: Staff) -> None:
        content = json.loads(row.content or "")
        try:
            if row.revision is None:
                await self._drafts.create(content, staff)
            else:
                await self._drafts.save(row.id, content, row.revision, staff)
            row.outcome, row.imported = SAVED, True
        except EditConflictError as error:
            row.status, row.outcome = RowStatus.BUSY, f"没有导入：{error.row.updated_by}在你预览之后改过它"
        except EntryStateError as error:
            row.status, row.outcome = RowStatus.BUSY, f"没有导入：{error}"

    async def _record(self, job: ImportJob) -> None:
        """Every imported id stands in the audit log, many in one record: one each would take longer than the import."""
        ids = [row.id for row in job.rows if row.imported]
        for start in range(0, len(ids), _IDS_IN_RECORD):
            part = ids[start : start + _IDS_IN_RECORD]
            await self._audit.write(job.staff, "entries_imported", f"import:{job.id}", entries=part, count=len(ids))
