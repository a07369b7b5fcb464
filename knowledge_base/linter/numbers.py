"""Two entries that can be shown on one day must not give different numbers for the same thing.

What is compared: claims on one article, and sentences of one topic that a citizen reads (the same words in another
topic are another procedure: ten days in a criminal appeal, fifteen in a civil one). Two texts speak of the same thing
when they are alike once their numbers are masked. Numbers written in Chinese and in digits are the same number.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge_base.catalogue import Defect
from knowledge_base.entry import Entry, LawSource
from knowledge_base.linter.text import bigrams, meet, sentences, shown_texts, similar_pairs

SAME_CLAIM, SAME_SENTENCE = 0.75, 0.85
_UNIT = "个工作日|工作日|个月|月|周|星期|日|天|年|岁|小时|元|万元|倍|人|次(?!性)|%|成|级"
_NUMBER = re.compile(rf"(\d+(?:\.\d+)?|[一二两三四五六七八九十百千]+)(?=(?:{_UNIT}))")
_MASK = "＃"
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_STEPS = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True)
class _Statement:
    entry: Entry
    text: str
    skeleton: frozenset[str]
    numbers: tuple[float, ...]


def number_value(text: str) -> float:
    """The value of a number in digits or in Chinese up to thousands (`三十` -> 30)."""
    if text[0].isdigit():
        return float(text)
    total, digit = 0, 0
    for character in text:
        if character in _STEPS:
            total += (digit or 1) * _STEPS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return float(total + digit)


def _statement(entry: Entry, text: str) -> _Statement | None:
    numbers = tuple(number_value(found) for found in _NUMBER.findall(text))
    return _Statement(entry, text, bigrams(_NUMBER.sub(_MASK, text)), numbers) if numbers else None


def skeletons(entry: Entry) -> list[frozenset[str]]:
    """The bigrams of everything in the entry that `check_contradictions` compares, numbers masked."""
    texts = [source.claim for source in entry.sources if source.claim]
    texts += [sentence for text in shown_texts(entry) for sentence in sentences(text)]
    return [statement.skeleton for text in texts if (statement := _statement(entry, text))]


def check_contradictions(entries: Sequence[Entry]) -> Iterator[Defect]:
    """Claims on one article, and sentences anywhere, that say the same with other numbers."""
    by_article: dict[tuple[str, str], list[_Statement]] = defaultdict(list)
    said: dict[str, list[_Statement]] = defaultdict(list)
    for entry in entries:
        for source in entry.sources:
            claim = _statement(entry, source.claim) if source.claim else None
            if claim and isinstance(source, LawSource):
                by_article[source.law, source.article].append(claim)
        said[entry.topic] += filter(
            None, (_statement(entry, s) for text in shown_texts(entry) for s in sentences(text))
        )
    for claims in by_article.values():
        yield from _contradictions(claims, SAME_CLAIM)
    for statements in said.values():
        yield from _contradictions(statements, SAME_SENTENCE)


def _contradictions(statements: Sequence[_Statement], alike: float) -> Iterator[Defect]:
    for number, other in similar_pairs([statement.skeleton for statement in statements], alike):
        first, second = statements[number], statements[other]
        if first.entry.id == second.entry.id or first.numbers == second.numbers or not meet(first.entry, second.entry):
            continue
        message = f"“{first.text}”和 {second.entry.id} 的“{second.text}”数字不一样"
        yield Defect(first.entry.id, "contradiction", message)
