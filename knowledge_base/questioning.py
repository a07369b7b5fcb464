"""Ask an index, an encoder and a router one question and keep all that was found: what deciding and training share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge_base.analysis import features
from knowledge_base.calibration_questions import CalibrationQuestion
from knowledge_base.contrasts import sides_of
from knowledge_base.embedding import Encoder, Vectors
from knowledge_base.entry import Entry
from knowledge_base.facet_detection import asked_facets
from knowledge_base.index import Found, Index
from knowledge_base.messages import asking_clause
from knowledge_base.ranking import EntryTraits, Features, features_of
from knowledge_base.router import TopicBelief, TopicRouter
from knowledge_base.topics import named_services

_NAMED_SERVICE = 10.0
"""How much more likely a service is the subject when what is asked names it. On the development questions about the
services it names the right one in 84 instead of 72 of 100 cases, and costs half a point on the other topics.
"""


@dataclass(frozen=True)
class Findings:
    """All that search and router say about a question; `topics` are the topics of the candidates."""

    found: Found
    belief: TopicBelief
    features: Features
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A question whose outcome is known, and what was found. `answerable`: its entry was there to be found."""

    question: CalibrationQuestion
    findings: Findings
    answerable: bool


def traits_of(entries: Sequence[Entry], index: Index) -> dict[str, EntryTraits]:
    """What the ranker has to know of each entry, by id."""
    sides = {document.entry_id: document.sides for document in index.documents}
    return {entry.id: EntryTraits(entry.topic, frozenset(entry.facets), sides[entry.id]) for entry in entries}


class Questioner:
    """Immutable; safe to use from several threads."""

    def __init__(
        self, index: Index, encoder: Encoder | None, router: TopicRouter, traits: dict[str, EntryTraits]
    ) -> None:
        self.index = index
        self._encoder = encoder
        self._router = router
        self._traits = traits
        self._number = {document.entry_id: number for number, document in enumerate(index.documents)}

    def ask(self, text: str, allowed: NDArray[np.bool_] | None = None) -> Findings:
        """Ask one normalised question. `allowed`: which documents of the index may be found; all when None."""
        vector = self._encoder.encode_query(text) if self._encoder else None
        return self._ask(text, vector, allowed)

    def ask_each(self, texts: Sequence[str], allowed: NDArray[np.bool_] | None = None) -> list[Findings]:
        """Ask several normalised questions at once, at least one. `allowed` as in `ask`."""
        if len(texts) == 1:
            return [self.ask(texts[0], allowed)]
        vectors: Sequence[Vectors | None] = [None] * len(texts)
        if self._encoder:
            vectors = list(self._encoder.encode_queries(texts))
        return [self._ask(text, vector, allowed) for text, vector in zip(texts, vectors, strict=True)]

    def _ask(self, text: str, vector: Vectors | None, allowed: NDArray[np.bool_] | None) -> Findings:
        terms = features(text)
        belief = self._router.believe(terms).favouring(named_services(asking_clause(text)), _NAMED_SERVICE)
        found = self.index.search(terms, vector, allowed)
        traits = [self._traits[entry_id] for entry_id in found.entry_ids]
        rows = features_of(found, traits, belief, asked_facets(text), sides_of(text))
        return Findings(found, belief, rows, tuple(trait.topic for trait in traits))

    def ask_all(self, questions: Sequence[CalibrationQuestion], *, without_entry: bool = False) -> list[Asked]:
        """Ask questions whose outcome is known; `without_entry` of a catalogue from which its entry was taken."""
        texts = [question.text for question in questions]
        vectors: Sequence[Vectors | None] = [None] * len(texts)
        if self._encoder and texts:
            vectors = list(self._encoder.encode_queries(texts))
        asked = []
        for question, vector in zip(questions, vectors, strict=True):
            allowed = None
            if without_entry and question.entry_id is not None:
                allowed = np.ones(len(self._number), dtype=np.bool_)
                allowed[self._number[question.entry_id]] = False
            findings = self._ask(question.text, vector, allowed)
            asked.append(Asked(question, findings, question.entry_id is not None and not without_entry))
        return asked
