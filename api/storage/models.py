"""Tables. Only masked text is ever stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables."""


class Conversation(Base):
    """One citizen's conversation on one channel.

    `last_question` is the masked text that a next message may go on from; `abstentions` how many turns in a row until
    now ended in an abstention; `guide` where the citizen is in a guide, as `knowledge_base.guides.state` has it;
    `contact` how the citizen agreed to be reached, for the ticket that a guide leads to.
    """

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_active_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_entry_id: Mapped[str | None] = mapped_column(String(120))
    turn_count: Mapped[int] = mapped_column(Integer, default=0)
    last_question: Mapped[str | None] = mapped_column(Text)
    abstentions: Mapped[int] = mapped_column(Integer, server_default="0")
    guide: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    contact: Mapped[dict[str, str] | None] = mapped_column(JSON)


class Turn(Base):
    """One message and the reply to it. `reply` is the reply as JSON blocks, before buttons are signed."""

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("conversation_id", "message_id"),
        Index("ix_turns_conversation_number", "conversation_id", "number"),
        Index("ix_turns_created_at", "created_at"),
        Index("ix_turns_outcome_created_at", "outcome", "created_at"),
        Index("ix_turns_entry_outcome_created_at", "entry_id", "outcome", "created_at"),
        Index("ix_turns_topic_outcome_created_at", "topic", "outcome", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    message_id: Mapped[str] = mapped_column(String(128))
    text: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(48))
    topic: Mapped[str | None] = mapped_column(String(32))
    entry_id: Mapped[str | None] = mapped_column(String(120))
    entry_version: Mapped[str | None] = mapped_column(String(12))
    release: Mapped[int | None] = mapped_column(Integer)
    confidence: Mapped[float | None] = mapped_column(Float)
    scores: Mapped[dict[str, Any]] = mapped_column(JSON)
    reply: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    receipt: Mapped[str] = mapped_column(String(12), unique=True)
    duration_ms: Mapped[float] = mapped_column(Float)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Feedback(Base):
    """What a citizen said of a reply. The comment is masked."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"), index=True)
    verdict: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))
    comment: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class WechatDelivery(Base):
    """A push of WeChat, known by a hash, and the reply to it; a repeated push gets the same reply.

    state: see `wechat_deliveries.State`; claimed_at: when a process began to work on it; created: the reply's
    CreateTime; rest: what did not fit into the reply and is shown on "继续"; targets: what its numbers stand for.
    """

    __tablename__ = "wechat_deliveries"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    claimed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    created: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text, default="")
    rest: Mapped[str] = mapped_column(Text, default="")
    articles: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    targets: Mapped[list[str]] = mapped_column(JSON, default=list)
