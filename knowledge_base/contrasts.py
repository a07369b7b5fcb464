"""What tells close siblings apart: party, negation, time, with and without (`contrasts.yml`)."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import yaml

Sides = dict[str, str]
"""For each contrast on whose side a text clearly stands: the name of that side."""
_FILE = Path(__file__).with_name("contrasts.yml")
_CLEAR = 2.0
"""An entry stands on a side that has at least so many times the questions of any other side."""


@lru_cache(maxsize=1)
def _patterns() -> dict[str, dict[str, re.Pattern[str]]]:
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: {side: re.compile("|".join(p)) for side, p in sides.items()} for name, sides in rows.items()}


def sides_of(text: str) -> Sides:
    """The contrasts on which a normalised text stands on exactly one side."""
    found = {name: [side for side, p in sides.items() if p.search(text)] for name, sides in _patterns().items()}
    return {name: sides[0] for name, sides in found.items() if len(sides) == 1}


def sides_of_all(texts: Sequence[str]) -> Sides:
    """The sides on which an entry stands: those of clearly most of its texts that take one."""
    counts: dict[str, dict[str, int]] = {}
    for text in texts:
        for name, side in sides_of(text).items():
            counts.setdefault(name, {}).setdefault(side, 0)
            counts[name][side] += 1
    result: Sides = {}
    for name, by_side in counts.items():
        first, *rest = sorted(by_side.items(), key=lambda pair: (-pair[1], pair[0]))
        if not rest or first[1] >= _CLEAR * rest[0][1]:
            result[name] = first[0]
    return result


def agreement(question: Sides, entry: Sides) -> tuple[int, int]:
    """On how many contrasts question and entry stand on the same side, and on how many on different ones."""
    both = question.keys() & entry.keys()
    same = sum(question[name] == entry[name] for name in both)
    return same, len(both) - same
