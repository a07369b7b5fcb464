"""What is measured of a system on a set of questions, each figure with its 95 % interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.compare.data import GOVERNMENT_KINDS, Question, QuestionSet, SetKind
from tests.compare.systems import Prediction, Run

_RESAMPLES = 1000
_SEED = 1
_INTERVAL = (2.5, 97.5)
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Estimate:
    """A figure between 0 and 1, its bootstrap interval (percentiles), and how many questions it rests on."""

    value: float
    low: float
    high: float
    count: int


def share(hits: Sequence[bool], among: Sequence[bool] | None = None) -> Estimate | None:
    """Share of questions that hit, among those marked in `among` (all when None). None when there are none.

    The questions are drawn anew, not only the marked ones: how many are answered is chance too.
    """
    marked = np.ones(len(hits), dtype=bool) if among is None else np.array(among, dtype=bool)
    hit = np.array(hits, dtype=bool) & marked
    if not marked.any():
        return None
    drawn = np.random.default_rng(_SEED).integers(0, len(hit), size=(_RESAMPLES, len(hit)), dtype=np.int32)
    total = marked[drawn].sum(axis=1)
    shares = hit[drawn].sum(axis=1)[total > 0] / total[total > 0]
    low, high = np.percentile(shares, _INTERVAL)
    return Estimate(float(hit.sum() / marked.sum()), float(low), float(high), int(marked.sum()))


def auroc(inside: Sequence[float], outside: Sequence[float]) -> Estimate | None:
    """Probability that a question in scope scores higher than one out of scope; ties count half.

    None when either is empty.
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


def is_lenient_hit(question: Question, said: Prediction) -> bool:
    """Whether the first topic is one a reasonable reader accepts. Who abstains is wrong."""
    return not said.abstain and bool(said.labels) and said.labels[0] in question.accepted


def _is_strict_hit(question: Question, said: Prediction) -> bool:
    return not said.abstain and said.labels[:1] == (question.topic,)


def lenient_hits(questions: QuestionSet, predictions: Mapping[str, Prediction]) -> list[bool]:
    """`is_lenient_hit` of every question of a set."""
    return [is_lenient_hit(question, predictions[question.id]) for question in questions.questions]


def measure(questions: QuestionSet, run: Run) -> dict[str, Estimate]:
    """All figures of a system on a set, by name; those that cannot be told are missing.

    In scope: `lenient`, `strict`, `coverage` (not abstained), `precision` (lenient, of those). Where entries are known:
    `entry_first`, `entry_in_three`, `answered` (one entry is given as the answer), `answer_precision` (it is the right
    one). Near misses: `answered`, which is always wrong. Out of scope: `abstained`, `abstained_without_government`.
    """
    pairs = [(question, run.predictions[question.id]) for question in questions.questions]
    if questions.kind is SetKind.OUT_OF_SCOPE:
        abstained = [said.abstain for _, said in pairs]
        ours_to_refuse = [question.kind not in GOVERNMENT_KINDS for question, _ in pairs]
        return _told(abstained=share(abstained), abstained_without_government=share(abstained, ours_to_refuse))
    covered = [not said.abstain for _, said in pairs]
    lenient = [is_lenient_hit(*pair) for pair in pairs]
    figures = _told(
        lenient=share(lenient),
        strict=share([_is_strict_hit(*pair) for pair in pairs]),
        coverage=share(covered),
        precision=share(lenient, covered),
    )
    return figures | (_measure_entries(questions.kind, pairs) if run.gives_entries else {})


def _measure_entries(kind: SetKind, pairs: Sequence[tuple[Question, Prediction]]) -> dict[str, Estimate]:
    answered = [said.answered for _, said in pairs]
    if kind is SetKind.NEAR_MISSES:
        return _told(answered=share(answered))
    if kind is not SetKind.ENTRIES:
        return {}
    first = [not said.abstain and said.entries[:1] == (question.entry,) for question, said in pairs]
    in_three = [not said.abstain and question.entry in said.entries[:3] for question, said in pairs]
    return _told(
        entry_first=share(first),
        entry_in_three=share(in_three),
        answered=share(answered),
        answer_precision=share(first, answered),
    )


def _told(**figures: Estimate | None) -> dict[str, Estimate]:
    return {name: figure for name, figure in figures.items() if figure is not None}


def separation(sets: Sequence[QuestionSet], run: Run) -> dict[str, Estimate]:
    """AUROC of the score, in scope against out of scope, by family of sets; missing where a side or a score is."""
    found = {}
    for family in dict.fromkeys(s.family for s in sets):
        own = [s for s in sets if s.family == family and not s.subset]
        inside = [run.predictions[q.id].score for s in own if s.kind is not SetKind.OUT_OF_SCOPE for q in s.questions]
        outside = [run.predictions[q.id].score for s in own if s.kind is SetKind.OUT_OF_SCOPE for q in s.questions]
        if None not in (*inside, *outside):
            found[family] = auroc([s for s in inside if s is not None], [s for s in outside if s is not None])
    return _told(**found)
