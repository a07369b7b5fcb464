"""Statistics on plain sequences; all random draws are seeded."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 2000
_SEED = 1
_INTERVAL = (2.5, 97.5)


@dataclass(frozen=True)
class Estimate:
    """A figure between 0 and 1, its bootstrap 95 % interval (percentiles), and how many questions it rests on."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class ReliabilityBin:
    """Questions whose probability lies between `low` and `high`: the mean probability and the share that was right."""

    low: float
    high: float
    claimed: float
    found: Estimate


def share(hits: Sequence[bool], among: Sequence[bool] | None = None) -> Estimate | None:
    """The share of hits, among the questions marked in `among` (all when None). None when there are none.

    All questions are drawn anew, not only the marked ones: how many are marked is chance too.
    """
    marked = np.ones(len(hits), dtype=np.bool_) if among is None else np.array(among, dtype=np.bool_)
    hit = np.array(hits, dtype=np.bool_) & marked
    if not marked.any():
        return None
    # how many hits, misses and unmarked ones stand among n questions drawn with replacement is one multinomial draw
    kinds = np.array([hit.sum(), (marked & ~hit).sum(), (~marked).sum()]) / len(hit)
    drawn = np.random.default_rng(_SEED).multinomial(len(hit), kinds, _RESAMPLES)
    rest_on = drawn[:, 0] + drawn[:, 1]
    low, high = np.percentile(drawn[rest_on > 0, 0] / rest_on[rest_on > 0], _INTERVAL)
    return Estimate(float(hit.sum() / marked.sum()), float(low), float(high), int(marked.sum()))


def auroc(inside: Sequence[float], outside: Sequence[float]) -> Estimate | None:
    """Probability that a score from inside is higher than one from outside, ties counting half; None if one is empty.

    Both sides are drawn anew for the interval.
    """
    if not inside or not outside:
        return None
    above, below = np.array(inside), np.array(outside)
    random = np.random.default_rng(_SEED)
    found = [_area(random.choice(above, len(above)), random.choice(below, len(below))) for _ in range(_RESAMPLES)]
    low, high = np.percentile(found, _INTERVAL)
    return Estimate(_area(above, below), float(low), float(high), len(above) + len(below))


def _area(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> float:
    ordered = np.sort(outside)
    beaten = np.searchsorted(ordered, inside, "left") + np.searchsorted(ordered, inside, "right")
    return float(beaten.mean() / (2 * len(outside)))


def reliability(probabilities: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[ReliabilityBin]:
    """Bins of equal width as `expected_calibration_error` has them, without the empty ones."""
    places: dict[int, list[int]] = {}
    for number, probability in enumerate(probabilities):
        places.setdefault(min(int(probability * bins), bins - 1), []).append(number)
    table = []
    for place, own in sorted(places.items()):
        found = share([right[number] for number in own])
        if found is not None:
            claimed = sum(probabilities[number] for number in own) / len(own)
            table.append(ReliabilityBin(place / bins, (place + 1) / bins, claimed, found))
    return table


def coverage_curve(
    scores: Sequence[float], right: Sequence[bool], answerable: Sequence[bool]
) -> list[tuple[float, float]]:
    """(coverage, precision) when all above a threshold are answered, for every threshold from high to low.

    Coverage is the share of the answerable questions that are answered; precision the share of right ones among all
    that are, answerable or not. Questions with the same score are answered together.
    """
    total = sum(answerable)
    ordered = sorted(zip(scores, right, answerable, strict=True), key=lambda row: -row[0])
    points, hits, covered = [], 0, 0
    for number, (score, is_right, can_be) in enumerate(ordered, start=1):
        hits += is_right
        covered += can_be
        last_of_ties = number == len(ordered) or ordered[number][0] < score
        if last_of_ties and total:
            points.append((covered / total, hits / number))
    return points
