"""Calibration: the curve, the error that is measured, and the threshold for a wanted precision."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge_base.calibration import Calibration, expected_calibration_error, least_threshold

LIMIT = 0.995
SHARES = st.floats(0, 1, width=32)
SCORED = st.lists(st.tuples(SHARES, st.booleans(), st.floats(0.125, 8)), min_size=1, max_size=200)
COARSE = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.9]), st.booleans(), st.sampled_from([0.5, 1.0, 3.0])))


def fit(scored: list[tuple[float, bool, float]]) -> Calibration:
    scores, right, weights = (np.array(column) for column in zip(*scored, strict=True))
    return Calibration.fit(scores, right, weights)


def asked(count: int, share: float = 1.0) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores spread evenly over 0..1, right as often as score times `share` says."""
    generator = np.random.default_rng(1)
    scores = generator.uniform(size=count)
    return scores, generator.uniform(size=count) < share * scores


# The curve


def test_between_its_points_the_curve_is_straight() -> None:
    curve = Calibration((0.0, 0.5, 1.0), (0.0, 0.2, 0.9))
    assert curve(np.array([0.0, 0.25, 0.5, 0.75, 1.0], dtype=np.float32)) == pytest.approx([0, 0.1, 0.2, 0.55, 0.9])


def test_no_scores_have_no_probabilities() -> None:
    assert Calibration((0.0, 1.0), (0.0, 0.9))(np.array([], dtype=np.float32)).shape == (0,)


@given(SCORED, st.lists(SHARES, min_size=2, max_size=20))
def test_a_fitted_curve_never_falls(scored: list[tuple[float, bool, float]], scores: list[float]) -> None:
    found = fit(scored)(np.array(sorted(scores), dtype=np.float32))
    assert (np.diff(found) >= -1e-9).all()


@given(SCORED, SHARES)
def test_no_probability_claims_more_than_the_limit(scored: list[tuple[float, bool, float]], score: float) -> None:
    (found,) = fit(scored)(np.array([score], dtype=np.float32))
    assert 0 <= found <= LIMIT


@pytest.mark.parametrize("right", [True, False])
def test_the_ends_of_the_curve_are_nothing_and_the_limit(right: bool) -> None:
    ends = fit([(0.4, right, 1.0)] * 50)(np.array([0.0, 1.0], dtype=np.float32))
    assert ends == pytest.approx([0.0, LIMIT])


@pytest.mark.parametrize("share", [1.0, 0.5], ids=["scores are probabilities", "scores claim twice too much"])
def test_a_fitted_probability_is_the_share_that_is_right(share: float) -> None:
    scores, right = asked(20_000, share)
    curve = Calibration.fit(scores, right, np.ones(len(scores)))
    inner = np.linspace(0.1, 0.9, 9, dtype=np.float32)
    assert curve(inner) == pytest.approx(share * inner, abs=0.05)


def test_fitting_lowers_the_error_of_an_overconfident_score() -> None:
    scores, right = asked(5_000, 0.5)
    found = Calibration.fit(scores, right, np.ones(len(scores)))(scores.astype(np.float32))
    before = expected_calibration_error(scores.tolist(), right.tolist())
    assert expected_calibration_error(found.tolist(), right.tolist()) < before / 5


def test_a_question_of_weight_two_is_as_good_as_two() -> None:
    scores, right = asked(300)
    twice = Calibration.fit(np.repeat(scores, 2), np.repeat(right, 2), np.ones(600))
    weighted = Calibration.fit(scores, right, np.full(300, 2.0))
    inner = np.linspace(0, 1, 11, dtype=np.float32)
    assert weighted(inner) == pytest.approx(twice(inner), abs=0.02)


def test_the_order_of_the_questions_decides_nothing() -> None:
    scores, right = asked(500)
    order = np.random.default_rng(2).permutation(500)
    one = Calibration.fit(scores, right, np.ones(500))
    assert Calibration.fit(scores[order], right[order], np.ones(500)) == one


