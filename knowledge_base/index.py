"""Find entries for a question: BM25 over words and character bigrams, and nearest sentence vectors.

Both look at every question, title and title with facet of every entry; an entry scores what its best line scores.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge_base.analysis import keyword_terms
from knowledge_base.embedding import Vectors
from knowledge_base.entry import Entry
from knowledge_base.normalise import match_key, normalise

_DEPTH = 60
"""How many lines each of the two searches returns before lines are grouped into entries."""


@dataclass(frozen=True)
class IndexedLine:
    """A text that leads to an entry. `citizen` is true for questions and titles: wordings a person would type."""

    text: str
    entry_id: str
    citizen: bool


@dataclass(frozen=True)
class Hit:
    """What the two searches say about one entry.

    `dense` is the best inner product (-1..1), `dense_second` that of its second-best line, `keyword` the best BM25
    score and `line` the wording that is nearest.
    """

    entry_id: str
    dense: float
    dense_second: float
    keyword: float
    line: str


def lines_of(entries: Sequence[Entry]) -> list[IndexedLine]:
    """Every text of the entries that is searched, normalised."""
    lines: list[IndexedLine] = []
    for entry in entries:
        lines += [IndexedLine(normalise(text), entry.id, True) for text in (entry.title, *entry.questions)]
        lines += [IndexedLine(normalise(f"{entry.title}{facet.label}"), entry.id, False) for facet in entry.facets]
    return lines


class Index:
    """Searchable lines. Immutable; safe to read from several threads."""

    def __init__(self, lines: Sequence[IndexedLine], vectors: Vectors | None, bm25: bm25s.BM25 | None = None) -> None:
        """`vectors` has shape (len(lines), dimensions); None means that no embedding model is to be had."""
        self.lines = list(lines)
        self._vectors = vectors
        self._faiss: faiss.IndexFlatIP | None = None
        if vectors is not None:
            self._faiss = faiss.IndexFlatIP(vectors.shape[1])
            self._faiss.add(vectors)
        if bm25 is None:
            bm25 = bm25s.BM25()
            bm25.index([keyword_terms(line.text) for line in self.lines], show_progress=False)
        self._bm25 = bm25
        self._exact: dict[str, set[str]] = {}
        for line in self.lines:
            if line.citizen:
                self._exact.setdefault(match_key(line.text), set()).add(line.entry_id)

    @property
    def has_vectors(self) -> bool:
        """Whether sentence vectors take part."""
        return self._vectors is not None

    def exact(self, text: str) -> frozenset[str]:
        """The entries that have this very question, punctuation aside."""
        return frozenset(self._exact.get(match_key(text), ()))

    def keyword_scores(self, text: str) -> NDArray[np.float32]:
        """BM25 score of every line, shape (lines,)."""
        terms = [term for term in keyword_terms(text) if term in self._bm25.vocab_dict]
        if not terms:
            return np.zeros(len(self.lines), dtype=np.float32)
        return np.asarray(self._bm25.get_scores(terms), dtype=np.float32)

    def search(self, text: str, vector: Vectors | None, without: frozenset[int] = frozenset()) -> list[Hit]:
        """Entries for a normalised question, best sum of the two searches first.

        `without` leaves out lines by number: training asks a question of an index that does not hold it.
        """
        keyword = self.keyword_scores(text)
        if without:
            keyword[list(without)] = 0.0
        depth = min(_DEPTH + len(without), len(self.lines))
        chosen: set[int] = set(np.argpartition(-keyword, depth - 1)[:depth].tolist())
        chosen = {number for number in chosen if keyword[number] > 0}
        dense: dict[int, float] = {}
        if self._faiss is not None and vector is not None and self._vectors is not None:
            scores, numbers = self._faiss.search(vector[None, :], depth)
            dense = {int(n): float(s) for n, s in zip(numbers[0], scores[0], strict=True) if n >= 0}
            missing = [number for number in chosen if number not in dense]
            if missing:
                dense |= dict(zip(missing, (self._vectors[missing] @ vector).tolist(), strict=True))
            chosen |= dense.keys()
        chosen -= without

        by_entry: dict[str, list[int]] = {}
        for number in chosen:
            by_entry.setdefault(self.lines[number].entry_id, []).append(number)
        hits = [self._hit(entry_id, numbers, dense, keyword) for entry_id, numbers in by_entry.items()]
        top_keyword = max((hit.keyword for hit in hits), default=0.0) or 1.0
        return sorted(hits, key=lambda hit: (-(hit.dense + hit.keyword / top_keyword), hit.entry_id))

    def _hit(self, entry_id: str, numbers: list[int], dense: dict[int, float], keyword: NDArray[np.float32]) -> Hit:
        ranked = sorted((dense.get(number, 0.0) for number in numbers), reverse=True)
        best = max(numbers, key=lambda number: (dense.get(number, 0.0), float(keyword[number]), -number))
        second = ranked[1] if len(ranked) > 1 else 0.0
        return Hit(entry_id, ranked[0], second, float(keyword[numbers].max()), self.lines[best].text)

    def save(self, folder: Path) -> None:
        """Write into an existing folder."""
        rows = [[line.text, line.entry_id, line.citizen] for line in self.lines]
        (folder / "lines.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        self._bm25.save(str(folder / "bm25"), show_progress=False)
        if self._vectors is not None:
            np.save(folder / "vectors.npy", self._vectors)

    @classmethod
    def load(cls, folder: Path) -> "Index":
        """Read what `save` wrote."""
        rows = json.loads((folder / "lines.json").read_text(encoding="utf-8"))
        path = folder / "vectors.npy"
        vectors = np.load(path) if path.exists() else None
        bm25 = bm25s.BM25.load(str(folder / "bm25"), show_progress=False)
        return cls([IndexedLine(text, entry_id, citizen) for text, entry_id, citizen in rows], vectors, bm25)
