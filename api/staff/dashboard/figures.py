"""What a day came to on one channel: counts alone, no words. Days and channels add up."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from api.staff.outcomes import SMALL_TALK, family_of

_STEP = math.log(1.05)
"""Response times are counted in steps of 5 %, so that those of many days give a percentile together."""
_LEAST_MS = 0.1


@dataclass
class Figures:
    """Counts. `families`: questions by how they ended; greetings are in `turns` only.

    `durations`: all turns, by step of response time; `ratings`: rated turns by their last rating of the day.
    """

    turns: int = 0
    families: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    entries: Counter[str] = field(default_factory=Counter)
    durations: Counter[int] = field(default_factory=Counter)
    ratings: Counter[str] = field(default_factory=Counter)

    @property
    def questions(self) -> int:
        """How many questions there were."""
        return self.families.total()

    def share(self, family: str) -> float | None:
        """Which part of the questions ended so; None when there were none."""
        return self.families[family] / self.questions if self.questions else None

    @property
    def rated(self) -> int:
        """How many turns were rated."""
        return self.ratings.total()

    @property
    def satisfaction(self) -> float | None:
        """Which part of the rated turns was helpful; None when none was rated."""
        return self.ratings["helpful"] / self.rated if self.rated else None

    def percentile(self, part: float) -> float | None:
        """The response time in milliseconds that this part of all turns kept to, within 5 %."""
        left = math.ceil(part * self.durations.total())
        for step in sorted(self.durations):
            left -= self.durations[step]
            if left <= 0:
                return math.exp((step + 0.5) * _STEP)
        return None

    def count(self, outcome: str, topic: str | None, entry_id: str | None, duration_ms: float) -> None:
        """Count one turn."""
        self.turns += 1
        self.durations[math.floor(math.log(max(duration_ms, _LEAST_MS)) / _STEP)] += 1
        if outcome == SMALL_TALK:
            return
        self.families[family_of(outcome)] += 1
        if topic:
            self.topics[topic] += 1
        if entry_id:
            self.entries[entry_id] += 1

    def to_json(self) -> dict[str, Any]:
        """For the database."""
        return {
            "turns": self.turns,
            "families": self.families,
            "topics": self.topics,
            "entries": self.entries,
            "durations": {str(step): count for step, count in self.durations.items()},
            "ratings": self.ratings,
        }


def from_json(stored: dict[str, Any]) -> Figures:
    """What `to_json` wrote."""
    durations = Counter({int(step): count for step, count in stored["durations"].items()})
    names = ("families", "topics", "entries", "ratings")
    return Figures(turns=stored["turns"], durations=durations, **{name: Counter(stored[name]) for name in names})


def total(every: Iterable[Figures]) -> Figures:
    """All of them together."""
    together = Figures()
    for one in every:
        together.turns += one.turns
        together.families.update(one.families)
        together.topics.update(one.topics)
        together.entries.update(one.entries)
        together.durations.update(one.durations)
        together.ratings.update(one.ratings)
    return together


Day = dict[str, Figures]
"""The figures of a day by channel."""
