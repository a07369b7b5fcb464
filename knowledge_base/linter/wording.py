"""Length, sentences and empty phrases of what a citizen reads."""

import re
from collections.abc import Iterator, Sequence

from knowledge_base.catalogue import Defect
from knowledge_base.entry import Entry
from knowledge_base.linter.text import sentences, shown_texts

MAX_ANSWER, MAX_FACET, MAX_TITLE = 220, 160, 24
MAX_FIRST_SENTENCE, MAX_SENTENCE = 45, 60
MAX_AVERAGE_SENTENCE = 28
_FILLER = ("相关法律规定", "有关法律规定", "相关规定办理", "依法维权", "具体情况具体分析")
_ONLY_ADVICE = re.compile(r"建议(你|您)?咨询(专业人士|专业律师|律师)")
_OPENING = 50
"""Characters of an urgent answer in which what to do now must stand."""
_ACT_NOW = re.compile(
    r"马上|立即|立刻|现在|今天|赶紧|赶快|尽快|先|打 ?110|打 ?120|报警|拨打|别|不要|当天|小时内|日内|天内"
)


def average_sentence(entries: Sequence[Entry]) -> float:
    """Mean number of characters of a sentence over all citizen-facing texts; 0 for no text."""
    lengths = [len(s) for entry in entries for text in shown_texts(entry) for s in sentences(text)]
    return sum(lengths) / len(lengths) if lengths else 0.0


def longest_sentence(entries: Sequence[Entry]) -> int:
    """Characters of the longest citizen-facing sentence; 0 for no text."""
    return max((len(s) for entry in entries for text in shown_texts(entry) for s in sentences(text)), default=0)


def check_wording(entries: Sequence[Entry]) -> Iterator[Defect]:
    """Short enough to read, answered in the first sentence, no filler."""
    for entry in entries:
        yield from _lengths(entry)
        yield from _sentences(entry)
        if entry.urgent and not _ACT_NOW.search(entry.answer[:_OPENING]):
            yield Defect(entry.id, "urgent", f"紧急条目的前 {_OPENING} 个字要说现在先做什么")


def _lengths(entry: Entry) -> Iterator[Defect]:
    if len(entry.title) > MAX_TITLE:
        yield Defect(entry.id, "length", f"标题 {len(entry.title)} 字，最多 {MAX_TITLE} 字")
    if len(entry.answer) > MAX_ANSWER:
        yield Defect(entry.id, "length", f"回答 {len(entry.answer)} 字，最多 {MAX_ANSWER} 字")
    for facet, text in entry.facets.items():
        if len(text) > MAX_FACET:
            yield Defect(entry.id, "length", f"分项“{facet.label}”{len(text)} 字，最多 {MAX_FACET} 字")
    first = next(iter(sentences(entry.answer)), "")
    if not first:
        yield Defect(entry.id, "first-sentence", "回答里没有一个句子")
    if len(first) > MAX_FIRST_SENTENCE:
        yield Defect(entry.id, "first-sentence", f"第一句 {len(first)} 字，最多 {MAX_FIRST_SENTENCE} 字")


def _sentences(entry: Entry) -> Iterator[Defect]:
    for text in shown_texts(entry):
        for sentence in sentences(text):
            if len(sentence) > MAX_SENTENCE:
                yield Defect(entry.id, "sentence", f"句子 {len(sentence)} 字，最多 {MAX_SENTENCE} 字：{sentence[:20]}…")
        for filler in _FILLER:
            if filler in text:
                yield Defect(entry.id, "filler", f"套话“{filler}”")
        if _ONLY_ADVICE.search(text) and len(sentences(text)) < 3:
            yield Defect(entry.id, "filler", "只叫人去咨询，没有说怎么办")
