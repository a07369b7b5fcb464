"""What the channel does with a push that was opened: who it is from, what it means, and the reply in time."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.delivery import Delivery
from api.channels.wechat.envelope import Push
from api.channels.wechat.followers import Eraser, conversation_of
from api.channels.wechat.messages import Kind, read_message
from api.metrics import WECHAT_PUSHES
from api.storage.models import WechatDelivery


@dataclass(frozen=True)
class WechatService:
    """Everything the routes need. `accounts` by the last part of their path."""

    accounts: Mapping[str, WechatAccount]
    secret_key: str
    delivery: Delivery
    eraser: Eraser

    async def answer(self, account: WechatAccount, push: Push, started: float) -> WechatDelivery | None:
        """The reply to a push when it is ready in time; None when `success` is all there is to say."""
        message = read_message(account, push.fields)
        if message is None:
            WECHAT_PUSHES.labels("unusable").inc()
            return None
        WECHAT_PUSHES.labels(message.kind).inc()
        if message.kind is Kind.IGNORED:
            return None
        conversation_id = conversation_of(self.secret_key, account, message.openid)
        seconds = account.window_seconds - (time.monotonic() - started)
        if message.kind is Kind.UNSUBSCRIBE:
            await self.eraser.unsubscribed(account, message, conversation_id, seconds)
            return None
        return await self.delivery.in_time(account, message, conversation_id, seconds)
