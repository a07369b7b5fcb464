"""Followers are known by a keyed hash of account and openid; the openid itself is never stored or logged."""

import asyncio
import hashlib
import hmac
import logging
from datetime import UTC, datetime

from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.messages import Message
from api.channels.wechat.quota import CustomerServiceQuota
from api.dialogue import DialogueUnavailableError, RasaClient
from api.erasure import erase_conversation
from api.pipeline.order import SenderOrder
from api.storage.conversations import ConversationStore
from api.storage.wechat_deliveries import DeliveryStore, State

_LENGTH = 40
_SWEEP_SECONDS = 60.0
_log = logging.getLogger(__name__)


def conversation_of(secret_key: str, account: WechatAccount, openid: str) -> str:
    """The id of a follower's conversation: the same every time, and of no use to anybody without the secret key."""
    digest = hmac.new(secret_key.encode(), f"{account.app_id}/{openid}".encode(), hashlib.sha256)
    return f"wx-{digest.hexdigest()[:_LENGTH]}"


class Eraser:
    """Erases followers who left, as the platform demands (WX-49), and goes on until every store has confirmed."""

    def __init__(
        self,
        order: SenderOrder,
        rasa: RasaClient,
        conversations: ConversationStore,
        deliveries: DeliveryStore,
        quota: CustomerServiceQuota,
    ) -> None:
        self._order = order
        self._rasa = rasa
        self._conversations = conversations
        self._deliveries = deliveries
        self._quota = quota
        self._running: set[asyncio.Task[None]] = set()
        self._unnoted: dict[str, tuple[str, datetime]] = {}

    async def unsubscribed(
        self, account: WechatAccount, message: Message, conversation_id: str, seconds: float
    ) -> None:
        """A follower left. Returns after so many seconds at most; the erasure goes on by itself."""
        arrived = datetime.now(UTC)
        self._unnoted[message.key] = conversation_id, arrived
        task = asyncio.create_task(self._leave(account, message.key, conversation_id, arrived))
        self._running.add(task)
        task.add_done_callback(self._ended)
        await asyncio.wait({task}, timeout=max(seconds, 0))

    async def _leave(self, account: WechatAccount, key: str, conversation_id: str, arrived: datetime) -> None:
        await self._quota.closed(account.app_id, conversation_id)
        await self._note(key, conversation_id, arrived)
        await self.erase(conversation_id)

    async def _note(self, key: str, conversation_id: str, arrived: datetime) -> None:
        """Note in the database that the follower left: from here on a crash changes nothing."""
        await self._deliveries.claim(key, conversation_id, 0, arrived)
        await self._deliveries.move(key, State.RUNNING, State.ERASING)
        self._unnoted.pop(key, None)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.warning("wechat: an erasure is tried again", exc_info=task.exception())

    async def finish(self, seconds: float) -> None:
        """Let the erasures under way come to their end."""
        if self._running:
            await asyncio.wait(set(self._running), timeout=seconds)

    async def sweep(self) -> None:
        """Erase again what could not be erased before."""
        for key, (left, arrived) in list(self._unnoted.items()):
            await self._note(key, left, arrived)
        for conversation_id in await self._deliveries.to_erase():
            await self.erase(conversation_id)

    async def keep_sweeping(self) -> None:
        """Sweep now and every minute; ends by cancellation."""
        while True:
            try:
                await self.sweep()
            except Exception:  # the database may be away for a while
                _log.warning("wechat: followers who left could not be looked up", exc_info=True)
            await asyncio.sleep(_SWEEP_SECONDS)

    async def erase(self, conversation_id: str) -> None:
        """Erase a conversation in every store; what does not confirm is tried again at the next sweep."""
        try:
            await erase_conversation(conversation_id, self._order, self._rasa, self._conversations)
        except DialogueUnavailableError as error:
            _log.warning("wechat: erasure is tried again, the dialogue engine did not confirm: %s", error.reason)
            return
        await self._deliveries.erase(conversation_id)
