"""Make a score a probability, and measure whether it is one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_CERTAINTY_LIMIT = 0.995
"""No calibrated probability claims more than this; the data cannot support it."""
_SMALLEST_STEP = 30.0
"""Weight of questions that a step of the curve rests on, at least."""


@dataclass(frozen=True)
class Calibration:
    """A rising curve through (`scores`, `probabilities`), straight between its points."""

    scores: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __call__(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        """Scores (n,) to probabilities (n,)."""
        return np.asarray(np.interp(scores, self.scores, self.probabilities), dtype=np.float64)

    @classmethod
    def fit(cls, scores: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64]) -> "Calibration":
        """Isotonic regression over bins of equal weight (Zadrozny and Elkan 2002), ends pinned to 0 and the limit."""
        from sklearn.isotonic import IsotonicRegression  # slow to import, and serving never fits

        order = np.argsort(scores, kind="stable")
        scores, right, weights = scores[order], right[order], weights[order]
        count = max(min(int(weights.sum() / _SMALLEST_STEP), 20), 1)
        bins = np.minimum((np.cumsum(weights) / weights.sum() * count - 1e-9).astype(int), count - 1)
        rows = [(scores[bins == b], right[bins == b], weights[bins == b]) for b in range(count) if (bins == b).any()]
        x = np.array([np.average(s, weights=w) for s, _, w in rows])
        y = np.array([np.average(r, weights=w) for _, r, w in rows])
        smooth = IsotonicRegression(y_min=0.0, y_max=_CERTAINTY_LIMIT).fit(x, y, [w.sum() for _, _, w in rows])
        levels = smooth.predict(x)
        return cls(
            (0.0, *np.clip(x, 1e-6, 1 - 1e-6).tolist(), 1.0),
            (0.0, *levels.tolist(), float(max(levels[-1], _CERTAINTY_LIMIT))),
        )


def expected_calibration_error(
    probabilities: Sequence[float], right: Sequence[bool], weights: Sequence[float] | None = None, bins: int = 10
) -> float:
    """Weighted mean distance between claimed and found share over bins of equal width (Guo et al. 2017)."""
    p, r = np.array(probabilities, dtype=float), np.array(right, dtype=float)
    w = np.ones(len(p)) if weights is None else np.array(weights, dtype=float)
    places = np.minimum((p * bins).astype(int), bins - 1)
    total = 0.0
    for place in np.unique(places):
        own = places == place
        total += w[own].sum() * abs(np.average(p[own], weights=w[own]) - np.average(r[own], weights=w[own]))
    return float(total / w.sum()) if len(p) else 0.0


def least_threshold(scored: Sequence[tuple[float, bool, float]], precision: float) -> float:
    """The least score above which the weighted share of right ones is at least `precision`.

    scored: (score, right, weight). Ties are taken together. Returns 1.0 (never) when no threshold reaches it.
    """
    ordered = sorted(scored, key=lambda row: -row[0])
    right, total, best = 0.0, 0.0, 1.0
    for number, (score, is_right, weight) in enumerate(ordered, start=1):
        right += weight * is_right
        total += weight
        last_of_ties = number == len(ordered) or ordered[number][0] < score
        if last_of_ties and total > 0 and right / total >= precision:
            best = score
    return best
