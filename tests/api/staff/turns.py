"""Turns put into the database past the pipeline, with the times and outcomes that a test is about."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.storage.database import create_engine
from api.storage.models import Conversation, Feedback, Turn
from tests.api.conftest import Running

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""Noon in Shanghai."""


def text_block(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


class Turns:
    """Writes turns, feedback and other rows into the database of a running application."""

    def __init__(self, running: Running) -> None:
        self._url = running.services.settings.database_url

    async def add(self, *rows: Any) -> None:
        """Add rows of any table."""
        engine = create_engine(self._url)
        async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            session.add_all(rows)
        await engine.dispose()

    async def conversation(self, conversation_id: str = "", channel: str = "web", at: datetime = NOON) -> str:
        """An empty conversation; its id."""
        conversation_id = conversation_id or uuid4().hex
        await self.add(
            Conversation(id=conversation_id, channel=channel, token_hash="", created_at=at, last_active_at=at)
        )
        return conversation_id

    async def turn(
        self,
        text: str,
        outcome: str = "abstained.out_of_scope",
        at: datetime = NOON,
        conversation: str = "",
        **more: Any,
    ) -> Turn:
        """One more turn of a conversation, or of one of its own."""
        conversation = conversation or await self.conversation()
        engine = create_engine(self._url)
        async with AsyncSession(engine) as session:
            before = await session.scalar(select(func.count()).where(Turn.conversation_id == conversation))
        await engine.dispose()
        fields: dict[str, Any] = {
            "scores": {},
            "reply": [text_block("抱歉，这个我答不上。")],
            "receipt": uuid4().hex[:9],
            "duration_ms": 12.5,
        }
        turn = Turn(
            id=uuid4().hex, conversation_id=conversation, number=(before or 0) + 1, message_id=uuid4().hex, text=text,
            outcome=outcome, created_at=at, **(fields | more),
        )  # fmt: skip
        await self.add(turn)
        return turn

    async def turns(self, texts: Sequence[str], **more: Any) -> list[Turn]:
        """Each text in a conversation of its own, a second after the one before."""
        return [
            await self.turn(text, at=NOON + timedelta(seconds=seconds), **more) for seconds, text in enumerate(texts)
        ]

    async def rate(self, turn: Turn, verdict: str, reason: str | None = None, at: datetime = NOON) -> None:
        """What a citizen says of a turn."""
        await self.add(Feedback(turn_id=turn.id, verdict=verdict, reason=reason, created_at=at))
