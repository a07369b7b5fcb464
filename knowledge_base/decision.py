"""The only way to an answer: `Decider.decide(question, context) -> Decision`.

Chat, search box, evaluation and benchmark all call it. It answers with one entry, asks back with a few, names the
subject when no entry answers, or says that it cannot help; which, follows from calibrated probabilities and thresholds
that training derived from held-out data.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from knowledge_base.consideration import Candidate, Consideration
from knowledge_base.decision_model import Model, scope_row
from knowledge_base.embedding import Encoder
from knowledge_base.entry import Entry, Facet
from knowledge_base.facet_detection import asked_facets, asks_only_for_facets
from knowledge_base.index import Index
from knowledge_base.messages import continues, parts_of, split_questions
from knowledge_base.normalise import letters, normalise
from knowledge_base.questioning import Findings, Questioner, traits_of
from knowledge_base.router import TopicRouter

_OFFERED = 4
_NEAR_ENOUGH = 0.5
"""From this probability on an abstention offers an entry even if the router sees another topic."""


class DecisionKind(StrEnum):
    """How a question is met."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    ROUTE = "route"
    ABSTAIN = "abstain"


@dataclass(frozen=True)
class Context:
    """What of the conversation matters.

    `last_entry_id` is the entry shown last and `last_question` the citizen's message before this one; `today` the day
    on which the law must hold; `abstained_before` how many turns in a row before this one ended in an abstention.
    """

    last_entry_id: str | None = None
    today: date | None = None
    last_question: str | None = None
    abstained_before: int = 0


@dataclass(frozen=True)
class Decision:
    """What `decide` found.

    `outcome` is `family.detail` as stored with the turn; `confidence` is the calibrated probability behind it;
    `in_scope` the probability that the assistant can help at all; `topics` the topics by probability, best first;
    `near` the entries that an abstention offers all the same, because the message may be about them;
    `also` the answers to the further questions of a message that asks several, `unanswered` how those of its questions
    would be met that got no answer beside one that did.
    """

    kind: DecisionKind
    outcome: str
    candidates: tuple[Candidate, ...]
    topics: tuple[tuple[str, float], ...]
    confidence: float
    in_scope: float
    facet: Facet | None = None
    near: tuple[Candidate, ...] = ()
    also: tuple["Decision", ...] = ()
    unanswered: tuple["Decision", ...] = ()

    @property
    def entry_id(self) -> str | None:
        """The entry that answers, for the kind ANSWER."""
        return self.candidates[0].entry_id if self.kind is DecisionKind.ANSWER else None


