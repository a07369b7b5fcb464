"""Bring what a citizen typed into the one form everything else works on."""

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

from knowledge_base.sound_alikes import correct

_SPACE_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff])")
_NOT_WORD = re.compile(r"[\W_]+")
_IGNORABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Letters and marks that Unicode tells programs to show as nothing (Default_Ignorable_Code_Point), beyond class C."""
_CONVERSIONS = 2
"""A few characters need a second conversion (U+85B4)."""
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn"}


@lru_cache(maxsize=1)
def _traditional_to_simplified() -> OpenCC:
    return OpenCC("t2s")


def clean(text: str) -> str:
    """NFKC, without invisible and control characters, single spaces, no leading slash.

    A leading slash would be read by Rasa as a command (`/restart`, `/ask{...}`); a citizen does not steer the bot.
    """
    text = _IGNORABLE.sub("", unicodedata.normalize("NFKC", text))
    text = "".join(
        " " if c in "\n\r\t" else c for c in text if c in "\n\r\t" or unicodedata.category(c) not in _INVISIBLE
    )
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    return text.lstrip("/\\ ")


def normalise(text: str) -> str:
    """The form in which questions are matched.

    `clean`, simplified characters, no spaces inside Chinese, lower case, sound-alike mistakes put right.
    """
    text = clean(text)
    for _ in range(_CONVERSIONS):
        text = _traditional_to_simplified().convert(text)
    return correct(_SPACE_BETWEEN_HAN.sub("", text).lower())


def match_key(text: str) -> str:
    """`normalise` without punctuation: two wordings with the same key are the same question."""
    return letters(normalise(text))


def letters(text: str) -> str:
    """A normalised text without punctuation and spaces."""
    return _NOT_WORD.sub("", text)
