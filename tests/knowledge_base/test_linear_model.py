"""Logistic regression: probabilities from known weights, and what fitting makes of data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge_base.linear_model import LinearModel

MODEL = LinearModel(mean=(1.0, 10.0), scale=(2.0, 5.0), weights=(1.0, -2.0), bias=0.5)
Data = tuple[NDArray[np.float32], NDArray[np.int64]]


def sample(count: int = 400) -> Data:
    """Rows of three features: the first decides the label, the second is noise, the third never varies."""
    generator = np.random.default_rng(1)
    rows = generator.normal(size=(count, 3)).astype(np.float32)
    rows[:, 2] = 0.1
    labels = (rows[:, 0] + 0.3 * generator.normal(size=count) > 0).astype(np.int64)
    return rows, labels


@pytest.fixture(scope="module")
def data() -> Data:
    return sample()


@pytest.mark.parametrize(
    ("row", "score"),
    [((1.0, 10.0), 0.5), ((3.0, 10.0), 1.5), ((1.0, 15.0), -1.5), ((-1.0, 5.0), 1.5)],
    ids=["mean", "first one scale above", "second one scale above", "both one scale below"],
)
def test_the_probability_is_the_logistic_of_the_standardised_score(row: tuple[float, float], score: float) -> None:
    assert MODEL.probability(np.array([row], dtype=np.float32)) == pytest.approx([1 / (1 + np.exp(-score))])


def test_every_row_has_its_probability() -> None:
    rows = np.array([[1, 10], [3, 10], [1, 10]], dtype=np.float32)
    one, other, again = MODEL.probability(rows)
    assert one == again != other


def test_no_rows_have_no_probabilities() -> None:
    assert MODEL.probability(np.zeros((0, 2), dtype=np.float32)).shape == (0,)


@given(st.lists(st.floats(-500, 500, width=32), min_size=2, max_size=2))
def test_any_row_has_a_probability(row: list[float]) -> None:
    (probability,) = MODEL.probability(np.array([row], dtype=np.float32))
    assert 0 <= probability <= 1


def test_a_fitted_model_tells_the_labels_apart(data: Data) -> None:
    rows, labels = data
    found = LinearModel.fit(rows, labels).probability(rows) > 0.5
    assert (found == labels).mean() > 0.85


def test_the_mean_fitted_probability_is_the_share_of_ones(data: Data) -> None:
    rows, labels = data
    assert LinearModel.fit(rows, labels).probability(rows).mean() == pytest.approx(labels.mean(), abs=0.01)


def test_what_decides_weighs_more_than_noise(data: Data) -> None:
    decides, noise, _ = LinearModel.fit(*data).weights
    assert decides > 5 * abs(noise)


@pytest.mark.parametrize("constant", [0.0, 0.1, 1.0, 7.7])
def test_a_feature_that_never_varied_has_no_say(data: Data, constant: float) -> None:
    rows, labels = data[0].copy(), data[1]
    rows[:, 2] = constant
    model = LinearModel.fit(rows, labels)
    as_seen, one_more = np.array([[0, 0, constant], [0, 0, constant + 1]], dtype=np.float32)
    assert model.probability(one_more[None]) == pytest.approx(model.probability(as_seen[None]), abs=1e-3)


def test_the_scale_of_a_feature_does_not_matter(data: Data) -> None:
    rows, labels = data
    larger = rows * np.array([1000, 1, 1], dtype=np.float32)
    expected = LinearModel.fit(rows, labels).probability(rows)
    assert LinearModel.fit(larger, labels).probability(larger) == pytest.approx(expected, abs=1e-3)


def test_an_example_of_no_weight_decides_nothing(data: Data) -> None:
    rows, labels = data
    kept = np.ones(len(labels))
    kept[:100] = 0
    turned = labels.copy()
    turned[:100] = 1 - turned[:100]
    expected = LinearModel.fit(rows, labels, kept)
    assert LinearModel.fit(rows, turned, kept).weights == pytest.approx(expected.weights, abs=1e-4)


def test_heavier_ones_raise_the_probability(data: Data) -> None:
    rows, labels = data
    even = LinearModel.fit(rows, labels).probability(rows).mean()
    assert LinearModel.fit(rows, labels, np.where(labels == 1, 5.0, 1.0)).probability(rows).mean() > even


def test_a_fitted_model_is_made_of_plain_numbers_for_json(data: Data) -> None:
    model = LinearModel.fit(*data)
    numbers = [*model.mean, *model.scale, *model.weights, model.bias]
    assert {type(number) for number in numbers} == {float} and len(numbers) == 10
