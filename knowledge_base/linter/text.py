"""What the rules share: sentences, citizen-facing texts, and which entries can be shown on the same day."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import combinations

from knowledge_base.analysis import char_ngrams
from knowledge_base.entry import Entry
from knowledge_base.normalise import normalise

_SENTENCE_END = re.compile(r"[。！？；\n]+")


def sentences(text: str) -> list[str]:
    """The sentences of a citizen-facing text."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def shown_texts(entry: Entry) -> tuple[str, ...]:
    """Every running text of the entry that a citizen reads."""
    return (entry.answer, *entry.facets.values())


def bigrams(text: str) -> frozenset[str]:
    """Character bigrams of the normalised text."""
    return frozenset(char_ngrams(normalise(text), (2,)))


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    """Share of common elements, 0..1."""
    union = len(first | second)
    return len(first & second) / union if union else 0.0


def meet(first: Entry, second: Entry) -> bool:
    """Whether there is a day on which both entries hold."""
    return first.valid_from <= (second.valid_until or date.max) and second.valid_from <= (first.valid_until or date.max)


def similar_pairs(rows: Sequence[frozenset[str]], least: float) -> list[tuple[int, int]]:
    """Numbers of all pairs of rows whose Jaccard similarity is at least `least`.

    Two such rows share one of the rarest bigrams of either, so only those are compared (prefix filtering, Chaudhuri,
    Ganti and Kaushik 2006). Rows without any bigram are alike to nothing.
    """
    frequency = Counter(gram for grams in rows for gram in grams)
    holders: dict[str, list[int]] = defaultdict(list)
    for number, grams in enumerate(rows):
        rarest = sorted(grams, key=lambda gram: (frequency[gram], gram))
        for gram in rarest[: len(rarest) - math.ceil(least * len(rarest)) + 1]:
            holders[gram].append(number)
    candidates = {pair for numbers in holders.values() for pair in combinations(numbers, 2)}
    return sorted(pair for pair in candidates if jaccard(rows[pair[0]], rows[pair[1]]) >= least)
