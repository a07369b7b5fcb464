"""One access token for all callers and processes.

Source: getStableAccessToken (developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken). In normal mode
the platform gives the same token until five minutes before its end, then a new one, and both work for that time. By
force it gives a new one at once and the old one ends; it allows that 20 times a day, at least 30 seconds apart.
"""

import asyncio
import json
import logging
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.breaker import back_off
from api.channels.wechat.error_codes import hint_for
from api.channels.wechat.errors import WechatApiError
from api.channels.wechat.platform_call import WechatUnreachableError, call
from api.metrics import WECHAT_FORCED_REFRESHES
from api.pipeline.order import SenderOrder

_EARLY_SECONDS = 300
_ASK_AGAIN_SECONDS = 30
"""A token given out with less than five minutes left is used for so long before the platform is asked again."""
_FORCED_A_DAY, _FORCED_APART_SECONDS = 20, 30
_DAY_SECONDS = 86_400
_REFUSED = 40001
_log = logging.getLogger(__name__)
_Failure = WechatApiError | WechatUnreachableError


@dataclass(frozen=True)
class _Token:
    value: str = field(repr=False)
    refresh_at: float
    expires_at: float


async def fetch_token(account: WechatAccount, http: httpx.AsyncClient, *, force: bool = False) -> tuple[str, float]:
    """Ask the platform for the token; returns it and its remaining seconds.

    Raises:
        WechatApiError: refused: a wrong secret, an address that is not on the whitelist.
        WechatUnreachableError: no usable answer.
    """
    secret = account.app_secret.get_secret_value()
    body = {
        "grant_type": "client_credential",
        "appid": account.app_id,
        "secret": secret,
        "force_refresh": force,
    }
    answer = await call(http, account.api_base, "/cgi-bin/stable_token", body, hidden=[secret])
    value, seconds = answer.get("access_token"), answer.get("expires_in")
    if not (isinstance(value, str) and value and isinstance(seconds, int) and seconds > 0):
        raise WechatUnreachableError("malformed", sent=True)
    return value, seconds


