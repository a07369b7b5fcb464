"""How many messages a sender and a client may send (library: limits; moving window, in memory or in Redis)."""

import logging
import math
import time

from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.storage import storage_from_string

from api.pipeline.rate_memory import SweepingMemoryStorage

_REDIS_SECONDS = 1.0
_log = logging.getLogger(__name__)


class TooManyMessagesError(Exception):
    """Over the rate; try again after so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class MessageLimits:
    """Counts messages. When the store does not answer, nobody is turned away."""

    def __init__(self, per_sender: str, per_client: str, redis_url: str = "") -> None:
        """Rates are written `30/minute`."""
        patience = {"socket_timeout": _REDIS_SECONDS, "socket_connect_timeout": _REDIS_SECONDS}
        storage = (
            storage_from_string(f"async+{redis_url}", implementation="redispy", **patience)
            if redis_url
            else SweepingMemoryStorage()
        )
        assert isinstance(storage, Storage)  # noqa: S101 - the async+ prefix gives an asynchronous storage
        self._limiter = MovingWindowRateLimiter(storage)
        self._sender = parse(per_sender)
        self._client = parse(per_client)

    async def count(self, sender: str, client: str) -> None:
        """Count one message.

        Raises:
            TooManyMessagesError: the sender or the client is over its rate.
        """
        await self._hit(self._sender, "sender", sender)
        await self._hit(self._client, "client", client)

    async def count_opening(self, client: str) -> None:
        """Count one new conversation of a client.

        Raises:
            TooManyMessagesError: the client opens more conversations than it could send messages.
        """
        await self._hit(self._client, "opening", client)

    async def _hit(self, rate: RateLimitItem, kind: str, name: str) -> None:
        if not name:
            return
        try:
            if await self._limiter.hit(rate, kind, name):
                return
            window = await self._limiter.get_window_stats(rate, kind, name)
        except Exception as error:  # the storage's own errors differ by backend
            _log.warning("rate limit store does not answer: %s", error)
            return
        raise TooManyMessagesError(max(1, math.ceil(window.reset_time - time.time())))
