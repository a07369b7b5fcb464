"""Rules every entry must keep before a citizen sees it. Messages are Chinese: staff read them."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations

from knowledge_base.analysis import char_ngrams, words
from knowledge_base.catalogue import Defect
from knowledge_base.entry import Entry, LawSource
from knowledge_base.laws import load_laws
from knowledge_base.normalise import match_key, normalise
from knowledge_base.topics import load_topics

GUIDES = frozenset(
    f"guide:{name}"
    for name in ("legal_aid_check", "notary", "dispute_path", "deadline", "reconsideration", "appointment")
)
MAX_ANSWER, MAX_FACET, MAX_TITLE = 220, 160, 24
MAX_FIRST_SENTENCE, MAX_SENTENCE = 45, 60
MIN_QUESTIONS = 8
SHORT_QUESTION, LONG_QUESTION = 8, 30
MIN_SHORT, MIN_LONG, MIN_WITHOUT_TITLE_WORDS = 1, 1, 2
NEAR_DUPLICATE = 0.8
MAX_SHARED_SKELETON = 0.4
_FILLER = ("相关法律规定", "有关法律规定", "相关规定办理", "依法维权", "具体情况具体分析")
_ONLY_ADVICE = re.compile(r"建议(你|您)?咨询(专业人士|专业律师|律师)")
_SENTENCE_END = re.compile(r"[。！？；\n]+")
_STOP_WORDS = frozenset("的了吗呢我你他她是有在要能不没和与后被把谁") | {
    "怎么",
    "怎么办",
    "什么",
    "可以",
    "如何",
    "哪些",
}

Rule = Callable[[Sequence[Entry]], Iterator[Defect]]


def sentences(text: str) -> list[str]:
    """The sentences of a citizen-facing text."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def lint(entries: Sequence[Entry], today: date) -> list[Defect]:
    """All defects of a set of entries that are to be published together."""
    rules: list[Rule] = [
        _identity,
        _topic,
        _sources,
        _references,
        _wording,
        _questions,
        _same_question_twice,
        lambda items: _review(items, today),
    ]
    return [defect for rule in rules for defect in rule(entries)]


def _identity(entries: Sequence[Entry]) -> Iterator[Defect]:
    for entry_id, count in Counter(entry.id for entry in entries).items():
        if count > 1:
            yield Defect(entry_id, "id", f"编号用了 {count} 次")


def _topic(entries: Sequence[Entry]) -> Iterator[Defect]:
    topics = load_topics()
    for entry in entries:
        topic = topics.get(entry.topic)
        if topic is None:
            yield Defect(entry.id, "topic", f"没有“{entry.topic}”这个主题")
        elif not entry.id.startswith(f"{topic.slug}."):
            yield Defect(entry.id, "id", f"“{topic.name}”的编号应以 {topic.slug}. 开头")


def _sources(entries: Sequence[Entry]) -> Iterator[Defect]:
    laws = load_laws()
    for entry in entries:
        for source in entry.sources:
            if isinstance(source, LawSource) and source.law not in laws:
                yield Defect(entry.id, "law", f"法律名录里没有“{source.law}”")
            if source.checked > entry.review_by:
                yield Defect(entry.id, "review", "复核期限早于核对日")


def _references(entries: Sequence[Entry]) -> Iterator[Defect]:
    ids = {entry.id for entry in entries}
    for entry in entries:
        for target in entry.next:
            kind, _, name = target.partition(":")
            if (kind == "entry" and name not in ids) or (kind == "guide" and target not in GUIDES):
                yield Defect(entry.id, "next", f"后续“{target}”不存在")
        for sibling in entry.confusable:
            if sibling not in ids:
                yield Defect(entry.id, "confusable", f"易混条目“{sibling}”不存在")
        if entry.kind == "service" and not entry.facets:
            yield Defect(entry.id, "facets", "办事事项没有任何分项（材料、费用等）")


