"""Ask a decider questions and keep what the measures need."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from knowledge_base.decision import Context, Decider, DecisionKind
from knowledge_base.evaluation import topics_shown
from knowledge_base.evaluation_report.questions import Question

_MILLISECONDS = 1000


@dataclass(frozen=True)
class Reply:
    """A question and what was decided.

    `topics` are ranked: for an answer or a clarification those of the entries shown, for a route those of the decision.
    `entries` are the candidates of the decision, best first; `probability` is the calibrated one of the first, 0
    without any; `in_scope` is the probability that the assistant can help.
    """

    question: Question
    kind: DecisionKind
    topics: tuple[str, ...]
    entries: tuple[str, ...]
    probability: float
    in_scope: float
    milliseconds: float = 0.0

    @property
    def abstained(self) -> bool:
        """Whether it was said that this is not ours."""
        return self.kind is DecisionKind.ABSTAIN

    @property
    def answered(self) -> bool:
        """Whether one entry was given as the answer."""
        return self.kind is DecisionKind.ANSWER

    @property
    def first_topic(self) -> str | None:
        """The topic that the reply commits to; None for an abstention."""
        return self.topics[0] if self.topics and not self.abstained else None

    @property
    def topic_accepted(self) -> bool:
        """Whether that topic is one a reasonable reader accepts."""
        return self.first_topic in self.question.accepted

    @property
    def entry_right(self) -> bool:
        """Whether the first candidate answers the question, whatever was decided."""
        return self.question.entry is not None and self.entries[:1] == (self.question.entry,)


def ask(decider: Decider, questions: Iterable[Question], today: date) -> list[Reply]:
    """Ask each question alone, on that day."""
    return [_ask(decider, question, Context(today=today)) for question in questions]


def _ask(decider: Decider, question: Question, context: Context) -> Reply:
    begun = time.perf_counter()
    decision = decider.decide(question.text, context)
    took = (time.perf_counter() - begun) * _MILLISECONDS
    entries = tuple(candidate.entry_id for candidate in decision.candidates)
    probability = decision.candidates[0].probability if decision.candidates else 0.0
    return Reply(
        question, decision.kind, tuple(topics_shown(decider, decision)), entries, probability, decision.in_scope, took
    )  # fmt: skip
