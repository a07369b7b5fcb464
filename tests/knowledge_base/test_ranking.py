"""Named features of a candidate, and the small model over them."""

import math

import numpy as np
import pytest

from knowledge_base.corpus import OUT_OF_SCOPE
from knowledge_base.index import Hit
from knowledge_base.ranking import CANDIDATE_FEATURES, SCOPE_FEATURES, LinearModel, candidate_rows, scope_row
from knowledge_base.router import TopicBelief

QUESTION = "拖欠工资"
BELIEF = TopicBelief({"劳动争议": 0.6, "继承": 0.3, OUT_OF_SCOPE: 0.1})
HITS = [Hit("labour.wages", 0.9, 0.4, 6.0, "拖欠工资"), Hit("inheritance.share", 0.5, 0.1, 2.0, "遗产怎么分工资")]


def candidate_features(number: int) -> dict[str, float]:
    rows = candidate_rows(QUESTION, HITS, ["劳动争议", "继承"], BELIEF)
    return dict(zip(CANDIDATE_FEATURES, rows[number].tolist(), strict=True))


def test_features_of_the_nearest_candidate() -> None:
    assert candidate_features(0) == pytest.approx(
        {
            "dense": 0.9,
            "dense_second": 0.4,
            "dense_lead": 0.4,
            "keyword": 3.0,
            "keyword_lead": 2.0,
            "overlap": 1.0,
            "covered": 1.0,
            "topic": 0.6,
            "topic_first": 1.0,
            "out_of_scope": 0.1,
            "dense_x_topic": 0.54,
            "length": math.log(4),
        }
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("dense_lead", -0.4), ("keyword_lead", -2.0), ("overlap", 1 / 3), ("covered", 1 / 6), ("topic_first", 0.0)],
)
def test_features_of_a_candidate_behind(name: str, value: float) -> None:
    assert candidate_features(1)[name] == pytest.approx(value)


def test_a_lone_candidate_leads_by_all_it_has() -> None:
    rows = candidate_rows(QUESTION, HITS[:1], ["劳动争议"], BELIEF)
    features = dict(zip(CANDIDATE_FEATURES, rows[0].tolist(), strict=True))
    assert (features["dense_lead"], features["keyword_lead"]) == pytest.approx((0.9, 3.0))


def test_without_hits_there_are_no_rows() -> None:
    assert candidate_rows(QUESTION, [], [], BELIEF).shape == (0, len(CANDIDATE_FEATURES))


def test_a_question_of_one_character_has_finite_features() -> None:
    assert np.isfinite(candidate_rows("钱", HITS, ["劳动争议", "继承"], BELIEF)).all()


def test_scope_features() -> None:
    features = dict(zip(SCOPE_FEATURES, scope_row(QUESTION, HITS, 0.7, BELIEF)[0].tolist(), strict=True))
    assert features == pytest.approx(
        {
            "out_of_scope": math.log(0.1 / 0.9),
            "topic": 0.6,
            "dense": 0.9,
            "keyword": 3.0,
            "answer": 0.7,
            "length": math.log(4),
        }
    )


@pytest.mark.parametrize("outside", [0.0, 1.0])
def test_scope_features_stay_finite_at_certainty(outside: float) -> None:
    belief = TopicBelief({"继承": 1 - outside, OUT_OF_SCOPE: outside})
    assert np.isfinite(scope_row("", [], 0.0, belief)).all()


def test_probability_is_the_logistic_of_the_standardised_score() -> None:
    model = LinearModel(mean=(1.0,), scale=(2.0,), weights=(3.0,), bias=0.5)
    assert model.probability(np.array([[1.0], [2.0]])) == pytest.approx(
        [1 / (1 + math.exp(-0.5)), 1 / (1 + math.exp(-2))]
    )


def test_no_probability_claims_certainty() -> None:
    model = LinearModel(mean=(0.0,), scale=(1.0,), weights=(1.0,), bias=0.0)
    assert model.probability(np.array([[1000.0]]))[0] == pytest.approx(0.995)


def test_no_rows_have_no_probabilities() -> None:
    model = LinearModel(mean=(0.0,), scale=(1.0,), weights=(1.0,), bias=0.0)
    assert model.probability(np.zeros((0, 1))).shape == (0,)


def test_fit_learns_which_side_is_right() -> None:
    rows = np.array([[0.0, 7.0], [0.1, 7.0], [0.9, 7.0], [1.0, 7.0]])
    low, high = LinearModel.fit(rows, np.array([0, 0, 1, 1])).probability(np.array([[0.0, 7.0], [1.0, 7.0]]))
    assert low < 0.5 < high


def test_a_weight_makes_an_example_count_more() -> None:
    rows, labels = np.array([[0.0], [0.0], [1.0]]), np.array([0, 1, 1])
    plain = LinearModel.fit(rows, labels).probability(rows[:1])[0]
    weighted = LinearModel.fit(rows, labels, np.array([1.0, 9.0, 1.0])).probability(rows[:1])[0]
    assert weighted > plain
