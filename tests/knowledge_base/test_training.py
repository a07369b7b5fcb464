"""Questions are asked of models that had not seen them, and the calibration questions with and without their entry."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from knowledge_base import training
from knowledge_base.calibration_questions import CalibrationQuestion
from knowledge_base.corpus import Line, Lines
from knowledge_base.embedding import Encoder, Vectors
from knowledge_base.questioning import Asked
from knowledge_base.router import TopicRouter
from knowledge_base.training import FOLDS, AskedBoth, ask_calibration, ask_folds, splits
from tests.small_catalogue import WAGES, small_calibration, small_entries, small_lines, small_teaching_lines

TITLES = {entry.title for entry in small_entries()}


class _CharacterEncoder:
    """Counts characters: a stand-in for an embedding that needs no training."""

    name = "characters"

    def encode(self, texts: Sequence[str]) -> Vectors:
        counts = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            for character in text:
                counts[row, ord(character) % 64] += 1
        return np.asarray(counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1), dtype=np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode(texts)

    def encode_query(self, text: str) -> Vectors:
        return np.asarray(self.encode([text])[0])


class _Folds:
    """Remembers which lines each fold was trained on."""

    def __init__(self) -> None:
        self.trained_on: list[list[Line]] = []

    def __call__(self, training: Sequence[Line]) -> Encoder:
        self.trained_on.append(list(training))
        return _CharacterEncoder()


def told(asked: Sequence[Asked]) -> list[tuple[object, ...]]:
    """Everything that was asked and found, in a form that can be compared."""
    return [
        (a.question, a.answerable, a.findings.found.entry_ids, a.findings.features.candidates.tolist()) for a in asked
    ]


# Splits


def test_every_line_is_held_out_exactly_once() -> None:
    held_out = [line for _, lines in splits(small_lines()) for line in lines]
    assert Counter(held_out) == Counter(small_lines())


def test_a_fold_is_trained_on_all_that_it_does_not_hold_out() -> None:
    for seen, held_out in splits(small_lines()):
        assert Counter([*seen, *held_out]) == Counter(small_lines())


def test_the_wordings_of_a_situation_are_held_out_together() -> None:
    for seen, held_out in splits(small_lines()):
        clusters = {line.cluster for line in held_out if line.entry_id is None}
        assert clusters.isdisjoint(line.cluster for line in seen)


def test_the_questions_of_an_entry_are_held_out_one_by_one() -> None:
    entries = {line.entry_id for line in small_lines() if line.entry_id}
    for seen, _ in splits(small_lines()):
        assert entries == {line.entry_id for line in seen if line.entry_id}


def test_the_splits_are_always_the_same() -> None:
    assert list(splits(small_lines())) == list(splits(small_lines()))


# Folds


@pytest.fixture(scope="module")
def lines() -> Lines:
    return small_teaching_lines()


@pytest.fixture(scope="module")
def folds(lines: Lines) -> AskedBoth:
    return ask_folds(small_entries(), lines, _Folds())


def test_an_encoder_is_made_from_what_its_fold_may_see(lines: Lines) -> None:
    factory = _Folds()
    ask_folds(small_entries(), lines, factory)
    assert factory.trained_on == [seen for seen, _ in splits(lines.spoken)]


@pytest.mark.parametrize("kind", ["hybrid", "keywords"])
def test_every_line_is_asked_once(folds: AskedBoth, kind: str) -> None:
    asked: list[Asked] = getattr(folds, kind)
    known = Counter((line.text, line.topic, line.entry_id) for line in small_lines())
    assert Counter((a.question.text, a.question.topic, a.question.entry_id) for a in asked) == known


def test_a_held_out_question_does_not_find_itself(folds: AskedBoth) -> None:
    """Titles aside, which every index keeps."""
    found_itself = [a.question.text for a in folds.hybrid if a.question.text in a.findings.found.nearest]
    assert set(found_itself) - TITLES == set()


def test_only_questions_of_entries_are_answerable(folds: AskedBoth) -> None:
    assert all(a.answerable == (a.question.entry_id is not None) for a in folds.hybrid)


def test_a_fold_asks_a_sample_of_each_kind(monkeypatch: pytest.MonkeyPatch, lines: Lines) -> None:
    monkeypatch.setattr(training, "_MOST_ASKED", {"situation": 2, "question": 3, "outside": 4})
    scope = {line.text: line.in_scope for line in lines.spoken}
    asked = ask_folds(small_entries(), lines, None).keywords
    kinds = Counter("question" if a.answerable else "situation" if scope[a.question.text] else "outside" for a in asked)
    assert kinds == {"situation": 2 * FOLDS, "question": 3 * FOLDS, "outside": 4 * FOLDS}


def test_without_an_embedding_keywords_are_asked_alone(lines: Lines) -> None:
    asked = ask_folds(small_entries(), lines, None)
    assert asked.hybrid == [] and len(asked.keywords) == len(lines.spoken)


def test_keywords_ask_the_same_with_an_embedding_and_without(folds: AskedBoth, lines: Lines) -> None:
    assert told(ask_folds(small_entries(), lines, None).keywords) == told(folds.keywords)


def test_the_two_differ_in_what_vectors_find(folds: AskedBoth) -> None:
    assert [a.question for a in folds.hybrid] == [a.question for a in folds.keywords]
    assert told(folds.hybrid) != told(folds.keywords)


def test_folds_side_by_side_ask_the_same_in_the_same_order(folds: AskedBoth, lines: Lines) -> None:
    with ThreadPoolExecutor(2) as executor:
        asked = ask_folds(small_entries(), lines, _Folds(), executor=executor)
    assert (told(asked.hybrid), told(asked.keywords)) == (told(folds.hybrid), told(folds.keywords))


def test_progress_is_told_fold_by_fold(lines: Lines) -> None:
    progress: list[tuple[int, int]] = []
    ask_folds(small_entries(), lines, None, lambda done, total: progress.append((done, total)))
    assert progress == [(number, FOLDS) for number in range(1, FOLDS + 1)]


# Calibration questions

QUESTIONS = [
    CalibrationQuestion("老板跑了工资找谁要", "劳动争议", WAGES),
    CalibrationQuestion("年假没休完能折钱吗", "劳动争议", near_miss=True),
    CalibrationQuestion("谁来管这件事", "劳动争议", "labour.unpublished"),
]


@pytest.fixture(scope="module")
def router(lines: Lines) -> TopicRouter:
    return TopicRouter.train(lines.spoken, lines.references)


@pytest.fixture(scope="module")
def asked(router: TopicRouter) -> AskedBoth:
    return ask_calibration(small_entries(), QUESTIONS, _CharacterEncoder(), router)


@pytest.mark.parametrize("kind", ["hybrid", "keywords"])
def test_a_question_with_an_entry_is_asked_with_it_and_without(asked: AskedBoth, kind: str) -> None:
    rows: list[Asked] = getattr(asked, kind)
    own = [(a.answerable, WAGES in a.findings.found.entry_ids) for a in rows if a.question == QUESTIONS[0]]
    assert own == [(True, True), (False, False)]


def test_a_question_without_an_entry_is_asked_once(asked: AskedBoth) -> None:
    assert [a.answerable for a in asked.hybrid if a.question == QUESTIONS[1]] == [False]


def test_a_question_whose_entry_is_not_published_is_left_out(asked: AskedBoth) -> None:
    assert QUESTIONS[2] not in [a.question for a in asked.hybrid]


def test_without_an_encoder_calibration_questions_are_asked_of_keywords_alone(
    asked: AskedBoth, router: TopicRouter
) -> None:
    alone = ask_calibration(small_entries(), QUESTIONS, None, router)
    assert alone.hybrid == [] and told(alone.keywords) == told(asked.keywords)


def test_the_order_of_the_entries_changes_no_feature(asked: AskedBoth, router: TopicRouter) -> None:
    turned = ask_calibration(small_entries()[::-1], QUESTIONS, _CharacterEncoder(), router)
    assert [a.findings.found.entry_ids for a in turned.hybrid] == [a.findings.found.entry_ids for a in asked.hybrid]


def test_the_small_calibration_questions_are_no_lines() -> None:
    """What the small release is calibrated with would prove nothing if it had been learned."""
    assert {q.text for q in small_calibration()}.isdisjoint(line.text for line in small_lines())
