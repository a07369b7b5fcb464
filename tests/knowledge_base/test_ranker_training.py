"""What a ranker learns from questions whose outcome is known, or known in part."""

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge_base.ranker_training import Example, train_ranker
from knowledge_base.ranking import Features, Ranker

Numbers = list[float]


def example(candidates: Numbers, acceptable: list[int], *, asked: float = 0.0, weight: float = 1.0) -> Example:
    """A question with one feature a candidate; `acceptable` are places, the last one (-1) is "none of them"."""
    outcomes = np.zeros(len(candidates) + 1, dtype=np.bool_)
    outcomes[acceptable] = True
    rows = np.array(candidates, dtype=np.float32).reshape(-1, 1)
    return Example(Features(rows, np.array([asked], dtype=np.float32)), outcomes, weight)


def random_places(count: int, seed: int = 0) -> list[int]:
    return [int(place) for place in np.random.default_rng(seed).integers(0, 3, count)]


def one_stands_out(place: int) -> Numbers:
    return [1.0 if number == place else 0.0 for number in range(3)]


FIRST_ENTRIES = [example(one_stands_out(place), [place], asked=1.0) for place in random_places(300)]
"""The candidate whose feature stands out answers; the question's own feature is 1."""
THEN_NONE = [example([0.0, 0.0, 0.0], [-1]) for _ in range(300)]
"""No candidate stands out, and none answers; the question's own feature is 0."""


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return train_ranker([*FIRST_ENTRIES, *THEN_NONE])


def probabilities(ranker: Ranker, candidates: Numbers, asked: float = 0.0) -> NDArray[np.float32]:
    return ranker.probabilities(example(candidates, [-1], asked=asked).features)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_candidate_that_stands_out_is_preferred_wherever_it_is(ranker: Ranker, place: int) -> None:
    assert probabilities(ranker, one_stands_out(place), asked=1.0).argmax() == place


def test_none_is_preferred_when_no_candidate_stands_out(ranker: Ranker) -> None:
    assert probabilities(ranker, [0.0, 0.0, 0.0]).argmax() == 3


def test_any_number_of_candidates_can_be_rated(ranker: Ranker) -> None:
    assert probabilities(ranker, [0.0, 0.0, 0.0, 1.0, 0.0], asked=1.0).argmax() == 3


def test_the_same_examples_give_the_same_ranker(ranker: Ranker) -> None:
    assert train_ranker([*FIRST_ENTRIES, *THEN_NONE]).to_dict() == ranker.to_dict()


def test_another_seed_gives_another_ranker(ranker: Ranker) -> None:
    assert train_ranker([*FIRST_ENTRIES, *THEN_NONE], seed=1).to_dict() != ranker.to_dict()


def test_several_acceptable_outcomes_count_together() -> None:
    """Either of two candidates is right, the third never: the third loses, and neither of the two has to."""
    learned = train_ranker([example([1.0, 1.0, 0.0], [0, 1]) for _ in range(600)])
    rated = probabilities(learned, [1.0, 1.0, 0.0])
    assert rated[0] == pytest.approx(rated[1]) and rated[0] > 0.4 > 0.1 > rated[2]


def test_an_acceptable_none_leaves_the_choice_to_other_examples() -> None:
    """A situation accepts its topic's entries and none; the questions with an entry decide between them."""
    situations = [example(one_stands_out(place), [place, -1], asked=1.0) for place in random_places(100, seed=1)]
    learned = train_ranker([*FIRST_ENTRIES, *situations])
    assert probabilities(learned, [0.0, 1.0, 0.0], asked=1.0).argmax() == 1


@pytest.mark.parametrize(("weights", "preferred"), [((4.0, 1.0), 0), ((1.0, 4.0), 1)])
def test_a_weight_makes_an_example_count_more(weights: tuple[float, float], preferred: int) -> None:
    """The same question once with the candidate and once with none: the heavier one is believed."""
    answered = [example([1.0], [0], weight=weights[0]) for _ in range(300)]
    unanswered = [example([1.0], [-1], weight=weights[1]) for _ in range(300)]
    assert probabilities(train_ranker([*answered, *unanswered]), [1.0]).argmax() == preferred


def test_examples_with_fewer_candidates_do_not_shift_the_scale() -> None:
    """The means are of the candidates that there are, not of the places filled up."""
    learned = train_ranker([example([2.0, 4.0, 6.0], [2]), example([2.0], [0]), example([], [-1])])
    assert learned.mean.tolist() == pytest.approx([3.5])


def test_a_feature_that_never_differs_does_no_harm() -> None:
    learned = train_ranker([example([1.0, 1.0], [0]), example([1.0, 1.0], [-1])])
    assert np.isfinite(probabilities(learned, [1.0, 1.0])).all()


def test_one_example_is_enough() -> None:
    assert np.isfinite(probabilities(train_ranker([example([0.5], [0])]), [0.5])).all()
