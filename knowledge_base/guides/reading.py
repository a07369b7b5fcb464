"""What a citizen's words answer at a step."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from knowledge_base.guides.dates import read_day
from knowledge_base.guides.model import Choice, Step
from knowledge_base.guides.moves import Move, load_moves, move_of
from knowledge_base.guides.numbers import chinese_number, read_amount, read_number
from knowledge_base.normalise import letters, match_key, normalise
from knowledge_base.rules.conclusion import UNKNOWN

_NUMBERED = re.compile(r"(?:我?选|第|答案)?([1-9]|1\d|[一二三四五六七八九十]{1,2})(?:个|项|条|号)?")
_MARKS = re.compile(r"[\W_]+")
_PARTICLES = "啊呀吧的了呢哦嘛喔诶哈"
_BETWEEN = re.compile(r"[\W_]+|和|跟|还有")
_NEGATIONS = "没不未非无别勿呒"
_DENIED = re.compile("(?:[没不未非无勿呒]|(?<![特分区差级个])别)(?:有|是我的?|是|能|会|算|太|要|在|曾)*$")
"""What ends right before a phrase that is denied; 特别 and 分别 deny nothing."""
_ASKED = ("是不是", "有没有", "能不能", "会不会", "要不要", "算不算")
_YES = re.compile("[是有会能对要](?:$|[,，、的过了])")
_TWO = 2
_CLEAR = 0.6
"""The share that a denial counts for: clear, but a question in the same message comes first."""
_MOST_TEXT = 200


@dataclass(frozen=True)
class Reading:
    """An answer: its value, and the share (0..1) of the message that says it."""

    value: str
    share: float


@dataclass(frozen=True)
class _Found:
    choice: Choice
    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


def read(step: Step, text: str, today: date) -> Reading | None:
    """What a message answers at a step; None where it answers nothing, or two things at once.

    `text` is as the citizen wrote it. Kinds that need more than the words (`matter`, `phone`, `name`) are
    never read here, but for that it is not known.
    """
    normalised = normalise(text)
    if step.unknown is not None and (
        move_of(normalised) is Move.UNKNOWN or letters(normalised) == match_key(step.unknown)
    ):
        return Reading(UNKNOWN, 1.0)
    match step.kind:
        case "choice" | "several":
            return _read_choice(step, normalised)
        case "date":
            day = read_day(normalised, today, step.day)
            return Reading(day.isoformat(), 1.0) if day else _read_leftover_unknown(step, letters(normalised))
        case "amount" | "number":
            number = (read_amount if step.kind == "amount" else read_number)(normalised)
            found = Reading(str(number), 1.0) if number is not None else None
            return found or _read_leftover_unknown(step, letters(normalised))
        case "matter":
            return _read_leftover_unknown(step, letters(normalised))
        case "text":
            return Reading(text.strip()[:_MOST_TEXT], 1.0) if letters(normalised) else None
        case _:
            return None


def _read_choice(step: Step, text: str) -> Reading | None:
    key = letters(text)
    numbered = _read_numbers(step, text, key)
    if numbered is not None:
        return numbered
    bare = _read_bare(step, key)
    if bare is not None:
        return bare
    found = list(_found(step, key, _clause_ends(text)))
    if not found:
        return _read_denied(step, key) or _read_leftover_unknown(step, key)
    if step.kind == "several":
        return Reading(step.several(one.choice.value for one in found), sum(one.length for one in found) / len(key))
    longest = max(one.length for one in found)
    best = {one.choice.value for one in found if one.length == longest}
    return Reading(best.pop(), longest / len(key)) if len(best) == 1 else None


def _read_numbers(step: Step, text: str, key: str) -> Reading | None:
    """The number of a choice, or of several."""
    parts = [part for part in _BETWEEN.split(text) if part] if step.kind == "several" else [key]
    found = [_NUMBERED.fullmatch(part) for part in parts]
    numbers = [(chinese_number(match[1]) or 0) - 1 if match else -1 for match in found]
    if not numbers or not all(0 <= number < len(step.choices) for number in numbers):
        return None
    values = [step.choices[number].value for number in numbers]
    return Reading(step.several(values) if step.kind == "several" else values[0], 1.0)


def _read_bare(step: Step, key: str) -> Reading | None:
    """A bare yes or no, where the choices are these, or are two and one of them says yes."""
    answer = next((bare for bare in ("yes", "no") if key in load_moves()[bare]), None)
    affirmed = _affirmed(step)
    if answer is None or affirmed is None:
        return None
    others = [choice.value for choice in step.choices if choice.value != affirmed]
    if answer == "yes":
        return Reading(affirmed, 1.0)
    denied = "no" if "no" in others else others[0] if len(others) == 1 else None
    return Reading(denied, 1.0) if denied else None


def _affirmed(step: Step) -> str | None:
    """The one choice that a bare yes means: `yes`, or the one of two whose label says yes (是，欠我工资)."""
    if any(choice.value == "yes" for choice in step.choices):
        return "yes"
    begin = [choice.value for choice in step.choices if _YES.match(choice.label)]
    return begin[0] if len(begin) == 1 and len(step.choices) == _TWO and step.kind == "choice" else None


def _read_denied(step: Step, key: str) -> Reading | None:
    """Of two choices, the other one than that which is denied: 不是拖欠工资."""
    if step.kind != "choice" or len(step.choices) != _TWO:
        return None
    denied = {choice.value for phrase, choice in _phrases(step.choices) if phrase in key}
    others = [choice.value for choice in step.choices if choice.value not in denied]
    return Reading(others[0], _CLEAR) if len(denied) == 1 and len(others) == 1 else None


def _read_leftover_unknown(step: Step, key: str) -> Reading | None:
    """ "这个我真的不记得了": no choice is named, and not to know is."""
    unknown = max((words for words in load_moves()["unknown"] if words in key), key=len, default="")
    known = step.unknown is not None and len(unknown) > 1
    return Reading(UNKNOWN, len(unknown) / len(key)) if known else None


def _clause_ends(text: str) -> set[int]:
    """Where what the clauses of a text say ends, in its letters: before what only gives tone, or before a 过, which
    leaves of 没有告过 no more than 没有."""
    ends, length = set(), 0
    for clause in _MARKS.split(text):
        said = clause.rstrip(_PARTICLES)
        ends |= {length + len(clause), length + len(said)}
        if said.endswith("过"):
            ends |= set(range(length, length + len(said)))
        length += len(clause)
    return ends


def _found(step: Step, key: str, clause_ends: set[int]) -> Iterator[_Found]:
    """Phrases found in a text, the longest first, none over another; one that is denied hides those within it.

    A bare yes or no counts only where nothing is said after it: 没有 says nothing in 他没有还钱.
    """
    bare = {*load_moves()["yes"], *load_moves()["no"]}
    taken, denied = [False] * len(key), [0] * len(key)
    for phrase, choice in _phrases(step.choices):
        for match in re.finditer(re.escape(phrase), key):
            start, end = match.span()
            if any(taken[start:end]) or denied[start] >= end or (phrase in bare and end not in clause_ends):
                continue
            if _is_denied(key, start, phrase):
                denied[start:end] = [max(end, before) for before in denied[start:end]]
                continue
            taken[start:end] = [True] * len(phrase)
            yield _Found(choice, start, end)


@lru_cache(maxsize=512)
def _phrases(choices: tuple[Choice, ...]) -> tuple[tuple[str, Choice], ...]:
    pairs = [(match_key(phrase), choice) for choice in choices for phrase in (choice.label, *choice.say)]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _is_denied(key: str, start: int, phrase: str) -> bool:
    """Whether a negation stands right before a phrase that has none itself: 没有[签合同], 不是[我哥哥]."""
    if phrase[0] in _NEGATIONS:
        return False
    before = key[:start]
    return not before.endswith(_ASKED) and bool(_DENIED.search(before))
