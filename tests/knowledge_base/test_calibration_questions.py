"""The calibration questions: how they are read, and that those shipped are fit to set thresholds."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from knowledge_base.calibration_questions import CALIBRATION_DIR, CalibrationQuestion, load_calibration
from knowledge_base.catalogue import load_catalogue
from knowledge_base.corpus import OUT_OF_SCOPE
from knowledge_base.entry import Entry
from knowledge_base.normalise import match_key
from knowledge_base.situations import load_out_of_scope, load_situations
from knowledge_base.topics import load_topics

FILES = {
    "entries": {"text", "entry", "topic"},
    "near_misses": {"text", "topic"},
    "out_of_scope": {"text", "kind"},
}
EVALUATION_DIR = Path(__file__).parents[1] / "evaluation"
Row = dict[str, Any]


def rows_of(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


# Reading


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = {
        "entries": '{"text": "老闆 不發工資", "entry": "labour.unpaid-wages", "topic": "劳动争议"}\n',
        "near_misses": '\n{"text": "年假没休完", "topic": "劳动争议"}\n  \n',
        "out_of_scope": '{"text": "明天下雨吗", "kind": "weather"}',
    }
    for name, text in rows.items():
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


def test_questions_come_normalised_and_in_the_order_of_the_files(folder: Path) -> None:
    assert load_calibration(folder) == [
        CalibrationQuestion("老板不发工资", "劳动争议", "labour.unpaid-wages"),
        CalibrationQuestion("年假没休完", "劳动争议", near_miss=True),
        CalibrationQuestion("明天下雨吗", OUT_OF_SCOPE),
    ]


def test_a_line_separator_inside_a_text_ends_no_row(folder: Path) -> None:
    row = json.dumps(
        {"text": "工资\u2028没发", "entry": "labour.unpaid-wages", "topic": "劳动争议"}, ensure_ascii=False
    )
    (folder / "entries.jsonl").write_text(row, encoding="utf-8")
    assert [q.entry_id for q in load_calibration(folder)].count("labour.unpaid-wages") == 1


def test_the_shipped_questions_are_read_by_default() -> None:
    assert len(load_calibration()) == sum(len(rows_of(CALIBRATION_DIR / f"{name}.jsonl")) for name in FILES)


# What is shipped


@pytest.fixture(scope="module")
def entries() -> dict[str, Entry]:
    return {entry.id: entry for entry in load_catalogue()}


@pytest.fixture(scope="module")
def shipped() -> dict[str, list[Row]]:
    return {name: rows_of(CALIBRATION_DIR / f"{name}.jsonl") for name in FILES}


@pytest.fixture(scope="module")
def keys(shipped: dict[str, list[Row]]) -> Counter[str]:
    """How often each text stands in the three files, punctuation aside."""
    return Counter(match_key(row["text"]) for rows in shipped.values() for row in rows)


def shared(keys: Counter[str], texts: list[str]) -> set[str]:
    return {text for text in texts if match_key(text) in keys}


def test_there_are_these_files_and_no_other() -> None:
    assert {path.name for path in CALIBRATION_DIR.iterdir()} == {f"{name}.jsonl" for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_rows_have_their_fields_and_no_other(shipped: dict[str, list[Row]], name: str) -> None:
    assert [row for row in shipped[name] if row.keys() != FILES[name]] == []


@pytest.mark.parametrize("name", FILES)
def test_every_field_is_a_text_without_space_around_it(shipped: dict[str, list[Row]], name: str) -> None:
    assert [row for row in shipped[name] if any(not value or value != value.strip() for value in row.values())] == []


@pytest.mark.parametrize("name", FILES)
def test_every_question_has_words(shipped: dict[str, list[Row]], name: str) -> None:
    assert [row for row in shipped[name] if not match_key(row["text"])] == []


def test_no_question_stands_there_twice(keys: Counter[str]) -> None:
    assert [text for text, count in keys.items() if count > 1] == []


def test_every_entry_named_exists_and_is_of_the_topic_named(
    shipped: dict[str, list[Row]], entries: dict[str, Entry]
) -> None:
    topics = {name: entry.topic for name, entry in entries.items()}
    assert [row for row in shipped["entries"] if topics.get(row["entry"]) != row["topic"]] == []


def test_every_entry_has_a_question(shipped: dict[str, list[Row]], entries: dict[str, Entry]) -> None:
    assert entries.keys() - {row["entry"] for row in shipped["entries"]} == set()


def test_near_misses_are_of_our_topics(shipped: dict[str, list[Row]]) -> None:
    assert {row["topic"] for row in shipped["near_misses"]} - set(load_topics()) == set()


def test_no_question_is_held_out_for_evaluation(keys: Counter[str]) -> None:
    held_out = [row["text"] for path in EVALUATION_DIR.glob("*.jsonl") for row in rows_of(path)]
    assert held_out and shared(keys, held_out) == set()


def test_no_question_is_one_of_an_entry(keys: Counter[str], entries: dict[str, Entry]) -> None:
    assert shared(keys, [text for entry in entries.values() for text in (entry.title, *entry.questions)]) == set()


def test_no_question_is_a_wording_of_a_situation(keys: Counter[str]) -> None:
    assert shared(keys, [wording for situation in load_situations() for wording in situation.wordings]) == set()


def test_no_question_is_a_line_we_cannot_help_with(keys: Counter[str]) -> None:
    assert shared(keys, [line for lines in load_out_of_scope().values() for line in lines]) == set()
