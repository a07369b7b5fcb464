"""Measures on tiny predictions made by hand."""

import pytest

from knowledge_base.evaluation_report.questions import SampleKind
from tests.compare.data import Question, QuestionSet
from tests.compare.measures import lenient_hits, measure, separation
from tests.compare.systems import Costs, Prediction, Run


def said(label: str = "", entry: str = "", abstain: bool = False, score: float | None = None) -> Prediction:
    labels, entries = (label,) if label else (), tuple(entry.split())
    return Prediction(labels, entries, abstain, bool(entries) and not abstain, score)


def asked(number: int, topic: str | None, *alternatives: str, entry: str | None = None, kind: str = "") -> Question:
    accepted = frozenset(filter(None, (topic, *alternatives)))
    return Question(f"q{number}", "", topic, accepted, entry, kind or None)


def make_set(kind: SampleKind, *questions: Question, name: str = "s", subset: bool = False) -> QuestionSet:
    return QuestionSet(name, name, "own", kind, questions, subset)


def make_run(*predictions: Prediction, gives_entries: bool = True) -> Run:
    return Run("x", "x", {f"q{n}": p for n, p in enumerate(predictions, start=1)}, Costs(), gives_entries)


def values(questions: QuestionSet, run: Run) -> dict[str, float]:
    return {name: figure.value for name, figure in measure(questions, run).items()}


def test_topics() -> None:
    questions = make_set(
        SampleKind.TOPICS,
        asked(1, "继承"),
        asked(2, "继承", "公证"),
        asked(3, "工伤"),
        asked(4, "工伤"),
        asked(5, "工伤"),
    )
    run = make_run(said("继承"), said("公证"), said("继承"), said("工伤", abstain=True), said())
    assert values(questions, run) == {"lenient": 0.4, "strict": 0.2, "coverage": 0.8, "precision": 0.5}
    assert lenient_hits(questions, run.predictions) == [True, True, False, False, False]


def test_entries() -> None:
    questions = make_set(SampleKind.ENTRIES, *(asked(n, "继承", entry="a.a") for n in range(1, 5)))
    run = make_run(
        said("继承", "a.a a.b"),
        said("继承", "a.b a.c a.a"),
        said("继承", "a.b a.c a.d a.a"),
        said("继承", "a.a", abstain=True),
    )
    found = values(questions, run)
    assert (found["entry_first"], found["entry_in_three"]) == (0.25, 0.5)
    assert found["answered"] == 0.75
    assert found["answer_precision"] == pytest.approx(1 / 3)


def test_a_system_without_entries_has_no_figures_of_them() -> None:
    questions = make_set(SampleKind.ENTRIES, asked(1, "继承", entry="a.a"))
    assert values(questions, make_run(said("继承"), gives_entries=False)).keys() == {
        "lenient",
        "strict",
        "coverage",
        "precision",
    }


def test_near_misses_must_not_be_answered() -> None:
    questions = make_set(SampleKind.NEAR_MISSES, asked(1, "继承"), asked(2, "继承"))
    found = values(questions, make_run(said("继承", "a.a"), said("继承")))
    assert found["answered"] == 0.5
    assert "entry_first" not in found


def test_out_of_scope_with_and_without_government() -> None:
    kinds = ("gov", "government", "weather", "trap")
    questions = make_set(SampleKind.OUT_OF_SCOPE, *(asked(n, None, kind=k) for n, k in enumerate(kinds, start=1)))
    run = make_run(said("行政"), said("行政"), said(abstain=True), said("工伤"))
    assert values(questions, run) == {"abstained": 0.25, "abstained_without_government": 0.5}


def test_separation_needs_scores_on_both_sides_and_leaves_subsets_out() -> None:
    inside = make_set(SampleKind.TOPICS, asked(1, "继承"), asked(2, "继承"))
    subset = make_set(SampleKind.TOPICS, asked(2, "继承"), name="part", subset=True)
    outside = make_set(SampleKind.OUT_OF_SCOPE, asked(3, None, kind="weather"))
    run = make_run(said("继承", score=0.9), said("继承", score=0.1), said(score=0.5))
    assert separation([inside, subset, outside], run)["own"].value == 0.5
    assert separation([inside], run) == {}
    assert separation([inside, outside], make_run(said(), said(), said())) == {}
