"""Enough questions, of every kind, not cut from one template, and no question under two entries."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from knowledge_base.analysis import words
from knowledge_base.catalogue import Defect
from knowledge_base.entry import Entry
from knowledge_base.linter.text import bigrams, meet, similar_pairs
from knowledge_base.normalise import match_key, normalise

MIN_QUESTIONS = 8
SHORT_QUESTION, LONG_QUESTION = 8, 30
MIN_SHORT, MIN_LONG, MIN_WITHOUT_TITLE_WORDS = 1, 1, 2
NEAR_DUPLICATE = 0.8
MAX_SHARED_SKELETON = 0.4
_STOP_WORDS = frozenset("的了吗呢我你他她是有在要能不没和与后被把谁") | {
    "怎么",
    "怎么办",
    "什么",
    "可以",
    "如何",
    "哪些",
}


def content_words(text: str) -> set[str]:
    """Words that carry the matter: no question words, no single characters."""
    return {word for word in words(normalise(text)) if len(word) > 1 and word not in _STOP_WORDS}


def shared_skeleton(questions: Sequence[str]) -> float:
    """Share of the questions that have both their first and their last three characters in common with another."""
    return _shared(list(map(match_key, questions)))


def _shared(keys: Sequence[str]) -> float:
    skeletons = Counter((key[:3], key[-3:]) for key in keys if len(key) >= SHORT_QUESTION)
    shared = sum(count for count in skeletons.values() if count > 1)
    return shared / len(keys) if keys else 0.0


def check_questions(entries: Sequence[Entry]) -> Iterator[Defect]:
    """Number and kinds of each entry's questions."""
    for entry in entries:
        keys = list(map(match_key, entry.questions))  # once: normalising is what takes the time here
        distinct = set(keys)
        if len(distinct) < MIN_QUESTIONS:
            yield Defect(entry.id, "questions", f"只有 {len(distinct)} 种问法，至少 {MIN_QUESTIONS} 种")
        if sum(len(q) < SHORT_QUESTION for q in entry.questions) < MIN_SHORT:
            yield Defect(entry.id, "questions", f"缺少 {SHORT_QUESTION} 字以内的短问法")
        if sum(len(q) >= LONG_QUESTION for q in entry.questions) < MIN_LONG:
            yield Defect(entry.id, "questions", f"缺少 {LONG_QUESTION} 字以上的长问法")
        title = content_words(entry.title)
        others = (question for question in entry.questions if not (title & content_words(question)))
        without = len(list(islice(others, MIN_WITHOUT_TITLE_WORDS)))
        if without < MIN_WITHOUT_TITLE_WORDS:
            yield Defect(
                entry.id, "questions", f"至少要有 {MIN_WITHOUT_TITLE_WORDS} 种问法不用标题里的词，现在有 {without} 种"
            )
        share = _shared(keys)
        if share > MAX_SHARED_SKELETON:
            yield Defect(entry.id, "template", f"{share:.0%} 的问法像是同一个模板套出来的")


def same_questions(entries: Sequence[Entry], today: date) -> Iterator[tuple[Entry, Entry, str]]:
    """Pairs of entries that hold on one day, from today on, and have the very same question; the question as written.

    To an exact question there would be two answers, so neither is given.
    """
    asked_by: dict[str, dict[str, Entry]] = defaultdict(dict)
    for entry in entries:
        if entry.valid_until is not None and entry.valid_until < today:
            continue
        for text in (entry.title, *entry.questions):
            others = asked_by[match_key(text)]
            for other in others.values():
                if other.id != entry.id and meet(other, entry):
                    yield other, entry, text
            others[entry.id] = entry


def check_same_question_twice(entries: Sequence[Entry]) -> Iterator[Defect]:
    """Near-duplicate questions under two entries of one day: nobody could tell which of them should answer."""
    rows = [(entry, text) for entry in entries for text in (entry.title, *entry.questions)]
    for first, second in similar_pairs([bigrams(text) for _, text in rows], NEAR_DUPLICATE):
        (entry_1, text_1), (entry_2, text_2) = rows[first], rows[second]
        if entry_1.id == entry_2.id or not meet(entry_1, entry_2):
            continue
        yield Defect(entry_1.id, "same-question", f"“{text_1}”和 {entry_2.id} 的“{text_2}”几乎一样")
