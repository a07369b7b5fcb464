"""What is known of a release without loading it: where its entries came from, and which they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from knowledge_base.entry import Entry
from knowledge_base.files import digest, read_json


class Origin(StrEnum):
    """Where the entries of a release were written."""

    CATALOGUE = "catalogue"
    DATABASE = "database"


@dataclass(frozen=True)
class Published:
    """A release: its number, its origin, and the digest of its entries (`entries_digest`)."""

    number: int
    origin: Origin
    entries: str


def entries_digest(entries: Sequence[Entry]) -> str:
    """Sixteen hex digits over entries, whatever their order."""
    return digest([entry.model_dump_json() for entry in sorted(entries, key=lambda entry: entry.id)])


def read_published(folder: Path) -> Published:
    """What the manifest in a release's folder says. Releases made before there was an origin are the catalogue's."""
    manifest = read_json(folder / "manifest.json")
    return Published(
        int(manifest["number"]), Origin(manifest.get("origin", Origin.CATALOGUE)), str(manifest["entries"])
    )


def read_entries(folder: Path) -> list[Entry]:
    """The entries of a release, of whatever format the rest of it is."""
    with (folder / "entries.jsonl").open(encoding="utf-8") as file:
        return [Entry.model_validate_json(row) for row in file]
