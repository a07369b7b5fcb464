"""The switches in the database, and what every process knows of them: read at most once a second."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.clock import Clock, utc_now
from api.staff.people.staff import Staff
from api.staff.switches.scopes import NOTHING_OFF, Off, label_of_scope
from api.storage.staff_models import Switch

MOST_CHARACTERS = 200
_FRESH_SECONDS = 1.0
_PATIENCE_SECONDS = 0.8
"""With the time above less than the two seconds in which a switch must take effect everywhere."""
_log = logging.getLogger(__name__)


class SwitchError(ValueError):
    """A switch cannot be turned so; the message is for the person who asked."""


class SwitchBoard:
    """Turns switches, and tells what is off without asking the database for every message."""

    def __init__(
        self, engine: AsyncEngine, clock: Clock = utc_now, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` dates a switch, `seconds` says how old the last reading is."""
        self._engine = engine
        self._clock = clock
        self._seconds = seconds
        self._off = NOTHING_OFF
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def off(self) -> Off:
        """What is off now, at most a second old. When the database does not answer, the last that is known."""
        async with self._reading:
            if self._read_at is None or self._seconds() - self._read_at >= _FRESH_SECONDS:
                await self._read()
                self._read_at = self._seconds()
        return self._off

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS), AsyncSession(self._engine) as session:
                self._off = Off(frozenset(await session.scalars(select(Switch.scope))))
        except (SQLAlchemyError, OSError) as error:  # a time-out is an OSError
            _log.warning("switches could not be read, the last state is kept: %s", type(error).__name__)

    async def listed(self) -> Sequence[Switch]:
        """Everything that is off, the latest first, past what is remembered."""
        async with AsyncSession(self._engine) as session:
            return (await session.scalars(select(Switch).order_by(Switch.at.desc()))).all()

    async def turn_off(self, scope: str, reason: str, staff: Staff) -> str:
        """Switch something off; the reason as it is kept.

        Raises:
            SwitchError: there is no such switch, it is off already, or the reason is missing or too long.
        """
        label = label_of_scope(scope)
        if label is None:
            raise SwitchError("请选择要关掉的渠道或主题。")
        reason = " ".join("".join(c if c.isprintable() else " " for c in reason).split())
        if not reason:
            raise SwitchError("请写明为什么要关，别人要看得懂。")
        if len(reason) > MOST_CHARACTERS:
            raise SwitchError(f"理由最多 {MOST_CHARACTERS} 个字，现在是 {len(reason)} 个。")
        try:
            async with AsyncSession(self._engine) as session, session.begin():
                session.add(Switch(scope=scope, reason=reason, staff_name=staff.name, at=self._clock()))
        except IntegrityError as error:
            raise SwitchError(f"“{label}”已经关着了。") from error
        self._read_at = None
        return reason

    async def turn_on(self, scope: str) -> None:
        """Switch something on again.

        Raises:
            SwitchError: it is not off.
        """
        if scope not in {row.scope for row in await self.listed()}:
            raise SwitchError("这一项没有关着，可能别人刚刚打开了。")
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(Switch).where(Switch.scope == scope))
        self._read_at = None
