"""How many customer-service messages a follower may still be sent.

Source: 客服消息下发规则 (developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage). Whether a
further message of the follower opens a new window or adds to the old one is nowhere said; here it opens a new one,
which is the smaller number.
"""

import json
import logging
import math
from collections.abc import Callable
from typing import Any, Literal

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from api.metrics import WECHAT_QUOTA

_HOUR = 3600
Opening = Literal["message", "menu", "subscribe", "scan"]
"""What a follower does that allows messages. A tapped link in a message counts as `menu`."""
_ALLOWED: dict[Opening, tuple[int, float]] = {
    "message": (5, 48 * _HOUR),
    "menu": (3, 60),
    "subscribe": (3, 60),
    "scan": (3, 60),
}
"""How many messages within how many seconds."""
_Windows = dict[str, tuple[int, float]]
"""By what opened it: how many messages are left, and until when."""
_MOST_FOLLOWERS = 100_000
"""So many are remembered in this process for the time when Redis does not answer."""
_log = logging.getLogger(__name__)


class CustomerServiceQuota:
    """Counts, over all processes, by Redis; when that does not answer, what this process itself has seen."""

    def __init__(self, redis: Redis, clock: Callable[[], float]) -> None:
        """`clock` gives seconds since the epoch, the same in all processes."""
        self._redis = redis
        self._clock = clock
        self._local: dict[str, _Windows] = {}

    async def opened(self, app_id: str, follower: str, how: Opening) -> None:
        """A follower, named by a hash, did something that allows messages."""
        count, seconds = _ALLOWED[how]

        def open_window(windows: _Windows) -> bool:
            windows[how] = (count, self._clock() + seconds)
            return True

        await self._change(app_id, follower, open_window)

    async def take(self, app_id: str, follower: str) -> bool:
        """Whether one more message may be sent; if so it is counted as sent (WX-54).

        The window that ends first is used first.
        """
        taken = await self._change(app_id, follower, _take_one)
        WECHAT_QUOTA.labels("granted" if taken else "refused").inc()
        return taken

    async def closed(self, app_id: str, follower: str) -> None:
        """Nothing more may be sent: the platform said so (45015, 45047), or the follower left."""

        def close(windows: _Windows) -> bool:
            windows.clear()
            return True

        await self._change(app_id, follower, close)

    async def _change(self, app_id: str, follower: str, change: Callable[[_Windows], bool]) -> bool:
        """Change a follower's windows in one step; what the change says."""
        key = f"hufa:wechat:quota:{app_id}:{follower}"
        windows: _Windows = {}

        async def in_redis(pipe: Pipeline) -> bool:
            nonlocal windows
            kept: Any = await pipe.get(key)
            windows = self._open(_parsed(kept))
            done = change(windows)
            pipe.multi()  # type: ignore[no-untyped-call]
            if windows:
                last = max(until for _, until in windows.values())
                pipe.set(key, json.dumps(windows), ex=max(1, math.ceil(last - self._clock())))
            else:
                pipe.delete(key)
            return done

        try:
            done = bool(await self._redis.transaction(in_redis, key, value_from_callable=True))
        except (RedisError, OSError) as error:
            _log.warning("redis does not answer, quota is counted in this process only: %s", type(error).__name__)
            windows = self._open(self._local.get(key, {}))
            done = change(windows)
        self._remember(key, windows)
        return done

    def _open(self, windows: _Windows) -> _Windows:
        now = self._clock()
        return {how: (left, until) for how, (left, until) in windows.items() if left > 0 and until > now}

    def _remember(self, key: str, windows: _Windows) -> None:
        self._local.pop(key, None)
        if windows:
            self._local[key] = windows
        if len(self._local) > _MOST_FOLLOWERS:
            del self._local[next(iter(self._local))]


def _take_one(windows: _Windows) -> bool:
    if not windows:
        return False
    how, (left, until) = min(windows.items(), key=lambda item: item[1][1])
    windows[how] = (left - 1, until)
    return True


def _parsed(kept: bytes | str | None) -> _Windows:
    return {how: (left, until) for how, (left, until) in json.loads(kept).items()} if kept else {}
