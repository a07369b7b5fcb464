"""Which part of a matter a question asks for (`facets.yml`)."""

import re
from functools import lru_cache
from pathlib import Path

import yaml

from knowledge_base.entry import Facet

FACETS_FILE = Path(__file__).with_name("facets.yml")


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[Facet, re.Pattern[str]]]:
    rows: dict[str, list[str]] = yaml.safe_load(FACETS_FILE.read_text(encoding="utf-8"))
    return [(Facet(name), re.compile("|".join(alternatives))) for name, alternatives in rows.items()]


def asked_facets(text: str) -> list[Facet]:
    """The facets a normalised question asks for, in the order of the file."""
    return [facet for facet, pattern in _patterns() if pattern.search(text)]
