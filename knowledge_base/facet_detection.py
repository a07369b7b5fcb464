"""Which part of a matter a question asks for (`facets.yml`)."""

import re
from functools import lru_cache
from pathlib import Path

import yaml

from knowledge_base.entry import Facet
from knowledge_base.normalise import letters

FACETS_FILE = Path(__file__).with_name("facets.yml")


@lru_cache(maxsize=1)
def _patterns() -> tuple[list[tuple[Facet, re.Pattern[str]]], re.Pattern[str]]:
    rows = yaml.safe_load(FACETS_FILE.read_text(encoding="utf-8"))
    facets = [(Facet(name), re.compile("|".join(alternatives))) for name, alternatives in rows["facets"].items()]
    return facets, re.compile("|".join(rows["filler"]))


def asked_facets(text: str) -> list[Facet]:
    """The facets a normalised question asks for, in the order of the file."""
    return [facet for facet, pattern in _patterns()[0] if pattern.search(text)]


def asks_only_for_facets(text: str) -> bool:
    """Whether a normalised text asks for a facet and says nothing else: "那要多少钱呀", not "律师要多少钱"."""
    facets, filler = _patterns()
    rest = text
    for _, pattern in facets:
        rest = pattern.sub("", rest)
    return rest != text and not letters(filler.sub("", rest))
