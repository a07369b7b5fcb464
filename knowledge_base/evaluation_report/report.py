"""Ask a release all samples and put everything that was measured together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from knowledge_base.calibration import expected_calibration_error
from knowledge_base.evaluation_report.asking import Reply, ask
from knowledge_base.evaluation_report.figures import DECISIONS, SampleFigures, measure
from knowledge_base.evaluation_report.measures import Estimate, ReliabilityBin, auroc, coverage_curve, reliability
from knowledge_base.evaluation_report.questions import Sample, SampleKind
from knowledge_base.release import Release

_FAMILIES = {True: "自有问题", False: "外部问题"}


@dataclass(frozen=True)
class Calibration:
    """Whether the probability of the first candidate is the share that is right."""

    bins: tuple[ReliabilityBin, ...]
    error: float
    count: int


@dataclass(frozen=True)
class Curve:
    """Points (coverage, precision) as the threshold falls, and where the release's own threshold for answers stands."""

    title: str
    points: tuple[tuple[float, float], ...]
    now: tuple[float, float] | None


@dataclass(frozen=True)
class Latency:
    """Milliseconds of one decision, asked one after the other."""

    p50: float
    p99: float
    count: int


@dataclass(frozen=True)
class Mistake:
    """A question that was met wrongly. `expected` and `said` are entry titles, or topics where no entry is known."""

    sample: str
    text: str
    decision: str
    expected: str
    said: str
    probability: float


@dataclass(frozen=True)
class Report:
    """Everything. `separation`: AUROC of being in scope, by family of samples; `titles` of all entries by id."""

    release: int
    model: str
    created: date
    day: date
    titles: Mapping[str, str]
    samples: tuple[SampleFigures, ...]
    separation: dict[str, Estimate]
    calibration: Calibration
    curves: tuple[Curve, ...]
    latency: Latency
    mistakes: tuple[Mistake, ...]

    def sample(self, name: str) -> SampleFigures:
        """The figures of the sample with that name."""
        return next(figures for figures in self.samples if figures.sample.name == name)


def evaluate(release: Release, samples: Sequence[Sample], today: date, *, with_text: bool = False) -> Report:
    """Ask a release every question, as on a day, and measure.

    with_text: whether questions from files of others may be quoted among the mistakes.

    Raises:
        ValueError: no sample has a question.
    """
    decider = release.decider
    asked = [sample for sample in samples if sample.questions]
    if not asked:
        raise ValueError("没有可问的问题")
    ask(decider, asked[0].questions[:1], today)  # what is loaded with the first question belongs to no latency
    replies = [(sample, ask(decider, sample.questions, today)) for sample in asked]
    titles = {entry_id: entry.title for entry_id, entry in decider.entries.items()}
    return Report(
        release.number,
        release.model,
        release.created.date(),
        today,
        titles,
        tuple(measure(sample, own) for sample, own in replies),
        _separation(replies),
        calibration_of([reply for sample, own in replies if sample.own for reply in own]),
        tuple(_curves(replies, decider.model.thresholds.answer)),
        _latency([reply.milliseconds for _, own in replies for reply in own]),
        tuple(m for s, own in replies if s.own or with_text for m in _mistakes(s, own, titles)),
    )


def calibration_of(replies: Sequence[Reply]) -> Calibration:
    """Of questions whose entry is known, or known not to be: there no candidate is right."""
    probabilities = [reply.probability for reply in replies]
    right = [reply.entry_right for reply in replies]
    error = expected_calibration_error(probabilities, right)
    return Calibration(tuple(reliability(probabilities, right)), error, len(replies))


def _separation(replies: Sequence[tuple[Sample, list[Reply]]]) -> dict[str, Estimate]:
    found = {}
    for is_own, title in _FAMILIES.items():
        scores: dict[bool, list[float]] = {True: [], False: []}
        for sample, own in replies:
            if sample.own is is_own:
                scores[sample.kind is not SampleKind.OUT_OF_SCOPE] += [reply.in_scope for reply in own]
        area = auroc(scores[True], scores[False])
        if area is not None:
            found[title] = area
    return found


def _curves(replies: Sequence[tuple[Sample, list[Reply]]], threshold: float) -> list[Curve]:
    entries = [reply for sample, own in replies if sample.kind is SampleKind.ENTRIES for reply in own]
    every = [reply for sample, own in replies if sample.own for reply in own]
    curves = []
    if entries:
        curves = [
            _curve("条目（只算有条目的问题）", entries, [reply.entry_right for reply in entries], threshold),
            _curve("条目（混入近似和范围外问题）", every, [reply.entry_right for reply in every], threshold),
        ]
    for sample, own in replies:
        if sample.kind in (SampleKind.ENTRIES, SampleKind.TOPICS):
            right = [reply.topic_accepted for reply in own]
            curves.append(_curve(f"主题：{sample.title}", own, right, threshold))
    return curves


def _curve(title: str, replies: Sequence[Reply], right: Sequence[bool], threshold: float) -> Curve:
    has_entry = [reply.question.entry is not None for reply in replies]
    answerable = has_entry if any(has_entry) else [True] * len(replies)  # of a foreign file only topics are known
    scores = [reply.probability for reply in replies]
    points = coverage_curve(scores, right, answerable)
    above = len({score for score in scores if score >= threshold})
    return Curve(title, tuple(points), points[above - 1] if above else None)


def _latency(milliseconds: Sequence[float]) -> Latency:
    p50, p99 = np.percentile(milliseconds, (50, 99))
    return Latency(float(p50), float(p99), len(milliseconds))


def _mistakes(sample: Sample, replies: Sequence[Reply], titles: Mapping[str, str]) -> list[Mistake]:
    """Answers that are wrong, questions that should not have been met, and wrong topics where only those are known."""
    found = []
    for reply in replies:
        question = reply.question
        first = titles.get(reply.entries[0], "") if reply.entries else ""
        if sample.kind is SampleKind.TOPICS:
            wrong, expected, said = not reply.topic_accepted, question.topic or "", reply.first_topic or ""
        elif sample.kind is SampleKind.OUT_OF_SCOPE:
            wrong, expected, said = not reply.abstained, f"拒答（{question.kind}）", reply.first_topic or ""
        else:
            wrong = reply.answered and not reply.entry_right
            expected, said = titles.get(question.entry or "", "没有条目"), first
        if wrong:
            decision = DECISIONS[reply.kind]
            found.append(Mistake(sample.title, question.text, decision, expected, said, reply.probability))
    return found
