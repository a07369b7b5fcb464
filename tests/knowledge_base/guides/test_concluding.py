"""What a guide comes to, as a block."""

from datetime import date

import pytest

from knowledge_base.guides.concluding import RULES, conclude, result_block
from knowledge_base.guides.model import load_guides
from knowledge_base.guides.state import GuideState
from knowledge_base.release import Release
from knowledge_base.rules.conclusion import Conclusion, LastDay, Option, Reason, Section
from tests.small_catalogue import CERTIFICATE, law_source

TODAY = date(2026, 11, 24)
OLD, NEW = law_source("劳动合同法", "30", checked=date(2026, 7, 1)), law_source("民法典", "188")
WHOLE = Conclusion(
    verdict="likely",
    headline="来得及。",
    text="先留证据。",
    reasons=(Reason(text="从离职那天算一年。", sources=(NEW, OLD)),),
    days=(LastDay(label="申请仲裁", day=TODAY, state="near", counted="从昨天数起。", sources=(NEW,)),),
    options=(Option(name="仲裁", fit="first", rows=(("多少钱", "不收费"),)),),
    sections=(Section(title="带什么", items=("身份证",), tick=True),),
    document=("申请书",),
)


def test_every_guide_has_its_rules() -> None:
    assert set(RULES) == set(load_guides())


def test_nothing_of_a_conclusion_is_lost(small_release: Release) -> None:
    state = GuideState(guide="deadline", answers={"matter": "labour", "kind_labour": "unknown"}, day=TODAY)
    block = result_block(state, WHOLE, TODAY, small_release)
    assert (block.guide, block.title, block.verdict, block.headline, block.text) == (
        "deadline", "期限计算", "likely", "来得及。", "先留证据。",
    )  # fmt: skip
    assert [answer for _, answer in block.said] == ["上班、工资、工伤", "分不清"]
    assert [(source.title, source.article) for source in block.reasons[0].sources] == [
        ("《民法典》", "第188条"),
        ("《劳动合同法》", "第30条"),
    ]
    assert [(last.day, last.state, last.counted, len(last.sources)) for last in block.days] == [
        (TODAY, "near", "从昨天数起。", 1)
    ]
    assert [(option.name, option.fit, option.rows) for option in block.options] == [
        ("仲裁", "first", [("多少钱", "不收费")])
    ]
    assert [(section.title, section.items, section.tick) for section in block.sections] == [
        ("带什么", ["身份证"], True)
    ]
    assert (block.document, block.as_of) == (["申请书"], date(2026, 7, 1))


def test_without_sources_it_is_as_of_today(small_release: Release) -> None:
    state = GuideState(guide="deadline", day=TODAY)
    bare = Conclusion(verdict="none", headline="说不准。")
    assert result_block(state, bare, TODAY, small_release).as_of == TODAY


def test_the_notarial_rules_get_the_entry_that_was_chosen(small_release: Release) -> None:
    answers = {"use": "study", "matter": CERTIFICATE, "country": "europe", "who": "self"}
    verdicts = [
        conclude(GuideState(guide="notary", answers=answers | more, day=TODAY), TODAY, small_release).verdict
        for more in ({}, {"matter": "unknown"}, {"matter": "notary.gone"})
    ]
    assert verdicts[1:] == ["matter_unclear", "matter_unclear"] != verdicts[:2]


def test_a_guide_without_rules(small_release: Release) -> None:
    with pytest.raises(KeyError):
        conclude(GuideState(guide="gone", day=TODAY), TODAY, small_release)
