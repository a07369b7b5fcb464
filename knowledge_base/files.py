"""Folders and files that are there whole or not at all, and digests of what they hold."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def folder_in_making(target: Path) -> Iterator[Path]:
    """A temporary folder beside the target that becomes the target when the block ends without an error."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=".making-"))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    folder.chmod(0o755)
    folder.replace(target)


def digest(parts: Sequence[str]) -> str:
    """Sixteen hex digits over texts in their order."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part.encode())
        total.update(b"\0")
    return total.hexdigest()[:16]


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def write_json(path: Path, data: object) -> None:
    """Write a JSON file."""
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
