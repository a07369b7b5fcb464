"""What erasing a conversation does to the cases of unanswered questions: the words of the citizen go from them too."""

from collections.abc import Collection

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.storage.catalogue_models import UnansweredCase, UnansweredQuestion
from api.storage.models import Turn


async def forget_questions(session: AsyncSession, conversation_id: str) -> None:
    """Take the conversation's questions out of their cases; to be called before its turns are deleted.

    A case is named by the oldest question that is left, and goes when none is.
    """
    turns = select(Turn.id).where(Turn.conversation_id == conversation_id)
    theirs = UnansweredQuestion.turn_id.in_(turns)
    cases = (await session.scalars(select(UnansweredQuestion.case_id).where(theirs).distinct())).all()
    if cases:
        await session.execute(delete(UnansweredQuestion).where(theirs))
        await describe_cases(session, cases)


async def describe_cases(session: AsyncSession, case_ids: Collection[int]) -> None:
    """Set name, count and times of cases from their questions; delete those that have none."""
    for case_id in sorted(case_ids):
        own = UnansweredQuestion.case_id == case_id
        figures = select(func.count(), func.min(UnansweredQuestion.at), func.max(UnansweredQuestion.at)).where(own)
        count, first_at, last_at = (await session.execute(figures)).one()
        if not count:
            await session.execute(delete(UnansweredCase).where(UnansweredCase.id == case_id))
            continue
        oldest = select(UnansweredQuestion.text).where(own)
        label = await session.scalar(oldest.order_by(UnansweredQuestion.at, UnansweredQuestion.turn_id).limit(1))
        values = {"label": label, "count": count, "first_at": first_at, "last_at": last_at}
        await session.execute(update(UnansweredCase).where(UnansweredCase.id == case_id).values(values))
