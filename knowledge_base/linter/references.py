"""Ids, topics, and references between entries."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from knowledge_base.catalogue import Defect
from knowledge_base.entry import Entry
from knowledge_base.topics import load_topics

GUIDES = frozenset(
    f"guide:{name}"
    for name in ("legal_aid_check", "notary", "dispute_path", "deadline", "reconsideration", "appointment")
)


def check_identity(entries: Sequence[Entry]) -> Iterator[Defect]:
    """Every id once."""
    for entry_id, count in Counter(entry.id for entry in entries).items():
        if count > 1:
            yield Defect(entry_id, "id", f"编号用了 {count} 次")


def check_topic(entries: Sequence[Entry]) -> Iterator[Defect]:
    """The topic exists and the id begins with its slug."""
    topics = load_topics()
    for entry in entries:
        topic = topics.get(entry.topic)
        if topic is None:
            yield Defect(entry.id, "topic", f"没有“{entry.topic}”这个主题")
        elif not entry.id.startswith(f"{topic.slug}."):
            yield Defect(entry.id, "id", f"“{topic.name}”的编号应以 {topic.slug}. 开头")


def check_references(entries: Sequence[Entry], known: Collection[str] = ()) -> Iterator[Defect]:
    """`next` and `confusable` lead somewhere else, and a service says more than its answer.

    `known` are ids beside these that may be named.
    """
    ids = {entry.id for entry in entries} | set(known)
    for entry in entries:
        for target in entry.next:
            kind, _, name = target.partition(":")
            if (kind == "entry" and name not in ids) or (kind == "guide" and target not in GUIDES):
                yield Defect(entry.id, "next", f"后续“{target}”不存在")
            if name == entry.id:
                yield Defect(entry.id, "next", "后续指向了自己")
        for sibling in entry.confusable:
            if sibling not in ids:
                yield Defect(entry.id, "confusable", f"易混条目“{sibling}”不存在")
            if sibling == entry.id:
                yield Defect(entry.id, "confusable", "易混条目指向了自己")
        if entry.kind == "service" and not entry.facets:
            yield Defect(entry.id, "facets", "办事事项没有任何分项（材料、费用等）")
