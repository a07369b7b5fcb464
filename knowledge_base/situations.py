"""Situations people call about, labelled with a topic only, and lines we cannot help with, by kind.

They train the topic router. Format of `situations/<topic>.txt`: a line `# the situation`, then one wording a line.
`situations/out_of_scope/<kind>.txt` is one line an utterance.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SITUATIONS_DIR = Path(__file__).with_name("situations")


@dataclass(frozen=True)
class Situation:
    """One situation of a topic and the ways people put it."""

    topic: str
    name: str
    wordings: tuple[str, ...]


def _parse(topic: str, text: str) -> Iterator[Situation]:
    name = ""
    wordings: list[str] = []
    for line in [*map(str.strip, text.splitlines()), "# "]:
        if line.startswith("#"):
            if wordings:
                yield Situation(topic, name, tuple(wordings))
            name, wordings = line.lstrip("# "), []
        elif line:
            wordings.append(line)


def load_situations(folder: Path = SITUATIONS_DIR) -> list[Situation]:
    """All situations, by topic file, in file order."""
    return [s for path in sorted(folder.glob("*.txt")) for s in _parse(path.stem, path.read_text(encoding="utf-8"))]


def load_out_of_scope(folder: Path = SITUATIONS_DIR) -> dict[str, list[str]]:
    """Lines by kind (chitchat, weather, government, trap, ...)."""
    return {
        path.stem: [line for line in map(str.strip, path.read_text(encoding="utf-8").splitlines()) if line]
        for path in sorted((folder / "out_of_scope").glob("*.txt"))
    }
