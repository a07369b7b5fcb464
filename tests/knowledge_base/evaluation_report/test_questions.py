"""Question files: what is read from each row, and how a bad one is told."""

import json
from pathlib import Path

import pytest

from knowledge_base.evaluation_report.questions import Question, SampleKind, load_given, load_own

ENTRY_ROW = {"id": "e1", "text": "不发工资", "entry": "labour.a", "topic": "劳动争议"}
NEAR_ROW = {"id": "n1", "text": "工资条", "entry": None, "topic": "劳动争议"}
OOS_ROW = {"id": "o1", "text": "下雨吗", "kind": "weather"}


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    write(tmp_path / "entries.jsonl", ENTRY_ROW, ENTRY_ROW | {"id": "e2", "entry": "labour.ended"})
    write(tmp_path / "near_misses.jsonl", NEAR_ROW)
    write(tmp_path / "out_of_scope.jsonl", OOS_ROW)
    return tmp_path


def test_own_questions(own: Path) -> None:
    entries, near_misses, outside = load_own(own, lambda _: True)
    labour = frozenset({"劳动争议"})
    assert entries.questions[0] == Question("e1", "不发工资", "劳动争议", labour, "labour.a")
    assert near_misses.questions == (Question("n1", "工资条", "劳动争议", labour),)
    assert outside.questions == (Question("o1", "下雨吗", kind="weather"),)


def test_questions_whose_entry_does_not_hold_are_left_out(own: Path) -> None:
    entries, *_ = load_own(own, lambda entry_id: entry_id == "labour.a")
    assert ([q.id for q in entries.questions], entries.left_out) == (["e1"], 1)


def test_a_given_row_with_everything(tmp_path: Path) -> None:
    row = {
        "id": 7,
        "text": "分遗产",
        "label": "继承",
        "alt": ["公证"],
        "coarse": "家事",
        "cue": False,
        "strength": "core",
    }
    (sample,) = load_given(write(tmp_path / "t.jsonl", row), None, None)
    accepted = frozenset({"继承", "公证"})
    assert sample.questions == (Question("7", "分遗产", "继承", accepted, None, None, "家事", False, "core"),)


def test_a_given_row_with_no_more_than_it_needs(tmp_path: Path) -> None:
    (sample,) = load_given(None, write(tmp_path / "s.jsonl", {"id": "1", "text": "分遗产", "label": "继承"}), None)
    assert sample.questions == (Question("1", "分遗产", "继承", frozenset({"继承"})),)


def test_each_given_file_is_a_sample_of_its_own(tmp_path: Path) -> None:
    labelled = write(tmp_path / "t.jsonl", {"id": "1", "text": "分遗产", "label": "继承"})
    outside = write(tmp_path / "o.jsonl", OOS_ROW | {"label": "oos"})
    samples = load_given(labelled, labelled, outside)
    assert [(s.name, s.kind, s.own) for s in samples] == [
        ("topics", SampleKind.TOPICS, False),
        ("services", SampleKind.TOPICS, False),
        ("oos", SampleKind.OUT_OF_SCOPE, False),
    ]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"text": "工资", "label": "继承"}, "第 2 行"),
        ({"id": 2, "label": "继承"}, "第 2 行"),
        ({"id": 2, "text": "工资"}, "第 2 行.*label"),
        ({"id": 2, "text": 5, "label": "继承"}, "第 2 行.*text"),
        ({"id": 2, "text": "工资", "label": "继承", "alt": "公证"}, "第 2 行.*alt"),
        ({"id": 2, "text": "工资", "label": "天气"}, "天气"),
        ({"id": 1, "text": "工资", "label": "继承"}, "第 2 行.*id"),
        ([], "第 2 行"),
    ],
    ids=[
        "no id",
        "no text",
        "no label",
        "text is a number",
        "alt is no list",
        "no such topic",
        "id again",
        "no object",
    ],
)
def test_a_bad_row_is_told(tmp_path: Path, row: object, says: str) -> None:
    path = write(tmp_path / "t.jsonl", {"id": 1, "text": "分遗产", "label": "继承"}, row)
    with pytest.raises(ValueError, match=f"t.jsonl.*{says}"):
        load_given(path, None, None)
