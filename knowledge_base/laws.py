"""The laws entries may cite: short name, full title and since when the cited version holds (`laws.yml`)."""

from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

LAWS_FILE = Path(__file__).with_name("laws.yml")


class Law(BaseModel):
    """One law, regulation, judicial interpretation or rule.

    `version` is the day of the text that was checked; `in_force_from` and `in_force_until` are the first and last day
    on which that text holds, where they matter to an entry.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    kind: str
    version: date | None = None
    in_force_from: date | None = None
    in_force_until: date | None = None


@lru_cache(maxsize=1)
def load_laws() -> dict[str, Law]:
    """All laws by short name."""
    rows = yaml.safe_load(LAWS_FILE.read_text(encoding="utf-8"))
    return {law.name: law for law in (Law.model_validate(row) for row in rows)}


def full_title(name: str) -> str:
    """The full title in book-title marks; the name itself where the register does not hold it."""
    law = load_laws().get(name)
    return f"《{law.title if law else name}》"
