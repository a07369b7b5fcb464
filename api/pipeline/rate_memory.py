"""The rate limiter's memory in one process: what has expired is forgotten now and then."""

import time

from limits.aio.storage import MemoryStorage
from limits.aio.storage.memory import Entry

SWEEP_SECONDS = 10.0


class SweepingMemoryStorage(MemoryStorage):
    """The library's memory storage with a cheap hit.

    Its own looks at every key in a thread at each hit: a message then costs as much as there were senders in the last
    minute. Here a hit looks at its own key alone, and at all of them every ten seconds.
    """

    _swept = 0.0

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` hits of a key, at most `limit` in `expiry` seconds. Returns whether they were in the limit."""
        now = time.time()
        if now - self._swept >= SWEEP_SECONDS:
            self._swept = now
            self.events = {name: events for name, events in self.events.items() if events and events[0].expiry > now}
        events = self.events.setdefault(key, [])
        if amount > limit or (len(events) > limit - amount and events[limit - amount].atime >= now - expiry):
            return False
        events[:0] = [Entry(expiry) for _ in range(amount)]
        del events[limit:]
        return True
