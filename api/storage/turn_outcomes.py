"""Which outcomes there are among the turns."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.storage.models import Turn


async def known_outcomes(session: AsyncSession) -> list[str]:
    """Every outcome that a stored turn has.

    Walks the index from one value to the next: some thirty look-ups, however many turns there are.
    """
    found: list[str] = []
    while True:
        later = Turn.outcome > found[-1] if found else Turn.outcome != ""
        following = await session.scalar(select(func.min(Turn.outcome)).where(later))
        if following is None:
            return found
        found.append(following)
