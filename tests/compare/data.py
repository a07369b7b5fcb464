"""What every system is trained on, and the questions all are asked."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from knowledge_base.catalogue import load_catalogue
from knowledge_base.corpus import Line, build_lines
from knowledge_base.entry import Entry
from knowledge_base.evaluation import read_rows
from knowledge_base.evaluation_report.questions import SampleKind
from knowledge_base.situations import Situation, load_out_of_scope, load_situations
from knowledge_base.topics import load_topics

EVALUATION_DIR = Path(__file__).parents[1] / "evaluation"
GOVERNMENT_KINDS = ("gov", "government")
"""Kinds of out-of-scope questions that other offices handle: naming the office would also be a good reply."""
_CALIBRATION_SHARE = 10
"""One in so many questions of an entry is held out to set thresholds."""


@dataclass(frozen=True)
class Material:
    """What is learnt from: `lines` as `build_lines` makes them, and topic and title of each entry by its id."""

    lines: tuple[Line, ...]
    topics: dict[str, str]
    titles: dict[str, str]

    def with_lines(self, lines: Iterable[Line]) -> "Material":
        """The same entries with other lines."""
        return Material(tuple(lines), self.topics, self.titles)


@dataclass(frozen=True)
class Question:
    """A question as it was asked. `id` is unique over all files.

    `topic` is its label, None when out of scope; `accepted` are the labels a reasonable reader accepts, `topic` among
    them; `entry` answers it; `kind` is the kind of an out-of-scope question; `cue` is False when no keyword gives the
    topic away; `core` is False when the question only touches on a service.
    """

    id: str
    text: str
    topic: str | None
    accepted: frozenset[str]
    entry: str | None = None
    kind: str | None = None
    cue: bool = True
    core: bool = True


@dataclass(frozen=True)
class QuestionSet:
    """Questions that are measured together. `family` says which in-scope sets go with which out-of-scope set."""

    name: str
    title: str
    family: str
    kind: SampleKind
    questions: tuple[Question, ...]
    subset: bool = False
    """Whether its questions stand in another set too."""


def in_scope(line: Line) -> bool:
    """Whether a line is about one of the topics."""
    return line.topic in load_topics()


def make_material(
    entries: Iterable[Entry], situations: Iterable[Situation], out_of_scope: dict[str, list[str]], day: date
) -> Material:
    """The material of the entries in force on a day."""
    current = [entry for entry in entries if entry.in_force(day)]
    return Material(
        tuple(build_lines(current, situations, out_of_scope)),
        {entry.id: entry.topic for entry in current},
        {entry.id: entry.title for entry in current},
    )


def load_material(day: date) -> Material:
    """The material of the catalogue."""
    return make_material(load_catalogue(), load_situations(), load_out_of_scope(), day)


def split_for_calibration(material: Material, seed: int) -> tuple[Material, list[Line]]:
    """Take one in ten questions of every entry (at least one, never the title) out of the material.

    Returns the material without them, and them.
    """
    chooser = random.Random(seed)
    by_entry: dict[str, list[int]] = {}
    for number, line in enumerate(material.lines):
        if line.entry_id is not None:
            by_entry.setdefault(line.entry_id, []).append(number)
    taken: set[int] = set()
    for _title, *questions in by_entry.values():  # build_lines puts the title first
        taken.update(chooser.sample(questions, min(len(questions), max(1, len(questions) // _CALIBRATION_SHARE))))
    kept = [line for number, line in enumerate(material.lines) if number not in taken]
    return material.with_lines(kept), [material.lines[number] for number in sorted(taken)]


def load_own_sets(entry_ids: Iterable[str], folder: Path = EVALUATION_DIR) -> list[QuestionSet]:
    """The project's held-out questions. Those whose entry is not among `entry_ids` (not in force) are left out."""
    known = set(entry_ids)

    def in_topic(name: str, row: dict[str, Any]) -> Question:
        return Question(f"{name}/{row['id']}", row["text"], row["topic"], frozenset({row["topic"]}), row["entry"])

    entries = _read("own-entries", folder / "entries.jsonl", in_topic)
    near_misses = _read("own-near-misses", folder / "near_misses.jsonl", in_topic)
    out_of_scope = _read("own-out-of-scope", folder / "out_of_scope.jsonl", _outside)
    answerable = [q for q in entries if q.entry in known]
    left_out = f"，另有 {len(entries) - len(answerable)} 题的条目今天无效" if len(answerable) < len(entries) else ""
    return [
        _set("own-entries", f"自有留出问题{left_out}", "own", SampleKind.ENTRIES, answerable),
        _set("own-near-misses", "自有近似问题（无条目可答）", "own", SampleKind.NEAR_MISSES, near_misses),
        _set("own-out-of-scope", "自有范围外问题", "own", SampleKind.OUT_OF_SCOPE, out_of_scope),
    ]


