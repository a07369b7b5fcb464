"""The kinds of emergency, their notices and the patterns that find them (`urgency.yml`).

Words in the file (`words`) stand for `<name>` in the patterns. A rule is looked at in three moves: its `safe` phrases
are blanked out of the message, then its `patterns` are searched in what is left, and the first rule with a hit wins.
Blanking touches the harmless phrase alone, so an emergency beside it in the same message is still seen.

Every quantifier in the file is bounded, so the time grows with the length of the message and with nothing else.
"""

import re
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

URGENCY_FILE = Path(__file__).with_name("urgency.yml")

_WORD = re.compile(r"(?<!\(\?)<([a-z_]+)>")
_BLANK = "□"  # not a word character, and in no pattern


class UrgencyKind(StrEnum):
    """The kinds of emergency, in order of precedence."""

    SELF_HARM = "self_harm"
    CHILD_DANGER = "child_danger"
    VIOLENCE = "violence"
    EVICTION = "eviction"
    FRAUD = "fraud"
    DETAINED = "detained"


class Urgency(BaseModel):
    """What was found in a message: the kind of emergency, and the notice the citizen reads before anything else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: UrgencyKind
    notice: str = Field(min_length=1, max_length=120)


class UrgencyRule(BaseModel):
    """One kind with its compiled expressions: `patterns` finds it, `safe` finds what only looks like it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    urgency: Urgency
    patterns: re.Pattern[str]
    safe: re.Pattern[str]

    def matches(self, normalised: str) -> bool:
        """Whether a message (already normalised) is of this kind once its harmless phrases are blanked out."""
        return self.patterns.search(self.safe.sub(_BLANK, normalised)) is not None


class _Row(BaseModel):
    """One kind as it stands in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: UrgencyKind
    notice: str
    patterns: tuple[str, ...] = Field(min_length=1)
    safe: tuple[str, ...] = Field(min_length=1)


class _File(BaseModel):
    """The whole file; a word is a list of alternatives and may use the words above it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: dict[str, tuple[str, ...]]
    kinds: tuple[_Row, ...]


def _expand(pattern: str, words: dict[str, str]) -> str:
    return _WORD.sub(lambda found: f"(?:{words[found[1]]})", pattern)


def _compile(patterns: tuple[str, ...], words: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_expand(pattern, words)})" for pattern in patterns))


@lru_cache(maxsize=1)
def load_urgencies() -> tuple[UrgencyRule, ...]:
    """All rules in the order of the file, with their expressions compiled.

    Raises:
        pydantic.ValidationError: the file does not have the expected form, or a notice is too long.
        KeyError: a pattern uses a word that is not defined above it.
        re.error: an expression is malformed.
    """
    file = _File.model_validate(yaml.load(URGENCY_FILE.read_text(encoding="utf-8"), yaml.CSafeLoader))
    words: dict[str, str] = {}
    for name, alternatives in file.words.items():
        words[name] = _expand("|".join(alternatives), words)
    return tuple(
        UrgencyRule(
            urgency=Urgency(kind=row.kind, notice=row.notice),
            patterns=_compile(row.patterns, words),
            safe=_compile(row.safe, words),
        )
        for row in file.kinds
    )
