"""Predictions: what is written for each kind of decision, and how a bad file is told."""

import json
from pathlib import Path

import pytest

from knowledge_base.decision import Candidate, Decision, DecisionKind
from knowledge_base.evaluation import predict_file, prediction
from knowledge_base.release import Release
from tests.small_catalogue import CERTIFICATE, DISMISSED, NO_WILL, OWN_WILL, RESIGNED, WAGES

TOPICS = (("继承", 0.5), ("劳动争议", 0.3), ("公证", 0.1), ("婚姻家庭", 0.1))


def predict(release: Release, kind: DecisionKind, *entry_ids: str) -> dict[str, object]:
    candidates = tuple(Candidate(entry_id, 0.5) for entry_id in entry_ids)
    return prediction(release.decider, Decision(kind, "x.y", candidates, TOPICS, 0.6, 0.75))


@pytest.mark.parametrize(
    ("kind", "entries", "labels"),
    [
        (DecisionKind.ANSWER, [WAGES], ["劳动争议", "继承", "公证"]),
        (DecisionKind.ANSWER, [WAGES, DISMISSED, CERTIFICATE], ["劳动争议", "公证", "继承"]),
        (DecisionKind.CLARIFY, [CERTIFICATE, WAGES], ["公证", "劳动争议"]),
        (DecisionKind.CLARIFY, [DISMISSED, RESIGNED], ["劳动争议"]),
        (DecisionKind.ROUTE, [WAGES], ["继承", "劳动争议", "公证"]),
        (DecisionKind.ABSTAIN, [WAGES], ["继承", "劳动争议", "公证"]),
        (DecisionKind.ABSTAIN, [], ["继承", "劳动争议", "公证"]),
    ],
)
def test_labels(small_release: Release, kind: DecisionKind, entries: list[str], labels: list[str]) -> None:
    assert predict(small_release, kind, *entries)["labels"] == labels


@pytest.mark.parametrize("kind", list(DecisionKind))
def test_abstain_is_true_for_the_decision_abstain_only(small_release: Release, kind: DecisionKind) -> None:
    result = predict(small_release, kind, WAGES)
    assert (result["decision"], result["abstain"]) == (kind.value, kind is DecisionKind.ABSTAIN)


def test_at_most_three_entries_in_their_order(small_release: Release) -> None:
    result = predict(small_release, DecisionKind.CLARIFY, WAGES, NO_WILL, OWN_WILL, RESIGNED)
    assert result["entries"] == [WAGES, NO_WILL, OWN_WILL]


def test_the_score_is_the_probability_of_being_in_scope(small_release: Release) -> None:
    assert predict(small_release, DecisionKind.ROUTE)["score"] == 0.75


def test_a_file_is_predicted_row_by_row(small_release: Release, tmp_path: Path) -> None:
    questions, out = tmp_path / "q.jsonl", tmp_path / "p.jsonl"
    questions.write_text('{"id": "a", "text": "公司拖欠工资怎么办"}\n\n{"id": 2, "text": ""}\n', encoding="utf-8")
    assert predict_file(small_release.decider, questions, out) == 2
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["decision"]) for row in rows] == [("a", "answer"), (2, "abstain")]
    assert set(rows[0]) == {"id", "labels", "entries", "abstain", "decision", "score"}


@pytest.mark.parametrize("row", ["{", '{"id": 1}', '{"text": "工资"}', "[]", "5", "null"])
def test_a_bad_row_is_named_by_its_line(small_release: Release, tmp_path: Path, row: str) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"id": 1, "text": "工资"}\n' + row + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="第 2 行"):
        predict_file(small_release.decider, questions, tmp_path / "p.jsonl")


def test_a_bad_row_writes_nothing(small_release: Release, tmp_path: Path) -> None:
    questions, out = tmp_path / "q.jsonl", tmp_path / "p.jsonl"
    questions.write_text('{"id": 1, "text": "工资"}\n{\n', encoding="utf-8")
    with pytest.raises(ValueError, match="第 2 行"):
        predict_file(small_release.decider, questions, out)
    assert not out.exists()


@pytest.mark.parametrize("separator", ["\u2028", "\u0085"], ids=["U+2028", "U+0085"])
def test_a_line_separator_inside_a_text_does_not_split_the_row(
    small_release: Release, tmp_path: Path, separator: str
) -> None:
    questions = tmp_path / "q.jsonl"
    row = json.dumps({"id": 1, "text": f"公司不发工资{separator}怎么办"}, ensure_ascii=False)
    questions.write_text(row + "\n", encoding="utf-8")
    assert predict_file(small_release.decider, questions, tmp_path / "p.jsonl") == 1
