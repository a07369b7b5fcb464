"""Leaving the platform alone while it does not answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from api.channels.wechat.errors import WechatApiError
from api.channels.wechat.platform_call import WechatUnreachableError
from api.metrics import WECHAT_CIRCUIT_OPENED

_FIRST_SECONDS = 1.0
_MOST_SECONDS = 60.0


def back_off(failures: int) -> float:
    """Seconds to wait after so many failures in a row: 1, 2, 4 ... 60."""
    return min(_FIRST_SECONDS * 2.0 ** min(failures - 1, 10), _MOST_SECONDS)


class CircuitBreaker:
    """Closed, open after several failures in a row, half-open after a pause: then one call tries for all."""

    def __init__(self, clock: Callable[[], float], failures: int = 5, pause_seconds: float = 30.0) -> None:
        """`clock` should be monotonic; `failures` in a row open the circuit for `pause_seconds`."""
        self._clock = clock
        self._most_failures = failures
        self._pause_seconds = pause_seconds
        self._failures = 0
        self._open_until: float | None = None
        self._trying = False

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Around one call. A refusal is an answer; only no answer counts as a failure.

        Raises:
            WechatUnreachableError: the circuit is open (`circuit_open`), nothing was sent.
        """
        trial = self._admit()
        try:
            yield
        except WechatUnreachableError:
            self._failed()
            raise
        except WechatApiError:
            self._succeeded()
            raise
        else:
            self._succeeded()
        finally:
            if trial:
                self._trying = False

    def _admit(self) -> bool:
        """Whether the call is the one that tries."""
        if self._open_until is None:
            return False
        if self._trying or self._clock() < self._open_until:
            raise WechatUnreachableError("circuit_open", sent=False)
        self._trying = True
        return True

    def _failed(self) -> None:
        self._failures += 1
        if self._failures >= self._most_failures:
            if self._open_until is None:
                WECHAT_CIRCUIT_OPENED.inc()
            self._open_until = self._clock() + self._pause_seconds

    def _succeeded(self) -> None:
        self._failures = 0
        self._open_until = None
