"""The only way to an answer: `Decider.decide(question, context) -> Decision`.

Chat, search box, evaluation and benchmark all call it. It answers with one entry, asks back with a few, names the
subject when no entry answers, or says that it cannot help; which, follows from calibrated probabilities and thresholds
that training derived from held-out data.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from knowledge_base.embedding import Encoder
from knowledge_base.entry import Entry, Facet
from knowledge_base.facet_detection import asked_facets, asks_only_for_facets
from knowledge_base.index import Hit, Index
from knowledge_base.normalise import match_key, normalise
from knowledge_base.ranking import LinearModel, candidate_rows, scope_row
from knowledge_base.router import TopicBelief, TopicRouter

_CONSIDERED = 8
"""Candidates that are ranked."""


class DecisionKind(StrEnum):
    """How a question is met."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    ROUTE = "route"
    ABSTAIN = "abstain"


@dataclass(frozen=True)
class Context:
    """What of the conversation matters: the entry shown last, and the day on which the law must hold."""

    last_entry_id: str | None = None
    today: date | None = None


@dataclass(frozen=True)
class Candidate:
    """An entry with the probability that it answers the question."""

    entry_id: str
    probability: float


@dataclass(frozen=True)
class Decision:
    """What `decide` found.

    `outcome` is `family.detail` as stored with the turn; `confidence` is the calibrated probability behind it;
    `in_scope` the probability that the assistant can help at all; `topics` the topics by probability, best first.
    """

    kind: DecisionKind
    outcome: str
    candidates: tuple[Candidate, ...]
    topics: tuple[tuple[str, float], ...]
    confidence: float
    in_scope: float
    facet: Facet | None = None

    @property
    def entry_id(self) -> str | None:
        """The entry that answers, for the kind ANSWER."""
        return self.candidates[0].entry_id if self.kind is DecisionKind.ANSWER else None


@dataclass(frozen=True)
class Thresholds:
    """Derived from held-out data by `training.py`; stored with the release.

    answer: least probability to give one entry as the answer.
    offer: least probability for an entry to be one of the choices offered.
    clarify: least sum of the offered choices' probabilities to ask back.
    in_scope: least probability of being in scope not to abstain.
    topic: least probability of the first topic to name it when no entry answers.
    """

    answer: float
    offer: float
    clarify: float
    in_scope: float
    topic: float = 0.0


@dataclass(frozen=True)
class Model:
    """The trained numbers a decision rests on; one for vectors and keywords together, one for keywords alone."""

    candidate: LinearModel
    scope: LinearModel
    thresholds: Thresholds

    def to_dict(self) -> dict[str, dict[str, object]]:
        """For JSON."""
        return {name: asdict(part) for name, part in vars(self).items()}

    @classmethod
    def from_dict(cls, data: dict[str, dict[str, object]]) -> "Model":
        """Read what `to_dict` gave."""

        def linear(name: str) -> LinearModel:
            return LinearModel(**{k: tuple(v) if isinstance(v, list) else v for k, v in data[name].items()})  # type: ignore[arg-type]

        return cls(linear("candidate"), linear("scope"), Thresholds(**data["thresholds"]))  # type: ignore[arg-type]


