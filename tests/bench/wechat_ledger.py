"""What became of every message of a load: answered in time, later, twice, wrongly or not at all."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from api.channels.wechat.simulator.judge import Flaw, Outcome
from api.channels.wechat.simulator.platform_state import SentMessage
from api.channels.wechat.simulator.push import Exchange

FULL_BYTES = 900
"""A text as long as this may be one of several parts of an answer; a shorter one ends it."""


@dataclass
class Asked:
    """One message. `late` are the customer-service messages between it and the follower's next one."""

    text: str
    exchange: Exchange | None = None
    seconds: float = 0.0
    late: list[str] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def in_time(self) -> bool:
        """Answered in the response to a push."""
        return self.exchange is not None and self.exchange.verdict.outcome is Outcome.ANSWERED

    @property
    def flaw(self) -> Flaw | None:
        """Why the judge rejected the response."""
        return self.exchange.verdict.flaw if self.exchange else None

    @property
    def twice(self) -> bool:
        """Answered in both ways, with the same text again, or with another after one that was complete."""
        repeated = len(set(self.late)) < len(self.late)
        more = any(len(text.encode()) < FULL_BYTES for text in self.late[:-1])
        return bool(self.late) and (self.in_time or repeated or more)


class Ledger:
    """Every message asked. One message of a follower must be settled before the next: late answers name none."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.strays: list[SentMessage] = []
        self._last: dict[str, Asked] = {}

    def ask(self, openid: str, text: str) -> Asked:
        """A follower asks now."""
        asked = Asked(text)
        self.asked.append(asked)
        self._last[openid] = asked
        return asked

    def late(self, message: SentMessage) -> None:
        """A customer-service message came."""
        asked = self._last.get(message.openid)
        if asked is None:
            self.strays.append(message)
            return
        asked.late.append(message.text)
        asked.came.set()

    def counts(self) -> dict[str, int]:
        """The figures, by name. `rejected` leaves out those that got no response at all: they are `unheard`."""
        return {
            "sent": len(self.asked),
            "in_time": sum(asked.in_time for asked in self.asked),
            "later": sum(bool(asked.late) and not asked.in_time for asked in self.asked),
            "lost": sum(not asked.late and not asked.in_time for asked in self.asked),
            "twice": sum(asked.twice for asked in self.asked) + len(self.strays),
            "rejected": sum(asked.flaw not in (None, Flaw.NO_REPLY) for asked in self.asked),
            "unheard": sum(asked.flaw is Flaw.NO_REPLY for asked in self.asked),
            "repeated": sum(asked.exchange is not None and len(asked.exchange.deliveries) > 1 for asked in self.asked),
        }

    def flaws(self) -> Counter[str]:
        """Why responses were rejected, with an example's detail left to the reader of `asked`."""
        return Counter(str(asked.flaw) for asked in self.asked if asked.flaw is not None)

    def latencies(self) -> list[float]:
        """Milliseconds from the first push to the answer, of those answered in time, in order of size."""
        return sorted(asked.seconds * 1000 for asked in self.asked if asked.in_time)
