"""Which outcomes there are among the turns."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.storage.models import Turn


async def known_outcomes(session: AsyncSession) -> list[str]:
    """Every outcome that a stored turn has.

    Walks the index from one value to the next: some thirty look-ups, however many turns there are.
    """
    walk = select(func.min(Turn.outcome).label("outcome")).cte(recursive=True)
    following = select(func.min(Turn.outcome)).where(Turn.outcome > walk.c.outcome).scalar_subquery()
    walk = walk.union_all(select(following).where(walk.c.outcome.is_not(None)))
    found = await session.scalars(select(walk.c.outcome).where(walk.c.outcome.is_not(None)))
    return [str(outcome) for outcome in found]
