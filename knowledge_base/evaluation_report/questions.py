"""The questions of an evaluation, read from JSON Lines files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from knowledge_base.evaluation import read_rows
from knowledge_base.topics import load_topics


class SampleKind(StrEnum):
    """What is known about the questions of a sample, which decides what can be measured."""

    ENTRIES = "entries"
    """An entry answers each."""
    NEAR_MISSES = "near_misses"
    """In our topics, but no entry answers."""
    TOPICS = "topics"
    """In our topics; which entry answers is not known."""
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class Question:
    """A question as it was asked.

    `topic` is its label, None when out of scope; `accepted` are the topics a reasonable reader accepts, `topic` among
    them; `entry` answers it; `kind` is the kind of an out-of-scope question; `coarse` names a group of topics; `cue` is
    False when no word gives the topic away; `strength` says how much it belongs to its topic, in the file's words.
    """

    id: str
    text: str
    topic: str | None = None
    accepted: frozenset[str] = frozenset()
    entry: str | None = None
    kind: str | None = None
    coarse: str | None = None
    cue: bool | None = None
    strength: str | None = None


@dataclass(frozen=True)
class Sample:
    """Questions that are measured together.

    `own` tells the project's held-out questions from files given by others; `left_out` is how many questions were not
    asked as their entry does not hold.
    """

    name: str
    title: str
    kind: SampleKind
    own: bool
    questions: tuple[Question, ...]
    left_out: int = 0


class _Row(BaseModel):
    id: str | int
    text: str


class _OwnRow(_Row):
    topic: str
    entry: str | None


class _OutsideRow(_Row):
    kind: str


class _LabelledRow(_Row):
    label: str
    alt: frozenset[str] = frozenset()
    coarse: str | None = None
    cue: bool | None = None
    strength: str | int | float | None = None


_AnyRow = TypeVar("_AnyRow", bound=_Row)


def load_own(folder: Path, in_force: Callable[[str], bool]) -> list[Sample]:
    """The project's held-out questions: entries.jsonl, near_misses.jsonl and out_of_scope.jsonl of a folder.

    in_force: whether the entry with an id can answer; questions whose entry cannot are left out.

    Raises:
        ValueError: a row is not in the format; the message names file and line.
    """
    entries, near_misses = (
        [
            Question(str(row.id), row.text, row.topic, frozenset({row.topic}), row.entry)
            for row in _rows(folder / f"{name}.jsonl", _OwnRow)
        ]
        for name in ("entries", "near_misses")
    )
    asked = tuple(question for question in entries if question.entry is not None and in_force(question.entry))
    outside = _outside(folder / "out_of_scope.jsonl")
    return [
        Sample("entries", "自有留出问题", SampleKind.ENTRIES, True, asked, len(entries) - len(asked)),
        Sample("near_misses", "自有近似问题（没有条目能答）", SampleKind.NEAR_MISSES, True, tuple(near_misses)),
        Sample("out_of_scope", "自有范围外问题", SampleKind.OUT_OF_SCOPE, True, outside),
    ]


def load_given(topics: Path | None, services: Path | None, out_of_scope: Path | None) -> list[Sample]:
    """Files of others: rows {"id", "text", "label", "alt"?, "coarse"?, "cue"?, "strength"?}, out of scope {"id",
    "text", "label": "oos", "kind"}. A sample for each file that is given.

    Raises:
        ValueError: a row is not in the format; the message names file and line.
    """
    given = [("topics", "外部主题问题", topics), ("services", "外部服务问题", services)]
    samples = [
        Sample(name, title, SampleKind.TOPICS, False, _labelled(path))
        for name, title, path in given
        if path is not None
    ]
    if out_of_scope is not None:
        samples.append(Sample("oos", "外部范围外问题", SampleKind.OUT_OF_SCOPE, False, _outside(out_of_scope)))
    return samples


def _labelled(path: Path) -> tuple[Question, ...]:
    questions = []
    for row in _rows(path, _LabelledRow):
        if row.label not in load_topics():
            raise ValueError(f"{path.name}：没有“{row.label}”这个主题（id {row.id}）")
        accepted = row.alt | {row.label}
        strength = None if row.strength is None else str(row.strength)
        question = Question(str(row.id), row.text, row.label, accepted, None, None, row.coarse, row.cue, strength)
        questions.append(question)
    return tuple(questions)


def _outside(path: Path) -> tuple[Question, ...]:
    return tuple(Question(str(row.id), row.text, kind=row.kind) for row in _rows(path, _OutsideRow))


def _rows(path: Path, form: type[_AnyRow]) -> Iterator[_AnyRow]:
    seen: set[str] = set()
    for number, raw in read_rows(path):
        try:
            row = form.model_validate(raw)
        except ValidationError as error:
            wrong = "，".join(".".join(map(str, defect["loc"])) for defect in error.errors())
            raise ValueError(f"{path.name} 第 {number} 行缺少这些字段或者格式不对：{wrong}") from error
        if str(row.id) in seen:
            raise ValueError(f"{path.name} 第 {number} 行的 id 前面已经有了：{row.id}")
        seen.add(str(row.id))
        yield row
