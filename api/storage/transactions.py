"""Short transactions of the hot path, each a function of a session.

PostgreSQL runs them on the event loop. For SQLite its driver for asyncio goes to a thread and back for every single
call, and holds the database's one write lock all that time; whoever waits for the lock sleeps by turns that SQLite
chooses, not in the order of coming. So here SQLite runs them where they are called, which takes a millisecond and no
turn of the event loop; if the database is locked, one after the other in a thread, which can wait. Measured with eight
citizens at once: see docs/adr/0013-guides.md.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from sqlalchemy.orm import Session, sessionmaker

from api.storage.database import create_blocking_engine

_AT_ONCE_SECONDS = 0.002
_PATIENT_SECONDS = 15.0
"""So long SQLite waits for somebody else's write on the event loop, and in the thread."""
Result = TypeVar("Result")


class Transactions:
    """Runs transactions on the database of an engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._session = async_sessionmaker(engine, expire_on_commit=False)
        self._engines = (
            [create_blocking_engine(engine.url, seconds) for seconds in (_AT_ONCE_SECONDS, _PATIENT_SECONDS)]
            if engine.dialect.name == "sqlite"
            else []
        )
        self._blocking = [sessionmaker(engine, expire_on_commit=False) for engine in self._engines]
        self._thread = ThreadPoolExecutor(1, "sqlite")

    async def run(self, work: Callable[[Session], Result]) -> Result:
        """What `work` returns for a session in a transaction, which is rolled back if it raises.

        `work` may be called a second time, when the database was locked the first time.
        """
        if not self._blocking:
            async with self._session.begin() as session:
                return await session.run_sync(work)
        at_once, patient = self._blocking
        try:
            return _run(at_once, work)
        except OperationalError as error:
            if "locked" not in str(error.orig):
                raise
        return await asyncio.get_running_loop().run_in_executor(self._thread, _run, patient, work)

    async def close(self) -> None:
        """Let what is under way end, and close the connections."""
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)
        for engine in self._engines:
            engine.dispose()


def _run(sessions: sessionmaker[Session], work: Callable[[Session], Result]) -> Result:
    with sessions.begin() as session:
        return work(session)
