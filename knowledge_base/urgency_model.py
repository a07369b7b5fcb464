"""The trained classifier of urgent messages: how probable each kind is, served with numpy.

Two linear models over the rows of `urgency_features.py` and the hits of the patterns: one says whether a text is urgent
at all, the others, learned from urgent lines alone, which kind it is. A kind's probability is the product.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.urgency_features import BUCKETS, Rows, rows_of, values_of

PATTERN_WEIGHT = 0.5
"""What a hit counts among rows whose blocks have about length one."""


def pattern_row(hits: Sequence[bool]) -> NDArray[np.float32]:
    """The features of the patterns: one for each rule in the order of the file, and whether any hit."""
    return np.array([*hits, any(hits)], dtype=np.float32) * np.float32(PATTERN_WEIGHT)


@dataclass(frozen=True)
class UrgencyModel:
    """The first column of the weights says "urgent"; one column for each kind follows, in the order of the enum.

    `weights` (buckets, 1 + kinds), `patterns` (rules + 1, 1 + kinds), `bias` (1 + kinds,), `idf` (buckets,). For
    "urgent" it only counts whether any pattern hit.
    """

    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    patterns: NDArray[np.float32]
    bias: NDArray[np.float32]

    def probabilities(self, text: str, hits: Callable[[], Sequence[bool]], least: float) -> NDArray[np.float64] | None:
        """The probability of each kind, or None when all together stay below `least`.

        `text` is normalised and without punctuation. `hits` looks for the patterns; it is only called where they could
        lift the text to `least`, which gives the same result as calling it always.
        """
        rows = rows_of(text)
        scores = values_of(rows, self.idf) @ self.weights[rows.rows] + self.bias
        if _sigmoid(scores[0] + PATTERN_WEIGHT * max(float(self.patterns[-1, 0]), 0.0)) < least:
            return None
        scores = scores + pattern_row(hits()) @ self.patterns
        urgent = _sigmoid(scores[0])
        if urgent < least:
            return None
        kinds = _sigmoid(scores[1:])
        return np.asarray(urgent * kinds / kinds.sum(), dtype=np.float64)

    def save(self, path: Path) -> None:
        """Write as 16-bit numbers, whole or not at all."""
        temporary = path.with_suffix(".new.npz")
        np.savez(
            temporary,
            idf=self.idf.astype(np.float16),
            weights=self.weights.astype(np.float16),
            patterns=self.patterns.astype(np.float16),
            bias=self.bias.astype(np.float16),
        )
        temporary.replace(path)

    @classmethod
    def load(cls, path: Path) -> "UrgencyModel":
        """Read what `save` wrote."""
        with np.load(path) as stored:
            return cls(*(stored[name].astype(np.float32) for name in ("idf", "weights", "patterns", "bias")))

    def rounded(self) -> "UrgencyModel":
        """The model as it comes back from a file."""
        parts = (self.idf, self.weights, self.patterns, self.bias)
        return UrgencyModel(*(part.astype(np.float16).astype(np.float32) for part in parts))


def _sigmoid(score: NDArray[np.float32] | np.float32 | float) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.asarray(score, dtype=np.float64))))


def idf_of(lines: Sequence[Rows]) -> NDArray[np.float32]:
    """Smoothed inverse document frequencies of all rows."""
    found = np.zeros(BUCKETS, dtype=np.int64)
    for line in lines:
        found[line.rows] += 1
    return (np.log((1 + len(lines)) / (1 + found)) + 1).astype(np.float32)
