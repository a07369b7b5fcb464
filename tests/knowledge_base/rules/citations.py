"""What the data of the rules cites, whatever form a rule gives to its data."""

from collections.abc import Iterator
from pathlib import Path

import yaml

RULES = Path(__file__).parents[3] / "knowledge_base" / "rules"


def cited_by_rules(key: str) -> set[str]:
    """Every value of that key (`law` or `page`) anywhere in the files of the rules."""
    files = (yaml.safe_load(path.read_text("utf-8")) for path in RULES.glob("*.yml"))
    return {value for content in files for value in _values(content, key)}


def _values(part: object, key: str) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == key and isinstance(value, str):
                yield value
            else:
                yield from _values(value, key)
    elif isinstance(part, list):
        for value in part:
            yield from _values(value, key)
