"""Signing in with a lock-out, sessions that end, and signing out."""

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import case, delete, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.clock import Clock, aware, utc_now
from api.staff.people.passwords import matches
from api.staff.people.staff import Staff, staff_of
from api.storage.staff_models import StaffMember, StaffSession

TRIES_BEFORE_LOCK = 5
LOCK_MINUTES = 15
IDLE_MINUTES = 60
SESSION_HOURS = 12
_SEEN_SECONDS = 30
"""A session's last use is written no more often than this."""
_WRONG_OR_LOCKED = (
    f"登录名或密码不对，或者账号锁住了：连续输错 {TRIES_BEFORE_LOCK} 次锁 {LOCK_MINUTES} 分钟。请过一会儿再试，"
    "或请管理员重设密码。"
)
"""One text for all three, so that nobody learns which names there are."""


class SignInRefusal(StrEnum):
    """Why somebody could not sign in."""

    UNKNOWN = "unknown"
    WRONG = "wrong"
    LOCKED = "locked"
    INACTIVE = "inactive"

    @property
    def text(self) -> str:
        """What the page says. That an account is inactive is told only to who knows its password."""
        return "这个账号已停用，请找管理员。" if self is SignInRefusal.INACTIVE else _WRONG_OR_LOCKED


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Sessions:
    """Opens and ends the sessions of browsers."""

    def __init__(self, engine: AsyncEngine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    async def sign_in(self, username: str, password: str) -> str | SignInRefusal:
        """The token of a new session, or why there is none.

        A try is counted before the password is looked at: many tries at once get no further than one after another.
        """
        found = await self._member(username.strip().lower())
        tries = await self._count_try(found.id) if found else 0
        right = await matches(found.password_hash if found else None, password)
        if found is None:
            return SignInRefusal.UNKNOWN
        if tries is None:
            return SignInRefusal.LOCKED
        if not right:
            return SignInRefusal.LOCKED if tries >= TRIES_BEFORE_LOCK else SignInRefusal.WRONG
        if not found.active:
            return SignInRefusal.INACTIVE
        return await self._open(found)

    async def _member(self, username: str) -> StaffMember | None:
        if not username.isascii() or not username.isprintable():
            return None  # PostgreSQL refuses some of these
        async with AsyncSession(self._engine) as session:
            return await session.scalar(select(StaffMember).where(StaffMember.username == username))

    async def _count_try(self, staff_id: int) -> int | None:
        """Which try in a row this is, None when the account is locked; with the last one it is, unless it was right."""
        now = self._clock()
        is_last = StaffMember.failed_sign_ins + 1 >= TRIES_BEFORE_LOCK
        counting = (
            update(StaffMember)
            .where(StaffMember.id == staff_id)
            .where(or_(StaffMember.locked_until.is_(None), StaffMember.locked_until <= now))
            .values(
                failed_sign_ins=case((is_last, 0), else_=StaffMember.failed_sign_ins + 1),
                locked_until=case((is_last, now + timedelta(minutes=LOCK_MINUTES)), else_=null()),
            )
            .returning(StaffMember.failed_sign_ins)
        )
        async with AsyncSession(self._engine) as session, session.begin():
            tries = await session.scalar(counting, execution_options={"synchronize_session": False})
        return TRIES_BEFORE_LOCK if tries == 0 else tries

    async def _open(self, member: StaffMember) -> str | SignInRefusal:
        """A new session, unless password or account changed while the password was looked at."""
        now = self._clock()
        same = (StaffMember.id == member.id, StaffMember.password_hash == member.password_hash, StaffMember.active)
        unlocked = {"failed_sign_ins": 0, "locked_until": None, "last_sign_in_at": now}
        token = secrets.token_urlsafe(32)
        async with AsyncSession(self._engine) as session, session.begin():
            still = await session.scalar(
                update(StaffMember).where(*same).values(unlocked).returning(StaffMember.id),
                execution_options={"synchronize_session": False},
            )
            if still is None:
                return SignInRefusal.WRONG
            ended = now - timedelta(hours=SESSION_HOURS)
            await session.execute(delete(StaffSession).where(StaffSession.created_at < ended))
            opened = {"token_hash": _hash(token), "staff_id": member.id, "csrf": secrets.token_urlsafe(32)}
            session.add(StaffSession(**opened, created_at=now, last_seen_at=now))
        return token

    async def find(self, token: str) -> Staff | None:
        """Who a session's token belongs to; None when it is unknown, too old or too long unused."""
        now = self._clock()
        async with AsyncSession(self._engine) as session, session.begin():
            found = await session.get(StaffSession, _hash(token))
            if found is None:
                return None
            own = StaffSession.token_hash == found.token_hash
            idle, age = now - aware(found.last_seen_at), now - aware(found.created_at)
            if idle > timedelta(minutes=IDLE_MINUTES) or age > timedelta(hours=SESSION_HOURS):
                await session.execute(delete(StaffSession).where(own))
                return None
            member = await session.get(StaffMember, found.staff_id)
            if member is None or not member.active:
                return None
            staff = staff_of(member, found.csrf)
            if idle > timedelta(seconds=_SEEN_SECONDS):
                await session.execute(update(StaffSession).where(own).values(last_seen_at=now))
            return staff

    async def sign_out(self, token: str) -> None:
        """End a session."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(StaffSession).where(StaffSession.token_hash == _hash(token)))

    async def leave_flash(self, token: str, text: str) -> None:
        """Let the next page of the session say this once."""
        await self._set_flash(token, text)

    async def take_flash(self, token: str) -> str | None:
        """What the page is to say, once."""
        async with AsyncSession(self._engine) as session:
            flash = await session.scalar(select(StaffSession.flash).where(StaffSession.token_hash == _hash(token)))
        if flash is not None:
            await self._set_flash(token, None)
        return flash

    async def _set_flash(self, token: str, text: str | None) -> None:
        async with AsyncSession(self._engine) as session, session.begin():
            own = StaffSession.token_hash == _hash(token)
            await session.execute(update(StaffSession).where(own).values(flash=text))
