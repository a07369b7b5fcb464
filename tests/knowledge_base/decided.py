"""Decisions made by hand, and what a test looks at in a reply."""

from knowledge_base.blocks import ChoicesBlock, Reply, TextBlock
from knowledge_base.decision import Candidate, Decision, DecisionKind
from knowledge_base.entry import Facet

ABSTENTIONS = ("abstained.out_of_scope", "abstained.no_words", "abstained.government", "abstained.unclear")
CATEGORIES = ["topic:劳动争议", "topic:继承", "topic:公证"]
"""The categories of which the small release has an entry in force."""
TOPICS = (("劳动争议", 0.8), ("继承", 0.2))


def decision(kind: DecisionKind, outcome: str, *entry_ids: str, facet: Facet | None = None) -> Decision:
    candidates = tuple(Candidate(entry_id, 0.5 / number) for number, entry_id in enumerate(entry_ids, start=1))
    return Decision(kind, outcome, candidates, TOPICS, 0.612345, 0.98765, facet)


def choice_ids(reply: Reply) -> list[str]:
    return [choice.id for block in reply.blocks if isinstance(block, ChoicesBlock) for choice in block.choices]


def first_text(reply: Reply) -> str:
    block = reply.blocks[0]
    assert isinstance(block, TextBlock)
    return block.text
