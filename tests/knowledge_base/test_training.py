"""Thresholds from held-out data, and that held-out lines really are held out."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import training
from knowledge_base.corpus import OUT_OF_SCOPE, Line
from knowledge_base.decision import Model
from knowledge_base.embedding import Encoder, Vectors
from knowledge_base.ranking import CANDIDATE_FEATURES, SCOPE_FEATURES
from knowledge_base.training import FOLDS, OFFER_SHARE, least_threshold, train_models
from tests.small_catalogue import small_entries, small_lines

SCORED = st.lists(
    st.tuples(st.sampled_from([0.1, 0.2, 0.3, 0.5, 0.8, 0.9]), st.booleans(), st.sampled_from([0.25, 1.0, 2.0])),
    max_size=12,
)


def least_threshold_by_trying(scored: Sequence[tuple[float, bool, float]], precision: float) -> float:
    """Try every score as the threshold."""
    fitting = [1.0]
    for threshold, _, _ in scored:
        taken = [(right, weight) for score, right, weight in scored if score >= threshold]
        if sum(weight for right, weight in taken if right) >= precision * sum(weight for _, weight in taken):
            fitting.append(threshold)
    return min(fitting)


@given(SCORED, st.sampled_from([0.25, 0.5, 0.75, 1.0]))
def test_least_threshold_is_the_one_found_by_trying_all(
    scored: list[tuple[float, bool, float]], precision: float
) -> None:
    assert least_threshold(scored, precision) == least_threshold_by_trying(scored, precision)


@given(SCORED)
def test_a_stricter_precision_never_lowers_the_threshold(scored: list[tuple[float, bool, float]]) -> None:
    assert least_threshold(scored, 0.5) <= least_threshold(scored, 0.9)


@pytest.mark.parametrize(
    ("scored", "precision", "expected"),
    [
        ([], 0.9, 1.0),
        ([(0.9, False, 1.0)], 0.5, 1.0),
        ([(0.9, True, 1.0), (0.4, True, 1.0)], 0.9, 0.4),
        ([(0.9, True, 1.0), (0.4, False, 1.0)], 0.9, 0.9),
        ([(0.9, True, 1.0), (0.9, False, 1.0)], 0.9, 1.0),
        ([(0.9, True, 1.0), (0.4, False, 0.25)], 0.8, 0.4),
        ([(0.9, False, 1.0), (0.5, True, 1.0), (0.4, True, 2.0)], 0.75, 0.4),
    ],
    ids=["nothing", "never", "all", "above the wrong one", "ties together", "weights", "dip and recovery"],
)
def test_least_threshold(scored: list[tuple[float, bool, float]], precision: float, expected: float) -> None:
    assert least_threshold(scored, precision) == expected


class _CharacterEncoder:
    """Counts characters: a stand-in for an embedding that needs no training."""

    name = "characters"

    def encode(self, texts: Sequence[str]) -> Vectors:
        counts = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            for character in text:
                counts[row, ord(character) % 64] += 1
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1)

    def encode_query(self, text: str) -> Vectors:
        return self.encode([text])[0]


class _Folds:
    """Remembers which lines each fold was trained on."""

    def __init__(self) -> None:
        self.trained_on: list[list[Line]] = []

    def __call__(self, training: Sequence[Line]) -> Encoder:
        self.trained_on.append(list(training))
        return _CharacterEncoder()


@pytest.fixture(scope="module")
def folds() -> _Folds:
    folds = _Folds()
    train_models(small_entries(), small_lines(), folds)
    return folds


@pytest.fixture(scope="module")
def model() -> Model:
    models = train_models(small_entries(), small_lines(), _Folds())
    assert models.hybrid is not None
    return models.hybrid


def test_every_line_is_held_out_exactly_once(folds: _Folds) -> None:
    trained = [line for training in folds.trained_on for line in training]
    assert sorted(map(repr, trained)) == sorted(repr(line) for line in small_lines() for _ in range(FOLDS - 1))


def test_the_wordings_of_a_situation_are_held_out_together(folds: _Folds) -> None:
    situations = [line for line in small_lines() if line.entry_id is None]
    for seen in folds.trained_on:
        held_out = {line.cluster for line in situations if line not in seen}
        assert held_out.isdisjoint(line.cluster for line in seen)


def test_the_questions_of_an_entry_are_held_out_one_by_one(folds: _Folds) -> None:
    entries = {line.entry_id for line in small_lines() if line.entry_id}
    for seen in folds.trained_on:
        assert entries == {line.entry_id for line in seen if line.entry_id}


def test_a_fold_asks_every_line_out_of_scope_and_a_sample_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "_MOST_ASKED", {"entry": 3, "situation": 2})
    asked = training._sample(small_lines())
    outside = [line for line in small_lines() if line.topic == OUT_OF_SCOPE]
    assert [line for line in asked if line.topic == OUT_OF_SCOPE] == outside
    assert sum(line.entry_id is not None for line in asked) == 3
    assert sum(line.entry_id is None and line.topic != OUT_OF_SCOPE for line in asked) == 2


def test_folds_side_by_side_give_the_same_model(model: Model) -> None:
    with ThreadPoolExecutor(2) as executor:
        models = train_models(small_entries(), small_lines(), _Folds(), executor=executor)
    assert models.hybrid == model


def test_training_twice_gives_the_same_model(model: Model) -> None:
    assert train_models(small_entries(), small_lines(), _Folds()).hybrid == model


def test_the_models_have_a_weight_for_every_named_feature(model: Model) -> None:
    assert (len(model.candidate.weights), len(model.scope.weights)) == (len(CANDIDATE_FEATURES), len(SCOPE_FEATURES))


@pytest.mark.parametrize("name", ["answer", "offer", "clarify", "in_scope"])
def test_thresholds_are_probabilities(model: Model, name: str) -> None:
    assert 0 <= getattr(model.thresholds, name) <= 1


def test_an_entry_is_offered_from_a_share_of_the_answer_threshold_on(model: Model) -> None:
    assert model.thresholds.offer == pytest.approx(model.thresholds.answer * OFFER_SHARE)


def test_storing_changes_nothing(model: Model) -> None:
    import json

    assert Model.from_dict(json.loads(json.dumps(model.to_dict()))) == model


def test_progress_is_told_fold_by_fold() -> None:
    told: list[tuple[int, int]] = []
    train_models(small_entries(), small_lines(), _Folds(), lambda done, total: told.append((done, total)))
    assert told == [(number, FOLDS) for number in range(1, FOLDS + 1)]
