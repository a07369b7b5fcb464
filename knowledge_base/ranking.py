"""Which of the candidates answers a question, if any does: named features and a small trained ranker.

The ranker gives each candidate a score, and "none of them" a score of its own; the softmax of all of them are the
probabilities. It is a network with one small hidden layer, trained by `ranker_training.py` and served with numpy.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.contrasts import Sides, agreement
from knowledge_base.entry import Facet
from knowledge_base.index import SIGNALS, Found
from knowledge_base.router import TopicBelief

CANDIDATE_FEATURES = {
    **SIGNALS,
    **{f"{name}_lead": f"{name} minus the best of any other candidate" for name in SIGNALS},
    "topic": "router's probability of the entry's topic",
    "topic_log": "its logarithm",
    "rank": "logarithm of the place in the first stage of the search",
    "facet": "1 when the question asks for a facet that the entry has",
    "same_side": "contrasts (party, negation, time, ...) on which question and entry stand on the same side",
    "other_side": "contrasts on which they stand on different sides",
}
CONTEXT_FEATURES = {
    "out_of_scope": "log-odds that the router gives to being out of scope",
    "topic": "router's highest topic probability",
    "weight": "logarithm of what the question has to explain, in BM25's terms",
    "questions": "best `questions` of any candidate",
    "centroid": "best `centroid` of any candidate",
    "nearest": "best `nearest` of any candidate",
    "questions_cover": "best `questions_cover` of any candidate",
    "agreement": "router's probability of the topic of the first candidate",
}
_BEST_OF = ("questions", "centroid", "nearest", "questions_cover")
_SIGNAL_NUMBER = {name: number for number, name in enumerate(SIGNALS)}
_LEAST = 1e-3


@dataclass(frozen=True)
class EntryTraits:
    """What the ranker has to know of an entry besides its texts."""

    topic: str
    facets: frozenset[Facet]
    sides: Sides


@dataclass(frozen=True)
class Features:
    """`candidates` has shape (candidates, len(CANDIDATE_FEATURES)), `context` (len(CONTEXT_FEATURES),)."""

    candidates: NDArray[np.float32]
    context: NDArray[np.float32]


def features_of(
    found: Found, traits: Sequence[EntryTraits], belief: TopicBelief, facets: Sequence[Facet], sides: Sides
) -> Features:
    """The features of a question and its candidates.

    traits: of the candidates, in their order; facets: those the question asks for; sides: where the question stands.
    """
    count = len(found.entry_ids)
    topics = belief.within_scope()
    topic = np.array([topics.get(trait.topic, 0.0) for trait in traits], dtype=np.float32).reshape(count)
    asked = set(facets)
    agreements = [agreement(sides, trait.sides) for trait in traits]
    columns = [
        found.signals,
        _leads(found.signals),
        topic[:, None],
        np.log(topic + _LEAST)[:, None],
        np.log1p(np.arange(count))[:, None],
        np.array([bool(asked & trait.facets) for trait in traits], dtype=np.float32).reshape(count, 1),
        np.array(agreements, dtype=np.float32).reshape(count, 2),
    ]
    outside = min(max(belief.out_of_scope, _LEAST / 10), 1 - _LEAST / 10)
    best = found.signals.max(axis=0) if count else np.zeros(len(SIGNALS))
    context = [
        math.log(outside / (1 - outside)),
        max(topics.values(), default=0.0),
        math.log1p(found.weight),
        *(float(best[_SIGNAL_NUMBER[name]]) for name in _BEST_OF),
        float(topic[0]) if count else 0.0,
    ]
    return Features(np.concatenate(columns, axis=1).astype(np.float32), np.array(context, dtype=np.float32))


def _leads(signals: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each signal minus the best of any other candidate; of a single candidate, the signal itself."""
    if len(signals) < 2:
        return signals.copy()
    ordered = np.sort(signals, axis=0)
    best, second = ordered[-1], ordered[-2]
    return np.asarray(np.where(signals >= best, signals - second, signals - best), dtype=np.float32)


@dataclass(frozen=True)
class Ranker:
    """One hidden layer for the candidates, a linear score for "none of them".

    Shapes: `mean`, `scale` (features,), `hidden` (features, units), `hidden_bias`, `output` (units,), `context_mean`,
    `context_scale`, `none` (context features,), `none_bias` a number.
    """

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    hidden: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    output: NDArray[np.float32]
    context_mean: NDArray[np.float32]
    context_scale: NDArray[np.float32]
    none: NDArray[np.float32]
    none_bias: float

    def probabilities(self, features: Features) -> NDArray[np.float32]:
        """Probability of each candidate, and last of none of them; shape (candidates + 1,), sum one."""
        standard = (features.candidates - self.mean) / self.scale
        scores = np.maximum(standard @ self.hidden + self.hidden_bias, 0) @ self.output
        none = ((features.context - self.context_mean) / self.context_scale) @ self.none + self.none_bias
        every = np.append(scores, none)
        odds = np.exp(every - every.max())
        return np.asarray(odds / odds.sum(), dtype=np.float32)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in vars(self).items()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Ranker":
        """Read what `to_dict` gave."""
        fields: dict[str, Any] = {
            name: np.array(value, dtype=np.float32) if isinstance(value, list) else value
            for name, value in data.items()
        }
        return cls(**fields)