@pytest.mark.parametrize(("count", "steps"), [(10, 1), (59, 1), (60, 2), (90, 3), (10_000, 20)])
def test_a_step_rests_on_thirty_questions_and_there_are_twenty_at_most(count: int, steps: int) -> None:
    scores = np.arange(1, count + 1) / (count + 1)
    curve = Calibration.fit(scores, scores > 0.5, np.ones(count))
    assert len(curve.scores) == steps + 2  # and the two ends


def test_a_fitted_curve_is_made_of_plain_numbers_for_json() -> None:
    curve = fit([(0.2, False, 1.0), (0.8, True, 1.0)] * 40)
    assert {type(number) for number in (*curve.scores, *curve.probabilities)} == {float}


# The error


@pytest.mark.parametrize(
    ("probabilities", "right", "error"),
    [
        ([], [], 0.0),
        ([1.0, 1.0], [True, True], 0.0),
        ([1.0, 1.0], [False, False], 1.0),
        ([0.5, 0.5], [True, False], 0.0),
        ([0.8] * 5, [True] * 3 + [False] * 2, 0.2),
        ([0.05, 0.95], [True, False], 0.95),
        ([0.25, 0.25, 0.25, 0.95], [True, False, False, True], (3 * (1 / 3 - 0.25) + 0.05) / 4),
    ],
    ids=["nothing", "sure and right", "sure and wrong", "even", "claims too much", "two bins do not cancel", "weighed"],
)
def test_expected_calibration_error(probabilities: list[float], right: list[bool], error: float) -> None:
    assert expected_calibration_error(probabilities, right) == pytest.approx(error)


def test_within_a_bin_errors_cancel() -> None:
    assert expected_calibration_error([0.0, 1.0], [True, False], bins=1) == pytest.approx(0.0)


def test_the_error_is_weighted() -> None:
    assert expected_calibration_error([1.0, 0.0], [False, False], [3.0, 1.0]) == pytest.approx(0.75)


@given(st.lists(st.tuples(SHARES, st.booleans()), min_size=1))
def test_the_error_lies_between_nothing_and_one(rows: list[tuple[float, bool]]) -> None:
    probabilities, right = zip(*rows, strict=True)
    assert 0 <= expected_calibration_error(probabilities, right) <= 1 + 1e-9


# The threshold


@pytest.mark.parametrize(
    ("scored", "precision", "threshold"),
    [
        ([], 0.9, 1.0),
        ([(0.9, False, 1.0)], 0.5, 1.0),
        ([(0.9, True, 1.0)], 0.99, 0.9),
        ([(0.9, True, 1.0), (0.5, False, 1.0)], 0.9, 0.9),
        ([(0.9, True, 1.0), (0.5, False, 1.0)], 0.5, 0.5),
        ([(0.5, False, 1.0), (0.9, True, 1.0)], 0.9, 0.9),
        ([(0.9, False, 1.0), (0.5, True, 1.0), (0.4, True, 1.0)], 0.6, 0.4),
        ([(0.5, True, 1.0), (0.5, False, 1.0)], 0.9, 1.0),
        ([(0.9, True, 9.0), (0.5, False, 1.0)], 0.9, 0.5),
        ([(0.9, True, 1.0), (0.5, False, 9.0)], 0.5, 0.9),
        ([(0.9, True, 0.0), (0.5, False, 1.0)], 0.5, 1.0),
        ([(0.9, False, 1.0)], 0.0, 0.9),
    ],
    ids=["nothing", "never right", "always right", "above the wrong one", "wrong ones are allowed", "order", "recovers below",
         "ties together", "heavy right", "heavy wrong", "no weight", "no precision wanted"],
)  # fmt: skip
def test_least_threshold(scored: list[tuple[float, bool, float]], precision: float, threshold: float) -> None:
    assert least_threshold(scored, precision) == threshold


@given(COARSE, st.sampled_from([0.3, 0.5, 0.8, 1.0]))
def test_no_lower_score_reaches_the_precision_and_the_threshold_does(
    scored: list[tuple[float, bool, float]], precision: float
) -> None:
    def reached(threshold: float) -> bool:
        above = [(right, weight) for score, right, weight in scored if score >= threshold]
        return sum(weight for right, weight in above if right) >= precision * sum(weight for _, weight in above)

    found = least_threshold(scored, precision)
    assert found == min((score for score, _, _ in scored if reached(score)), default=1.0)
