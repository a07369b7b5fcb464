"""What a decision on a message rests on: its candidates and topics with their probabilities, and its parts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge_base.entry import Facet
from knowledge_base.questioning import Findings

_PARTS_SHARE = 0.5
"""How much the parts of a message count together beside the whole when the entries to offer are put in order. On real
stories the right topic stands among the first three entries in 83 instead of 80 of 100 cases; 2 would give 85, and
loses 4 of 100 first entries of stories told in order.
"""
_PART_LEAST = 1e-3
"""So that a topic which no part speaks of can still lead by the whole."""
_ENTRIES_SHARE = 0.05
"""How much the entries' probabilities count beside the router's when topics are put in order."""


@dataclass(frozen=True)
class Candidate:
    """An entry with the probability that it answers the question."""

    entry_id: str
    probability: float


@dataclass(frozen=True)
class Consideration:
    """`probabilities` are calibrated, in the order of the search; `parts` are considered without parts of their own."""

    text: str
    findings: Findings
    probabilities: NDArray[np.float64]
    in_scope: float
    facets: tuple[Facet, ...]
    parts: tuple["Consideration", ...] = ()

    @property
    def order(self) -> list[int]:
        """Places of the candidates in the findings, most probable first."""
        return sorted(range(len(self.probabilities)), key=lambda place: (-self.probabilities[place], place))

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The candidates of the whole message, most probable first."""
        ids = self.findings.found.entry_ids
        return tuple(Candidate(ids[place], float(self.probabilities[place])) for place in self.order)

    @property
    def choices(self) -> tuple[Candidate, ...]:
        """The candidates of the whole and of its parts together, most probable first."""
        if not self.parts:
            return self.candidates
        mixed = {candidate.entry_id: candidate.probability for candidate in self.candidates}
        for part in self.parts:
            for candidate in part.candidates:
                share = _PARTS_SHARE / len(self.parts) * candidate.probability
                mixed[candidate.entry_id] = mixed.get(candidate.entry_id, 0.0) + share
        ordered = sorted(mixed.items(), key=lambda pair: -pair[1])
        return tuple(Candidate(entry_id, share / (1 + _PARTS_SHARE)) for entry_id, share in ordered)

    @property
    def best(self) -> float:
        """Probability of the first candidate, 0 without any."""
        return float(self.probabilities.max()) if len(self.probabilities) else 0.0

    @property
    def topics(self) -> tuple[tuple[str, float], ...]:
        """Topics by what router and candidates say of the whole and its parts, best first, summing to one."""
        belief = self.findings.belief.within_scope()
        if self.parts:
            said = [part.findings.belief.within_scope() for part in self.parts]
            belief = {t: p * (sum(part[t] for part in said) / len(said) + _PART_LEAST) for t, p in belief.items()}
            total = sum(belief.values()) or 1.0
            belief = {t: p / total for t, p in belief.items()}
        for topic, probability in zip(self.findings.topics, self.probabilities, strict=True):
            belief[topic] = belief.get(topic, 0.0) + _ENTRIES_SHARE * float(probability)
        total = sum(belief.values()) or 1.0
        return tuple(sorted(((t, p / total) for t, p in belief.items()), key=lambda pair: -pair[1]))
