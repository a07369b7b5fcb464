"""How turns ended, in the words of the console (`outcomes.yml`)."""

from functools import lru_cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("outcomes.yml")
SMALL_TALK = "answered.small_talk"
"""Greetings and thanks: no question."""
FROM_BUTTONS = frozenset(("answered.chosen", "clarified.topic", "clarified.rejected", "refused.stale_choice"))
"""Only a pressed button ends so: the turn's text is the button's label, not what a citizen wrote."""


@lru_cache(maxsize=1)
def _labels() -> dict[str, dict[str, str]]:
    labels: dict[str, dict[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return labels


def families() -> dict[str, str]:
    """The label of each family, in the order of the file."""
    return _labels()["families"]


def family_of(outcome: str) -> str:
    """`answered` of `answered.entry`."""
    return outcome.partition(".")[0]


def outcome_label(outcome: str) -> str:
    """What a clerk reads; an outcome that nobody named yet is shown as it is."""
    return _labels()["details"].get(outcome) or families().get(family_of(outcome)) or outcome
