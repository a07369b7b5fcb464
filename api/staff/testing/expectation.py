"""What a saved question should get, and whether it did."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from knowledge_base.decision import Decision, DecisionKind
from knowledge_base.entry import Entry


class Expectation(StrEnum):
    """What should come of a question."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    ROUTE = "route"
    ABSTAIN = "abstain"
    NOT_ENTRY = "not_entry"

    @property
    def label(self) -> str:
        """As the console names it."""
        return _LABELS[self]

    @property
    def needs_entry(self) -> bool:
        """Whether it says nothing without an entry."""
        return self in (Expectation.ANSWER, Expectation.NOT_ENTRY)


_LABELS = {
    Expectation.ANSWER: "直接回答这个条目",
    Expectation.CLARIFY: "反问，给出几个选项",
    Expectation.ROUTE: "只说归谁管",
    Expectation.ABSTAIN: "不归我们管，不回答",
    Expectation.NOT_ENTRY: "不能用这个条目回答",
}
_KINDS = {
    DecisionKind.ANSWER: "直接回答",
    DecisionKind.CLARIFY: "反问",
    DecisionKind.ROUTE: "只说归谁管",
    DecisionKind.ABSTAIN: "不回答",
}


@dataclass(frozen=True)
class Side:
    """How a release meets a question: the decision, the entries it answers with, else those it offers first."""

    kind: DecisionKind
    entry_ids: tuple[str, ...]
    titles: tuple[str, ...]
    probability: float

    @property
    def label(self) -> str:
        """As the console names it."""
        return _KINDS[self.kind]

    @property
    def answers(self) -> tuple[str, ...]:
        """The entries that are given as the answer."""
        return self.entry_ids if self.kind is DecisionKind.ANSWER else ()

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        return asdict(self) | {"label": self.label}


def side_of(decision: Decision, entries: dict[str, Entry]) -> Side:
    """What of a decision is compared and shown."""
    if decision.kind is DecisionKind.ANSWER:
        answers = (decision, *decision.also)
        ids = tuple(answer.entry_id for answer in answers if answer.entry_id is not None)
    elif decision.kind is DecisionKind.CLARIFY:
        ids = tuple(candidate.entry_id for candidate in decision.candidates)
    else:
        ids = ()
    titles = tuple(entries[entry_id].title for entry_id in ids)
    if decision.kind is DecisionKind.ROUTE and decision.topics:
        titles = (decision.topics[0][0],)
    return Side(decision.kind, ids, titles, round(decision.confidence, 4))


def meets(side: Side, expected: Expectation, entry_id: str | None) -> bool:
    """Whether it is as expected. With 反问 an entry, where one is named, must be among the choices."""
    if expected is Expectation.NOT_ENTRY:
        return entry_id not in side.answers
    if side.kind.value != expected.value:
        return False
    return entry_id is None or not side.entry_ids or entry_id in side.entry_ids