class Decider:
    """Decides over one release. Immutable; safe to use from several threads."""

    def __init__(
        self, entries: Sequence[Entry], index: Index, encoder: Encoder | None, router: TopicRouter, model: Model
    ) -> None:
        self.entries = {entry.id: entry for entry in entries}
        self._index = index
        self._encoder = encoder
        self._router = router
        self._model = model

    def decide(self, question: str, context: Context | None = None) -> Decision:
        """Decide how to meet a question as typed. Never raises for any text."""
        context = context or Context()
        today = context.today or date.today()
        text = normalise(question)
        if not match_key(text):
            return Decision(DecisionKind.ABSTAIN, "abstained.no_words", (), (), 0.0, 0.0)
        belief = self._router.believe(text)
        facets = asked_facets(text)
        exact = [entry_id for entry_id in self._index.exact(text) if self.entries[entry_id].in_force(today)]
        if len(exact) == 1:
            return self._answer([Candidate(exact[0], 1.0)], belief, 1.0, 1.0, facets, "answered.exact")

        hits = [hit for hit in self._search(text) if self.entries[hit.entry_id].in_force(today)][:_CONSIDERED]
        candidates = self._rank(text, hits, belief)
        best = candidates[0].probability if candidates else 0.0
        scope_features = scope_row(text, hits, best, belief)
        in_scope = float(self._model.scope.probability(scope_features)[0])
        limits = self._model.thresholds

        follow_up = self._follow_up(text, facets, context, best, today)
        if follow_up is not None:
            entry_id, facet = follow_up
            own = next((c for c in candidates if c.entry_id == entry_id), Candidate(entry_id, 0.0))
            shown = (own, *(c for c in candidates if c.entry_id != entry_id))
            topics = tuple(belief.ranked())
            return Decision(DecisionKind.ANSWER, "answered.follow_up", shown, topics, own.probability, in_scope, facet)
        if in_scope < limits.in_scope:
            return self._other(
                DecisionKind.ABSTAIN, "abstained.out_of_scope", candidates, belief, 1 - in_scope, in_scope
            )
        if best >= limits.answer:
            return self._answer(candidates, belief, best, in_scope, facets, "answered.entry")
        offered = [c for c in candidates if c.probability >= limits.offer][:4]
        total = min(sum(c.probability for c in offered), 1.0)
        if len(offered) >= 2 and total >= limits.clarify:
            return self._other(DecisionKind.CLARIFY, "clarified.choices", offered, belief, total, in_scope)
        topic_probability = belief.ranked()[0][1]
        outcome = "routed.topic" if topic_probability >= limits.topic else "routed.unsure"
        return self._other(DecisionKind.ROUTE, outcome, candidates, belief, topic_probability, in_scope)

    def _search(self, text: str) -> list[Hit]:
        vector = self._encoder.encode_query(text) if self._encoder else None
        return self._index.search(text, vector)

    def _rank(self, text: str, hits: Sequence[Hit], belief: TopicBelief) -> list[Candidate]:
        topics = [self.entries[hit.entry_id].topic for hit in hits]
        probabilities = self._model.candidate.probability(candidate_rows(text, hits, topics, belief))
        ranked = [Candidate(hit.entry_id, float(p)) for hit, p in zip(hits, probabilities, strict=True)]
        return sorted(ranked, key=lambda candidate: (-candidate.probability, candidate.entry_id))

    def _follow_up(
        self, text: str, facets: Sequence[Facet], context: Context, best: float, today: date
    ) -> tuple[str, Facet] | None:
        """The last turn's entry and a facet of it, when the message asks for nothing but a facet."""
        last = self.entries.get(context.last_entry_id or "")
        if (
            last is None
            or not last.in_force(today)
            or best >= self._model.thresholds.answer
            or not asks_only_for_facets(text)
        ):
            return None
        facet = next((facet for facet in facets if facet in last.facets), None)
        return (last.id, facet) if facet else None

    def _answer(
        self,
        candidates: Sequence[Candidate],
        belief: TopicBelief,
        confidence: float,
        in_scope: float,
        facets: Sequence[Facet],
        outcome: str,
    ) -> Decision:
        entry = self.entries[candidates[0].entry_id]
        facet = next((facet for facet in facets if facet in entry.facets), None)
        return Decision(
            DecisionKind.ANSWER, outcome, tuple(candidates), tuple(belief.ranked()), confidence, in_scope, facet
        )

    @staticmethod
    def _other(
        kind: DecisionKind,
        outcome: str,
        candidates: Sequence[Candidate],
        belief: TopicBelief,
        confidence: float,
        in_scope: float,
    ) -> Decision:
        return Decision(kind, outcome, tuple(candidates), tuple(belief.ranked()), confidence, in_scope)
