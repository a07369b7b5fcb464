"""Accounts and sessions in the database of each kind, with a clock to move."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.people.sessions import LOCK_MINUTES, SignInRefusal
from api.staff.people.store import PeopleError, PeopleStore
from api.staff.permissions import Role
from api.storage.staff_models import StaffMember, StaffSession
from tests.api.staff.conftest import SECRET

EDITOR, ADMINISTRATOR = frozenset((Role.EDITOR,)), frozenset((Role.ADMINISTRATOR,))
OTHER = "another long secret 8"
WRONG = "a wrong secret of length 9"


@dataclass
class Clock:
    now: datetime = datetime(2026, 7, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **much: float) -> None:
        self.now += timedelta(**much)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def people(engine: AsyncEngine, clock: Clock) -> PeopleStore:
    store = PeopleStore(engine, clock)
    await store.create("boss", "管理", ADMINISTRATOR, SECRET, must_change_password=False)
    await store.create("li", "李", EDITOR, SECRET, must_change_password=False)
    return store


async def id_of(people: PeopleStore, username: str) -> int:
    return next(member.id for member in await people.all() if member.username == username)


async def token_of(people: PeopleStore, username: str = "li", password: str = SECRET) -> str:
    token = await people.sign_in(username, password)
    assert not isinstance(token, SignInRefusal), token
    return token


async def fail(people: PeopleStore, times: int) -> list[str | SignInRefusal]:
    return [await people.sign_in("li", WRONG) for _ in range(times)]


# --- signing in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["li", " LI ", "Li"])
async def test_the_right_password_signs_in(people: PeopleStore, username: str) -> None:
    staff = await people.find(await token_of(people, username))
    assert staff is not None and (staff.username, staff.roles) == ("li", EDITOR)


@pytest.mark.parametrize("username", ["nobody", "", "李", "li\x00", "li'--", "l%", "ﬁ", "x" * 500, "boss li"])
async def test_unknown_names_are_refused(people: PeopleStore, username: str) -> None:
    assert await people.sign_in(username, SECRET) is SignInRefusal.UNKNOWN


async def test_nobody_learns_which_names_there_are(people: PeopleStore) -> None:
    assert SignInRefusal.UNKNOWN.text == SignInRefusal.WRONG.text == SignInRefusal.LOCKED.text


async def test_the_fifth_wrong_try_locks(people: PeopleStore) -> None:
    assert await fail(people, 5) == [SignInRefusal.WRONG] * 4 + [SignInRefusal.LOCKED]
    assert await people.sign_in("li", SECRET) is SignInRefusal.LOCKED


async def test_the_lock_is_of_one_account(people: PeopleStore) -> None:
    await fail(people, 5)
    assert await token_of(people, "boss")


async def test_the_lock_ends_by_time(people: PeopleStore, clock: Clock) -> None:
    await fail(people, 5)
    clock.pass_by(minutes=LOCK_MINUTES, seconds=-1)
    assert await people.sign_in("li", SECRET) is SignInRefusal.LOCKED
    clock.pass_by(seconds=1)
    assert await token_of(people)


async def test_after_the_lock_there_are_five_tries_again(people: PeopleStore, clock: Clock) -> None:
    await fail(people, 5)
    clock.pass_by(minutes=LOCK_MINUTES)
    assert await fail(people, 5) == [SignInRefusal.WRONG] * 4 + [SignInRefusal.LOCKED]


async def test_tries_while_it_is_locked_do_not_make_it_longer(people: PeopleStore, clock: Clock) -> None:
    await fail(people, 5)
    clock.pass_by(minutes=LOCK_MINUTES - 1)
    await fail(people, 3)
    clock.pass_by(minutes=1)
    assert await token_of(people)


async def test_a_new_password_ends_the_lock(people: PeopleStore) -> None:
    await fail(people, 5)
    await people.set_password(await id_of(people, "li"), OTHER, must_change=True)
    assert await token_of(people, password=OTHER)


async def test_four_wrong_tries_are_forgotten_after_a_right_one(people: PeopleStore) -> None:
    await fail(people, 4)
    await token_of(people)
    assert await fail(people, 4) == [SignInRefusal.WRONG] * 4


async def test_the_fifth_try_may_be_the_right_one(people: PeopleStore) -> None:
    await fail(people, 4)
    assert await token_of(people)
    assert await token_of(people)


async def test_many_tries_at_once_get_no_further_than_five(people: PeopleStore) -> None:
    results = await asyncio.gather(*(people.sign_in("li", WRONG) for _ in range(12)))
    assert results.count(SignInRefusal.WRONG) == 4
    assert results.count(SignInRefusal.LOCKED) == 8


async def test_an_inactive_account_is_told_so_only_with_its_password(people: PeopleStore) -> None:
    await people.change(await id_of(people, "li"), name="李", roles=EDITOR, active=False)
    assert await people.sign_in("li", WRONG) is SignInRefusal.WRONG
    assert await people.sign_in("li", SECRET) is SignInRefusal.INACTIVE


async def test_a_password_that_changes_while_it_is_looked_at_opens_nothing(
    people: PeopleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff_id = await id_of(people, "li")
    opening = people._open

    async def changed_meanwhile(member: StaffMember) -> str | SignInRefusal:
        await people.set_password(staff_id, OTHER, must_change=False)
        return await opening(member)

    monkeypatch.setattr(people, "_open", changed_meanwhile)
    assert await people.sign_in("li", SECRET) is SignInRefusal.WRONG


# --- sessions ---------------------------------------------------------------------------------------------------------


async def test_an_hour_without_use_ends_a_session(people: PeopleStore, clock: Clock) -> None:
    token = await token_of(people)
    clock.pass_by(minutes=60)
    assert await people.find(token)
    clock.pass_by(minutes=60, seconds=1)
    assert await people.find(token) is None
    clock.pass_by(minutes=-30)
    assert await people.find(token) is None, "it does not come back"


async def test_twelve_hours_end_a_session_in_use(people: PeopleStore, clock: Clock) -> None:
    token = await token_of(people)
    for _ in range(24):
        clock.pass_by(minutes=30)
        assert await people.find(token)
    clock.pass_by(seconds=1)
    assert await people.find(token) is None


async def test_signing_in_clears_sessions_that_ended(people: PeopleStore, clock: Clock, engine: AsyncEngine) -> None:
    await token_of(people)
    clock.pass_by(hours=13)
    await token_of(people)
    async with engine.connect() as connection:
        assert len((await connection.execute(StaffSession.__table__.select())).all()) == 1


async def test_signing_out_ends_it_on_the_server(people: PeopleStore) -> None:
    token, other = await token_of(people), await token_of(people)
    await people.sign_out(token)
    assert await people.find(token) is None
    assert await people.find(other) is not None


@pytest.mark.parametrize("token", ["", "planted", "猫", "\x00", "x" * 10_000])
async def test_a_token_nobody_was_given_opens_nothing(people: PeopleStore, token: str) -> None:
    assert await people.find(token) is None


async def test_the_stored_hash_is_no_token(people: PeopleStore, engine: AsyncEngine) -> None:
    token = await token_of(people)
    async with engine.connect() as connection:
        stored = (await connection.execute(StaffSession.__table__.select())).one().token_hash
    assert stored != token and await people.find(stored) is None


async def test_each_sign_in_has_a_token_and_a_csrf_of_its_own(people: PeopleStore) -> None:
    first, second = await token_of(people), await token_of(people)
    one, two = await people.find(first), await people.find(second)
    assert first != second and one is not None and two is not None and one.csrf != two.csrf


async def test_a_new_password_ends_every_session(people: PeopleStore) -> None:
    tokens = [await token_of(people), await token_of(people)]
    await people.set_password(await id_of(people, "li"), OTHER, must_change=False)
    assert [await people.find(token) for token in tokens] == [None, None]


async def test_who_is_made_inactive_is_signed_out(people: PeopleStore) -> None:
    token = await token_of(people)
    li = await id_of(people, "li")
    await people.change(li, name="李", roles=EDITOR, active=False)
    await people.change(li, name="李", roles=EDITOR, active=True)
    assert await people.find(token) is None


async def test_new_roles_hold_in_open_sessions(people: PeopleStore) -> None:
    token = await token_of(people)
    await people.change(await id_of(people, "li"), name="李", roles=frozenset((Role.AGENT,)), active=True)
    staff = await people.find(token)
    assert staff is not None and staff.roles == {Role.AGENT}


async def test_a_role_that_is_no_more_is_no_role(people: PeopleStore, engine: AsyncEngine) -> None:
    token = await token_of(people)
    async with AsyncSession(engine) as session, session.begin():
        await session.execute(update(StaffMember).values(roles=["emperor"]))
    staff = await people.find(token)
    assert staff is not None and staff.roles == frozenset()


async def test_what_is_left_to_say_is_said_once(people: PeopleStore) -> None:
    token = await token_of(people)
    await people.leave_flash(token, "好了")
    assert [await people.take_flash(token), await people.take_flash(token)] == ["好了", None]
    await people.leave_flash("planted", "好了")
    assert await people.take_flash("planted") is None


# --- accounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "name", "roles", "password", "says"),
    [
        ("li", "李", EDITOR, OTHER, "已经有人用了"),
        ("LI", "李", EDITOR, OTHER, "已经有人用了"),
        ("", "王", EDITOR, OTHER, "登录名只能用"),
        ("wang ming", "王", EDITOR, OTHER, "登录名只能用"),
        ("王", "王", EDITOR, OTHER, "登录名只能用"),
        ("-", "王", EDITOR, OTHER, "登录名只能用"),
        ("w\x00", "王", EDITOR, OTHER, "登录名只能用"),
        ("<b>", "王", EDITOR, OTHER, "登录名只能用"),
        ("w" * 41, "王", EDITOR, OTHER, "登录名只能用"),
        ("wang", "", EDITOR, OTHER, "请填写姓名"),
        ("wang", " \u3000\x00\n", EDITOR, OTHER, "请填写姓名"),
        ("wang", "王" * 41, EDITOR, OTHER, "请填写姓名"),
        ("wang", "系统", EDITOR, OTHER, "分不清"),
        ("wang", " 未登录 ", EDITOR, OTHER, "分不清"),
        ("wang", "王", frozenset(), OTHER, "至少选一个角色"),
        ("wang", "王", EDITOR, "short", "至少 12 个字符"),
    ],
)
async def test_an_account_that_cannot_be_is_refused(
    people: PeopleStore, username: str, name: str, roles: frozenset[Role], password: str, says: str
) -> None:
    with pytest.raises(PeopleError, match=says):
        await people.create(username, name, roles, password, must_change_password=False)
    assert await people.count() == 2


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=60))
async def test_any_name_is_kept_as_one_line_or_refused(people: PeopleStore, name: str) -> None:
    li = await id_of(people, "li")
    try:
        await people.change(li, name=name, roles=EDITOR, active=True)
    except PeopleError:
        return
    kept = next(member.name for member in await people.all() if member.id == li)
    assert kept.isprintable() and 0 < len(kept) <= 40


@pytest.mark.parametrize("staff_id", [999_999, 0, -1, 2**31 - 1])
async def test_a_foreign_id_is_said_to_be_none(people: PeopleStore, staff_id: int) -> None:
    with pytest.raises(PeopleError, match="没有这个账号"):
        await people.change(staff_id, name="王", roles=ADMINISTRATOR, active=True)
    with pytest.raises(PeopleError, match="没有这个账号"):
        await people.set_password(staff_id, OTHER, must_change=True)
    assert await people.has_password(staff_id, SECRET) is False


@pytest.mark.parametrize(("roles", "active"), [(EDITOR, True), (ADMINISTRATOR, False), (EDITOR, False)])
async def test_the_last_administrator_stays(people: PeopleStore, roles: frozenset[Role], active: bool) -> None:
    with pytest.raises(PeopleError, match="至少要留一个"):
        await people.change(await id_of(people, "boss"), name="管理", roles=roles, active=active)
    boss = next(member for member in await people.all() if member.username == "boss")
    assert (boss.roles, boss.active) == (["administrator"], True)


async def test_an_inactive_administrator_does_not_count(people: PeopleStore) -> None:
    second = await people.create("two", "二", ADMINISTRATOR, OTHER, must_change_password=False)
    await people.change(second, name="二", roles=ADMINISTRATOR, active=False)
    with pytest.raises(PeopleError, match="至少要留一个"):
        await people.change(await id_of(people, "boss"), name="管理", roles=EDITOR, active=True)


async def test_of_two_administrators_who_resign_at_once_one_stays(people: PeopleStore) -> None:
    second = await people.create("two", "二", ADMINISTRATOR, OTHER, must_change_password=False)
    boss = await id_of(people, "boss")
    resigning = (people.change(one, name="走了", roles=EDITOR, active=True) for one in (boss, second))
    results = await asyncio.gather(*resigning, return_exceptions=True)
    assert [isinstance(result, PeopleError) for result in results].count(True) == 1
    assert sum(Role.ADMINISTRATOR in member.roles for member in await people.all()) == 1
