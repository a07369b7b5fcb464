"""What the platform knows of one account."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.simulator.allowances import Allowances
from api.channels.wechat.simulator.call_limit import CallLimit
from api.channels.wechat.simulator.faults import Faults
from api.channels.wechat.simulator.follower import FollowerMessage
from api.channels.wechat.simulator.issued_tokens import IssuedTokens


@dataclass(frozen=True)
class SentMessage:
    """A customer-service message that was let through. `raw` is the body as it came."""

    openid: str
    kind: str
    text: str
    raw: bytes
    at: float


class PlatformState:
    """Tokens, followers and their allowances, the menu, and everything that was sent.

    account: whose app id, secret and certification count; calls: how often each API was called, by its path after
    `/cgi-bin/`; faults: switches; listeners: told of every message sent; token_limits: calls of `stable_token` by the
    errcode of one too many, 10,000 a minute and 500,000 a day.
    """

    def __init__(
        self, account: WechatAccount, clock: Callable[[], float], random: Callable[[int], bytes] = os.urandom
    ) -> None:
        self.account = account
        self.clock = clock
        self.tokens = IssuedTokens(clock, random)
        self.token_limits = {45011: CallLimit(clock, 10_000, 60), 45009: CallLimit(clock, 500_000, 86_400)}
        self.allowances = Allowances(clock)
        self.faults = Faults()
        self.calls: Counter[str] = Counter()
        self.sent: list[SentMessage] = []
        self.menu: dict[str, Any] | None = None
        self.listeners: list[Callable[[SentMessage], None]] = []
        self._known: set[str] = set()
        self._changed = asyncio.Condition()

    def seen(self, message: FollowerMessage) -> None:
        """A follower did something; a push client calls this before it pushes."""
        self._known.add(message.openid)
        self.allowances.seen(message)

    def knows(self, openid: str) -> bool:
        """Whether the openid belongs to somebody who follows or once did."""
        return openid in self._known

    async def record(self, message: SentMessage) -> None:
        """Keep a message and tell everybody who waits for it."""
        self.sent.append(message)
        for listener in self.listeners:
            listener(message)
        async with self._changed:
            self._changed.notify_all()

    def sent_to(self, openid: str) -> list[SentMessage]:
        """What one follower got, in order."""
        return [message for message in self.sent if message.openid == openid]

    async def wait_for_sent(self, count: int = 1, openid: str = "") -> list[SentMessage]:
        """Wait until so many were sent, to one follower or to anybody; set a time limit around it."""
        async with self._changed:
            while True:
                found = self.sent_to(openid) if openid else list(self.sent)
                if len(found) >= count:
                    return found
                await self._changed.wait()
