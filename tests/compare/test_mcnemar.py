"""McNemar's exact test against values worked out by hand."""

import pytest

from tests.compare.mcnemar import Discordance, exact_p, mcnemar


@pytest.mark.parametrize(
    ("first_only", "second_only", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),  # 2 * 1/2
        (5, 0, 0.0625),  # 2 * 1/32
        (5, 1, 0.21875),  # 2 * (1 + 6)/64
        (1, 5, 0.21875),
        (3, 3, 1.0),  # 2 * 42/64 is more than 1
        (8, 2, 0.109375),  # 2 * (1 + 10 + 45)/1024
    ],
)
def test_p_is_that_of_the_binomial(first_only: int, second_only: int, p: float) -> None:
    assert exact_p(first_only, second_only) == p


def test_thousands_of_questions_are_no_trouble() -> None:
    assert 0 < exact_p(2600, 2400) < 0.01
    assert exact_p(3000, 0) == 0.0  # 2**-2999 is less than the least float


def test_only_questions_on_which_they_differ_count() -> None:
    first = [True, True, True, False, False, True]
    second = [True, False, False, True, False, True]
    assert mcnemar(first, second) == Discordance(2, 1, 1.0)


def test_needs_the_same_questions() -> None:
    with pytest.raises(ValueError, match="argument 2"):
        mcnemar([True], [])
