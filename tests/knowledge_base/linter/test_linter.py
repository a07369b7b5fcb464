"""Every rule of the linter: one small entry that breaks it, beside one that breaks nothing."""

from datetime import date
from typing import Any

import pytest

from knowledge_base.entry import Facet, PageSource
from knowledge_base.linter import lint
from knowledge_base.linter.sources import MAX_CLAIM
from knowledge_base.linter.wording import MAX_ANSWER, MAX_FACET, MAX_FIRST_SENTENCE, MAX_SENTENCE, MAX_TITLE
from knowledge_base.pages import Page
from tests.small_catalogue import CHECKED, TODAY, law_source, make_entry, small_entries

GOOD_QUESTIONS = make_entry().questions
LONG_ANSWER = "可以先向劳动保障监察机构投诉。" * 20
PAGES = {
    "公开的办事指南": Page(name="公开的办事指南", date=date(2024, 1, 1), mark="P"),
    "别处转述": Page(name="别处转述", date=date(2024, 1, 1), mark="3P"),
    "上海市司法局网站公证办事指南": Page(name="上海市司法局网站公证办事指南", date=date(2021, 4, 1), mark="P"),
}
ONE_TEMPLATE = [f"请问我要办{what}公证需要什么材料" for what in ("出生", "学历", "结婚", "死亡", "亲属", "委托")]


@pytest.fixture(autouse=True)
def _register_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge_base.linter.sources.load_pages", lambda: PAGES)


def page(name: str = "公开的办事指南", **changes: Any) -> PageSource:
    """A page as a source without a defect; `changes` replaces fields."""
    fields = {"date": date(2024, 1, 1), "claim": "可以网上预约", "checked": CHECKED, "confidence": "page"}
    return PageSource.model_validate({"page": name} | fields | changes)


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
        ({"sources": [law_source("没有这部法", "1")]}, "law"),
        ({"sources": [law_source("劳动合同法", "30", claim=None)]}, "claim"),
        ({"sources": [law_source("劳动合同法", "30", claim="工" * (MAX_CLAIM + 1))]}, "claim"),
        ({"sources": [page("没有登记的网页")]}, "page"),
        ({"sources": [page(date=date(2024, 1, 2))]}, "page"),
        ({"sources": [page("别处转述")]}, "unverified"),
        ({"sources": [page(confidence="verified")]}, "unverified"),
        ({"answer": "可以投诉。投诉电话62345678。"}, "phone"),
        ({"facets": {Facet.WHERE: "打12333问。"}}, "phone"),
        ({"answer": "可以投诉。一年内提出[GK]。"}, "unverified"),
        ({"urgent": True, "answer": "可以投诉，也可以申请劳动仲裁。"}, "urgent"),
        ({"review_by": date(2026, 7, 16)}, "review"),
        ({"next": ["entry:labour.gone"]}, "next"),
        ({"next": ["guide:no_such_guide"]}, "next"),
        ({"next": ["entry:labour.unpaid-wages"]}, "next"),
        ({"confusable": {"labour.unpaid-wages": "就是自己"}}, "confusable"),
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
