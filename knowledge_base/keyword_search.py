"""Keyword search: BM25 over bags of terms, and how much of a question's weight a document holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

TermNumbers = NDArray[np.int64]
_PLACEHOLDER = "\0"
"""A term no text has: bm25s cannot index documents that are all empty."""


_AT_ONCE = 1 << 18
"""Postings added up at once: what a question takes stays bounded however large the catalogue."""


@dataclass(frozen=True)
class Match:
    """What terms find, for every document, shapes (documents,).

    scores: BM25; coverage: the share (0..1) of the terms' weight that stands in it.
    """

    scores: NDArray[np.float32]
    coverage: NDArray[np.float32]


class KeywordIndex:
    """BM25 (Robertson and Zaragoza 2009, as bm25s computes it). Immutable; safe to read from several threads.

    Terms are known by 64-bit keys and numbered by them, in every process alike: sums follow the numbers. That two of a
    million terms share a key has a chance of one in thirty million.
    """

    def __init__(
        self,
        keys: NDArray[np.uint64],
        bounds: NDArray[np.int64],
        documents: NDArray[np.integer[Any]],
        scores: NDArray[np.float16],
        count: int,
    ) -> None:
        """`documents` and `scores` hold, from `bounds[n]` to `bounds[n + 1]`, where term n stands and what it scores.

        `keys` are those of the terms, ascending; `bounds` has one more; `count` is how many documents there are.
        """
        self._keys = keys
        self._bounds = bounds
        self._documents = documents
        self._scores = scores
        self._count = count
        found_in = np.diff(bounds)
        self._rarity = np.log(1 + (count - found_in + 0.5) / (found_in + 0.5)).astype(np.float32)

    @classmethod
    def build(cls, bags: Sequence[Sequence[str]]) -> "KeywordIndex":
        """Index one bag of terms a document; a bag may be empty."""
        filled = [bag or (_PLACEHOLDER,) for bag in bags]
        vocabulary = sorted({term for bag in filled for term in bag}, key=_key)
        numbers = {term: number for number, term in enumerate(vocabulary)}
        bm25 = bm25s.BM25()
        bm25.index(([[numbers[term] for term in bag] for bag in filled], numbers), show_progress=False)
        stored, count = bm25.scores, len(filled)
        keys = np.array([_key(term) for term in vocabulary], dtype=np.uint64)
        documents, scores = stored["indices"].astype(np.min_scalar_type(count)), stored["data"].astype(np.float16)
        return cls(keys, stored["indptr"], documents, scores, count)

    def numbers(self, terms: Sequence[str]) -> TermNumbers:
        """The numbers of the distinct terms that any document has, ascending."""
        wanted = np.array(sorted({_key(term) for term in terms}), dtype=np.uint64)
        places = np.searchsorted(self._keys, wanted)
        known = places < len(self._keys)
        known[known] = self._keys[places[known]] == wanted[known]
        return places[known]

    def weight(self, numbers: TermNumbers) -> float:
        """Sum of the terms' rarity (inverse document frequency): how much there is to explain."""
        return float(self._rarity[numbers].sum())

    def match(self, numbers: TermNumbers) -> Match:
        """How well every document matches terms given by their numbers."""
        scores, held = np.zeros(self._count), np.zeros(self._count)
        starts, sizes = self._bounds[numbers], self._bounds[numbers + 1] - self._bounds[numbers]
        rarity = self._rarity[numbers]
        for group in _groups(sizes):
            found_in = sizes[group]
            before = np.cumsum(found_in) - found_in
            places = np.repeat(starts[group] - before, found_in) + np.arange(found_in.sum())
            documents = self._documents[places]
            scores += np.bincount(documents, weights=self._scores[places], minlength=self._count)
            held += np.bincount(documents, weights=np.repeat(rarity[group], found_in), minlength=self._count)
        coverage = held.astype(np.float32) / max(self.weight(numbers), 1e-6)
        return Match(scores.astype(np.float32), coverage.astype(np.float32))

    def save(self, folder: Path) -> None:
        """Write into a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(
            folder / "terms.npz",
            keys=self._keys,
            bounds=self._bounds,
            documents=self._documents,
            scores=self._scores,
            count=np.array(self._count),
        )

    @classmethod
    def load(cls, folder: Path) -> "KeywordIndex":
        """Read what `save` wrote."""
        with np.load(folder / "terms.npz") as stored:
            count = int(stored["count"])
            return cls(stored["keys"], stored["bounds"], stored["documents"], stored["scores"], count)


def _groups(sizes: NDArray[np.int64]) -> Iterator[slice]:
    """Which terms to add up at once, given how many documents each stands in."""
    ends = np.flatnonzero(np.diff(np.cumsum(sizes) // _AT_ONCE)) + 1
    for start, end in pairwise([0, *ends.tolist(), len(sizes)]):
        yield slice(start, end)


@lru_cache(maxsize=1 << 16)
def _key(term: str) -> int:
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "big")
