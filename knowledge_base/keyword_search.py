"""Keyword search: BM25 over bags of terms, and how much of a question's weight a document holds."""

import json
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

TermNumbers = NDArray[np.int64]
_PLACEHOLDER = "\0"
"""A term no text has: bm25s cannot index documents that are all empty."""


class KeywordIndex:
    """BM25 (Robertson and Zaragoza 2009, as bm25s computes it). Immutable; safe to read from several threads."""

    def __init__(
        self,
        vocabulary: Sequence[str],
        bounds: NDArray[np.int64],
        documents: NDArray[np.int32],
        scores: NDArray[np.float32],
        count: int,
    ) -> None:
        """`documents` and `scores` hold, from `bounds[n]` to `bounds[n + 1]`, where term n stands and what it scores.

        `bounds` has shape (terms + 1,); `count` is how many documents there are.
        """
        self._vocabulary = {term: number for number, term in enumerate(vocabulary)}
        self._bounds = bounds
        self._documents = documents
        self._scores = scores
        self._count = count
        found_in = np.diff(bounds)
        self._rarity = np.log(1 + (count - found_in + 0.5) / (found_in + 0.5)).astype(np.float32)

    @classmethod
    def build(cls, bags: Sequence[Sequence[str]]) -> "KeywordIndex":
        """Index one bag of terms a document; a bag may be empty.

        Terms are numbered in their order of spelling. Left to itself bm25s numbers them as a set comes out, and sums,
        which follow the numbers, would differ from one process to the next.
        """
        filled = [bag or (_PLACEHOLDER,) for bag in bags]
        vocabulary = sorted({term for bag in filled for term in bag})
        numbers = {term: number for number, term in enumerate(vocabulary)}
        bm25 = bm25s.BM25()
        bm25.index(([[numbers[term] for term in bag] for bag in filled], numbers), show_progress=False)
        stored = bm25.scores
        return cls(vocabulary, stored["indptr"], stored["indices"], stored["data"], len(filled))

    def numbers(self, terms: Sequence[str]) -> TermNumbers:
        """The numbers of the distinct terms that any document has, ascending."""
        known = self._vocabulary
        return np.array(sorted({known[term] for term in terms if term in known}), dtype=np.int64)

    def weight(self, numbers: TermNumbers) -> float:
        """Sum of the terms' rarity (inverse document frequency): how much there is to explain."""
        return float(self._rarity[numbers].sum())

    def scores(self, numbers: TermNumbers) -> NDArray[np.float32]:
        """BM25 score of every document, shape (documents,)."""
        pieces = self._pieces(numbers)
        return self._sums(pieces, [self._scores[piece] for piece in pieces])

    def coverage(self, numbers: TermNumbers) -> NDArray[np.float32]:
        """Share (0..1) of the terms' weight that stands in each document, shape (documents,)."""
        pieces = self._pieces(numbers)
        rarities = [
            np.full(piece.stop - piece.start, self._rarity[n]) for n, piece in zip(numbers, pieces, strict=True)
        ]
        return np.asarray(self._sums(pieces, rarities) / max(self.weight(numbers), 1e-6), dtype=np.float32)

    def _pieces(self, numbers: TermNumbers) -> list[slice]:
        return [slice(self._bounds[number], self._bounds[number + 1]) for number in numbers]

    def _sums(self, pieces: Sequence[slice], values: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """The values of each document added up."""
        if not pieces:
            return np.zeros(self._count, dtype=np.float32)
        documents = np.concatenate([self._documents[piece] for piece in pieces])
        return np.bincount(documents, weights=np.concatenate(values), minlength=self._count).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write into a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vocabulary.json").write_text(
            json.dumps(list(self._vocabulary), ensure_ascii=False), encoding="utf-8"
        )
        count = np.array(self._count)
        np.savez(folder / "terms.npz", bounds=self._bounds, documents=self._documents, scores=self._scores, count=count)

    @classmethod
    def load(cls, folder: Path) -> "KeywordIndex":
        """Read what `save` wrote."""
        vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        with np.load(folder / "terms.npz") as stored:
            return cls(vocabulary, stored["bounds"], stored["documents"], stored["scores"], int(stored["count"]))
