"""Named features of the candidates, and the probabilities that a trained ranker gives them."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.contrasts import Sides
from knowledge_base.corpus import GOVERNMENT, OUT_OF_SCOPE
from knowledge_base.entry import Facet
from knowledge_base.index import SIGNALS, Found
from knowledge_base.ranking import CANDIDATE_FEATURES, CONTEXT_FEATURES, EntryTraits, Features, Ranker, features_of
from knowledge_base.router import TopicBelief

NAMES = list(SIGNALS)
BELIEF = TopicBelief({"劳动争议": 0.45, "继承": 0.15, OUT_OF_SCOPE: 0.3, GOVERNMENT: 0.1})
WAGES = EntryTraits("劳动争议", frozenset(), {"party": "worker", "contract": "without"})
CERTIFICATE = EntryTraits("公证", frozenset({Facet.FEE, Facet.TIME}), {"party": "employer"})
ASKED_SIDES: Sides = {"party": "worker", "contract": "without"}


def found(*rows: float, weight: float = 7.0) -> Found:
    """Candidates all of whose signals are the number given."""
    signals = np.repeat(np.array(rows, dtype=np.float32)[:, None], len(SIGNALS), axis=1).reshape(-1, len(SIGNALS))
    names = tuple(f"entry.{number}" for number in range(len(rows)))
    return Found(names, signals, names, weight)


def both() -> Features:
    return features_of(found(0.9, 0.5), [WAGES, CERTIFICATE], BELIEF, [Facet.FEE, Facet.WHERE], ASKED_SIDES)


def candidate(features: Features, number: int) -> dict[str, float]:
    return dict(zip(CANDIDATE_FEATURES, features.candidates[number].tolist(), strict=True))


def context(features: Features) -> dict[str, float]:
    return dict(zip(CONTEXT_FEATURES, features.context.tolist(), strict=True))


# Features of a candidate


@pytest.mark.parametrize(
    ("number", "name", "value"),
    [
        (0, "nearest", 0.9),
        (0, "nearest_lead", 0.4),
        (0, "topic", 0.75),
        (0, "topic_log", math.log(0.751)),
        (0, "rank", 0.0),
        (0, "facet", 0.0),
        (0, "same_side", 2.0),
        (0, "other_side", 0.0),
        (1, "nearest", 0.5),
        (1, "nearest_lead", -0.4),
        (1, "topic", 0.0),
        (1, "topic_log", math.log(0.001)),
        (1, "rank", math.log(2)),
        (1, "facet", 1.0),
        (1, "same_side", 0.0),
        (1, "other_side", 1.0),
    ],
)
def test_features_of_a_candidate(number: int, name: str, value: float) -> None:
    assert candidate(both(), number)[name] == pytest.approx(value)


@pytest.mark.parametrize("name", NAMES)
def test_each_signal_keeps_its_name(name: str) -> None:
    signals = np.zeros((2, len(SIGNALS)), dtype=np.float32)
    signals[1, NAMES.index(name)] = 0.5
    features = features_of(Found(("a", "b"), signals, ("a", "b"), 1.0), [WAGES, WAGES], BELIEF, [], {})
    second = candidate(features, 1)
    assert {key for key, value in second.items() if value == 0.5} == {name, f"{name}_lead"}


def test_a_lone_candidate_leads_by_all_it_has() -> None:
    features = features_of(found(0.9), [WAGES], BELIEF, [], {})
    assert candidate(features, 0)["title_lead"] == pytest.approx(0.9)


@given(st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=8))
def test_a_lead_is_over_the_best_of_the_others(rows: list[float]) -> None:
    features = features_of(found(*rows), [WAGES] * len(rows), BELIEF, [], {})
    leads = [candidate(features, number)["body_lead"] for number in range(len(rows))]
    assert leads == pytest.approx([row - max(rows[:n] + rows[n + 1 :]) for n, row in enumerate(rows)])


# Features of the question


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("out_of_scope", math.log(0.4 / 0.6)),
        ("topic", 0.75),
        ("weight", math.log(8)),
        ("questions", 0.9),
        ("centroid", 0.9),
        ("nearest", 0.9),
        ("questions_cover", 0.9),
        ("agreement", 0.75),
    ],
)
def test_features_of_the_question(name: str, value: float) -> None:
    assert context(both())[name] == pytest.approx(value)


@pytest.mark.parametrize("name", ["questions", "centroid", "nearest", "questions_cover"])
def test_the_best_of_a_signal_may_be_another_candidate_than_the_first(name: str) -> None:
    signals = np.zeros((2, len(SIGNALS)), dtype=np.float32)
    signals[1, NAMES.index(name)] = 0.5
    features = features_of(Found(("a", "b"), signals, ("a", "b"), 1.0), [WAGES, WAGES], BELIEF, [], {})
    assert context(features)[name] == 0.5


def test_without_candidates_there_are_no_rows() -> None:
    assert features_of(found(), [], BELIEF, [], {}).candidates.shape == (0, len(CANDIDATE_FEATURES))


@pytest.mark.parametrize("name", ["questions", "centroid", "nearest", "questions_cover", "agreement"])
def test_without_candidates_nothing_speaks_for_any(name: str) -> None:
    assert context(features_of(found(), [], BELIEF, [], {}))[name] == 0.0


@pytest.mark.parametrize("outside", [0.0, 1.0])
def test_features_stay_finite_at_certainty(outside: float) -> None:
    belief = TopicBelief({"劳动争议": 1 - outside, OUT_OF_SCOPE: outside})
    features = features_of(found(0.9, 0.5, weight=0.0), [WAGES, CERTIFICATE], belief, [], {})
    assert np.isfinite(features.candidates).all() and np.isfinite(features.context).all()


# The ranker

RANKER = Ranker(
    mean=np.array([1.0], dtype=np.float32),
    scale=np.array([2.0], dtype=np.float32),
    hidden=np.array([[1.0, -1.0]], dtype=np.float32),
    hidden_bias=np.array([0.0, 0.5], dtype=np.float32),
    output=np.array([2.0, 1.0], dtype=np.float32),
    context_mean=np.array([3.0], dtype=np.float32),
    context_scale=np.array([0.5], dtype=np.float32),
    none=np.array([0.25], dtype=np.float32),
    none_bias=1.0,
)


def plain(*candidates: float, asked: float = 3.0) -> Features:
    rows = np.array(candidates, dtype=np.float32).reshape(-1, 1)
    return Features(rows, np.array([asked], dtype=np.float32))


def test_probabilities_are_the_softmax_of_network_and_none() -> None:
    # standardised 1 and -1; hidden (1, 0) and (0, 1.5); scores 2 and 1.5; none (4 - 3) / 0.5 * 0.25 + 1 = 1.5
    odds = [math.exp(2.0), math.exp(1.5), math.exp(1.5)]
    expected = [one / sum(odds) for one in odds]
    assert RANKER.probabilities(plain(3.0, -1.0, asked=4.0)) == pytest.approx(expected)


def test_without_candidates_it_is_none_for_certain() -> None:
    assert RANKER.probabilities(plain()).tolist() == [1.0]


@given(st.lists(st.floats(-1e4, 1e4, width=32), max_size=20), st.floats(-1e4, 1e4, width=32))
def test_probabilities_sum_to_one_however_large_the_scores(candidates: list[float], asked: float) -> None:
    probabilities = RANKER.probabilities(plain(*candidates, asked=asked))
    assert probabilities.shape == (len(candidates) + 1,)
    assert probabilities.min() >= 0 and probabilities.sum() == pytest.approx(1, abs=1e-5)


@given(st.lists(st.floats(-5, 5, width=32), min_size=2, max_size=6))
def test_the_order_of_the_candidates_changes_no_probability(candidates: list[float]) -> None:
    forwards, backwards = RANKER.probabilities(plain(*candidates)), RANKER.probabilities(plain(*candidates[::-1]))
    assert forwards[:-1] == pytest.approx(backwards[:-1][::-1], abs=1e-6)


def test_storing_changes_nothing() -> None:
    stored = Ranker.from_dict(json.loads(json.dumps(RANKER.to_dict())))
    features = plain(3.0, -1.0, 0.3)
    assert stored.probabilities(features).tolist() == RANKER.probabilities(features).tolist()
