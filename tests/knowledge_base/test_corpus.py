"""The lines that everything learns from."""

import pytest

from knowledge_base.corpus import GOVERNMENT, OUT_OF_SCOPE, Line, build_lines, claim_lines, text_lines
from knowledge_base.entry import Facet
from knowledge_base.situations import Situation, load_out_of_scope
from tests.small_catalogue import WAGES, law_source, make_entry, small_lines


def test_an_entry_gives_its_title_and_its_questions() -> None:
    entry = make_entry(title="公司拖欠工資", questions=["老板 不发 工资", "ＡＰＰ里扣钱"])
    assert build_lines([entry], [], {}) == [
        Line("公司拖欠工资", "劳动争议", WAGES, WAGES),
        Line("老板不发工资", "劳动争议", WAGES, WAGES),
        Line("app里扣钱", "劳动争议", WAGES, WAGES),
    ]


def test_wordings_of_a_situation_share_a_cluster_and_have_no_entry() -> None:
    lines = build_lines([], [Situation("继承", "债务", ("父债子还吗", "爸爸欠的钱我要还吗"))], {})
    assert {(line.cluster, line.entry_id) for line in lines} == {("继承/债务", None)}


def test_situations_of_the_same_name_in_two_topics_are_two_clusters() -> None:
    lines = build_lines([], [Situation("继承", "房子", ("甲",)), Situation("公证", "房子", ("乙",))], {})
    assert len({line.cluster for line in lines}) == 2


def test_each_line_out_of_scope_is_a_cluster_of_its_own() -> None:
    lines = build_lines([], [], {"weather": ["明天下雨吗", "今天几度"], "tech": ["电脑坏了"]})
    assert {line.topic for line in lines} == {OUT_OF_SCOPE}
    assert len({line.cluster for line in lines}) == 3


def test_other_offices_business_is_a_class_of_its_own() -> None:
    lines = build_lines([], [], {GOVERNMENT: ["医保卡怎么换"], "weather": ["明天下雨吗"]})
    assert {line.text: line.topic for line in lines} == {"医保卡怎么换": GOVERNMENT, "明天下雨吗": OUT_OF_SCOPE}


def test_there_is_a_file_of_other_offices_business() -> None:
    assert load_out_of_scope()[GOVERNMENT]


@pytest.mark.parametrize(("topic", "in_scope"), [("继承", True), (OUT_OF_SCOPE, False), (GOVERNMENT, False)])
def test_only_a_line_of_a_topic_is_in_scope(topic: str, in_scope: bool) -> None:
    assert Line("一句话", topic, "一句话").in_scope is in_scope


def test_the_order_is_fixed() -> None:
    assert small_lines() == small_lines()


def test_text_lines_are_the_sentences_of_answer_and_facets() -> None:
    entry = make_entry(title="学历公证", answer="可以代办。\n先打电话问！", facets={Facet.FEE: "按公示收；翻译另算。"})
    texts = [line.text for line in text_lines([entry])]
    assert texts == ["可以代办", "先打电话问", "学历公证费用", "按公示收", "翻译另算"]


def test_text_lines_belong_to_their_entry() -> None:
    assert {(line.cluster, line.entry_id) for line in text_lines([make_entry()])} == {(WAGES, WAGES)}


def test_text_lines_leave_sentences_without_words_out() -> None:
    assert [line.text for line in text_lines([make_entry(answer="可以代办。…。")])] == ["可以代办"]


def test_claim_lines_are_what_each_source_says() -> None:
    sources = [
        law_source("劳动合同法", "30", claim="應當 及时支付工资。"),
        law_source("劳动合同法", "85", claim="可以申請支付令"),
    ]
    assert claim_lines([make_entry(sources=sources)]) == [
        Line("应当及时支付工资。", "劳动争议", WAGES, WAGES),
        Line("可以申请支付令", "劳动争议", WAGES, WAGES),
    ]
