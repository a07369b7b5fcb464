"""Statistics against values computed by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.calibration import expected_calibration_error
from knowledge_base.evaluation_report.measures import auroc, coverage_curve, reliability, share

PROBABILITIES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30)


def test_a_share_is_hits_over_questions() -> None:
    found = share([True, True, True, False])
    assert found is not None and (found.value, found.count) == (0.75, 4)


def test_nothing_has_no_share() -> None:
    assert share([]) is None


def test_a_share_among_some_counts_only_those() -> None:
    found = share([True, True, False, True], [True, False, True, False])
    assert found is not None and (found.value, found.count) == (0.5, 2)
    assert share([True], [False]) is None


def test_an_interval_is_that_of_the_binomial_distribution() -> None:
    found = share([True] * 50 + [False] * 50)  # 95 % of Binomial(100, 0.5) lie between 40 and 60
    assert found is not None and (found.low, found.high) == pytest.approx((0.40, 0.60), abs=0.011)


@given(st.lists(st.booleans(), min_size=1, max_size=50))
def test_an_interval_holds_the_share_and_is_the_same_each_time(hits: list[bool]) -> None:
    found = share(hits)
    assert found is not None and 0 <= found.low <= found.value <= found.high <= 1
    assert share(hits) == found


@pytest.mark.parametrize(
    ("inside", "outside", "area"),
    [
        ([0.9, 0.8], [0.1, 0.2], 1.0),
        ([0.1, 0.2], [0.9, 0.8], 0.0),
        ([0.5], [0.5], 0.5),
        ([0.9, 0.3], [0.5, 0.1], 0.75),
        ([0.9, 0.5], [0.5, 0.1], 0.875),
    ],
)
def test_auroc_counts_pairs(inside: list[float], outside: list[float], area: float) -> None:
    found = auroc(inside, outside)
    assert found is not None and (found.value, found.count) == (area, len(inside) + len(outside))


@pytest.mark.parametrize(("inside", "outside"), [([], [0.5]), ([0.5], [])])
def test_one_side_alone_has_no_auroc(inside: list[float], outside: list[float]) -> None:
    assert auroc(inside, outside) is None


def test_a_reliability_table_leaves_out_empty_bins() -> None:
    table = reliability([0.12, 0.18, 0.95, 1.0], [False, True, True, True])
    assert [(b.low, b.high, b.found.value, b.found.count) for b in table] == [(0.1, 0.2, 0.5, 2), (0.9, 1.0, 1.0, 2)]
    assert [b.claimed for b in table] == pytest.approx([0.15, 0.975])


@given(PROBABILITIES)
def test_a_reliability_table_adds_up_to_the_calibration_error(rows: list[tuple[float, bool]]) -> None:
    probabilities, right = [p for p, _ in rows], [r for _, r in rows]
    distance = sum(b.found.count * abs(b.claimed - b.found.value) for b in reliability(probabilities, right))
    assert distance / len(rows) == pytest.approx(expected_calibration_error(probabilities, right))


@pytest.mark.parametrize(
    ("rows", "points"),
    [
        ([(0.9, True, True), (0.5, False, True)], [(0.5, 1.0), (1.0, 0.5)]),
        ([(0.9, False, False), (0.5, True, True)], [(0.0, 0.0), (1.0, 0.5)]),
        ([(0.5, True, True), (0.5, False, True)], [(1.0, 0.5)]),
        ([(0.5, False, False)], []),
        ([], []),
    ],
    ids=["two thresholds", "an unanswerable one first", "ties together", "none answerable", "nothing"],
)
def test_a_coverage_curve(rows: list[tuple[float, bool, bool]], points: list[tuple[float, float]]) -> None:
    scores, right, answerable = ([row[column] for row in rows] for column in range(3))
    assert coverage_curve(scores, right, answerable) == points


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_a_coverage_curve_ends_with_everything_answered(rows: list[tuple[float, bool]]) -> None:
    points = coverage_curve([s for s, _ in rows], [r for _, r in rows], [True] * len(rows))
    assert points[-1] == pytest.approx((1.0, sum(r for _, r in rows) / len(rows)))
