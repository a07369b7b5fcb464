"""What is trained on and asked."""

import json
from pathlib import Path
from typing import Any

import pytest

from knowledge_base.evaluation_report.questions import SampleKind
from tests.compare.data import (
    distinct_questions,
    in_scope,
    load_given_sets,
    load_own_sets,
    make_material,
    split_for_calibration,
)
from tests.small_catalogue import (
    COMING,
    EXPIRED,
    TODAY,
    WAGES,
    small_entries,
    small_out_of_scope,
    small_situations,
)

MATERIAL = make_material(small_entries(), small_situations(), small_out_of_scope(), TODAY)


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_only_entries_in_force_train() -> None:
    assert WAGES in MATERIAL.topics
    assert not {COMING, EXPIRED} & MATERIAL.topics.keys()
    assert not {COMING, EXPIRED} & {line.entry_id for line in MATERIAL.lines}


def test_scope_follows_the_topics() -> None:
    outside = [line for line in MATERIAL.lines if not in_scope(line)]
    assert len(outside) == sum(map(len, small_out_of_scope().values()))


def test_calibration_takes_questions_of_every_entry_and_no_title() -> None:
    training, held_out = split_for_calibration(MATERIAL, seed=1)
    assert {line.entry_id for line in held_out} == MATERIAL.topics.keys()
    assert not {line.text for line in held_out} & set(MATERIAL.titles.values())
    assert len(training.lines) + len(held_out) == len(MATERIAL.lines)
    assert not set(training.lines) & set(held_out)
    assert split_for_calibration(MATERIAL, seed=1) == (training, held_out)


def test_own_questions_of_entries_not_in_force_are_left_out(tmp_path: Path) -> None:
    write(
        tmp_path / "entries.jsonl",
        {"id": "e1", "text": "欠薪", "entry": WAGES, "topic": "劳动争议"},
        {"id": "e2", "text": "老规定", "entry": EXPIRED, "topic": "继承"},
    )
    write(tmp_path / "near_misses.jsonl", {"id": "n1", "text": "招人吗", "entry": None, "topic": "12348热线"})
    write(tmp_path / "out_of_scope.jsonl", {"id": "o1", "text": "天气", "kind": "weather"})
    entries, near_misses, outside = load_own_sets(MATERIAL.topics, tmp_path)
    assert [question.id for question in entries.questions] == ["own-entries/e1"]
    assert "1 题的条目今天无效" in entries.title
    assert near_misses.questions[0].entry is None
    assert outside.questions[0].topic is None


def test_given_files_make_sets_and_subsets(tmp_path: Path) -> None:
    topics = write(
        tmp_path / "t.jsonl",
        {"id": 1, "text": "甲", "label": "继承", "alt": ["公证"], "cue": False},
        {"id": 2, "text": "乙", "label": "工伤"},
    )
    services = write(
        tmp_path / "s.jsonl",
        {"id": 1, "text": "丙", "label": "公证", "strength": "core"},
        {"id": 2, "text": "丁", "label": "律师", "strength": "related"},
    )
    outside = write(tmp_path / "o.jsonl", {"id": 1, "text": "戊", "label": "oos", "kind": "gov"})
    sets = {s.name: s for s in load_given_sets(topics, services, outside)}
    assert list(sets) == ["topics", "topics-without-cue", "services", "services-core", "oos"]
    assert sets["topics"].questions[0].accepted == {"继承", "公证"}
    assert [len(s.questions) for s in sets.values()] == [2, 1, 2, 1, 1]
    assert sets["oos"].kind is SampleKind.OUT_OF_SCOPE
    assert len(distinct_questions(sets.values())) == 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"id": 1, "text": "甲"}', "第 1 行缺少 'label'"),
        ('{"id": 1, "text": "甲", "label": "天文"}', "没有“天文”这个主题"),
        ('\n{"id": 1', "第 2 行不是"),
        ("[1]", "第 1 行不是"),
        ('{"id": 1, "text": "甲", "label": "公证"}\n{"id": 1, "text": "乙", "label": "公证"}', "前面已经有了"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        load_given_sets(path, None, None)
