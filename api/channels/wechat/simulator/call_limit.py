"""So many calls in so many seconds."""

from collections import deque
from collections.abc import Callable


class CallLimit:
    """A sliding window."""

    def __init__(self, clock: Callable[[], float], most: int, seconds: float) -> None:
        self._clock = clock
        self._most = most
        self._seconds = seconds
        self._taken: deque[float] = deque()

    def take(self) -> bool:
        """Count one call; False, and not counted, when there were enough."""
        now = self._clock()
        while self._taken and self._taken[0] <= now - self._seconds:
            self._taken.popleft()
        if len(self._taken) >= self._most:
            return False
        self._taken.append(now)
        return True
