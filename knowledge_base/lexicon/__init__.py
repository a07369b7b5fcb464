"""Everyday and dialect expressions, legal terms and sound-alike mistakes, as data files beside this module.

    expressions/<name>.tsv   expression TAB concept: what people say, and the word the catalogue uses for it
    terms.txt                legal terms that the segmenter must keep whole
    sound_alikes.tsv         wrong TAB right: mistakes of input methods and of hearing
    same_sound.txt           further terms that a mistake of the same sound is put right to
    guard.txt                phrases that look or sound like a mistake and are right; they stay

`#` begins a comment line. All texts are in the normalised form (simplified characters, lower case, no spaces).
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

LEXICON_DIR = Path(__file__).parent


class LexiconError(ValueError):
    """A line of a lexicon file is not as it should be; the message names file and line, in Chinese."""


class PhraseFinder:
    """Finds phrases in a text: from the left, the longest first, without overlaps."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_start: dict[str, list[str]] = {}
        for phrase in sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase)):
            self._by_start.setdefault(phrase[0], []).append(phrase)

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Position and phrase of every find."""
        position = 0
        while position < len(text):
            candidates = self._by_start.get(text[position], ())
            phrase = next((p for p in candidates if text.startswith(p, position)), None)
            if phrase is None:
                position += 1
            else:
                yield position, phrase
                position += len(phrase)


class Lexicon:
    """What the files hold.

    `expressions` maps an expression to its concept, `sound_alikes` a mistake to what is meant.
    """

    def __init__(
        self,
        expressions: dict[str, str],
        terms: Iterable[str] = (),
        sound_alikes: dict[str, str] | None = None,
        guard: Iterable[str] = (),
        same_sound: Iterable[str] = (),
    ) -> None:
        self.expressions = expressions
        self.terms = tuple(terms)
        self.sound_alikes = sound_alikes or {}
        self.guard = tuple(guard)
        self.same_sound = tuple(same_sound)
        self._concept_of = {concept: concept for concept in expressions.values()} | expressions
        self._expression_finder = PhraseFinder(self._concept_of)
        self._mistake_finder = PhraseFinder([*self.sound_alikes, *self.guard])

    def concepts(self, text: str) -> list[str]:
        """The concepts a normalised text speaks of, each once, in order of their first mention."""
        found = (self._concept_of[phrase] for _, phrase in self._expression_finder.find(text))
        return list(dict.fromkeys(found))

    def correct(self, text: str) -> str:
        """The text with sound-alike mistakes put right. Applying it again changes nothing."""
        parts, end = [], 0
        for position, phrase in self._mistake_finder.find(text):
            parts += [text[end:position], self.sound_alikes.get(phrase, phrase)]
            end = position + len(phrase)
        return "".join([*parts, text[end:]])


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """The lexicon that is shipped."""
    return read_lexicon(LEXICON_DIR)


def lexicon_files() -> list[Path]:
    """Everything a trained model depends on through the lexicon: its data and this module."""
    return sorted(path for path in LEXICON_DIR.rglob("*") if path.suffix in {".py", ".tsv", ".txt"})


def read_lexicon(folder: Path) -> Lexicon:
    """Read all files of a folder.

    Raises:
        LexiconError: a line lacks its tab, or an expression stands twice with different concepts.
    """
    expressions: dict[str, str] = {}
    for path in sorted((folder / "expressions").glob("*.tsv")):
        for expression, concept in _pairs(path):
            if expressions.setdefault(expression, concept) != concept:
                raise LexiconError(f"{path.name}：“{expression}”对应了两个概念：{expressions[expression]}、{concept}")
    sound_alikes = dict(_pairs(folder / "sound_alikes.tsv"))
    return Lexicon(
        expressions,
        terms=_lines(folder / "terms.txt"),
        sound_alikes=sound_alikes,
        guard=_lines(folder / "guard.txt"),
        same_sound=_lines(folder / "same_sound.txt"),
    )


def _lines(path: Path) -> list[str]:
    rows = (line.strip("\n\r ") for line in path.read_text(encoding="utf-8").split("\n"))
    return [row for row in rows if row and not row.startswith("#")]


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    for row in _lines(path):
        first, tab, second = row.partition("\t")
        if not (tab and first.strip() and second.strip()):
            raise LexiconError(f"{path.name}：“{row}”应当是两列，中间用制表符隔开")
        yield first.strip(), second.strip()
