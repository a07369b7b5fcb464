"""The lines that everything learns from: questions of entries, situations of topics, and lines we cannot help with."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge_base.entry import Entry
from knowledge_base.normalise import match_key, normalise
from knowledge_base.situations import Situation

_SENTENCE_END = re.compile(r"[。！？；\n]+")
OUT_OF_SCOPE = "out_of_scope"
"""The router's class for what the assistant cannot help with."""
GOVERNMENT = "government"
"""The router's class for other offices' business, out of scope too; named as the file of its lines."""


@dataclass(frozen=True)
class Line:
    """One wording.

    `topic` is a topic name, OUT_OF_SCOPE or GOVERNMENT; `cluster` is shared by the wordings of one thing (an entry, a
    situation, or the line alone); `entry_id` is set only where that entry answers the line.
    """

    text: str
    topic: str
    cluster: str
    entry_id: str | None = None

    @property
    def in_scope(self) -> bool:
        """Whether the line is about one of our topics."""
        return self.topic not in (OUT_OF_SCOPE, GOVERNMENT)


@dataclass(frozen=True)
class Lines:
    """What models learn from: lines as people say them, and sentences of answers and sources."""

    spoken: tuple[Line, ...]
    references: tuple[Line, ...]


def text_lines(entries: Iterable[Entry]) -> list[Line]:
    """The sentences of answers and facets: they teach the embedding which words belong to which entry."""
    lines = []
    for entry in entries:
        for text in (entry.answer, *(f"{entry.title}{facet.label}。{text}" for facet, text in entry.facets.items())):
            parts = filter(None, map(match_key, _SENTENCE_END.split(text)))
            lines += [Line(normalise(part), entry.topic, entry.id, entry.id) for part in parts]
    return lines


def claim_lines(entries: Iterable[Entry]) -> list[Line]:
    """What each source says: the words of the law, by topic."""
    return [Line(normalise(source.claim), e.topic, e.id, e.id) for e in entries for source in e.sources if source.claim]


def build_lines(
    entries: Iterable[Entry], situations: Iterable[Situation], out_of_scope: dict[str, list[str]]
) -> list[Line]:
    """All lines, normalised, in a fixed order."""
    lines = [Line(normalise(q), e.topic, e.id, e.id) for e in entries for q in (e.title, *e.questions)]
    lines += [Line(normalise(wording), s.topic, f"{s.topic}/{s.name}") for s in situations for wording in s.wordings]
    lines += [
        Line(normalise(text), GOVERNMENT if kind == GOVERNMENT else OUT_OF_SCOPE, f"{OUT_OF_SCOPE}/{kind}/{number}")
        for kind, texts in out_of_scope.items()
        for number, text in enumerate(texts)
    ]
    return lines
