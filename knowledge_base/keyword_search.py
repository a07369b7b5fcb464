"""Keyword search: BM25 over bags of terms, and how much of a question's weight a document holds."""

from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

TermNumbers = NDArray[np.int64]
_PLACEHOLDER = "\0"
"""A term no text has: bm25s cannot index documents that are all empty."""


class KeywordIndex:
    """BM25 (Robertson and Zaragoza 2009, as bm25s computes it). Immutable; safe to read from several threads."""

    def __init__(self, bm25: bm25s.BM25) -> None:
        self._bm25 = bm25
        starts = np.asarray(bm25.scores["indptr"], dtype=np.int64)
        count = int(bm25.scores["num_docs"])
        found_in = np.diff(starts)
        by_term = sparse.csc_matrix(
            (np.ones(starts[-1], dtype=np.bool_), bm25.scores["indices"], starts), shape=(count, len(found_in))
        )
        by_document = by_term.tocsr()
        self._terms, self._bounds = by_document.indices, by_document.indptr
        self._rarity = np.log(1 + (count - found_in + 0.5) / (found_in + 0.5)).astype(np.float32)

    @classmethod
    def build(cls, bags: Sequence[Sequence[str]]) -> "KeywordIndex":
        """Index one bag of terms a document; a bag may be empty.

        Terms are numbered in their order of spelling. Left to itself bm25s numbers them as a set comes out, and sums,
        which follow the numbers, would differ from one process to the next.
        """
        filled = [bag or (_PLACEHOLDER,) for bag in bags]
        numbers = {term: number for number, term in enumerate(sorted({term for bag in filled for term in bag}))}
        bm25 = bm25s.BM25()
        bm25.index(([[numbers[term] for term in bag] for bag in filled], numbers), show_progress=False)
        return cls(bm25)

    def numbers(self, terms: Sequence[str]) -> TermNumbers:
        """The numbers of the distinct terms that any document has, ascending."""
        known = self._bm25.vocab_dict
        return np.array(sorted({known[term] for term in terms if term in known}), dtype=np.int64)

    def weight(self, numbers: TermNumbers) -> float:
        """Sum of the terms' rarity (inverse document frequency): how much there is to explain."""
        return float(self._rarity[numbers].sum())

    def scores(self, numbers: TermNumbers) -> NDArray[np.float32]:
        """BM25 score of every document, shape (documents,)."""
        stored = self._bm25.scores
        starts, count = stored["indptr"], int(stored["num_docs"])
        if not len(numbers):
            return np.zeros(count, dtype=np.float32)
        pieces = [slice(starts[number], starts[number + 1]) for number in numbers]
        documents = np.concatenate([stored["indices"][piece] for piece in pieces])
        values = np.concatenate([stored["data"][piece] for piece in pieces])
        return np.bincount(documents, weights=values, minlength=count).astype(np.float32)

    def coverage(self, numbers: TermNumbers, documents: NDArray[np.int64]) -> NDArray[np.float32]:
        """Share (0..1) of the terms' weight that stands in each of the given documents, shape (len(documents),)."""
        if not len(documents):
            return np.zeros(0, dtype=np.float32)
        asked = np.zeros(len(self._rarity), dtype=np.float32)
        asked[numbers] = self._rarity[numbers]
        pieces = [self._terms[self._bounds[d] : self._bounds[d + 1]] for d in documents]
        begins = np.cumsum([0, *(len(piece) for piece in pieces[:-1])])
        held = np.add.reduceat(asked[np.concatenate(pieces)], begins)  # every document has a term
        return np.asarray(held / max(self.weight(numbers), 1e-6), dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write into a folder of its own."""
        self._bm25.save(str(folder), show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> "KeywordIndex":
        """Read what `save` wrote."""
        return cls(bm25s.BM25.load(str(folder), show_progress=False))
