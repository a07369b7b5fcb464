"""Long work beside the requests: a page starts it, and looks how far it is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar
from uuid import uuid4

Result = TypeVar("Result")
_KEPT = 5
FAILED = "没有做完：出了内部错误，已经记入日志。请再试一次。"
_log = logging.getLogger(__name__)


@dataclass
class Job(Generic[Result]):
    """One piece of work. `done` of `total` is how far it is; then there is a `result`, or a `problem` to show."""

    total: int = 0
    done: int = 0
    result: Result | None = None
    problem: str = ""
    id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.result is not None or bool(self.problem)

    @property
    def percent(self) -> int:
        """How far it is."""
        return 100 * self.done // self.total if self.total else 0


class Jobs(Generic[Result]):
    """Runs jobs one after the other and remembers the last ones; a restart of the application forgets them."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job[Result]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()

    def start(self, work: Callable[[Job[Result]], Awaitable[Result]]) -> Job[Result]:
        """Begin; `work` sets `total` and `done` of the job it is given. A ValueError's text is shown to the person."""
        job: Job[Result] = Job()
        self._jobs[job.id] = job
        for old in list(self._jobs)[:-_KEPT]:
            del self._jobs[old]
        task = asyncio.create_task(self._run(job, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def find(self, job_id: str) -> Job[Result] | None:
        """How the job stands at this moment, while it is remembered: it goes on while a page is made of this."""
        job = self._jobs.get(job_id)
        return replace(job) if job is not None else None

    async def close(self) -> None:
        """End everything that runs."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, job: Job[Result], work: Callable[[Job[Result]], Awaitable[Result]]) -> None:
        async with self._turn:
            try:
                job.result = await work(job)
            except ValueError as error:
                job.problem = str(error)
            except Exception:
                _log.exception("a job of the console failed")
                job.problem = FAILED
