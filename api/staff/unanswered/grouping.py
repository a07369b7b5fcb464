"""Which questions mean the same: cosine of character 2- and 3-grams, weighted by how rare they are in the catalogue.

Each question joins the nearest case by the case's name, or begins one. Deterministic: the same questions in the same
order, over the same catalogue, always group alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from knowledge_base.normalise import letters

LEAST_ALIKE = 0.35
"""Chosen on pairs of questions of the catalogue, and on pairs like 邻居装修太吵 / 邻居装修噪音太大怎么办 (0.35).

From here on eight of ten pairs are of one topic; below 0.3 it is ever fewer, above 0.5 only repetitions are left.
"""
_BUCKETS = 2**18
_ROUND = 256
"""So many questions are compared at once."""


def key_of(text: str) -> str:
    """Two wordings with the same key are the same question. Stored texts have gone through NFKC already."""
    return letters(text.lower())


class Weights:
    """Turns questions into vectors of length one."""

    def __init__(self, corpus: Sequence[str]) -> None:
        """`corpus`: the catalogue's questions; n-grams that most of them share ("怎么办") weigh little."""
        self._counter = HashingVectorizer(
            analyzer="char", ngram_range=(2, 3), n_features=_BUCKETS, alternate_sign=False, norm=None
        )
        self._rarity = TfidfTransformer(sublinear_tf=True)
        self._rarity.fit(self._counter.transform([key_of(text) for text in corpus] or [""]))

    def vectors(self, texts: Sequence[str]) -> Any:
        """One sparse row for each text; a text under two characters has an empty one."""
        if not texts:
            return sparse.csr_matrix((0, _BUCKETS))
        return self._rarity.transform(self._counter.transform([key_of(text) for text in texts]))


@dataclass(frozen=True)
class Named:
    """A case, as far as questions are compared with it."""

    id: int
    label: str


class CaseIndex:
    """The cases that questions may join, with their vectors, kept from one gathering to the next."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._cases: list[Named] = []
        self._rows = weights.vectors([])

    def refresh(self, cases: Iterable[Named]) -> None:
        """Take over which cases there are now; only new names are turned into vectors."""
        wanted = sorted(set(cases), key=lambda case: case.id)
        place = {case: row for row, case in enumerate(self._cases)}
        new = [case for case in wanted if case not in place]
        place |= {case: len(self._cases) + row for row, case in enumerate(new)}
        every = sparse.vstack([self._rows, self._weights.vectors([case.label for case in new])], format="csr")
        self._rows = every[[place[case] for case in wanted]] if wanted else self._weights.vectors([])
        self._cases = wanted

    def place(self, texts: Sequence[str]) -> list["Placed"]:
        """Where each question belongs, in the order given."""
        homes = [Placed(case.id, None) for case in self._cases]
        rows = self._rows
        by_key: dict[str, int] = {}
        for place, case in enumerate(self._cases):
            by_key.setdefault(key_of(case.label), place)
        placed: list[Placed] = []
        for begin in range(0, len(texts), _ROUND):
            part = texts[begin : begin + _ROUND]
            vectors = self._weights.vectors(part)
            best, alike = _nearest(vectors, rows)
            among = (vectors @ vectors.T).tocsr()
            founders: list[int] = []
            for row, text in enumerate(part):
                position: int | None = by_key.get(key_of(text))
                if position is None:
                    position = best[row] if alike[row] >= LEAST_ALIKE else None
                    beside = _best_founder(among, row, founders)
                    if beside is not None and beside[1] > (alike[row] if position is not None else LEAST_ALIKE):
                        position = len(homes) - len(founders) + beside[0]
                if position is None:
                    position = by_key[key_of(text)] = len(homes)
                    homes.append(Placed(None, begin + row))
                    founders.append(row)
                placed.append(homes[position])
            rows = sparse.vstack([rows, vectors[founders]], format="csr") if founders else rows
        return placed


@dataclass(frozen=True)
class Placed:
    """A question belongs to the case `case_id`, or to the new case that the question `founder` begins."""

    case_id: int | None
    founder: int | None


def _nearest(vectors: Any, rows: Any) -> tuple[list[int], list[float]]:
    """For each vector the row most like it, the first of several, and how alike."""
    if not rows.shape[0]:
        return [0] * vectors.shape[0], [0.0] * vectors.shape[0]
    products = (vectors @ rows.T).tocsr()
    best, alike = [], []
    for row in range(products.shape[0]):
        begin, end = products.indptr[row], products.indptr[row + 1]
        values = products.data[begin:end]
        if not len(values):
            best.append(0)
            alike.append(0.0)
            continue
        highest = values.max()
        best.append(int(products.indices[begin:end][values == highest].min()))
        alike.append(float(highest))
    return best, alike


def _best_founder(among: Any, row: int, founders: Sequence[int]) -> tuple[int, float] | None:
    """Which of the cases begun in this round is most like a question: its place among them, and how alike."""
    if not founders:
        return None
    values = np.asarray(among[row, list(founders)].todense()).ravel()
    place = int(values.argmax())
    return place, float(values[place])
