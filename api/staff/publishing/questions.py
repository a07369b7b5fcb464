"""What citizens asked, as far as it was stored: masked."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.storage.models import Turn

_DECIDED_ALONE = (
    "answered.exact", "answered.entry", "answered.several", "clarified.choices", "abstained.unclear",
    "abstained.out_of_scope", "abstained.government", "abstained.categories", "handed_over.after_abstentions",
)  # fmt: skip
"""How a message ends that is decided by itself: no button, no small talk, no follow-up of the message before."""
_FAMILIES = ("routed.%", "urgent.%")
_AT_A_TIME = 500


class AskedQuestions:
    """Reads the questions of stored turns."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def latest(self, limit: int) -> list[str]:
        """The last so many different questions that were put to the catalogue, newest first."""
        alone = Turn.outcome.in_(_DECIDED_ALONE)
        query = select(Turn.text).where(or_(alone, *(Turn.outcome.like(family) for family in _FAMILIES)))
        query = query.order_by(Turn.created_at.desc()).execution_options(yield_per=_AT_A_TIME)
        found: dict[str, None] = {}
        async with AsyncSession(self._engine) as session:
            texts = await session.stream_scalars(query)
            async for text in texts:
                found[text] = None
                if len(found) >= limit:
                    break
            await texts.close()
        return list(found)
