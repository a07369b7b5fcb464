"""The trained numbers: storing them, and the features that being in scope is judged by."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from knowledge_base.decision_model import SCOPE_FEATURES, Model, scope_row
from knowledge_base.ranking import CANDIDATE_FEATURES, CONTEXT_FEATURES, Features
from tests.knowledge_base.conftest import Parts

CONTEXT = np.arange(len(CONTEXT_FEATURES), dtype=np.float32)
FEATURES = Features(np.zeros((2, len(CANDIDATE_FEATURES)), dtype=np.float32), CONTEXT)


def stored(model: Model) -> Model:
    return Model.from_dict(json.loads(json.dumps(model.to_dict())))


def test_storing_changes_nothing(parts: Parts) -> None:
    assert stored(parts.model).to_dict() == parts.model.to_dict()


@pytest.mark.parametrize("name", ["calibration", "scope", "thresholds"])
def test_a_stored_part_is_equal(parts: Parts, name: str) -> None:
    assert getattr(stored(parts.model), name) == getattr(parts.model, name)


def test_a_stored_model_rates_the_same(parts: Parts) -> None:
    before, after = (model.ranker.probabilities(FEATURES) for model in (parts.model, stored(parts.model)))
    assert before.tolist() == after.tolist()


def test_a_model_without_a_topic_threshold_names_every_subject(parts: Parts) -> None:
    data = parts.model.to_dict()
    del data["thresholds"]["topic"]
    assert Model.from_dict(data).thresholds.topic == 0.0


@pytest.mark.parametrize("with_vectors", [True, False], ids=["hybrid", "keywords"])
def test_the_ranker_knows_every_named_feature(parts: Parts, with_vectors: bool) -> None:
    ranker = (parts.model if with_vectors else parts.keywords_model).ranker
    assert (len(ranker.mean), len(ranker.context_mean)) == (len(CANDIDATE_FEATURES), len(CONTEXT_FEATURES))


@pytest.mark.parametrize("name", ["mean", "scale", "weights"])
def test_scope_has_a_number_for_every_named_feature(parts: Parts, name: str) -> None:
    assert len(asdict(parts.model.scope)[name]) == len(SCOPE_FEATURES)


def test_a_scope_row_is_context_then_best_then_none() -> None:
    row = scope_row(FEATURES, np.array([0.1, 0.6, 0.3], dtype=np.float32))
    assert row.shape == (1, len(SCOPE_FEATURES))
    assert row[0].tolist() == pytest.approx([*CONTEXT.tolist(), 0.6, 0.3])


def test_without_candidates_the_best_is_nothing() -> None:
    row = scope_row(FEATURES, np.array([1.0], dtype=np.float32))
    assert dict(zip(SCOPE_FEATURES, row[0].tolist(), strict=True))["best"] == 0.0
