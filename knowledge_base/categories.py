"""The topics offered as buttons when we could not help, and what is asked most in each (`categories.yml`)."""

from functools import lru_cache
from pathlib import Path

import yaml

CATEGORIES_FILE = Path(__file__).with_name("categories.yml")


@lru_cache(maxsize=1)
def load_categories() -> dict[str, tuple[str, ...]]:
    """The ids of the entries asked most, by name of the topic, in the order of the file."""
    rows = yaml.safe_load(CATEGORIES_FILE.read_text(encoding="utf-8"))
    return {row["topic"]: tuple(row["asked"]) for row in rows}
