"""What the columns of an entry's row say of its content."""

from contextlib import suppress
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from api.storage.catalogue_models import CatalogueEntry


async def locked(session: AsyncSession, entry_id: str) -> CatalogueEntry | None:
    """The entry's row, which nobody else changes until the session ends; None when there is none.

    A write comes before the reading, because that is what makes others wait on SQLite too.
    """
    same = update(CatalogueEntry).where(CatalogueEntry.id == entry_id).values(revision=CatalogueEntry.revision)
    await session.execute(same)
    return await session.get(CatalogueEntry, entry_id)


def describe(row: CatalogueEntry, content: dict[str, Any]) -> None:
    """Set the columns that lists show and sort by. A draft may lack any of it."""
    row.topic = str(content.get("topic") or "")[:32]
    row.kind = str(content.get("kind") or "question")[:16]
    row.title = str(content.get("title") or "（没有标题）")[:200]
    row.review_by = _day(content.get("review_by"))
    row.valid_until = _day(content.get("valid_until"))


def _day(value: object) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(str(value)) if value else None
    return None


def end_work(row: CatalogueEntry) -> None:
    """Nothing is worked on any more."""
    row.work, row.work_state, row.rejection, row.approver, row.publish_at = None, None, None, None, None
    row.authors = {}
