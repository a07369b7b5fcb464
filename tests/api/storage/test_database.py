"""The engine and the migrations, on SQLite and on PostgreSQL."""

from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.storage.database import create_engine
from api.storage.models import Base
from tests.api.conftest import migrate_aside


@pytest.fixture(params=["sqlite", "postgresql"])
def unmigrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'unmigrated.db'}"
    server = request.getfixturevalue("postgres_server")
    name = f"unmigrated_{uuid4().hex}"
    server.run(f"CREATE DATABASE {name}")
    url: str = server.url(name)
    return url


async def test_the_migrated_tables_are_those_of_the_models(engine: AsyncEngine) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_again_changes_nothing(engine: AsyncEngine, database_url: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO conversations (id, channel, token_hash, created_at, last_active_at, turn_count)"
                " VALUES ('a', 'rest', 'h', '2026-01-01', '2026-01-01', 0)"
            )
        )
    migrate_aside(database_url)
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT id FROM conversations"))).scalars().all() == ["a"]


async def test_a_conversation_from_before_is_kept_and_stands_nowhere(unmigrated_url: str) -> None:
    migrate_aside(unmigrated_url, "0001")
    engine = create_engine(unmigrated_url)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO conversations (id, channel, token_hash, created_at, last_active_at, turn_count)"
                " VALUES ('a', 'rest', 'h', '2026-01-01', '2026-01-01', 0)"
            )
        )
    migrate_aside(unmigrated_url)
    async with engine.connect() as connection:
        rows = (await connection.execute(text("SELECT id, last_question, abstentions FROM conversations"))).all()
    await engine.dispose()
    assert [tuple(row) for row in rows] == [("a", None, 0)]


async def test_a_conversation_from_before_guides_is_in_none(unmigrated_url: str) -> None:
    migrate_aside(unmigrated_url, "0004")
    engine = create_engine(unmigrated_url)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO conversations (id, channel, token_hash, created_at, last_active_at, turn_count, abstentions)"
                " VALUES ('a', 'rest', 'h', '2026-01-01', '2026-01-01', 7, 1)"
            )
        )
    migrate_aside(unmigrated_url, "0005")
    async with engine.connect() as connection:
        rows = (await connection.execute(text("SELECT id, turn_count, abstentions, guide FROM conversations"))).all()
    await engine.dispose()
    assert [tuple(row) for row in rows] == [("a", 7, 1, None)]


async def test_foreign_keys_hold(engine: AsyncEngine) -> None:
    insert = text("INSERT INTO feedback (turn_id, verdict, created_at) VALUES ('nobody', 'helpful', '2026-01-01')")
    with pytest.raises(IntegrityError):
        async with engine.begin() as connection:
            await connection.execute(insert)


async def test_the_lookups_of_every_message_have_an_index(engine: AsyncEngine) -> None:
    def indexed(connection: Connection) -> set[tuple[str, ...]]:
        seen = inspect(connection)
        columns = [tuple(index["column_names"]) for index in seen.get_indexes("turns")]
        return {*columns, *(tuple(unique["column_names"]) for unique in seen.get_unique_constraints("turns"))}  # type: ignore[arg-type]

    async with engine.connect() as connection:
        found = await connection.run_sync(indexed)
    assert {("conversation_id", "message_id"), ("conversation_id", "number"), ("receipt",)} <= found


async def test_sqlite_writes_ahead_so_that_readers_do_not_wait(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    async with engine.connect() as connection:
        assert (await connection.execute(text("PRAGMA journal_mode"))).scalar() == "wal"
        assert (await connection.execute(text("PRAGMA foreign_keys"))).scalar() == 1
    await engine.dispose()


async def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "hufa.db"
    engine = create_engine(f"sqlite+aiosqlite:///{path}")
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    await engine.dispose()
    assert path.exists()


def test_migrating_makes_a_sqlite_file_and_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "hufa.db"
    migrate_aside(f"sqlite+aiosqlite:///{path}")
    assert path.exists()


async def test_a_password_with_a_percent_sign_reaches_the_database(postgres_url: str) -> None:
    """Alembic's configuration would read %40 as one of its own placeholders."""
    migrate_aside(postgres_url.replace("hufa@", "hufa:p%40ss%25@"))