def load_given_sets(topics: Path | None, services: Path | None, out_of_scope: Path | None) -> list[QuestionSet]:
    """Question files in the format {"id", "text", "label", "alt"?, "cue"?, "strength"?} and, out of scope, "kind".

    Questions without a cue, and questions at the core of a service, also make a set of their own where a file marks
    both sorts.

    Raises:
        ValueError: a row is not in that format; the message names file and line.
    """
    sets: list[QuestionSet] = []
    for name, title, path in (("topics", "外部主题问题", topics), ("services", "外部服务问题", services)):
        if path is None:
            continue
        questions = _read(name, path, _labelled)
        sets.append(_set(name, title, "given", SampleKind.TOPICS, questions))
        without_cue = [q for q in questions if not q.cue]
        core = [q for q in questions if q.core]
        if without_cue:
            sets.append(_subset(f"{name}-without-cue", f"{title}：无明显关键词", without_cue))
        if len(core) < len(questions):
            sets.append(_subset(f"{name}-core", f"{title}：直接询问服务", core))
    if out_of_scope is not None:
        questions = _read("oos", out_of_scope, _outside)
        sets.append(_set("oos", "外部范围外问题", "given", SampleKind.OUT_OF_SCOPE, questions))
    return sets


def distinct_questions(sets: Iterable[QuestionSet]) -> list[Question]:
    """Every question once, in order."""
    return list({question.id: question for s in sets for question in s.questions}.values())


def _labelled(name: str, row: dict[str, Any]) -> Question:
    label = str(row["label"])
    if label not in load_topics():
        raise ValueError(f"没有“{label}”这个主题")
    return Question(
        f"{name}/{row['id']}",
        row["text"],
        label,
        frozenset({label, *row.get("alt", ())}),
        cue=row.get("cue", True),
        core=row.get("strength", "core") == "core",
    )


def _outside(name: str, row: dict[str, Any]) -> Question:
    return Question(f"{name}/{row['id']}", row["text"], None, frozenset(), kind=row["kind"])


def _read(name: str, path: Path, parse: Callable[[str, dict[str, Any]], Question]) -> list[Question]:
    questions: dict[str, Question] = {}
    for number, row in read_rows(path):
        try:
            question = parse(name, row)
        except KeyError as error:
            raise ValueError(f"{path.name} 第 {number} 行缺少 {error}") from error
        except ValueError as error:
            raise ValueError(f"{path.name} 第 {number} 行：{error}") from error
        if question.id in questions:
            raise ValueError(f"{path.name} 第 {number} 行的 id 前面已经有了：{row['id']}")
        questions[question.id] = question
    return list(questions.values())


def _set(name: str, title: str, family: str, kind: SampleKind, questions: Sequence[Question]) -> QuestionSet:
    return QuestionSet(name, title, family, kind, tuple(questions))


def _subset(name: str, title: str, questions: Sequence[Question]) -> QuestionSet:
    return QuestionSet(name, title, "given", SampleKind.TOPICS, tuple(questions), subset=True)
