"""All figures of one sample, from the replies to its questions."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from knowledge_base.decision import DecisionKind
from knowledge_base.evaluation_report.asking import Reply
from knowledge_base.evaluation_report.measures import Estimate, share
from knowledge_base.evaluation_report.questions import Sample, SampleKind
from knowledge_base.topics import load_topics

MEASURES = {
    "topic_first": "首选主题（宽）",
    "topic_first_strict": "首选主题（严）",
    "topic_first_coarse": "首选主题（粗）",
    "topic_in_three": "前三主题（宽）",
    "entry_first": "首选条目",
    "entry_in_three": "前三条目",
    "coverage": "覆盖率",
    "precision": "没有拒答时主题正确",
    "answered": "直接作答",
    "answer_topic_precision": "直接作答时主题正确",
    "answer_precision": "直接作答时条目正确",
    "clarification_holds": "反问的选项里有正确条目",
    "abstained": "拒答",
}
"""What each figure is called, in the order in which they are shown."""
DECISIONS = {
    DecisionKind.ANSWER: "作答",
    DecisionKind.CLARIFY: "反问",
    DecisionKind.ROUTE: "指路",
    DecisionKind.ABSTAIN: "拒答",
}
Figures = dict[str, Estimate]
Groups = Mapping[str, frozenset[str]]
"""The coarse groups a topic belongs to."""


@dataclass(frozen=True)
class Row:
    """The figures of some questions of a sample."""

    name: str
    count: int
    figures: Figures


@dataclass(frozen=True)
class Breakdown:
    """A sample divided into rows by one trait of its questions."""

    by: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Confusion:
    """What was expected, what came first instead, and how often."""

    expected: str
    said: str
    count: int


@dataclass(frozen=True)
class SampleFigures:
    """Everything measured on a sample. `decisions` counts by `DECISIONS` name."""

    sample: Sample
    figures: Figures
    decisions: dict[str, int]
    breakdowns: tuple[Breakdown, ...]
    topic_confusions: tuple[Confusion, ...]
    entry_confusions: tuple[Confusion, ...]


def measure(sample: Sample, replies: Sequence[Reply]) -> SampleFigures:
    """Measure the replies to the questions of a sample."""
    groups = coarse_groups(replies)
    wrong_topics = Counter(
        (reply.question.topic or "", reply.first_topic or "")
        for reply in replies
        if reply.question.topic is not None and reply.first_topic is not None and not reply.topic_accepted
    )
    wrong_entries = Counter(
        (reply.question.entry or "", reply.entries[0])
        for reply in replies
        if reply.question.entry is not None and reply.entries and not reply.entry_right
    )
    return SampleFigures(
        sample,
        figures_of(sample.kind, replies, groups),
        {name: sum(reply.kind is kind for reply in replies) for kind, name in DECISIONS.items()},
        tuple(_breakdowns(sample.kind, replies, groups)),
        _most_common(wrong_topics),
        _most_common(wrong_entries),
    )


def coarse_groups(replies: Sequence[Reply]) -> dict[str, frozenset[str]]:
    """The groups that the questions of each topic name."""
    named: dict[str, set[str]] = {}
    for reply in replies:
        if reply.question.topic is not None and reply.question.coarse is not None:
            named.setdefault(reply.question.topic, set()).add(reply.question.coarse)
    return {topic: frozenset(groups) for topic, groups in named.items()}


def figures_of(kind: SampleKind, replies: Sequence[Reply], groups: Groups) -> Figures:
    """The figures by their names in `MEASURES`; those that rest on no question are missing.

    An abstention has no topic, so it is wrong. Entries are counted as they rank, whatever was decided.
    """
    answers = [reply for reply in replies if reply.answered]
    found = {
        "abstained": share([reply.abstained for reply in replies]),
        "answered": share([reply.answered for reply in replies]),
    }
    if kind is not SampleKind.OUT_OF_SCOPE:
        met = [reply for reply in replies if not reply.abstained]
        in_groups = [reply for reply in replies if reply.question.coarse is not None]
        found |= {
            "topic_first": share([reply.topic_accepted for reply in replies]),
            "topic_first_strict": share([reply.first_topic == reply.question.topic for reply in replies]),
            "topic_first_coarse": share([_coarsely_right(reply, groups) for reply in in_groups]),
            "topic_in_three": share([_in_three(reply) for reply in replies]),
            "coverage": share([not reply.abstained for reply in replies]),
            "precision": share([reply.topic_accepted for reply in met]),
        }
    if kind in (SampleKind.ENTRIES, SampleKind.TOPICS):
        found["answer_topic_precision"] = share([reply.topic_accepted for reply in answers])
    if kind is SampleKind.ENTRIES:
        offers = [reply for reply in replies if reply.kind is DecisionKind.CLARIFY]
        found |= {
            "entry_first": share([reply.entry_right for reply in replies]),
            "entry_in_three": share([reply.question.entry in reply.entries[:3] for reply in replies]),
            "answer_precision": share([reply.entry_right for reply in answers]),
            "clarification_holds": share([reply.question.entry in reply.entries for reply in offers]),
        }
    told = ((name, found.get(name)) for name in MEASURES)
    return {name: figure for name, figure in told if figure is not None}


def _in_three(reply: Reply) -> bool:
    return not reply.abstained and not reply.question.accepted.isdisjoint(reply.topics[:3])


def _coarsely_right(reply: Reply, groups: Groups) -> bool:
    return reply.topic_accepted or reply.question.coarse in groups.get(reply.first_topic or "", frozenset())


def _breakdowns(kind: SampleKind, replies: Sequence[Reply], groups: Groups) -> list[Breakdown]:
    cues = {None: None, True: "有关键词", False: "没有明显的关键词"}
    traits: dict[str, Callable[[Reply], str | None]] = {
        "种类": lambda reply: reply.question.kind,
        "关键词": lambda reply: cues[reply.question.cue],
        "关联程度": lambda reply: reply.question.strength,
        "主题": lambda reply: reply.question.topic,
    }
    found = []
    for by, trait in traits.items():
        parts: dict[str, list[Reply]] = {}
        for reply in replies:
            name = trait(reply)
            if name is not None:
                parts.setdefault(name, []).append(reply)
        places = {topic: place for place, topic in enumerate(load_topics())}
        rows = [
            Row(name, len(parts[name]), figures_of(kind, parts[name], groups))
            for name in sorted(parts, key=lambda name: (places.get(name, -1), name))
        ]
        if rows:
            found.append(Breakdown(by, tuple(rows)))
    return found


def _most_common(pairs: Counter[tuple[str, str]]) -> tuple[Confusion, ...]:
    """Often confused ones first; the rest is in the order of the names, so that two runs agree."""
    ordered = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Confusion(expected, said, count) for (expected, said), count in ordered)
