"""Hand-made questions and replies."""

from typing import Any

from knowledge_base.decision import DecisionKind
from knowledge_base.evaluation_report.asking import Reply
from knowledge_base.evaluation_report.questions import Question

ANSWER, CLARIFY, ROUTE, ABSTAIN = DecisionKind.ANSWER, DecisionKind.CLARIFY, DecisionKind.ROUTE, DecisionKind.ABSTAIN


def question(topic: str | None = "继承", entry: str | None = None, **traits: Any) -> Question:
    accepted = frozenset({topic} - {None}) | frozenset(traits.pop("alt", ()))
    return Question("1", "遗产怎么分", topic, accepted, entry, **traits)


def reply(
    asked: Question,
    kind: DecisionKind = ROUTE,
    topics: str = "",
    entries: str = "",
    probability: float = 0.5,
    in_scope: float = 0.5,
) -> Reply:
    """Topics and entries are words between spaces."""
    return Reply(asked, kind, tuple(topics.split()), tuple(entries.split()), probability, in_scope)
