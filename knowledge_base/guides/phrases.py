"""Where the words for choices stand in a text, and which of them are denied: 没有[受伤], [仲裁]也没去."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from knowledge_base.guides.model import Choice
from knowledge_base.guides.moves import load_moves
from knowledge_base.normalise import match_key

_MARKS = re.compile(r"[\W_]+")
_PARTICLES = "啊呀吧的了呢哦嘛喔诶哈"
_NUMERALS = "0-9〇零一二两三四五六七八九十百千万几半多"
_NEGATIONS = "没不未无勿呒"
_BETWEEN = (
    "(?:有|是我的?|是|能|会|算|太|要|在|曾|去|再|人|过|什么|啥|怎么|很|大|上|被|对|想|敢|肯|愿意|打算|准备|考虑|觉得|办|签|申请|领|吃|参加|发生"
    "|任何|跟[他她它我]们?|[和同][他她]们?)*"
)
"""What may stand between a negation and what it denies."""
_DENIED_BEFORE = re.compile(f"(?:[{_NEGATIONS}]|哪里?有|并非|谈不上|[算说称]不上|不(?:用|必|需要?)){_BETWEEN}$")
_NOT_DENIED = re.compile(rf"(?:([是有能会要算可])[不没](?:\1|可以){_BETWEEN}|(?:不得|不能|不会|没有)不{_BETWEEN})$")
"""有没有[受伤] asks, 不得不[离婚] affirms."""
_DENIED_AFTER = re.compile(
    "(?:我|也|都|倒|是|还|从来|一直|根本|压根|并|又|也还|还是)*(?:[没呒](?:得|有)?|不是|不算|勿是)"
    f"(?:去|办|打|弄|签|吃|碰|用|做|申请|领|拿|参加|搞|找|走|试)?过?[{_PARTICLES}]*"
)
_SUBJECT_DENIED = re.compile("不是(?:因为|为了|要|说|我的?)*$|并非$|不算$")
"""Who speaks of a subject speaks of it also with 没有: 没有[劳动合同]."""


@dataclass(frozen=True)
class Clause:
    """A part of a text between two marks, in the letters of the whole."""

    start: int
    end: int


@dataclass(frozen=True)
class Found:
    """A phrase of a choice in the letters of a text."""

    choice: Choice
    start: int
    end: int

    @property
    def length(self) -> int:
        """How many letters it takes."""
        return self.end - self.start


@dataclass(frozen=True)
class Phrases:
    """What a text says of choices: phrases that are said, the longest first, and choices that are denied."""

    said: tuple[Found, ...]
    denied: tuple[Choice, ...]


def find_phrases(choices: tuple[Choice, ...], text: str, *, subjects: bool = False) -> Phrases:
    """The phrases of choices in a normalised text, none over another; one that is denied hides those within it.

    A bare yes or no counts only where nothing is said after it: 没有 says nothing in 他没有还钱. Only 不是 denies
    `subjects`.
    """
    key = "".join(_MARKS.split(text))
    clauses = _clauses(text)
    clause_at = {place: clause for clause in clauses for place in range(clause.start, clause.end)}
    closed = _closed_ends(key, clauses)
    taken, hidden = [False] * len(key), [0] * len(key)
    said, denied = [], []
    for phrase, choice in _phrases(choices):
        for match in phrase.pattern.finditer(key):
            start, end = match.span()
            if any(taken[start:end]) or hidden[start] >= end or (phrase.bare and end not in closed):
                continue
            if _is_denied(key, start, end, clause_at, subjects=subjects):
                hidden[start:end] = [max(end, before) for before in hidden[start:end]]
                denied.append(choice)
                continue
            taken[start:end] = [True] * (end - start)
            said.append(Found(choice, start, end))
    said.sort(key=lambda found: -found.length)
    return Phrases(tuple(said), tuple(denied))


@dataclass(frozen=True)
class _Phrase:
    pattern: re.Pattern[str]
    bare: bool


@lru_cache(maxsize=512)
def _phrases(choices: tuple[Choice, ...]) -> tuple[tuple[_Phrase, Choice], ...]:
    """The labels and words of choices, the longest first."""
    bare = {*load_moves()["yes"], *load_moves()["no"]}
    rows = []
    for choice in choices:
        for words in (choice.label, *choice.say):
            parts = [match_key(part) for part in words.split("#")]
            rows.append((sum(map(len, parts)), _Phrase(_pattern(parts), "".join(parts) in bare), choice))
    rows.sort(key=lambda row: -row[0])
    return tuple((phrase, choice) for _, phrase, choice in rows)


def _pattern(parts: list[str]) -> re.Pattern[str]:
    """A phrase as written, each `#` any number; a phrase that begins with a number does not begin inside one."""
    pattern = f"[{_NUMERALS}]{{1,6}}".join(map(re.escape, parts))
    begins = len(parts) > 1 or bool(re.match(f"[{_NUMERALS}]", parts[0]))
    return re.compile(f"(?<![{_NUMERALS}]){pattern}" if begins else pattern)


def _clauses(text: str) -> list[Clause]:
    clauses, start = [], 0
    for words in _MARKS.split(text):
        if words:
            clauses.append(Clause(start, start + len(words)))
            start += len(words)
    return clauses


def _closed_ends(key: str, clauses: list[Clause]) -> set[int]:
    """Where what the clauses say ends: before what only gives tone; and anywhere before a 过, for 没有告过 says no more
    than 没有."""
    ends: set[int] = set()
    for clause in clauses:
        said = key[clause.start : clause.end].rstrip(_PARTICLES)
        ends |= {clause.end, clause.start + len(said)}
        if said.endswith("过"):
            ends |= set(range(clause.start, clause.start + len(said)))
    return ends


def _is_denied(key: str, start: int, end: int, clause_at: Mapping[int, Clause], *, subjects: bool) -> bool:
    """Whether the clause denies a phrase that has no negation itself."""
    if key[start] in _NEGATIONS:
        return False
    before = key[clause_at[start].start : start]
    if subjects:
        return bool(_SUBJECT_DENIED.search(before))
    if _NOT_DENIED.search(before):
        return False
    after = key[end : clause_at[end - 1].end]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.fullmatch(after))
