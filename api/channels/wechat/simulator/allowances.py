"""How many customer-service messages an account may send to a follower.

Source: https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage. Whether allowances of
different kinds add up is nowhere said: here they do, and the one that ends first is spent first.
"""

from collections.abc import Callable
from dataclasses import dataclass

from api.channels.wechat.simulator.follower import FollowerMessage

_CLOSED, _EXCEEDED = 45015, 45047
_FOR_A_MESSAGE = (5, 48 * 3600.0)
_FOR_A_TAP = (3, 60.0)
_TAPS = frozenset(("click", "subscribe", "scan", "scancode_push", "scancode_waitmsg"))


@dataclass
class _Allowance:
    left: int
    ends: float


class Allowances:
    """Opened by what followers do, spent by sending."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._open: dict[str, dict[str, _Allowance]] = {}

    def seen(self, message: FollowerMessage) -> None:
        """A follower did something: a message allows 5 in 48 hours, a tap or a scan 3 in a minute, the rest nothing.

        A tapped `weixin://bizmsgmenu` link counts as a tap. Unfollowing ends all.
        """
        event = message.event.lower()
        if event == "unsubscribe":
            self._open.pop(message.openid, None)
        elif event in _TAPS or "bizmsgmenuid" in message.fields:
            self._allow(message.openid, "tap", *_FOR_A_TAP)
        elif not event:
            self._allow(message.openid, "message", *_FOR_A_MESSAGE)

    def take(self, openid: str) -> int:
        """Spend one: 0, or why not: 45015 nothing open, 45047 all spent."""
        now = self._clock()
        running = [one for one in self._open.get(openid, {}).values() if one.ends > now]
        if not running:
            return _CLOSED
        for allowance in sorted(running, key=lambda one: one.ends):
            if allowance.left:
                allowance.left -= 1
                return 0
        return _EXCEEDED

    def _allow(self, openid: str, kind: str, most: int, seconds: float) -> None:
        self._open.setdefault(openid, {})[kind] = _Allowance(most, self._clock() + seconds)