class TokenHolder:
    """Holds an account's token, shared over Redis; without Redis every process asks for itself, and gets the same one.

    After a failure the platform is left alone for a while; meanwhile the old token serves as long as it is valid.
    """

    def __init__(
        self, account: WechatAccount, http: httpx.AsyncClient, redis: Redis, clock: Callable[[], float]
    ) -> None:
        """`clock` gives seconds since the epoch, the same in all processes."""
        self._account = account
        self._http = http
        self._redis = redis
        self._clock = clock
        self._waiting = asyncio.Lock()
        self._order = SenderOrder(redis)
        self._key = f"hufa:wechat:token:{account.app_id}"
        self._forced_key = f"hufa:wechat:forced:{account.app_id}"
        self._held: _Token | None = None
        self._forced: list[float] = []
        self._failures = 0
        self._failure: _Failure | None = None
        self._not_before = -math.inf

    async def get(self) -> str:
        """The present token.

        Raises:
            WechatApiError: the platform refuses to give one.
            WechatUnreachableError: it does not answer; no message was sent.
        """
        held = self._held
        if held is not None and self._is_fresh(held, None):
            return held.value
        async with self._waiting:
            return (await self._current(None)).value

    async def refresh(self, stale: str) -> str:
        """A token other than the one that the platform refused with 40001, 40014 or 42001.

        The platform is asked by force only when it goes on giving the refused one, and no more often than it allows.
        Raises as `get` does.
        """
        async with self._waiting:
            if self._held is not None and self._held.value == stale:
                self._held = None
            return (await self._current(stale)).value

    async def _current(self, stale: str | None) -> _Token:
        if self._held is not None and self._is_fresh(self._held, stale):
            return self._held
        if (shared := await self._shared(stale)) is not None:
            return shared
        if self._failure is not None and self._clock() < self._not_before:
            return self._make_do(self._failure)
        async with self._order.hold(f"wechat-token:{self._account.app_id}"):
            if (shared := await self._shared(stale)) is not None:
                return shared
            try:
                token = await self._renewed(stale)
            except (WechatApiError, WechatUnreachableError) as error:
                return self._make_do(await self._failed(error, stale))
            self._failures, self._failure = 0, None
            self._held = token
            await self._write(self._key, asdict(token), token.expires_at - self._clock())
            return token

    def _is_fresh(self, token: _Token, stale: str | None) -> bool:
        return token.value != stale and self._clock() < token.refresh_at

    async def _shared(self, stale: str | None) -> _Token | None:
        """The token that another process got; one that is due is kept to make do with."""
        try:
            token = _Token(**await self._read(self._key))
        except TypeError:
            return None
        if token.value == stale:
            return None
        if self._held is None or self._held.expires_at < token.expires_at:
            self._held = token
        return token if self._is_fresh(token, stale) else None

    def _make_do(self, failure: _Failure) -> _Token:
        """The held token while it is valid, otherwise what went wrong."""
        if self._held is not None and self._clock() < self._held.expires_at:
            return self._held
        raise failure.with_traceback(None)

    async def _renewed(self, stale: str | None) -> _Token:
        token = await self._fetched(force=False)
        if token.value != stale:
            return token
        if not await self._may_force():
            raise WechatApiError(_REFUSED, "the platform keeps giving a token that it refuses", hint_for(_REFUSED))
        WECHAT_FORCED_REFRESHES.inc()
        _log.warning("wechat: access token of %s is renewed by force", self._account.app_id)
        return await self._fetched(force=True)

    async def _fetched(self, *, force: bool) -> _Token:
        asked = self._clock()
        value, seconds = await fetch_token(self._account, self._http, force=force)
        return _Token(value, asked + max(seconds - _EARLY_SECONDS, min(_ASK_AGAIN_SECONDS, seconds)), asked + seconds)

    async def _failed(self, error: _Failure, stale: str | None) -> _Failure:
        if isinstance(error, WechatUnreachableError):
            # whatever became of the request for a token, the caller's own call was not sent
            error = WechatUnreachableError(error.reason, sent=False)
        self._failure = error
        self._failures += 1
        self._not_before = self._clock() + back_off(self._failures)
        _log.error("wechat: no access token for %s: %s", self._account.app_id, error)
        if stale is not None:
            await self._forget()
        return error

    async def _may_force(self) -> bool:
        """Whether the platform allows it now; notes that it is done. Called by one process at a time."""
        now = self._clock()
        shared = await self._read(self._forced_key)
        shared_times = shared.get("times", []) if isinstance(shared, dict) else []
        times = sorted(time for time in {*self._forced, *shared_times} if time > now - _DAY_SECONDS)
        if len(times) >= _FORCED_A_DAY or (times and now - times[-1] < _FORCED_APART_SECONDS):
            return False
        self._forced = [*times, now]
        await self._write(self._forced_key, {"times": self._forced}, _DAY_SECONDS)
        return True

    async def _read(self, key: str) -> Any:
        try:
            kept = await self._redis.get(key)
            return json.loads(kept) if kept else {}
        except (RedisError, OSError, ValueError) as error:
            _log.warning("wechat: nothing read from redis: %s", type(error).__name__)
            return {}

    async def _write(self, key: str, value: dict[str, Any], seconds: float) -> None:
        try:
            await self._redis.set(key, json.dumps(value), ex=max(1, math.ceil(seconds)))
        except (RedisError, OSError) as error:
            _log.warning("wechat: not shared over redis, this process goes on alone: %s", type(error).__name__)

    async def _forget(self) -> None:
        try:
            await self._redis.delete(self._key)
        except (RedisError, OSError) as error:
            _log.warning("wechat: a refused token stays in redis until it ends: %s", type(error).__name__)
