"""`python -m api create-staff`."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.__main__ import app
from api.staff.audit import AuditFilter, AuditLog
from api.staff.people.store import PeopleStore
from api.storage.database import create_engine
from api.storage.staff_models import AuditRecord, StaffMember


@pytest.fixture(autouse=True)
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database that the command finds."""
    made = f"sqlite+aiosqlite:///{tmp_path / 'hufa.db'}"
    monkeypatch.setenv("HUFA_DATABASE_URL", made)
    monkeypatch.setenv("HUFA_DATA_DIR", str(tmp_path))
    return made


def create(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["create-staff", *arguments])


def stored(url: str) -> tuple[list[StaffMember], list[AuditRecord]]:
    async def read() -> tuple[list[StaffMember], list[AuditRecord]]:
        engine = create_engine(url)
        found = list(await PeopleStore(engine).all()), list(await AuditLog(engine).find(AuditFilter(), 10))
        await engine.dispose()
        return found

    return asyncio.run(read())


def test_it_makes_an_account_with_roles_and_prints_a_password_for_once(url: str) -> None:
    result = create("Wang", "--name", "王明", "--role", "editor", "--role", "agent")
    assert result.exit_code == 0 and "登录名 wang，一次性密码 " in result.output
    ((member,), (record,)) = stored(url)
    assert (member.username, member.name, member.roles) == ("wang", "王明", ["agent", "editor"])
    assert member.must_change_password and member.password_hash.startswith("$argon2id$")
    assert (record.action, record.staff_name, record.subject) == ("person_created", "系统", "staff:wang")


def test_a_name_is_not_taken_twice(url: str) -> None:
    create("wang", "--name", "王明", "--role", "editor")
    result = create("WANG", "--name", "王二", "--role", "agent")
    assert result.exit_code == 1 and "这个登录名已经有人用了" in result.stderr
    assert [member.name for member in stored(url)[0]] == ["王明"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("王", "--name", "王明", "--role", "editor"),
        ("wang", "--name", " ", "--role", "editor"),
        ("wang", "--name", "王明", "--role", "emperor"),
        ("wang", "--name", "王明"),
        ("wang", "--role", "editor"),
        (),
    ],
)
def test_what_is_missing_or_wrong_is_refused(url: str, arguments: tuple[str, ...]) -> None:
    result = create(*arguments)
    assert result.exit_code != 0 and "一次性密码" not in result.output
