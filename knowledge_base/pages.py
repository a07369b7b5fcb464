"""The pages entries may cite beside laws (`pages.yml`) and the telephone numbers they may show (`phones.yml`)."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

PAGES_FILE = Path(__file__).with_name("pages.yml")
PHONES_FILE = Path(__file__).with_name("phones.yml")
Mark = Literal["V", "V2", "P", "S", "3P", "G", "GK"]
UNVERIFIED = frozenset({"S", "3P", "G", "GK"})
"""Second-hand, third-party restatement, general knowledge: never a source."""


class Page(BaseModel):
    """One page or publication. `date` is the day it speaks of; `mark` how it was checked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    date: date
    mark: Mark


@lru_cache(maxsize=1)
def load_pages() -> dict[str, Page]:
    """All pages by name."""
    rows = yaml.safe_load(PAGES_FILE.read_text(encoding="utf-8"))
    return {page.name: page for page in (Page.model_validate(row) for row in rows)}


class Phone(BaseModel):
    """A telephone number, whose it is, and the law or page that was checked for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    whose: str
    source: str
    mark: Literal["V", "V2", "P"]


@lru_cache(maxsize=1)
def load_phones() -> dict[str, Phone]:
    """All telephone numbers that may be shown, by number."""
    rows = yaml.safe_load(PHONES_FILE.read_text(encoding="utf-8"))
    return {phone.number: phone for phone in (Phone.model_validate(row) for row in rows)}
