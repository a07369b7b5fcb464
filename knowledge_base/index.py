"""Find entries for a question.

A question is compared with whole entries first: BM25 over all their questions together, BM25 over their answer, and
the mean of their questions' vectors. The nearest few are then compared line by line. Whole entries are what finds them:
on held-out questions BM25 over an entry's questions together put the right one first half as often again as BM25 over
its best single question (docs/adr/0009).
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge_base.contrasts import Sides, sides_of_all
from knowledge_base.embedding import Vectors
from knowledge_base.entry import Entry
from knowledge_base.keyword_search import KeywordIndex
from knowledge_base.normalise import letters, normalise
from knowledge_base.term_cache import TermCache

SIGNALS = {
    "questions": "BM25 over the entry's questions together, per weight of the question's terms",
    "body": "BM25 over the entry's answer and facets, per weight of the question's terms",
    "centroid": "inner product with the mean vector of the entry's questions",
    "nearest": "inner product with the nearest of its questions",
    "nearest_three": "mean of the inner products with its three nearest questions",
    "title": "inner product with its title",
    "questions_cover": "share of the question's weight whose terms stand in the entry's questions",
    "body_cover": "share of the question's weight whose terms stand in the entry's answer or facets",
    "first_stage": "questions + 0.4 body + 0.5 centroid: what the candidates were chosen by",
}
_BODY_SHARE, _CENTROID_SHARE = 0.4, 0.5
_CANDIDATES = 20
_DEPTH = 60
"""How many entries keywords and vectors each bring before the best candidates are chosen."""
_AT_A_TIME = 1024
"""Documents whose vectors are widened to 32 bits at once."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is searched of an entry, normalised.

    `questions` begins with the title, `body` is answer and facets; `sides` are where the entry stands on the contrasts.
    """

    entry_id: str
    questions: tuple[str, ...]
    body: str
    sides: Sides = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What the search says about a question.

    `entry_ids` are the candidates, best first; `signals` has shape (candidates, len(SIGNALS)); `nearest` is the wording
    of each candidate that is nearest; `weight` is how much the question has to explain, in BM25's terms.
    """

    entry_ids: tuple[str, ...]
    signals: NDArray[np.float32]
    nearest: tuple[str, ...]
    weight: float


def document_of(entry: Entry) -> Document:
    """The document of an entry."""
    questions = tuple(dict.fromkeys(normalise(text) for text in (entry.title, *entry.questions)))
    body = normalise(" ".join((entry.answer, *entry.facets.values())))
    return Document(entry.id, questions, body, sides_of_all([questions[0], *questions]))


