"""How citizens ask for a part of a matter."""

import pytest

from knowledge_base.entry import Facet
from knowledge_base.facet_detection import asked_facets, asks_only_for_facets
from knowledge_base.normalise import normalise


@pytest.mark.parametrize(
    ("question", "facet"),
    [
        ("那要带什么材料？", Facet.MATERIALS),
        ("要带啥", Facet.MATERIALS),
        ("需要哪些证件", Facet.MATERIALS),
        ("户口本要不要带身份证", Facet.MATERIALS),
        ("多少钱", Facet.FEE),
        ("收费吗", Facet.FEE),
        ("要不要钱", Facet.FEE),
        ("贵不贵", Facet.FEE),
        ("几钿", Facet.FEE),
        ("多久能好", Facet.TIME),
        ("几天能拿到", Facet.TIME),
        ("要等几个工作日", Facet.TIME),
        ("去哪里办", Facet.WHERE),
        ("到啥地方弄", Facet.WHERE),
        ("地址在哪", Facet.WHERE),
        ("找谁办", Facet.WHERE),
        ("网上能办吗", Facet.ONLINE),
        ("随申办上可以弄吗", Facet.ONLINE),
        ("谁能办", Facet.WHO),
        ("可以代办吗", Facet.WHO),
        ("能帮我妈办吗", Facet.WHO),
        ("让女儿去办行吗", Facet.WHO),
        ("有什么条件", Facet.CONDITIONS),
        ("我符合吗", Facet.CONDITIONS),
        ("流程是怎样的", Facet.STEPS),
        ("怎么申请", Facet.STEPS),
        ("哪能办啦", Facet.STEPS),
        ("办好以后呢", Facet.AFTER),
        ("有效期几年", Facet.AFTER),
        ("管几年", Facet.AFTER),
    ],
)
def test_the_first_facet_asked_for(question: str, facet: Facet) -> None:
    assert asked_facets(normalise(question))[:1] == [facet]


@pytest.mark.parametrize("question", ["公司拖欠工资", "我想离婚", "没有遗嘱遗产分给儿子还是女儿", ""])
def test_a_question_for_no_facet(question: str) -> None:
    assert asked_facets(normalise(question)) == []


def test_two_facets_in_one_question_come_in_the_order_of_the_file() -> None:
    assert asked_facets("多久能好,要带什么材料") == [Facet.MATERIALS, Facet.TIME]


@pytest.mark.parametrize("text", ["多少钱", "那要带什么材料？", "那大概要多少钱呀", "要等多久,多少钱", "网上能办吗"])
def test_nothing_but_a_facet_is_asked_for(text: str) -> None:
    assert asks_only_for_facets(normalise(text))


@pytest.mark.parametrize(
    "text", ["律师要多少钱", "学历公证要带什么材料", "离婚去哪里办", "公司拖欠工资", "那呢", "", "？"]
)
def test_a_matter_is_named_or_no_facet_is_asked_for(text: str) -> None:
    assert not asks_only_for_facets(normalise(text))
