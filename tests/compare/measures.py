"""What is measured of a system on a set of questions, each figure with its 95 % interval."""

from collections.abc import Mapping, Sequence

from knowledge_base.evaluation_report.measures import Estimate, auroc, share
from knowledge_base.evaluation_report.questions import SampleKind
from tests.compare.data import GOVERNMENT_KINDS, Question, QuestionSet
from tests.compare.systems import Prediction, Run


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
    if questions.kind is SampleKind.OUT_OF_SCOPE:
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


def _measure_entries(kind: SampleKind, pairs: Sequence[tuple[Question, Prediction]]) -> dict[str, Estimate]:
    answered = [said.answered for _, said in pairs]
    if kind is SampleKind.NEAR_MISSES:
        return _told(answered=share(answered))
    if kind is not SampleKind.ENTRIES:
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
        inside = [
            run.predictions[q.id].score for s in own if s.kind is not SampleKind.OUT_OF_SCOPE for q in s.questions
        ]
        outside = [run.predictions[q.id].score for s in own if s.kind is SampleKind.OUT_OF_SCOPE for q in s.questions]
        if None not in (*inside, *outside):
            found[family] = auroc([s for s in inside if s is not None], [s for s in outside if s is not None])
    return _told(**found)
