"""How sure are we that an entry answers a question? Named features of a candidate, and a small calibrated model.

The model is logistic regression trained on questions that the index, the embedding and the router had not seen, so
that its output can be read as a probability.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge_base.analysis import char_ngrams
from knowledge_base.index import Hit
from knowledge_base.router import TopicBelief

CANDIDATE_FEATURES = {
    "dense": "best inner product between the question and a line of the entry",
    "dense_second": "that of the entry's second-best line",
    "dense_lead": "dense minus the best dense of any other entry (negative when another is nearer)",
    "keyword": "best BM25 score of the entry, per square root of the question's characters",
    "keyword_lead": "keyword minus the best keyword of any other entry",
    "overlap": "share of the question's character bigrams that stand in the nearest line",
    "covered": "share of the nearest line's character bigrams that stand in the question",
    "topic": "router's probability of the entry's topic",
    "topic_first": "1 when the entry's topic is the router's first choice",
    "out_of_scope": "router's probability that the assistant cannot help",
    "dense_x_topic": "dense times topic",
    "length": "logarithm of the number of characters",
}
SCOPE_FEATURES = {
    "out_of_scope": "log-odds that the router gives to being out of scope",
    "topic": "router's highest topic probability",
    "dense": "best dense of any entry",
    "keyword": "best keyword of any entry",
    "answer": "probability of the best candidate",
    "length": "logarithm of the number of characters",
}
_CERTAINTY_LIMIT = 0.995
"""No calibrated probability claims more than this; the training data cannot support it."""


@dataclass(frozen=True)
class LinearModel:
    """Logistic regression over standardised features."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    def probability(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """rows: (n, features). Returns (n,) probabilities."""
        scores = ((rows - np.array(self.mean)) / np.array(self.scale)) @ np.array(self.weights) + self.bias
        return np.asarray(np.minimum(1 / (1 + np.exp(-scores)), _CERTAINTY_LIMIT))

    @classmethod
    def fit(
        cls, rows: NDArray[np.float64], labels: NDArray[np.int64], weights: NDArray[np.float64] | None = None
    ) -> "LinearModel":
        """Fit on rows (n, features), labels (n,) of 0 and 1, and optional example weights (n,)."""
        from sklearn.linear_model import LogisticRegression  # slow to import, and serving never fits

        mean, scale = rows.mean(0), rows.std(0) + 1e-9
        model = LogisticRegression(C=1.0, max_iter=1000).fit((rows - mean) / scale, labels, sample_weight=weights)
        return cls(
            tuple(mean.tolist()), tuple(scale.tolist()), tuple(model.coef_[0].tolist()), float(model.intercept_[0])
        )


def _bigrams(text: str) -> set[str]:
    return set(char_ngrams(text, (2,))) or {text}


def candidate_rows(text: str, hits: Sequence[Hit], topics: Sequence[str], belief: TopicBelief) -> NDArray[np.float64]:
    """One row of CANDIDATE_FEATURES a hit, shape (len(hits), features). `topics` are the topics of the hits."""
    if not hits:
        return np.zeros((0, len(CANDIDATE_FEATURES)))
    question = _bigrams(text)
    per_length = math.sqrt(max(len(text), 1))
    dense = [hit.dense for hit in hits]
    keyword = [hit.keyword / per_length for hit in hits]
    first_topic = belief.ranked()[0][0]
    length = math.log(max(len(text), 1))
    rows = []
    for number, hit in enumerate(hits):
        line = _bigrams(hit.line)
        shared = len(question & line)
        topic = belief.probabilities.get(topics[number], 0.0)
        rows.append(
            [
                hit.dense,
                hit.dense_second,
                hit.dense - _best_other(dense, number),
                keyword[number],
                keyword[number] - _best_other(keyword, number),
                shared / len(question),
                shared / len(line),
                topic,
                float(topics[number] == first_topic),
                belief.out_of_scope,
                hit.dense * topic,
                length,
            ]
        )
    return np.array(rows)


def _best_other(values: Sequence[float], number: int) -> float:
    return max((value for other, value in enumerate(values) if other != number), default=0.0)


def scope_row(text: str, hits: Sequence[Hit], answer: float, belief: TopicBelief) -> NDArray[np.float64]:
    """One row of SCOPE_FEATURES, shape (1, features). `answer` is the probability of the best candidate."""
    outside = min(max(belief.out_of_scope, 1e-6), 1 - 1e-6)
    per_length = math.sqrt(max(len(text), 1))
    return np.array(
        [
            [
                math.log(outside / (1 - outside)),
                max((p for t, p in belief.ranked()), default=0.0) * (1 - belief.out_of_scope),
                max((hit.dense for hit in hits), default=0.0),
                max((hit.keyword for hit in hits), default=0.0) / per_length,
                answer,
                math.log(max(len(text), 1)),
            ]
        ]
    )