class Index:
    """Searchable documents. Immutable; safe to read from several threads."""

    def __init__(
        self,
        documents: Sequence[Document],
        questions: KeywordIndex,
        bodies: KeywordIndex,
        vectors: Vectors | NDArray[np.float16] | None,
    ) -> None:
        """`vectors` has one row a question of the documents, in their order; None: no embedding model is to be had."""
        self.documents = tuple(documents)
        self._questions = questions
        self._bodies = bodies
        counts = [len(document.questions) for document in documents]
        self._bounds = np.cumsum([0, *counts])
        self._vectors = None if vectors is None else vectors.astype(np.float16, copy=False)
        self._centroids: Vectors | None = None
        if self._vectors is not None:
            centroids = _centroids(self._vectors, self._bounds)
            self._faiss = faiss.IndexFlatIP(centroids.shape[1])
            self._faiss.add(centroids)
            self._centroids = faiss.rev_swig_ptr(self._faiss.get_xb(), centroids.size).reshape(centroids.shape)
        spelled = np.array([hash(letters(text)) for document in documents for text in document.questions], np.int64)
        order = np.argsort(spelled, kind="stable")
        self._spelled = spelled[order]
        self._spelled_by = np.repeat(np.arange(len(counts)), counts)[order]

    @classmethod
    def build(cls, documents: Sequence[Document], vectors: Vectors | None, terms: TermCache | None = None) -> "Index":
        """Index documents. `terms` remembers the features of texts, so that only changed ones are cut up again."""
        terms = terms or TermCache()
        questions = KeywordIndex.build([[t for q in d.questions for t in terms.features(q)] for d in documents])
        bodies = KeywordIndex.build([terms.features(document.body) for document in documents])
        return cls(documents, questions, bodies, vectors)

    def with_vectors(self, vectors: Vectors) -> "Index":
        """The same documents and keywords, with vectors."""
        return Index(self.documents, self._questions, self._bodies, vectors)

    def exact(self, text: str) -> frozenset[str]:
        """The entries that have this very normalised question, punctuation aside."""
        wanted = letters(text)
        first, end = (np.searchsorted(self._spelled, hash(wanted), side) for side in ("left", "right"))
        perhaps = [self.documents[number] for number in self._spelled_by[first:end]]
        return frozenset(d.entry_id for d in perhaps if wanted in map(letters, d.questions))

    def search(self, terms: Sequence[str], vector: Vectors | None, allowed: NDArray[np.bool_] | None = None) -> Found:
        """The nearest entries for a question.

        terms: `features` of the normalised question; vector: its vector, shape (dimensions,); allowed: which documents
        may be found, shape (documents,); all when None.
        """
        numbers = self._questions.numbers(terms)
        body_numbers = self._bodies.numbers(terms)
        weight, body_weight = self._questions.weight(numbers), self._bodies.weight(body_numbers)
        in_questions, in_bodies = self._questions.match(numbers), self._bodies.match(body_numbers)
        questions = in_questions.scores / max(weight, 1e-6)
        body = in_bodies.scores / max(body_weight, 1e-6)
        first_stage = questions + _BODY_SHARE * body
        if allowed is not None:
            first_stage[~allowed] = -np.inf
        chosen = _largest(first_stage, _DEPTH)
        if vector is not None and self._centroids is not None:
            _, near = self._faiss.search(vector[None, :], min(_DEPTH, len(self.documents)))
            chosen = np.union1d(chosen, near[0])
            first_stage[chosen] += _CENTROID_SHARE * (self._centroids[chosen] @ vector)
        best = chosen[_largest(first_stage[chosen], _CANDIDATES)]
        best = best[np.isfinite(first_stage[best])]
        dense, nearest = self._compare_lines(best, vector)
        columns = (
            questions[best],
            body[best],
            *dense,
            in_questions.coverage[best],
            in_bodies.coverage[best],
            first_stage[best],
        )
        ids = tuple(self.documents[number].entry_id for number in best)
        return Found(ids, np.stack(columns, axis=1).astype(np.float32), nearest, weight)

    def _compare_lines(
        self, best: NDArray[np.int64], vector: Vectors | None
    ) -> tuple[tuple[Vectors, Vectors, Vectors, Vectors], tuple[str, ...]]:
        """The signals centroid, nearest, nearest_three and title of documents, and their nearest questions."""
        if vector is None or self._vectors is None or self._centroids is None or not len(best):
            none = np.zeros(len(best), dtype=np.float32)
            return (none, none, none, none), tuple(self.documents[number].questions[0] for number in best)
        counts = self._bounds[best + 1] - self._bounds[best]
        rows = np.concatenate([self._vectors[self._bounds[n] : self._bounds[n + 1]] for n in best])
        similar = np.full((len(best), int(counts.max())), -1.0, dtype=np.float32)
        similar[np.arange(similar.shape[1]) < counts[:, None]] = rows.astype(np.float32) @ vector
        ordered = -np.sort(-similar, axis=1)[:, :3]
        three = ordered.sum(axis=1, where=ordered > -1.0) / np.minimum(counts, 3)
        title = similar[:, 0]
        places = similar.argmax(axis=1)
        lines = tuple(self.documents[n].questions[place] for n, place in zip(best, places, strict=True))
        return (self._centroids[best] @ vector, ordered[:, 0], three, title), lines

    def save(self, folder: Path) -> None:
        """Write into an existing folder."""
        with (folder / "documents.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(document), ensure_ascii=False) + "\n" for document in self.documents)
        self._questions.save(folder / "questions")
        self._bodies.save(folder / "bodies")
        if self._vectors is not None:
            np.save(folder / "vectors.npy", self._vectors)

    @staticmethod
    def read_documents(folder: Path) -> Iterator[Document]:
        """The documents that `save` wrote."""
        with (folder / "documents.jsonl").open(encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                yield Document(**row | {"questions": tuple(row["questions"])})

    @classmethod
    def load(cls, folder: Path) -> "Index":
        """Read what `save` wrote, without the documents' bodies: they are searched by their terms alone."""
        documents = [replace(document, body="") for document in cls.read_documents(folder)]
        path = folder / "vectors.npy"
        vectors = np.load(path) if path.exists() else None
        return cls(documents, KeywordIndex.load(folder / "questions"), KeywordIndex.load(folder / "bodies"), vectors)


def keep_questions(documents: Sequence[Document], kept: Collection[tuple[str, str]]) -> list[Document]:
    """The documents with only those questions that are kept, as (entry id, question); the title always stays."""
    return [
        replace(d, questions=(d.questions[0], *(q for q in d.questions[1:] if (d.entry_id, q) in kept)))
        for d in documents
    ]


def _centroids(vectors: NDArray[np.float16], bounds: NDArray[np.int64]) -> Vectors:
    """Mean of each document's rows, scaled to length one, shape (documents, dimensions)."""
    centroids = np.empty((len(bounds) - 1, vectors.shape[1]), dtype=np.float32)
    for first in range(0, len(centroids), _AT_A_TIME):
        ends = bounds[first : first + _AT_A_TIME + 1]
        rows = vectors[ends[0] : ends[-1]].astype(np.float32)
        centroids[first : first + _AT_A_TIME] = np.add.reduceat(rows, ends[:-1] - ends[0], axis=0)
    centroids /= np.maximum(np.linalg.norm(centroids, axis=1, keepdims=True), 1e-9)
    return centroids


def _largest(values: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Positions of the largest values, largest first; of equal ones the first."""
    if count >= len(values):
        return np.argsort(-values, kind="stable")
    enough = np.flatnonzero(values >= np.partition(values, -count)[-count])
    return enough[np.argsort(-values[enough], kind="stable")[:count]]
