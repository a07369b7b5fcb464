"""The database engine and its migrations."""

from pathlib import Path
from typing import Any

import sqlalchemy
from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_MIGRATIONS = Path(__file__).with_name("migrations")

_LOCK_SECONDS = 15
"""So long SQLite waits for another process's write."""


def create_engine(url: str) -> AsyncEngine:
    """An engine for SQLite (write-ahead log, foreign keys on) or PostgreSQL; its errors do not show what is stored."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, connect_args={"timeout": _LOCK_SECONDS}, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    return engine


def create_blocking_engine(url: URL, lock_seconds: float) -> Engine:
    """A blocking engine for the SQLite database of an asynchronous engine's URL; and how long it waits for locks."""
    blocking = url.set(drivername="sqlite+pysqlite")
    engine = sqlalchemy.create_engine(blocking, connect_args={"timeout": lock_seconds}, hide_parameters=True)
    event.listen(engine, "connect", _configure_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database to a revision; creates it when it is not there. Call it outside a running event loop."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, revision)
