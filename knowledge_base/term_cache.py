"""Remember the features of texts, so that publishing one edited entry cuts up one entry."""

import hashlib
import os
from pathlib import Path

from knowledge_base.analysis import features


class TermCache:
    """Features by text: in memory, and in a file where one is given.

    The file belongs to one state of analysis and lexicon; its name must say which.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known: dict[str, str] = {}
        self._asked: dict[str, str] = {}
        if path is not None and path.exists():
            rows = path.read_text(encoding="utf-8").splitlines()
            self._known = dict(row.split("\t", 1) for row in rows if "\t" in row)

    def features(self, text: str) -> list[str]:
        """`analysis.features` of a normalised text."""
        key = hashlib.sha256(text.encode()).hexdigest()[:24]
        if key not in self._asked:
            self._asked[key] = self._known[key] if key in self._known else " ".join(features(text))
        return self._asked[key].split(" ") if self._asked[key] else []

    def save(self) -> None:
        """Write what was asked for since this cache was made; what was not is forgotten."""
        if self._path is None or self._asked.keys() == self._known.keys():
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(f".{os.getpid()}.new")
        temporary.write_text("".join(f"{key}\t{row}\n" for key, row in self._asked.items()), encoding="utf-8")
        temporary.replace(self._path)