def _wording(entries: Sequence[Entry]) -> Iterator[Defect]:
    for entry in entries:
        if len(entry.title) > MAX_TITLE:
            yield Defect(entry.id, "length", f"标题 {len(entry.title)} 字，最多 {MAX_TITLE} 字")
        if len(entry.answer) > MAX_ANSWER:
            yield Defect(entry.id, "length", f"回答 {len(entry.answer)} 字，最多 {MAX_ANSWER} 字")
        first = next(iter(sentences(entry.answer)), "")
        if not first:
            yield Defect(entry.id, "first-sentence", "回答里没有一个句子")
        if len(first) > MAX_FIRST_SENTENCE:
            yield Defect(entry.id, "first-sentence", f"第一句 {len(first)} 字，最多 {MAX_FIRST_SENTENCE} 字")
        for facet, text in entry.facets.items():
            if len(text) > MAX_FACET:
                yield Defect(entry.id, "length", f"分项“{facet.label}”{len(text)} 字，最多 {MAX_FACET} 字")
        for text in (entry.answer, *entry.facets.values()):
            for sentence in sentences(text):
                if len(sentence) > MAX_SENTENCE:
                    yield Defect(
                        entry.id, "sentence", f"句子 {len(sentence)} 字，最多 {MAX_SENTENCE} 字：{sentence[:20]}…"
                    )
            for filler in _FILLER:
                if filler in text:
                    yield Defect(entry.id, "filler", f"套话“{filler}”")
            if _ONLY_ADVICE.search(text) and len(sentences(text)) < 3:
                yield Defect(entry.id, "filler", "只叫人去咨询，没有说怎么办")


def content_words(text: str) -> set[str]:
    """Words that carry the matter: no question words, no single characters."""
    return {word for word in words(normalise(text)) if len(word) > 1 and word not in _STOP_WORDS}


def _questions(entries: Sequence[Entry]) -> Iterator[Defect]:
    for entry in entries:
        distinct = {match_key(question) for question in entry.questions}
        if len(distinct) < MIN_QUESTIONS:
            yield Defect(entry.id, "questions", f"只有 {len(distinct)} 种问法，至少 {MIN_QUESTIONS} 种")
        if sum(len(q) < SHORT_QUESTION for q in entry.questions) < MIN_SHORT:
            yield Defect(entry.id, "questions", f"缺少 {SHORT_QUESTION} 字以内的短问法")
        if sum(len(q) >= LONG_QUESTION for q in entry.questions) < MIN_LONG:
            yield Defect(entry.id, "questions", f"缺少 {LONG_QUESTION} 字以上的长问法")
        title = content_words(entry.title)
        without = sum(not (title & content_words(question)) for question in entry.questions)
        if without < MIN_WITHOUT_TITLE_WORDS:
            yield Defect(
                entry.id, "questions", f"至少要有 {MIN_WITHOUT_TITLE_WORDS} 种问法不用标题里的词，现在有 {without} 种"
            )
        share = shared_skeleton(entry.questions)
        if share > MAX_SHARED_SKELETON:
            yield Defect(entry.id, "template", f"{share:.0%} 的问法像是同一个模板套出来的")


def shared_skeleton(questions: Sequence[str]) -> float:
    """Share of the questions that have both their first and their last three characters in common with another."""
    skeletons = Counter((q[:3], q[-3:]) for q in map(match_key, questions) if len(q) >= SHORT_QUESTION)
    shared = sum(count for count in skeletons.values() if count > 1)
    return shared / len(questions) if questions else 0.0


def _bigrams(text: str) -> frozenset[str]:
    return frozenset(char_ngrams(normalise(text), (2,)))


def _same_question_twice(entries: Sequence[Entry]) -> Iterator[Defect]:
    """Near-duplicate questions under two entries: nobody could tell which of them should answer."""
    rows = [(entry.id, text, _bigrams(text)) for entry in entries for text in (entry.title, *entry.questions)]
    postings: dict[str, list[int]] = defaultdict(list)
    for number, (_, _, grams) in enumerate(rows):
        for gram in grams:
            postings[gram].append(number)
    for first, second in _pairs_sharing(rows, postings):
        (id_1, text_1, grams_1), (id_2, text_2, grams_2) = rows[first], rows[second]
        if len(grams_1 & grams_2) / len(grams_1 | grams_2) >= NEAR_DUPLICATE:
            yield Defect(id_1, "same-question", f"“{text_1}”和 {id_2} 的“{text_2}”几乎一样")


def _pairs_sharing(
    rows: Sequence[tuple[str, str, frozenset[str]]], postings: dict[str, list[int]]
) -> Iterable[tuple[int, int]]:
    """Pairs of rows of different entries that share at least one of their rarest bigrams."""
    seen: set[tuple[int, int]] = set()
    for grams in (sorted(row[2], key=lambda gram: len(postings[gram]))[: max(1, len(row[2]) // 2)] for row in rows):
        for gram in grams:
            for pair in combinations(postings[gram], 2):
                if pair not in seen and rows[pair[0]][0] != rows[pair[1]][0]:
                    seen.add(pair)
    return sorted(seen)


def _review(entries: Sequence[Entry], today: date) -> Iterator[Defect]:
    for entry in entries:
        if entry.review_by < today:
            yield Defect(entry.id, "review", f"复核期限 {entry.review_by} 已过")
        if entry.valid_until is not None and entry.valid_until < today:
            yield Defect(entry.id, "validity", f"有效期到 {entry.valid_until}，已过")
