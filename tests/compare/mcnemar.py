"""McNemar's exact test: do two systems that were asked the same questions differ in how many they get right?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Discordance:
    """`first_only`, `second_only`: questions that one got right and the other did not; `p`: two-sided probability."""

    first_only: int
    second_only: int
    p: float


def exact_p(first_only: int, second_only: int) -> float:
    """Two-sided binomial probability of counts as uneven as these, or more, if both systems were equally good."""
    count = first_only + second_only
    tail = sum(math.comb(count, k) for k in range(min(first_only, second_only) + 1))
    return min(1.0, 2 * tail / (1 << count))  # integers until here: thousands of questions neither overflow nor vanish


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> Discordance:
    """Compare two systems. Each sequence says, question by question, whether that system was right."""
    pairs = list(zip(first, second, strict=True))
    first_only = sum(a and not b for a, b in pairs)
    second_only = sum(b and not a for a, b in pairs)
    return Discordance(first_only, second_only, exact_p(first_only, second_only))
