"""Short transactions: done or undone as a whole, on both databases, and also while SQLite is locked by somebody else."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

from api.storage.models import Conversation
from api.storage.transactions import Transactions

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def conversation(name: str) -> Conversation:
    return Conversation(id=name, channel="rest", token_hash="", created_at=NOW, last_active_at=NOW, turn_count=0)


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Conversation)) or 0


async def test_what_it_returns_is_returned_and_what_it_adds_stays(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)
    await transactions.run(lambda session: session.add(conversation("a")))
    assert await transactions.run(count) == 1
    await transactions.close()


async def test_nothing_stays_of_one_that_fails(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)

    def fails(session: Session) -> None:
        session.add(conversation("a"))
        session.flush()
        raise LookupError

    with pytest.raises(LookupError):
        await transactions.run(fails)
    assert await transactions.run(count) == 0
    await transactions.close()


async def test_errors_of_the_database_come_out(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)
    await transactions.run(lambda session: session.add(conversation("a")))
    with pytest.raises(IntegrityError):
        await transactions.run(lambda session: session.add(conversation("a")))
    await transactions.close()


async def test_many_at_once_all_stay(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)

    async def add(number: int) -> None:
        await transactions.run(lambda session: session.add(conversation(str(number))))

    await asyncio.gather(*map(add, range(50)))
    assert await transactions.run(count) == 50
    await transactions.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_locked_database_is_waited_for_without_holding_up_the_rest(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)
    await transactions.run(count)
    other = sqlite3.connect(Path(engine.url.database or ""), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(transactions.run(lambda session: session.add(conversation("a"))))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    assert await transactions.run(count) == 0  # reading goes on
    other.execute("COMMIT")
    other.close()
    await waiting
    assert await transactions.run(count) == 1
    await transactions.close()
