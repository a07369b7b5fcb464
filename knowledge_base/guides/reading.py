"""What a citizen's words answer at a step."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge_base.guides.dates import read_day
from knowledge_base.guides.model import Choice, Step
from knowledge_base.guides.moves import Move, asks, load_moves, move_of
from knowledge_base.guides.numbers import chinese_number, read_amount, read_number
from knowledge_base.guides.phrases import Found, find_phrases
from knowledge_base.normalise import letters, match_key, normalise
from knowledge_base.rules.conclusion import UNKNOWN

_NUMBERED = re.compile(r"(?:我?选|第|答案)?([1-9]|1\d|[一二三四五六七八九十]{1,2})(?:个|项|条|号)?")
_BETWEEN = re.compile(r"[\W_]+|和|跟|还有")
_CLAUSES = re.compile("[,.!?;:，。！？；：~]+")
_RECEIVED = re.compile("收到|签收|拿到|送到|领到|寄到|收的|拿的")
_ALL = ("都", "全都", "一个都", "一样都", "全没", "啥都", "什么都", "哪个都")
_BUT = re.compile("但|不过|可是|只有|除了|就是有")
_NOTHING = re.compile("[也都还倒]?(?:现在|目前|暂时|好像|应该)?没有?(?:什么|啥|这种|这些|那种|任何)")
_YES = re.compile("[是有会能对要](?:$|[,，、的过了])")
_TWO = 2
_CLEAR = 0.6
"""The share that a denial counts for: clear, but a question in the same message comes first."""
_LIKELY, _STANDS_OUT = 0.35, 2
"""A subject by its topics: so probable, and so many times as probable as the next. It is said back, to be put right."""
_MOST_TEXT = 200
_SHORT = 25


@dataclass(frozen=True)
class Reading:
    """An answer: its value, and the share (0..1) of the message that says it."""

    value: str
    share: float


def read(step: Step, text: str, today: date) -> Reading | None:
    """What a message answers at a step; None where it answers nothing, or two things at once.

    `text` is as the citizen wrote it. Kinds that need more than the words (`matter`, `phone`, `name`) are
    never read here, but for that it is not known.
    """
    normalised = normalise(text)
    unknown = step.unknown is not None and (
        move_of(normalised) is Move.UNKNOWN or _is_unknown(step.unknown, normalised)
    )
    if unknown and letters(normalised) not in _own_words(step):
        return Reading(UNKNOWN, 1.0)
    match step.kind:
        case "choice" | "several":
            return _read_choice(step, normalised)
        case "date":
            day = read_day(normalised, today, step.day) or _day_of_receipt(step, normalised, today)
            return Reading(day.isoformat(), 1.0) if day else _read_leftover_unknown(step, letters(normalised))
        case "amount" | "number":
            number = (read_amount if step.kind == "amount" else read_number)(normalised)
            found = Reading(str(number), 1.0) if number is not None else None
            return found or _read_leftover_unknown(step, letters(normalised))
        case "matter":
            return _read_leftover_unknown(step, letters(normalised))
        case "text":
            return (
                Reading(text.strip()[:_MOST_TEXT], _share_of_words(step, normalised)) if letters(normalised) else None
            )
        case _:
            return None


def _day_of_receipt(step: Step, text: str, today: date) -> date | None:
    """Of several days the one of the clause that speaks of receiving, where that is asked: 12号签收，落款11月5号."""
    clauses = [clause for clause in _CLAUSES.split(text) if _RECEIVED.search(clause)]
    asked = _RECEIVED.search(step.ask) and len(clauses) == 1
    return read_day(clauses[0], today, step.day) if asked else None


def read_subject(step: Step, topics: Sequence[tuple[str, float]]) -> Reading | None:
    """What a message answers at a step of subjects by the topics it may be of; None where no choice stands out.

    `topics` are those of the catalogue's decision, with their probabilities.
    """
    chances = sorted(
        ((sum(chance for topic, chance in topics if topic in choice.topics), choice.value) for choice in step.choices),
        reverse=True,
    )
    if len(chances) < _TWO or chances[0][0] < max(_LIKELY, _STANDS_OUT * chances[1][0]):
        return None
    return Reading(chances[0][1], _CLEAR)


def _share_of_words(step: Step, text: str) -> float:
    """Of a few words all; where a story is told, a short question more likely asks something in between."""
    return _CLEAR if asks(text) and len(text) <= _SHORT and not step.subjects else 1.0


def _own_words(step: Step) -> set[str]:
    """What the choices are called and what is said for them."""
    return {match_key(words) for choice in step.choices for words in (choice.label, *choice.say)}


def _is_unknown(label: str, text: str) -> bool:
    """Whether a text is the label of "I do not know", or a part of it: 都不像."""
    key = letters(text)
    return (len(key) > _TWO and key in match_key(label)) or key == match_key(label)


def _read_choice(step: Step, text: str) -> Reading | None:
    key = letters(text)
    numbered = _read_numbers(step, text, key)
    if numbered is not None:
        return numbered
    bare = _read_bare(step, key)
    if bare is not None:
        return bare
    phrases = find_phrases(step.choices, text, subjects=step.subjects)
    found = phrases.said
    if not found:
        return _read_leftover_unknown(step, key) or _read_denied(step, phrases.denied, key)
    if step.kind == "several":
        found = _none_of_all(found, text)
        return Reading(step.several(one.choice.value for one in found), sum(one.length for one in found) / len(key))
    best = {one.choice.value for one in found if one.length == found[0].length}
    return Reading(best.pop(), found[0].length / len(key)) if len(best) == 1 else None


def _none_of_all(found: tuple[Found, ...], text: str) -> tuple[Found, ...]:
    """Who says 都没有 names with a short word after it nothing that holds, but for what comes after 但是."""
    none = tuple(one for one in found if one.choice.is_none and text.startswith(_ALL))
    short = all(one.length <= _TWO for one in found if not one.choice.is_none)
    return none if none and short and not _BUT.search(text) else found


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


def _read_denied(step: Step, denied: tuple[Choice, ...], key: str) -> Reading | None:
    """What is left when a choice is denied: of two the other one (不是拖欠工资), else none of them (没有什么期限)."""
    others = [choice for choice in step.choices if choice not in denied]
    if step.kind != "choice" or len(step.choices) != _TWO:
        others = [choice for choice in others if choice.is_none]
    says_no = bool(denied) or bool(_NOTHING.match(key))
    return Reading(others[0].value, _CLEAR) if says_no and len(others) == 1 else None


def _read_leftover_unknown(step: Step, key: str) -> Reading | None:
    """ "这个我真的不记得了": no choice is named, and not to know is."""
    unknown = max((words for words in load_moves()["unknown"] if words in key), key=len, default="")
    known = step.unknown is not None and len(unknown) > 1
    return Reading(UNKNOWN, len(unknown) / len(key)) if known else None
