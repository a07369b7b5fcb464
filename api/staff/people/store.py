"""Accounts in the database: the list of people, their roles and passwords."""

import re
from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.staff.people.passwords import hash_password, matches, objection
from api.staff.people.sessions import Sessions
from api.staff.people.staff import NOBODY, SYSTEM
from api.staff.permissions import Role
from api.storage.staff_models import StaffMember, StaffSession

MOST_CHARACTERS = 40
_USERNAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")


class PeopleError(ValueError):
    """What was asked of the accounts cannot be done; the message is for the person who asked."""


class PeopleStore(Sessions):
    """Reads and writes accounts, and the sessions of their browsers."""

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
        username = username.strip().lower()
        if not _USERNAME.fullmatch(username):
            raise PeopleError("登录名只能用字母、数字、点和横线，最多 40 个字符。")
        name = _name(name)
        if not roles:
            raise PeopleError("请至少选一个角色。")
        if problem := objection(password, username):
            raise PeopleError(problem)
        member = StaffMember(
            username=username,
            name=name,
            roles=sorted(roles),
            password_hash=await hash_password(password),
            must_change_password=must_change_password,
            created_at=self._clock(),
        )
        try:
            async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
                session.add(member)
        except IntegrityError as error:
            raise PeopleError("这个登录名已经有人用了。") from error
        return member.id

    async def change(self, staff_id: int, *, name: str, roles: frozenset[Role], active: bool) -> str:
        """Change an account; its username. Who is made inactive is signed out; open sessions get new roles at once.

        Raises:
            PeopleError: there is no such account, something is missing, or nobody would be administrator any more.
        """
        name = _name(name)
        if not roles:
            raise PeopleError("请至少选一个角色。")
        async with AsyncSession(self._engine) as session, session.begin():
            everybody = select(StaffMember).order_by(StaffMember.id)
            await session.scalars(everybody.with_for_update())  # of two who resign at once the second waits
            member = await session.get(StaffMember, staff_id)
            if member is None:
                raise PeopleError("没有这个账号。")
            member.name, member.roles, member.active = name, sorted(roles), active
            await session.flush()  # on SQLite this is where the second waits, so who is left is read afterwards
            left = await session.scalars(everybody.execution_options(populate_existing=True))
            if not any(one.active and Role.ADMINISTRATOR in one.roles for one in left):
                raise PeopleError("至少要留一个能用的管理员账号。")
            if not active:
                await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))
            return member.username

    async def set_password(self, staff_id: int, password: str, *, must_change: bool) -> str:
        """Set a password, unlock the account and end all its sessions; the account's username.

        Raises:
            PeopleError: there is no such account, or the password is too weak.
        """
        async with AsyncSession(self._engine) as session:
            found = await session.get(StaffMember, staff_id)
        if found is None:
            raise PeopleError("没有这个账号。")
        if problem := objection(password, found.username):
            raise PeopleError(problem)
        password_hash = await hash_password(password)
        async with AsyncSession(self._engine) as session, session.begin():
            member = await session.get_one(StaffMember, staff_id)
            member.password_hash, member.must_change_password = password_hash, must_change
            member.failed_sign_ins, member.locked_until = 0, None
            await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))
        return found.username

    async def has_password(self, staff_id: int, password: str) -> bool:
        """Whether this is the account's password."""
        async with AsyncSession(self._engine) as session:
            member = await session.get(StaffMember, staff_id)
        return await matches(member.password_hash if member else None, password)


def _name(text: str) -> str:
    """A person's name as it is kept.

    Raises:
        PeopleError: it is missing, too long, or could be taken for the system in the audit log.
    """
    name = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not name or len(name) > MOST_CHARACTERS:
        raise PeopleError("请填写姓名，最多 40 个字。")
    if name in (SYSTEM.name, NOBODY.name):
        raise PeopleError(f"姓名不能是“{name}”，审计记录里会分不清。")
    return name
