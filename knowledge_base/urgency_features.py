"""What the urgent-message classifier sees of a text: hashed rows of four blocks.

    characters of one and two     runs of one and two characters, with the ends of the text
    characters of three and four
    abstract                      runs of two and three where known words (`urgent_words.yml`) and numbers are one sign
    classes                       the classes of these words, and which comes after which

Each block is tf-idf weighted and scaled to its own length, so that a block with many rows does not drown the others.
Rows are numbers from hashing: no vocabulary has to be loaded, and the same text gives the same rows everywhere.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

WORDS_FILE = Path(__file__).with_name("urgent_words.yml")
BUCKETS = 1 << 18
BLOCK_WEIGHTS = (1.0, 0.5, 0.5, 0.7)
_CLASS_SIGN = 0xE000
_NUMBER_SIGN = 0xE100
"""Private characters stand for word classes and for the kinds of numbers."""
_AFTER = 5
"""So many classes on, a class is still noted as coming after another."""
_N = "〇零一二两三四五六七八九十百几半多数\\d"
_NUMBERS = tuple(
    re.compile(pattern)
    for pattern in (
        f"[{_N}]+[来多几]?个?(?:分钟|小时|钟头|钟)[之以]?[前内]?",
        f"[{_N}]+(?:个月大|岁)[多半]?",
        f"[{_N}]+[多几来]?[万千百][{_N}]*多?[块元钱]?|[{_N}]+[多几]?[块元]钱?",
        f"[{_N}]+[多来]?个?(?:年|月|周|星期|礼拜)[之以]?前",
        f"[{_N}]+[多来]?个?(?:年|月|周|星期|礼拜)",
        f"[{_N}]+[个多]?天",
        f"[{_N}]+点",
        f"[{_N}]{{2,}}|\\d+",
    )
)
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], dtype=np.uint64)
_MIXED = np.uint64(29)
_BITS = BUCKETS.bit_length() - 1
_SHIFT = np.uint64(64 - _BITS)
_BLOCK = np.uint64(_BITS)


@dataclass(frozen=True)
class Rows:
    """The rows of a text: numbers below BUCKETS, of which block each is, and how often it occurs."""

    rows: NDArray[np.int64]
    blocks: NDArray[np.int64]
    counts: NDArray[np.float32]


@dataclass(frozen=True)
class _Words:
    """Words by their class, and the longest of them for each first character."""

    classes: dict[str, int]
    longest: dict[str, int]


@lru_cache(maxsize=1)
def _words() -> _Words:
    lists: dict[str, list[str]] = yaml.load(WORDS_FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    classes = {word: number for number, words in enumerate(lists.values()) for word in words}
    longest: dict[str, int] = {}
    for word in classes:
        longest[word[0]] = max(len(word), longest.get(word[0], 0))
    return _Words(classes, longest)


def _abstract(text: str) -> NDArray[np.uint64]:
    """The characters of a text with numbers and known words replaced by signs, as code points."""
    for number, pattern in enumerate(_NUMBERS):
        text = pattern.sub(chr(_NUMBER_SIGN + number), text)
    words = _words()
    signs: list[int] = []
    place = 0
    while place < len(text):
        for length in range(words.longest.get(text[place], 0), 0, -1):
            number = words.classes.get(text[place : place + length], -1)
            if number >= 0:
                signs.append(_CLASS_SIGN + number)
                place += length
                break
        else:
            signs.append(ord(text[place]))
            place += 1
    return np.array(signs, dtype=np.uint64)


def _codes(text: str) -> NDArray[np.uint64]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)


def _with_ends(codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return np.concatenate([np.array([1], dtype=np.uint64), codes, np.array([2], dtype=np.uint64)])


def _mix(hashes: NDArray[np.uint64], codes: NDArray[np.uint64], factor: int) -> NDArray[np.uint64]:
    """Hashes that have taken in another code each."""
    mixed = (hashes ^ codes) * _FACTORS[factor]
    return np.asarray(mixed ^ (mixed >> _MIXED), dtype=np.uint64)


def _runs(codes: NDArray[np.uint64], longest: int) -> list[NDArray[np.uint64]]:
    """Hashes of the runs of one, two, ... codes."""
    runs = [_mix(np.zeros(len(codes), dtype=np.uint64), codes, 0)]
    for length in range(2, longest + 1):
        runs.append(_mix(runs[-1][:-1], codes[length - 1 :], length - 1))
    return runs


def _keys(hashes: list[NDArray[np.uint64]], block: int) -> NDArray[np.uint64]:
    """Bucket numbers with the number of the block above them. The same run is another row in another block."""
    salted = (np.concatenate(hashes) + _FACTORS[block]) * _FACTORS[3 - block]
    return np.asarray((salted >> _SHIFT) | (np.uint64(block) << _BLOCK), dtype=np.uint64)


def rows_of(text: str) -> Rows:
    """The rows of a text (normalised, without punctuation); the blocks are numbered in the order of BLOCK_WEIGHTS."""
    plain = _runs(_with_ends(_codes(text)), 4)
    signs = _with_ends(_abstract(text))
    known = (signs >= _CLASS_SIGN) & (signs < _NUMBER_SIGN + len(_NUMBERS))
    _, two, three = _runs(signs, 3)
    sequence = signs[known]
    first = _runs(sequence, 1)[0]
    after = [_mix(first[:-distance], sequence[distance:], 1) for distance in range(1, _AFTER + 1)]
    keys = [
        _keys([plain[0][1:-1], plain[1]], 0),
        _keys(plain[2:], 1),
        _keys([two[known[:-1] | known[1:]], three[known[:-2] | known[1:-1] | known[2:]]], 2),
        _keys([first, *after], 3),
    ]
    found, counts = np.unique(np.concatenate(keys), return_counts=True)
    blocks = (found >> _BLOCK).astype(np.int64)
    return Rows((found & np.uint64(BUCKETS - 1)).astype(np.int64), blocks, counts.astype(np.float32))


def values_of(rows: Rows, idf: NDArray[np.float32]) -> NDArray[np.float32]:
    """The value of each row: tf-idf, each block scaled to its weight."""
    values = (1 + np.log(rows.counts)) * idf[rows.rows]
    lengths = np.sqrt(np.bincount(rows.blocks, values * values, minlength=len(BLOCK_WEIGHTS)))
    return np.asarray(values * (np.array(BLOCK_WEIGHTS) / np.maximum(lengths, 1e-9))[rows.blocks], dtype=np.float32)
