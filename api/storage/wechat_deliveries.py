"""Which pushes of WeChat were taken, by whom, and what was replied: shared by all processes through the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from api.storage.models import WechatDelivery

_LONGEST_SENDING = timedelta(minutes=2)


class State(StrEnum):
    """How far a push is.

    RUNNING: some process works on it. ANSWERED: its reply is there for every copy. SENDING: too late for a passive
    reply, it is just being sent. WAITING: to be shown with the next message. SENT: it reached the follower in another
    way. ERASING: the follower left, and what is known of them must still be erased.
    """

    RUNNING = "running"
    ANSWERED = "answered"
    SENDING = "sending"
    WAITING = "waiting"
    SENT = "sent"
    ERASING = "erasing"


@dataclass(frozen=True)
class Draft:
    """A reply to be stored.

    used: the deliveries of which it shows the rest, or what had come too late; urgent: nothing may stand before it.
    """

    text: str = ""
    rest: str = ""
    articles: tuple[dict[str, str], ...] = ()
    targets: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    urgent: bool = False


class DeliveryStore:
    """Claims, replies and what is still to be shown."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._session = async_sessionmaker(engine, expire_on_commit=False)

    async def claim(
        self, key: str, conversation_id: str, stale_seconds: float, arrived: datetime | None = None
    ) -> tuple[bool, WechatDelivery]:
        """Take a push, unless another process has it. Returns whether it is ours now, and how it stands.

        `arrived`: when it came, now unless said; by that it is told whether a follower left after it. A claim that is
        older than `stale_seconds` and has no reply is taken over: its process has died (WX-35).
        """
        now = datetime.now(UTC)
        fresh = WechatDelivery(
            key=key, conversation_id=conversation_id, state=State.RUNNING, claimed_at=now,
            created_at=arrived or now, created=int(now.timestamp()), text="", rest="", articles=[], targets=[],
        )  # fmt: skip
        try:
            async with self._session.begin() as session:
                session.add(fresh)
        except IntegrityError:
            return await self.claim_again(key, stale_seconds)
        return True, fresh

    async def claim_again(self, key: str, stale_seconds: float) -> tuple[bool, WechatDelivery]:
        """As `claim`, of a push that is known.

        Raises:
            LookupError: it is known no longer, as its follower was erased.
        """
        now = datetime.now(UTC)
        before = now - timedelta(seconds=stale_seconds)
        stale = (
            update(WechatDelivery)
            .where(WechatDelivery.key == key, WechatDelivery.state == State.RUNNING, WechatDelivery.claimed_at < before)
            .values(claimed_at=now)
            .returning(WechatDelivery.key)
        )
        async with self._session.begin() as session:
            taken = (await session.execute(stale)).first() is not None
            found = await session.get(WechatDelivery, key)
        if found is None:
            raise LookupError(key)
        return taken, found

    async def answer(self, key: str, draft: Draft) -> tuple[bool, WechatDelivery | None]:
        """Store the reply to a claimed push. Returns whether this did it, and how the push stands now.

        Another process may have been first. Nothing is kept of a follower who left meanwhile.
        """
        reply = (
            update(WechatDelivery)
            .where(WechatDelivery.key == key, WechatDelivery.state == State.RUNNING)
            .values(
                state=State.ANSWERED, text=draft.text, rest=draft.rest, articles=list(draft.articles),
                targets=list(draft.targets),
            )
            .returning(WechatDelivery.key)
        )  # fmt: skip
        async with self._session.begin() as session:
            stored_here = (await session.execute(reply)).first() is not None
            found = await session.get(WechatDelivery, key)
            if stored_here and found is not None and await _left_after(session, found):
                await session.delete(found)
                return False, None
            if stored_here and draft.used:
                used = update(WechatDelivery).where(WechatDelivery.key.in_(draft.used))
                await session.execute(used.values(state=State.SENT, rest=""))
            return stored_here, found

    async def has_left(self, key: str) -> bool:
        """Whether the follower left after this push."""
        async with self._session() as session:
            found = await session.get(WechatDelivery, key)
            return found is None or await _left_after(session, found)

    async def move(self, key: str, before: State, after: State) -> bool:
        """Move a push on from one state; False when it is not in that state (any more)."""
        moved = (
            update(WechatDelivery)
            .where(WechatDelivery.key == key, WechatDelivery.state == before)
            .values(state=after)
            .returning(WechatDelivery.key)
        )
        async with self._session.begin() as session:
            return (await session.execute(moved)).first() is not None

    async def waiting(self, conversation_id: str) -> Sequence[WechatDelivery]:
        """Replies that came too late and were not shown yet, oldest first.

        One that was being sent for minutes belongs to them: its process has died.
        """
        abandoned = datetime.now(UTC) - _LONGEST_SENDING
        query = (
            select(WechatDelivery)
            .where(
                WechatDelivery.conversation_id == conversation_id,
                (WechatDelivery.state == State.WAITING)
                | ((WechatDelivery.state == State.SENDING) & (WechatDelivery.claimed_at < abandoned)),
            )
            .order_by(WechatDelivery.created_at)
        )
        async with self._session() as session:
            return (await session.scalars(query)).all()

    async def last_shown(self, conversation_id: str) -> WechatDelivery | None:
        """The reply the follower saw last, whose numbers and whose rest they may ask for."""
        query = (
            select(WechatDelivery)
            .where(
                WechatDelivery.conversation_id == conversation_id,
                WechatDelivery.state.in_((State.ANSWERED, State.SENT)),
                WechatDelivery.text != "",
            )
            .order_by(WechatDelivery.created_at.desc())
            .limit(1)
        )
        async with self._session() as session:
            return (await session.scalars(query)).first()

    async def shown(self, conversation_id: str, key_begins: str) -> WechatDelivery | None:
        """The conversation's reply whose key begins so; of several the newest."""
        query = (
            select(WechatDelivery)
            .where(WechatDelivery.conversation_id == conversation_id, WechatDelivery.key.startswith(key_begins))
            .order_by(WechatDelivery.created_at.desc())
            .limit(1)
        )
        async with self._session() as session:
            return (await session.scalars(query)).first()

    async def to_erase(self) -> Sequence[str]:
        """Conversations of followers who left and are not erased yet."""
        query = select(WechatDelivery.conversation_id).where(WechatDelivery.state == State.ERASING).distinct()
        async with self._session() as session:
            return (await session.scalars(query)).all()

    async def erase(self, conversation_id: str) -> None:
        """Delete everything of a conversation up to the last time the follower left."""
        left = select(func.max(WechatDelivery.created_at)).where(
            WechatDelivery.conversation_id == conversation_id, WechatDelivery.state == State.ERASING
        )
        async with self._session.begin() as session:
            moment = await session.scalar(left)
            if moment is not None:
                gone = delete(WechatDelivery).where(
                    WechatDelivery.conversation_id == conversation_id, WechatDelivery.created_at <= moment
                )
                await session.execute(gone)

    async def forget_before(self, moment: datetime) -> None:
        """Delete deliveries that no copy will ask for any more; what is still to be erased or shown stays."""
        done = (State.ANSWERED, State.SENT, State.RUNNING)
        query = delete(WechatDelivery).where(WechatDelivery.created_at < moment, WechatDelivery.state.in_(done))
        async with self._session.begin() as session:
            await session.execute(query)


async def _left_after(session: AsyncSession, delivery: WechatDelivery) -> bool:
    left = select(WechatDelivery.key).where(
        WechatDelivery.conversation_id == delivery.conversation_id,
        WechatDelivery.state == State.ERASING,
        WechatDelivery.created_at >= delivery.created_at,
    )
    return (await session.scalars(left)).first() is not None
