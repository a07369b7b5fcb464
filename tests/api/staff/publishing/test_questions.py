"""Which stored questions are asked again."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.staff.clock import utc_now
from api.staff.publishing.questions import AskedQuestions
from api.storage.database import create_engine
from api.storage.models import Conversation, Turn
from tests.api.conftest import Running


async def asked(running: Running, *turns: tuple[str, str], limit: int = 10) -> list[str]:
    """The questions of these turns (text and outcome, oldest first) that would be replayed."""
    engine = create_engine(running.services.settings.database_url)
    start = utc_now()
    async with AsyncSession(engine) as session, session.begin():
        session.add(Conversation(id="c", channel="web", token_hash="", created_at=start, last_active_at=start))
        await session.flush()
        for number, (text, outcome) in enumerate(turns):
            name = f"turn-{number}"
            session.add(
                Turn(
                    id=name, conversation_id="c", number=number, message_id=name, text=text, outcome=outcome, scores={},
                    reply=[], receipt=name, duration_ms=1.0, created_at=start + timedelta(seconds=number),
                )
            )  # fmt: skip
    found = await AskedQuestions(engine).latest(limit)
    await engine.dispose()
    return found


async def test_the_newest_different_questions_come_first(running_on_each: Running) -> None:
    turns = [("一", "answered.exact"), ("二", "routed.topic"), ("一", "abstained.unclear"), ("三", "urgent.violence")]
    assert await asked(running_on_each, *turns) == ["三", "一", "二"]


async def test_no_more_than_wanted(running: Running) -> None:
    turns = [(f"问题{number}", "answered.entry") for number in range(5)]
    assert await asked(running, *turns, limit=2) == ["问题4", "问题3"]


@pytest.mark.parametrize(
    "outcome",
    [
        "answered.chosen", "answered.small_talk", "answered.follow_up", "answered.continued", "answered.explained",
        "clarified.topic", "clarified.rejected", "refused.too_long", "failed.guard", "handed_over.hotline",
    ],
)  # fmt: skip
async def test_what_was_no_question_by_itself_is_left_out(running: Running, outcome: str) -> None:
    assert await asked(running, ("一", outcome)) == []
