"""Once and in time: one reply for every copy of a push, passively within the window or afterwards in another way.

The platform hangs up after five seconds and then pushes again, to whichever process. All processes share the claims in
the database, so it does not matter which of them a copy reaches, nor whether Redis is there.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.dispatch import Dispatcher
from api.channels.wechat.messages import Kind, Message
from api.channels.wechat.parts import split
from api.channels.wechat.quota import CustomerServiceQuota, Opening
from api.metrics import WECHAT_LATE
from api.pipeline.order import SenderOrder
from api.storage.models import WechatDelivery
from api.storage.wechat_deliveries import DeliveryStore, Draft, State
from knowledge_base.wording import say

_STALE_SECONDS = 8.0
"""A claim without a reply for so long is its process's last: the dialogue's own time-out is half of that."""
_POLL_SECONDS = 0.1
_KEPT = timedelta(days=3)
"""Numbers and "继续" refer to the last reply; that of some days ago is nothing a follower still sees."""
_OPENINGS: dict[Kind, Opening] = {Kind.SUBSCRIBE: "subscribe", Kind.SCAN: "scan", Kind.CLICK: "menu"}
_log = logging.getLogger(__name__)
SendLater = Callable[[WechatAccount, str, str, str], Awaitable[bool]]
"""Account, openid, conversation id, text -> whether it was sent."""


def text_of(delivery: WechatDelivery) -> str:
    """What the follower sees of a reply: the part that fits, and how to get the rest."""
    return delivery.text + (_more() if delivery.rest else "")


def _more() -> str:
    return "\n\n" + say("wechat_more")


class Delivery:
    """Answers pushes. Holds the work under way in this process; everything else is in the database."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        store: DeliveryStore,
        order: SenderOrder,
        quota: CustomerServiceQuota,
        send_later: SendLater,
        forget: Callable[[str], Awaitable[None]],
    ) -> None:
        """`forget` erases a conversation whose follower left while a message of theirs was answered (WX-49)."""
        self._dispatcher = dispatcher
        self._store = store
        self._order = order
        self._quota = quota
        self._send_later = send_later
        self._forget = forget
        self._running: dict[str, asyncio.Task[WechatDelivery | None]] = {}
        self._waiting: Counter[str] = Counter()
        self._last_tidied = datetime.min.replace(tzinfo=UTC)

    async def in_time(
        self, account: WechatAccount, message: Message, conversation_id: str, seconds: float
    ) -> WechatDelivery | None:
        """The reply to a push within so many seconds; None when it is late, or needs none, or was sent otherwise.

        A late reply is sent by itself when it is ready; nobody has to ask again.
        """
        task = self._running.get(message.key)
        if task is None:
            task = asyncio.create_task(self._work(account, message, conversation_id, datetime.now(UTC)))
            self._running[message.key] = task
            task.add_done_callback(lambda done: self._ended(message.key, done))
        self._waiting[message.key] += 1
        try:
            done, _ = await asyncio.wait({task}, timeout=max(seconds, 0))
        finally:
            self._waiting[message.key] -= 1
            self._waiting += Counter()  # names that nobody waits for are dropped
        return task.result() if done else None

    def _ended(self, key: str, task: asyncio.Task[WechatDelivery | None]) -> None:
        self._running.pop(key, None)
        if not task.cancelled() and task.exception() is not None:
            _log.error("wechat: a push could not be answered", exc_info=task.exception())

    async def finish(self, seconds: float) -> None:
        """Let the work under way come to its end before the process stops."""
        if self._running:
            await asyncio.wait(set(self._running.values()), timeout=seconds)

    async def _work(
        self, account: WechatAccount, message: Message, conversation_id: str, arrived: datetime
    ) -> WechatDelivery | None:
        """The stored reply when a copy may still take it; otherwise it is passed on, and None."""
        ours, found = await self._store.claim(message.key, conversation_id, _STALE_SECONDS, arrived)
        while not ours:
            if found.state != State.RUNNING:
                return found if found.state == State.ANSWERED else None
            await asyncio.sleep(_POLL_SECONDS)
            try:
                ours, found = await self._store.claim_again(message.key, _STALE_SECONDS)
            except LookupError:
                return None  # the follower has left
        await self._opened(account, message, conversation_id)
        async with self._order.hold(f"{conversation_id}/shown"):  # what came late, or did not fit, is shown once
            reply = await self._reply(message, conversation_id)
            draft = await self._fitted(account, reply, conversation_id)
            stored_here, stored = await self._store.answer(message.key, draft)
        await self._tidy()
        if stored is None:
            await self._forget(conversation_id)
        if stored is None or stored.state != State.ANSWERED:
            return None
        if self._waiting[message.key]:
            return stored
        if stored_here and stored.text:
            await self._pass_on(account, message.openid, stored)
        return None

    async def _opened(self, account: WechatAccount, message: Message, conversation_id: str) -> None:
        """What a follower does opens a window for customer-service messages; a tapped link counts as a menu click."""
        how: Opening = "menu" if message.menu_id else _OPENINGS.get(message.kind, "message")
        await self._quota.opened(account.app_id, conversation_id, how)

    async def _reply(self, message: Message, conversation_id: str) -> Draft:
        """The reply, or an apology: after `success` was said nobody asks again."""
        try:
            return await self._dispatcher.reply(message, conversation_id)
        except Exception:
            _log.exception("wechat: no reply to a message of kind %s", message.kind)
            return Draft(say("failed"))

    async def _fitted(self, account: WechatAccount, draft: Draft, conversation_id: str) -> Draft:
        """With what came too late before it, but nothing before a safety notice, and cut to what one reply can hold."""
        late = await self._store.waiting(conversation_id) if draft.text else []
        if late:
            before = [f"{say('wechat_late')}\n{delivery.text}{delivery.rest}" for delivery in late]
            texts = [draft.text, *before] if draft.urgent else [*before, draft.text]
            used = (*draft.used, *(delivery.key for delivery in late))
            targets = draft.targets or tuple(late[-1].targets)
            draft = replace(draft, text="\n\n".join(texts), used=used, targets=targets)
        if len(draft.text.encode()) <= account.max_reply_bytes:
            return draft
        first = split(draft.text, account.max_reply_bytes - len(_more().encode()))[0]
        return replace(draft, text=first, rest=draft.text[len(first) :])

    async def _pass_on(self, account: WechatAccount, openid: str, stored: WechatDelivery) -> None:
        """A reply that nobody waits for any more: a customer-service message, or kept for the next message (WX-30)."""
        if not await self._store.move(stored.key, State.ANSWERED, State.SENDING):
            return
        sent = account.verified and await self._send_later(account, openid, stored.conversation_id, text_of(stored))
        WECHAT_LATE.labels("sent" if sent else "kept").inc()
        await self._store.move(stored.key, State.SENDING, State.SENT if sent else State.WAITING)

    async def _tidy(self) -> None:
        """Once an hour; whoever asks does not suffer when it fails."""
        now = datetime.now(UTC)
        if now - self._last_tidied < timedelta(hours=1):
            return
        self._last_tidied = now
        try:
            await self._store.forget_before(now - _KEPT)
        except Exception:
            _log.warning("wechat: old replies could not be deleted", exc_info=True)
