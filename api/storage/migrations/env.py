"""Alembic's entry point: run migrations on the URL that `api.storage.database.migrate` hands over."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from api.storage import catalogue_models, staff_models  # noqa: F401 - they add their tables to Base
from api.storage.database import create_engine
from api.storage.models import Base


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def _main() -> None:
    engine = create_engine(context.config.attributes["url"])
    async with engine.connect() as connection:
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


asyncio.run(_main())
