"""Access tokens as `stable_token` issues them.

Source: https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken.html. Which codes the limits of
forced refreshing give is not said there; 45009 for the day is assumed.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

from api.channels.wechat.simulator.call_limit import CallLimit

LIFE_SECONDS = 7200
OVERLAP_SECONDS = 300
_FORCED_APART_SECONDS = 30
_FORCED_A_DAY = 20
_DAY = 86_400
_BYTES = 256
_MISSING, _INVALID, _EXPIRED, _DAILY_LIMIT = 41001, 40001, 42001, 45009


@dataclass(frozen=True)
class _Token:
    value: str
    expires: float


class IssuedTokens:
    """The tokens of one account that are or were good."""

    def __init__(self, clock: Callable[[], float], random: Callable[[int], bytes] = os.urandom) -> None:
        self._clock = clock
        self._random = random
        self._good: list[_Token] = []
        self._forced = CallLimit(clock, _FORCED_A_DAY, _DAY)
        self._last_forced = float("-inf")

    def normal(self) -> tuple[str, int]:
        """The present token and its seconds; a new one in the last five minutes, when both are good for five more."""
        now = self._clock()
        if self._good and self._good[-1].expires - now > OVERLAP_SECONDS:
            return self._newest()
        self._good = [replace(token, expires=now + OVERLAP_SECONDS) for token in self._good[-1:] if token.expires > now]
        return self._issue()

    def forced(self) -> tuple[str, int] | int:
        """A new token, and all others are bad at once; the present one within 30 seconds; an errcode after 20 a day."""
        now = self._clock()
        if self._good and now - self._last_forced < _FORCED_APART_SECONDS:
            return self._newest()
        if not self._forced.take():
            return _DAILY_LIMIT
        self._last_forced = now
        self._good.clear()
        return self._issue()

    def revoke(self) -> None:
        """All are bad from now on, as after a forced refresh by somebody else."""
        self._good.clear()

    def errcode(self, value: str) -> int:
        """0 for a good token, otherwise why it is not."""
        if not value:
            return _MISSING
        for token in self._good:
            if token.value == value:
                return 0 if token.expires > self._clock() else _EXPIRED
        return _INVALID

    def _issue(self) -> tuple[str, int]:
        self._good.append(_Token(self._random(_BYTES).hex(), self._clock() + LIFE_SECONDS))
        return self._newest()

    def _newest(self) -> tuple[str, int]:
        token = self._good[-1]
        return token.value, int(token.expires - self._clock())
