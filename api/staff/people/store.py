"""Accounts and sessions in the database: signing in with a lock-out, signing out, and keeping the list of people."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.clock import Clock, aware, utc_now
from api.staff.people.passwords import hash_password, matches, objection
from api.staff.people.staff import Staff, staff_of
from api.staff.permissions import Role
from api.storage.staff_models import StaffMember, StaffSession

TRIES_BEFORE_LOCK = 5
LOCK_MINUTES = 15
IDLE_MINUTES = 60
SESSION_HOURS = 12
_SEEN_SECONDS = 30
"""A session's last use is written no more often than this."""


class PeopleError(ValueError):
    """What was asked of the accounts cannot be done; the message is for the person who asked."""


class SignInRefusal(StrEnum):
    """Why somebody could not sign in; the text is what the page says."""

    WRONG = "登录名或密码不对。"
    LOCKED = f"连续输错太多次，这个账号先锁 {LOCK_MINUTES} 分钟。请稍后再试，或请管理员解锁。"
    INACTIVE = "这个账号已停用，请找管理员。"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class PeopleStore:
    """Reads and writes accounts and sessions."""

    def __init__(self, engine: AsyncEngine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    async def count(self) -> int:
        """How many accounts there are."""
        async with AsyncSession(self._engine) as session:
            return await session.scalar(select(func.count()).select_from(StaffMember)) or 0

    async def all(self) -> Sequence[StaffMember]:
        """Everybody, by name of account."""
        async with AsyncSession(self._engine) as session:
            return (await session.scalars(select(StaffMember).order_by(StaffMember.username))).all()

    async def create(
        self, username: str, name: str, roles: frozenset[Role], password: str, *, must_change_password: bool
    ) -> int:
        """Make an account; its id.

        Raises:
            PeopleError: the name is taken, or something is missing or too weak.
        """
        username, name = username.strip(), name.strip()
        if not username.isascii() or not username.replace("-", "").replace(".", "").isalnum() or len(username) > 40:
            raise PeopleError("登录名只能用字母、数字、点和横线，最多 40 个字符。")
        if not name or len(name) > 40:
            raise PeopleError("请填写姓名，最多 40 个字。")
        if not roles:
            raise PeopleError("请至少选一个角色。")
        if problem := objection(password, username):
            raise PeopleError(problem)
        member = StaffMember(
            username=username.lower(),
            name=name,
            roles=sorted(roles),
            password_hash=hash_password(password),
            must_change_password=must_change_password,
            created_at=self._clock(),
        )
        try:
            async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
                session.add(member)
        except IntegrityError as error:
            raise PeopleError("这个登录名已经有人用了。") from error
        return member.id

    async def change(self, staff_id: int, *, name: str, roles: frozenset[Role], active: bool) -> None:
        """Change an account. Whoever is made inactive is signed out; sessions of the others get the new roles at once.

        Raises:
            PeopleError: there is no such account, something is missing, or nobody would be administrator any more.
        """
        if not name.strip() or not roles:
            raise PeopleError("姓名和角色都要填。")
        async with AsyncSession(self._engine) as session, session.begin():
            members = (await session.scalars(select(StaffMember).where(StaffMember.active))).all()
            others = any(Role.ADMINISTRATOR in member.roles for member in members if member.id != staff_id)
            if not others and not (active and Role.ADMINISTRATOR in roles):
                raise PeopleError("至少要留一个能用的管理员账号。")
            member = await session.get(StaffMember, staff_id)
            if member is None:
                raise PeopleError("没有这个账号。")
            member.name, member.roles, member.active = name.strip(), sorted(roles), active
            if not active:
                await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))

    async def set_password(self, staff_id: int, password: str, *, must_change: bool) -> None:
        """Set a password, unlock the account and end all its sessions.

        Raises:
            PeopleError: there is no such account, or the password is too weak.
        """
        async with AsyncSession(self._engine) as session, session.begin():
            member = await session.get(StaffMember, staff_id)
            if member is None:
                raise PeopleError("没有这个账号。")
            if problem := objection(password, member.username):
                raise PeopleError(problem)
            member.password_hash, member.must_change_password = hash_password(password), must_change
            member.failed_sign_ins, member.locked_until = 0, None
            await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))

    async def has_password(self, staff_id: int, password: str) -> bool:
        """Whether this is the account's password."""
        async with AsyncSession(self._engine) as session:
            member = await session.get(StaffMember, staff_id)
            return matches(member.password_hash if member else None, password)

    async def sign_in(self, username: str, password: str) -> str | SignInRefusal:
        """The token of a new session, or why there is none. Wrong tries are counted and lock the account."""
        now = self._clock()
        async with AsyncSession(self._engine) as session, session.begin():
            member = await session.scalar(
                select(StaffMember).where(StaffMember.username == username.strip().lower()).with_for_update()
            )
            right = matches(member.password_hash if member else None, password)
            if member is None:
                return SignInRefusal.WRONG
            if member.locked_until is not None and aware(member.locked_until) > now:
                return SignInRefusal.LOCKED
            if not right:
                member.failed_sign_ins += 1
                if member.failed_sign_ins >= TRIES_BEFORE_LOCK:
                    member.failed_sign_ins, member.locked_until = 0, now + timedelta(minutes=LOCK_MINUTES)
                    return SignInRefusal.LOCKED
                return SignInRefusal.WRONG
            if not member.active:
                return SignInRefusal.INACTIVE
            member.failed_sign_ins, member.locked_until, member.last_sign_in_at = 0, None, now
            await session.execute(
                delete(StaffSession).where(StaffSession.created_at < now - timedelta(hours=SESSION_HOURS))
            )
            token = secrets.token_urlsafe(32)
            session.add(
                StaffSession(
                    token_hash=_hash(token),
                    staff_id=member.id,
                    csrf=secrets.token_urlsafe(32),
                    created_at=now,
                    last_seen_at=now,
                )
            )
        return token

    async def find(self, token: str) -> Staff | None:
        """Who a session's token belongs to; None when it is unknown, too old or too long unused."""
        now = self._clock()
        async with AsyncSession(self._engine) as session, session.begin():
            found = await session.get(StaffSession, _hash(token))
            if found is None:
                return None
            idle, age = now - aware(found.last_seen_at), now - aware(found.created_at)
            if idle > timedelta(minutes=IDLE_MINUTES) or age > timedelta(hours=SESSION_HOURS):
                await session.delete(found)
                return None
            member = await session.get(StaffMember, found.staff_id)
            if member is None or not member.active:
                return None
            if idle > timedelta(seconds=_SEEN_SECONDS):
                found.last_seen_at = now
            return staff_of(member, found.csrf)

    async def sign_out(self, token: str) -> None:
        """End a session."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(StaffSession).where(StaffSession.token_hash == _hash(token)))

    async def leave_flash(self, token: str, text: str) -> None:
        """Let the next page of the session say this once."""
        async with AsyncSession(self._engine) as session, session.begin():
            statement = update(StaffSession).where(StaffSession.token_hash == _hash(token))
            await session.execute(statement.values(flash=text))

    async def take_flash(self, token: str) -> str | None:
        """What the page is to say, once."""
        async with AsyncSession(self._engine) as session, session.begin():
            found = await session.get(StaffSession, _hash(token))
            if found is None or found.flash is None:
                return None
            text, found.flash = found.flash, None
            return text
