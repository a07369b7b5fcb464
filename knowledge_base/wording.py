"""Reviewed citizen-facing wording by key (`wording.yml`)."""

from functools import lru_cache
from pathlib import Path

import yaml

WORDING_FILE = Path(__file__).with_name("wording.yml")


@lru_cache(maxsize=1)
def load_wording() -> dict[str, str]:
    """All wordings by key."""
    wording: dict[str, str] = yaml.safe_load(WORDING_FILE.read_text(encoding="utf-8"))
    return wording


def say(key: str, **values: object) -> str:
    """The wording of a key with its placeholders filled.

    Raises:
        KeyError: no such wording, or a placeholder without a value.
    """
    return load_wording()[key].format(**values)
