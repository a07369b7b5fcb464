"""What a citizen may say at any step beside an answer (`words/moves.yml`): why, back, stop, and corrections."""

import re
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import yaml

from knowledge_base.normalise import letters

_FILE = Path(__file__).parent / "words" / "moves.yml"
_MARKS = re.compile(r"^[\W_]+")
_WHY = re.compile("(?:你们?)?(?:为什么|为啥|干嘛|干吗|做啥)要?(?:问|留|填|写|知道|告诉|晓得).{0,6}")
_QUESTION = re.compile(
    r"[?？吗呢]|怎么|怎样|如何|多[少久长]|(?<![没无])什么|(?<!没)啥时|几时|(?<!随便)(?<![没过])哪(?!有|里有)|为啥|咋|(\w)[不没]\1|可不可以|几[天年月个]|伐$"
)
_CLAUSES = re.compile("[,.!;:，。！；：~…]+")
_SIGHS = re.compile("^(?:[哦噢啊呃唉诶哎啥呀咦喔嗯]|那|哎呀|等下)+(?=[不错弄搞记你勿])")
_BEFORE_DENIAL = re.compile("([^,，。]{3,})[,，。](?:不是|勿是|不对)[^,，。]{2,}$")
_MOST_OPENINGS = 4
"""So many openings of a correction may follow one another: 不对，我说错了，应该是……"""


class Move(StrEnum):
    """Something that is done with the guide itself."""

    WHY = "why"
    BACK = "back"
    STOP = "stop"
    RESTART = "restart"
    RESUME = "resume"
    PERSON = "person"
    UNKNOWN = "unknown"
    NONE = "none"
    COURTESY = "courtesy"
    EXPLAIN = "explain"


@lru_cache(maxsize=1)
def load_moves() -> dict[str, tuple[str, ...]]:
    """The words of each move, of bare answers and of corrections."""
    rows: dict[str, list[str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: tuple(words) for name, words in rows.items()}


def move_of(text: str) -> Move | None:
    """The move that a whole normalised message stands for."""
    key = letters(text)
    if _WHY.fullmatch(key):
        return Move.WHY
    return next((move for move in Move if key in load_moves()[move]), None)


def asks(text: str) -> bool:
    """Whether a message asks something."""
    return bool(_QUESTION.search(text))


def is_wrong(text: str) -> bool:
    """Whether a whole normalised message says that something is wrong, and not what is right."""
    return letters(text) in load_moves()["wrong"]


def says_wrong(text: str) -> bool:
    """Whether a clause of a normalised message begins by saying that something is wrong."""
    return any(_without_sighs(clause).startswith(load_moves()["wrong"]) for clause in _CLAUSES.split(text))


def _without_sighs(text: str) -> str:
    return _SIGHS.sub("", _MARKS.sub("", text))


def correction_in(text: str) -> str | None:
    """What a normalised text puts right; None where it corrects nothing.

    That is what follows the opening of a correction (不对，是我哥哥), also in the middle (啥，不对，我62岁), or what
    stands before a denial (我是31号走的，不是月底).
    """
    after = _after_opening(_without_sighs(text))
    if after is not None:
        return after
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    for place, clause in enumerate(clauses):
        if place and _without_sighs(clause).startswith(load_moves()["wrong"]):
            return _after_opening(",".join([_without_sighs(clause), *clauses[place + 1 :]]))
    before = _BEFORE_DENIAL.match(text)
    return before[1] if before else None


def _after_opening(text: str) -> str | None:
    openings = sorted(load_moves()["correction"], key=len, reverse=True)
    rest, found = text, False
    for _ in range(_MOST_OPENINGS):
        opening = next((words for words in openings if rest.startswith(words)), None)
        if opening is None:
            break
        rest, found = _MARKS.sub("", rest.removeprefix(opening)), True
    return rest if found and rest else None
