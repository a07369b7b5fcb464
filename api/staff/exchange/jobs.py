"""Imports under way: kept in the memory of this process only, each for the person who began it, for an hour."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from api.staff.clock import Clock, utc_now
from api.staff.people.staff import Staff
from knowledge_base.exchange.rows import Problem

LIFETIME = timedelta(hours=1)
MAX_JOBS = 10
"""In this process. Each may hold some hundred megabytes."""


class RowStatus(StrEnum):
    """What an imported row would do, as the preview names it."""

    NEW = "新增"
    CHANGED = "有变化"
    SAME = "没变化"
    BUSY = "有人在改"
    BAD = "有错"


@dataclass
class ImportRow:
    """A row of the file. `content` is the entry as JSON where it can be imported, `revision` what it rests on.

    `outcome` says what came of it.
    """

    number: int
    id: str
    title: str
    status: RowStatus
    problems: tuple[Problem, ...] = ()
    advice: tuple[Problem, ...] = ()
    remark: str = ""
    content: str | None = None
    revision: int | None = None
    chosen: bool = False
    imported: bool = False
    outcome: str = ""


class Stage(StrEnum):
    """How far an import is."""

    READING = "reading"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass
class ImportJob:
    """One file on its way in. `done` of `total` is how far the present stage is; `failure` what ended it."""

    staff: Staff
    name: str
    created: datetime
    id: str = field(default_factory=lambda: uuid4().hex)
    stage: Stage = Stage.READING
    done: int = 0
    total: int = 0
    rows: list[ImportRow] = field(default_factory=list)
    failure: str = ""

    @property
    def works(self) -> bool:
        """Whether something goes on by itself."""
        return self.stage in (Stage.READING, Stage.RUNNING)

    def counts(self) -> dict[RowStatus, int]:
        """How many rows there are of each status."""
        return {status: sum(row.status is status for row in self.rows) for status in RowStatus}


class TooManyImportsError(ValueError):
    """No room for another import now; the message is for the person."""


class ImportJobs:
    """The imports of this process."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._jobs: dict[str, ImportJob] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.reading = asyncio.Semaphore(1)
        """Files are read one after the other: reading takes all of a core, and memory."""

    def open(self, staff: Staff, name: str) -> ImportJob:
        """A new import. Where there is no room, one that has ended goes, or else the person's own oldest.

        Raises:
            TooManyImportsError: all are others' and not finished.
        """
        self._drop_expired()
        while len(self._jobs) >= MAX_JOBS:
            idle = [job for job in self._jobs.values() if not job.works]
            ended = [job for job in idle if job.stage is not Stage.READY]
            own = [job for job in idle if job.staff.id == staff.id]
            if not (ended or own):
                raise TooManyImportsError("现在导入的人太多。请过几分钟再上传。")
            del self._jobs[(ended or own)[0].id]
        job = ImportJob(staff, name, self._clock())
        self._jobs[job.id] = job
        return job

    def find(self, job_id: str, staff: Staff) -> ImportJob | None:
        """The import, if this person began it in this process not long ago."""
        self._drop_expired()
        job = self._jobs.get(job_id)
        return job if job is not None and job.staff.id == staff.id else None

    def of(self, staff: Staff) -> list[ImportJob]:
        """Somebody's imports, newest first."""
        self._drop_expired()
        return [job for job in reversed(self._jobs.values()) if job.staff.id == staff.id]

    def drop(self, job: ImportJob) -> None:
        """Forget an import that is not at work."""
        if not job.works:
            self._jobs.pop(job.id, None)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on beside the requests."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End everything that runs."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _drop_expired(self) -> None:
        oldest = self._clock() - LIFETIME
        for job in list(self._jobs.values()):
            if job.created < oldest and not job.works:
                del self._jobs[job.id]
