"""Read and write conversations: the only place that speaks SQL."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session

from api.storage.models import Conversation, Feedback, Turn
from api.storage.ticket_erasure import erase_tickets
from api.storage.transactions import Transactions
from api.storage.unanswered import forget_questions

_RECEIPT_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without characters that are mistaken for one another when read out on the phone."""
_RECEIPT_LENGTH = 8


def new_receipt() -> str:
    """A random short code, such as K7MQ-2XWD: about 39 bits."""
    code = "".join(secrets.choice(_RECEIPT_ALPHABET) for _ in range(_RECEIPT_LENGTH))
    return f"{code[:4]}-{code[4:]}"


class UnknownConversationError(LookupError):
    """There is no such conversation (any more)."""


def _is_storable(*names: str) -> bool:
    """PostgreSQL takes no NUL in a text, so nothing is ever stored under such a name."""
    return not any("\0" in name for name in names)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class ConversationStore:
    """Conversations, turns and feedback in one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._session = async_sessionmaker(engine, expire_on_commit=False)
        self._transactions = Transactions(engine)

    async def close(self) -> None:
        """Close the connections of its own."""
        await self._transactions.close()

    async def create(
        self, channel: str, conversation_id: str | None = None, token: str | None = None
    ) -> tuple[str, str]:
        """A new conversation. Returns its id and the token that opens it; only the token's hash is kept."""
        token = token or secrets.token_urlsafe(32)
        now = datetime.now(UTC)
        conversation = Conversation(
            id=conversation_id or uuid4().hex, channel=channel, token_hash=_hash(token), created_at=now,
            last_active_at=now, turn_count=0,
        )  # fmt: skip
        await self._transactions.run(lambda session: session.add(conversation))
        return conversation.id, token

    async def ensure(self, conversation_id: str, channel: str, token: str | None = None) -> None:
        """Make a conversation whose id comes from outside (a cookie, a WeChat follower, a REST client's sender)."""
        if await self.find(conversation_id) is None:
            try:
                await self.create(channel, conversation_id, token)
            except IntegrityError:
                return  # another request made it first

    async def find(self, conversation_id: str) -> Conversation | None:
        """The conversation, or None."""
        if not _is_storable(conversation_id):
            return None
        return await self._transactions.run(lambda session: session.get(Conversation, conversation_id))

    async def opens(self, conversation_id: str, token: str) -> bool:
        """Whether the token belongs to the conversation."""
        conversation = await self.find(conversation_id)
        return conversation is not None and hmac.compare_digest(conversation.token_hash, _hash(token))

    async def turn_by_message(self, conversation_id: str, message_id: str) -> Turn | None:
        """The turn that a message id already led to."""
        if not _is_storable(conversation_id, message_id):
            return None
        query = select(Turn).where(Turn.conversation_id == conversation_id, Turn.message_id == message_id)
        return await self._transactions.run(lambda session: session.scalars(query).first())

    async def turn(self, conversation_id: str, turn_id: str) -> Turn | None:
        """A turn of a conversation."""
        if not _is_storable(conversation_id, turn_id):
            return None
        async with self._session() as session:
            turn = await session.get(Turn, turn_id)
        return turn if turn is not None and turn.conversation_id == conversation_id else None

    async def find_with_turn(self, conversation_id: str, message_id: str) -> tuple[Conversation | None, Turn | None]:
        """The conversation, and the turn that the message id already led to, in one look."""
        same_message = (Turn.conversation_id == Conversation.id) & (Turn.message_id == message_id)
        query = select(Conversation, Turn).outerjoin(Turn, same_message).where(Conversation.id == conversation_id)
        row = await self._transactions.run(lambda session: session.execute(query).first())
        return (row[0], row[1]) if row else (None, None)

    async def turns(self, conversation_id: str, limit: int | None = None) -> Sequence[Turn]:
        """The turns in order; with `limit`, the last so many."""
        query = select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.number.desc()).limit(limit)
        async with self._session() as session:
            return list(reversed((await session.scalars(query)).all()))

    async def record(
        self,
        turn: Turn,
        *,
        question: str | None = None,
        abstained: bool = False,
        guide: dict[str, Any] | None = None,
        contact: dict[str, str] | None = None,
    ) -> Turn:
        """Store a turn and move its conversation on, in one transaction.

        `question` is the masked text that the next message may go on from, None when it stays the one before;
        `abstained` whether the turn is one more abstention in a row; `guide` where the citizen is in a guide from now
        on, None when that has not changed; `contact` how to reach them, likewise.
        When another process stored the same message first, that turn is returned instead.

        Raises:
            UnknownConversationError: the conversation was erased meanwhile.
        """
        moved = (
            update(Conversation)
            .where(Conversation.id == turn.conversation_id)
            .values(
                turn_count=Conversation.turn_count + 1,
                last_active_at=turn.created_at,
                last_entry_id=turn.entry_id or Conversation.last_entry_id,
                last_question=question or Conversation.last_question,
                abstentions=Conversation.abstentions + 1 if abstained else 0,
                **({"guide": guide} if guide else {}),
                **({"contact": contact} if contact else {}),
            )
            .returning(Conversation.turn_count)
        )

        def record(session: Session) -> None:
            number = session.execute(moved).scalar_one_or_none()
            if number is None:
                raise UnknownConversationError(turn.conversation_id)
            turn.number = number
            session.add(turn)

        try:
            await self._transactions.run(record)
        except IntegrityError:
            stored = await self.turn_by_message(turn.conversation_id, turn.message_id)
            if stored is None:
                raise
            return stored
        return turn

    async def erase(self, conversation_id: str) -> None:
        """Delete a conversation and everything under it."""
        async with self._session.begin() as session:
            await _erase(session, conversation_id)

    async def add_feedback(
        self, conversation_id: str, turn_id: str, verdict: str, reason: str | None, comment: str | None
    ) -> bool:
        """Store feedback; False when the turn is not one of the conversation."""
        if not _is_storable(conversation_id, turn_id):
            return False
        async with self._session.begin() as session:
            turn = await session.get(Turn, turn_id)
            if turn is None or turn.conversation_id != conversation_id:
                return False
            feedback = Feedback(
                turn_id=turn_id, verdict=verdict, reason=reason, comment=comment, created_at=datetime.now(UTC)
            )
            session.add(feedback)
        return True

    async def check(self) -> None:
        """Raise when the database does not answer."""
        async with self._session() as session:
            await session.execute(select(1))


async def _erase(session: AsyncSession, conversation_id: str) -> None:
    await forget_questions(session, conversation_id)
    turns = select(Turn.id).where(Turn.conversation_id == conversation_id)
    await erase_tickets(session, conversation_id)
    await session.execute(delete(Feedback).where(Feedback.turn_id.in_(turns)))
    await session.execute(delete(Turn).where(Turn.conversation_id == conversation_id))
    await session.execute(delete(Conversation).where(Conversation.id == conversation_id))
