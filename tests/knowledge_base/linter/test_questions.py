"""Questions under two entries, content words and shared skeletons."""

from datetime import date

import pytest

from knowledge_base.linter import lint
from knowledge_base.linter.questions import content_words, shared_skeleton
from tests.small_catalogue import DISMISSED, NO_WILL, TODAY, make_entry, small_entries

GOOD_QUESTIONS = make_entry().questions


@pytest.mark.parametrize(
    ("question", "rule"),
    [("公司拖欠工资找谁？", ["same-question"]), ("公司拖欠工资找谁呀", ["same-question"]), ("公司欠薪找谁", [])],
    ids=["punctuation aside the same", "one particle more", "only alike"],
)
def test_the_same_question_under_two_entries(question: str, rule: list[str]) -> None:
    entries = {entry.id: entry for entry in small_entries()}
    other = entries[NO_WILL].model_copy(update={"next": [], "confusable": {}})
    other = other.model_copy(update={"questions": [*other.questions, question]})
    assert [defect.rule for defect in lint([make_entry(next=[]), other], TODAY)] == rule


def test_the_same_question_names_both_entries() -> None:
    other = make_entry(id=DISMISSED, title="被辞退怎么办", next=[], questions=GOOD_QUESTIONS)
    defect = next(d for d in lint([make_entry(next=[]), other], TODAY) if d.rule == "same-question")
    assert {make_entry().id, DISMISSED} <= {defect.where, *defect.message.split()}


def test_an_entry_and_its_successor_may_ask_the_same() -> None:
    before = make_entry(next=[], valid_until=date(2026, 12, 31), review_by=date(2026, 12, 31))
    after = make_entry(id=DISMISSED, title="公司拖欠工资怎么办（新法）", next=[], valid_from=date(2027, 1, 1))
    assert lint([before, after], TODAY) == []


def test_content_words_leave_question_words_out() -> None:
    assert content_words("公司怎么办，什么") == {"公司"}


@pytest.mark.parametrize(
    ("questions", "share"),
    [
        ([], 0.0),
        (["短的一样", "短的一样"], 0.0),
        (["请问出生公证要什么材料", "请问学历公证要什么材料"], 0.0),
        (["请问一下出生公证要什么材料", "请问一下学历公证要什么材料", "完全不同的另外一种说法"], 2 / 3),
        (["请问一下出生公证要什么材料？", "请问一下，学历公证要什么材料"], 1.0),
    ],
)
def test_shared_skeleton(questions: list[str], share: float) -> None:
    assert shared_skeleton(questions) == pytest.approx(share)