class Decider:
    """Decides over one release. Immutable; safe to use from several threads."""

    def __init__(
        self, entries: Sequence[Entry], index: Index, encoder: Encoder | None, router: TopicRouter, model: Model
    ) -> None:
        self.entries = {entry.id: entry for entry in entries}
        self.model = model
        self._index = index
        self._questioner = Questioner(index, encoder, router, traits_of(entries, index))
        self._allowed: tuple[date, NDArray[np.bool_]] | None = None

    def decide(self, question: str, context: Context | None = None) -> Decision:
        """Decide how to meet a message as typed. Never raises for any text."""
        context = context or Context()
        today = context.today or date.today()
        text = normalise(question)
        if not letters(text):
            return Decision(DecisionKind.ABSTAIN, "abstained.no_words", (), (), 0.0, 0.0)
        exact = self._exact(text, today)
        if exact is not None:
            return exact
        considered = self.consider(text, today)
        follow_up = self._follow_up(considered, context, today)
        if follow_up is not None:
            return follow_up
        decision = self._several(considered, today) if split_questions(text) else self._decide(considered)
        goes_on = continues(text) or asks_only_for_facets(text)
        if decision.kind is not DecisionKind.ANSWER and context.last_question and goes_on:
            return self._continued(decision, considered, context, today)
        return decision

    def consider(self, text: str, today: date) -> Consideration:
        """Search and rate the candidates for one normalised message that has words, and for its parts."""
        texts = [text, *parts_of(text)]
        every = self._questioner.ask_each(texts, self._in_force(today))
        whole, *parts = (self._rate(text, findings) for text, findings in zip(texts, every, strict=True))
        return replace(whole, parts=tuple(parts))

    def _rate(self, text: str, findings: Findings) -> Consideration:
        rated = self.model.ranker.probabilities(findings.features)
        scope = self.model.scope.probability(scope_row(findings.features, rated))
        return Consideration(
            text, findings, self.model.calibration(rated[:-1]), float(scope[0]), tuple(asked_facets(text))
        )

    def _in_force(self, today: date) -> NDArray[np.bool_]:
        """Which documents hold on a day; remembered, as one day follows the other."""
        remembered = self._allowed
        if remembered is None or remembered[0] != today:
            allowed = [self.entries[document.entry_id].in_force(today) for document in self._index.documents]
            remembered = (today, np.array(allowed, dtype=np.bool_))
            self._allowed = remembered
        return remembered[1]

    def _exact(self, text: str, today: date) -> Decision | None:
        found = [entry_id for entry_id in self._index.exact(text) if self.entries[entry_id].in_force(today)]
        if len(found) != 1:
            return None
        entry = self.entries[found[0]]
        facet = next((facet for facet in asked_facets(text) if facet in entry.facets), None)
        candidates = (Candidate(entry.id, 1.0),)
        return Decision(DecisionKind.ANSWER, "answered.exact", candidates, ((entry.topic, 1.0),), 1.0, 1.0, facet)

    def _decide(self, considered: Consideration, among: Sequence[Candidate] | None = None) -> Decision:
        """Decide on what was considered. `among`: the candidates, best first, when not those of the message alone."""
        limits = self.model.thresholds
        candidates = considered.candidates if among is None else tuple(among)
        choices = considered.choices if among is None else candidates
        best = candidates[0].probability if candidates else 0.0
        in_scope, topics = considered.in_scope, considered.topics
        welcome = in_scope >= limits.in_scope  # others that are clearly ours are not answered at once, nor turned away
        if not welcome and best < limits.answer and considered.findings.belief.out_of_scope > limits.ours:
            return self._abstention(considered, choices)
        if welcome and best >= limits.answer:
            entry = self.entries[candidates[0].entry_id]
            facet = next((facet for facet in considered.facets if facet in entry.facets), None)
            return Decision(DecisionKind.ANSWER, "answered.entry", candidates, topics, best, in_scope, facet)
        offered = self._agreed(self._offered(choices), topics)
        total = min(sum(c.probability for c in offered), 1.0)
        if len(offered) >= 2 and total >= limits.clarify:
            return Decision(DecisionKind.CLARIFY, "clarified.choices", offered, topics, total, in_scope)
        outcome = "routed.topic" if topics and topics[0][1] >= limits.topic else "routed.unsure"
        return Decision(DecisionKind.ROUTE, outcome, choices, topics, topics[0][1] if topics else 0.0, in_scope)

    def _abstention(self, considered: Consideration, choices: Sequence[Candidate]) -> Decision:
        """It is not clear that the message is ours; what it is near to is offered all the same.

        People type two or three words, and "离婚要多久" is as short as idle talk.
        """
        belief, topics = considered.findings.belief, considered.topics
        near = self._offered(choices)
        certain = near and near[0].probability >= _NEAR_ENOUGH
        if sum(c.probability for c in near) < self.model.thresholds.clarify or not (
            certain or self._agreed(near, topics)
        ):
            near = ()
        outcome = "abstained.unclear" if near else "abstained.out_of_scope"
        if belief.government > belief.out_of_scope / 2:
            outcome = "abstained.government"
        return Decision(
            DecisionKind.ABSTAIN,
            outcome,
            tuple(choices),
            topics,
            1 - considered.in_scope,
            considered.in_scope,
            near=near,
        )

    def _offered(self, choices: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The entries worth offering, best first."""
        return tuple(c for c in choices if c.probability >= self.model.thresholds.offer)[:_OFFERED]

    def _agreed(self, offered: tuple[Candidate, ...], topics: Sequence[tuple[str, float]]) -> tuple[Candidate, ...]:
        """The same entries, or none when the first is not of the topic that the router sees.

        Then search and router disagree about the subject, and any choice would mislead: of development questions like
        that the first choice has the right topic in 24 of 100 cases, the router in 68.
        """
        agree = offered and self.entries[offered[0].entry_id].topic == topics[0][0]
        return offered if agree else ()

    def _follow_up(self, considered: Consideration, context: Context, today: date) -> Decision | None:
        """The last turn's entry and a facet of it, when the message asks for nothing but a facet."""
        last = self.entries.get(context.last_entry_id or "")
        if last is None or not last.in_force(today) or considered.best >= self.model.thresholds.answer:
            return None
        facet = next((facet for facet in considered.facets if facet in last.facets), None)
        if facet is None or not asks_only_for_facets(considered.text):
            return None
        own = next((c for c in considered.candidates if c.entry_id == last.id), Candidate(last.id, 0.0))
        shown = (own, *(c for c in considered.candidates if c.entry_id != last.id))
        return Decision(
            DecisionKind.ANSWER, "answered.follow_up", shown, considered.topics, own.probability,
            considered.in_scope, facet,
        )  # fmt: skip

    def _several(self, considered: Consideration, today: date) -> Decision:
        """An answer to each question of a message that has one; the message as a whole when none has.

        A question without an answer is not passed over in silence, unless it only asks for a facet of another or is
        likeliest to be answered by what is given.
        """
        answers: dict[str, Decision] = {}
        others = []
        for part in considered.parts:
            # a short question beside others is as much in scope as the message
            shared = replace(part, in_scope=max(part.in_scope, considered.in_scope))
            decision = self._exact(part.text, today) or self._decide(shared)
            if decision.entry_id is not None:
                answers.setdefault(decision.entry_id, decision)
            elif not asks_only_for_facets(part.text):
                others.append(decision)
        if not answers:
            whole = self._decide(considered)
            if whole.entry_id is None:
                return whole
            answers[whole.entry_id] = whole
        first, *further = answers.values()
        return replace(
            first,
            outcome="answered.several" if further else first.outcome,
            also=tuple(further),
            unanswered=tuple(d for d in others if not d.candidates or d.candidates[0].entry_id not in answers),
        )

    def _continued(self, decision: Decision, alone: Consideration, context: Context, today: date) -> Decision:
        """A message that goes on from the one before ("那如果是…呢"), decided by what it and both together point to.

        The entry shown last is not given again, unless for a facet: the citizen asks for what it did not say.
        """
        together = self.consider(f"{normalise(context.last_question or '')}，{alone.text}", today)
        last = self.entries.get(context.last_entry_id or "")
        seen = last.id if last is not None and not last.facets.keys() & set(alone.facets) else None
        found: dict[str, float] = {}
        for candidate in (*alone.candidates, *together.candidates):
            if candidate.entry_id != seen:
                found[candidate.entry_id] = max(candidate.probability, found.get(candidate.entry_id, 0.0))
        ranked = sorted(found.items(), key=lambda pair: -pair[1])
        continued = self._decide(replace(together, facets=alone.facets), [Candidate(*pair) for pair in ranked])
        if continued.kind is DecisionKind.ANSWER:
            return replace(continued, outcome="answered.continued")
        return continued if decision.kind is DecisionKind.ABSTAIN else decision
