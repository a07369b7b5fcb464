"""Every rule of the linter: one small entry that breaks it, beside one that breaks nothing."""

from datetime import date
from typing import Any

import pytest

from knowledge_base.entry import Facet, LawSource
from knowledge_base.linter import (
    MAX_ANSWER,
    MAX_FACET,
    MAX_FIRST_SENTENCE,
    MAX_SENTENCE,
    MAX_TITLE,
    content_words,
    lint,
    sentences,
    shared_skeleton,
)
from tests.small_catalogue import CHECKED, DISMISSED, NO_WILL, TODAY, make_entry, small_entries

GOOD_QUESTIONS = make_entry().questions
LONG_ANSWER = "可以先向劳动保障监察机构投诉。" * 20
ONE_TEMPLATE = [f"请问我要办{what}公证需要什么材料" for what in ("出生", "学历", "结婚", "死亡", "亲属", "委托")]


def alone(**changes: Any) -> list[str]:
    """The rules that an otherwise good entry breaks, standing alone."""
    return [defect.rule for defect in lint([make_entry(**({"next": []} | changes))], TODAY)]


def test_a_good_entry_has_no_defect() -> None:
    assert alone() == []


def test_siblings_that_refer_to_each_other_have_no_defect() -> None:
    entries = {entry.id: entry for entry in small_entries()}
    kept = [entry for entry in entries.values() if len(entry.questions) >= 8]
    assert lint(kept, TODAY) == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"topic": "不存在的主题"}, "topic"),
        ({"id": "notary.unpaid-wages"}, "id"),
        ({"sources": [LawSource(law="没有这部法", article="1", checked=CHECKED, confidence="verified")]}, "law"),
        ({"review_by": date(2026, 7, 16)}, "review"),
        ({"next": ["entry:labour.gone"]}, "next"),
        ({"next": ["guide:no_such_guide"]}, "next"),
        ({"confusable": {"labour.gone": "不存在的"}}, "confusable"),
        ({"kind": "service"}, "facets"),
        ({"title": "拖欠工资" * 6 + "啊"}, "length"),
        ({"answer": LONG_ANSWER}, "length"),
        ({"facets": {Facet.FEE: "不收任何费用。" * 23}}, "length"),
        ({"answer": "投" * 46}, "first-sentence"),
        ({"answer": "可以投诉。" + "投" * 61}, "sentence"),
        ({"facets": {Facet.FEE: "收" * 61}}, "sentence"),
        ({"answer": "可以投诉。按有关法律规定办。找监察机构。"}, "filler"),
        ({"facets": {Facet.STEPS: "具体情况具体分析。"}}, "filler"),
        ({"answer": "建议您咨询专业律师。"}, "filler"),
        ({"questions": GOOD_QUESTIONS[1:]}, "questions"),
        ({"questions": [GOOD_QUESTIONS[0], GOOD_QUESTIONS[0] + "？", *GOOD_QUESTIONS[2:]]}, "questions"),
        ({"questions": [f"{question}请问该怎么办" for question in GOOD_QUESTIONS]}, "questions"),
        ({"questions": [question[:20] for question in GOOD_QUESTIONS]}, "questions"),
        ({"questions": [*(f"{q}公司" for q in GOOD_QUESTIONS), "老板欠工资"]}, "questions"),
        ({"questions": [*GOOD_QUESTIONS, *ONE_TEMPLATE]}, "template"),
        ({"valid_until": date(2026, 7, 19)}, "validity"),
        ({"review_by": date(2026, 7, 19)}, "review"),
    ],
)
def test_a_bad_entry_breaks_exactly_this_rule(changes: dict[str, Any], rule: str) -> None:
    assert set(alone(**changes)) == {rule}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "公司拖欠工资" * (MAX_TITLE // 6)},
        {"answer": "投" * (MAX_FIRST_SENTENCE - 1) + "。" + ("投" * (MAX_SENTENCE - 1) + "。") * 2},
        {"answer": ("可以投诉。" * MAX_ANSWER)[:MAX_ANSWER]},
        {"facets": {Facet.FEE: ("不收费。" * MAX_FACET)[:MAX_FACET]}},
        {"answer": "建议你咨询律师。可以先投诉。留好合同。"},
        {"review_by": TODAY},
        {"valid_until": TODAY},
        {"next": ["guide:deadline"]},
    ],
    ids=["title", "sentences", "answer", "facet", "advice with steps", "review today", "valid today", "guide"],
)
def test_what_stands_just_inside_a_limit_is_fine(changes: dict[str, Any]) -> None:
    assert alone(**changes) == []


def test_an_id_used_twice() -> None:
    assert "id" in [defect.rule for defect in lint([make_entry(next=[]), make_entry(next=[])], TODAY)]


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


def test_an_answer_of_punctuation_alone_is_told_and_does_not_crash() -> None:
    assert alone(answer="。") != []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("一。二！三？四；五\n六", list("一二三四五六")), ("一。\n二", ["一", "二"]), ("没有句号", ["没有句号"])],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


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
