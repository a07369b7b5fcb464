"""The first administrator, so that somebody can sign in to an empty database."""

from sqlalchemy.exc import SQLAlchemyError

from api.settings import Settings
from api.staff.people.passwords import one_time_password
from api.staff.people.store import PeopleError, PeopleStore
from api.staff.permissions import Role

USERNAME = "admin"


async def first_administrator(people: PeopleStore, settings: Settings) -> None:
    """In development, make an administrator where there is nobody, and print the password; it is good for one sign-in.

    In production an operator does it: `python -m api create-staff`.
    """
    if settings.environment == "production":
        return
    try:
        if await people.count():
            return
    except (SQLAlchemyError, OSError):
        return  # without a database the rest still starts; the next start makes up for it
    password = one_time_password()
    try:
        await people.create(USERNAME, "管理员", frozenset(Role), password, must_change_password=True)
    except PeopleError:
        return  # another process was faster
    print(f"\n工作台 /staff 的第一个账号：登录名 {USERNAME}，一次性密码 {password}（登录后要换）\n", flush=True)
