"""One message of a sender at a time: within the process by an asyncio lock, across processes by a Redis lock."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from redis.asyncio import Redis
from redis.exceptions import RedisError

_HELD_SECONDS = 30
_POLL_SECONDS = 0.02
_log = logging.getLogger(__name__)


class SenderOrder:
    """Hands out one lock a sender."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._local: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def hold(self, sender: str) -> AsyncIterator[None]:
        """Wait until no other message of the sender is under way, here or in another process.

        Without Redis the order still holds within this process.
        """
        lock = self._local.setdefault(sender, asyncio.Lock())
        async with lock:
            shared = self._redis.lock(
                f"hufa:order:{sender}", timeout=_HELD_SECONDS, sleep=_POLL_SECONDS, blocking_timeout=_HELD_SECONDS
            )
            try:
                acquired = await shared.acquire()
            except RedisError as error:
                _log.warning("redis does not answer, order is kept within this process only: %s", error)
                acquired = False
            try:
                yield
            finally:
                if acquired:
                    try:
                        await shared.release()
                    except RedisError as error:
                        _log.warning("lock not released, it ends by itself: %s", error)
