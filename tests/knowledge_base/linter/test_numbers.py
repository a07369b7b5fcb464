"""Entries that contradict each other on a number, and those that only seem to."""

from datetime import date
from typing import Any

import pytest

from knowledge_base.entry import Entry
from knowledge_base.linter.numbers import check_contradictions, number_value
from tests.small_catalogue import DISMISSED, law_source, make_entry

A_YEAR = "离职以后一年内要提出劳动仲裁"


def contradictions(*entries: Entry) -> int:
    return len(list(check_contradictions(entries)))


def says(text: str, **changes: Any) -> Entry:
    return make_entry(**({"answer": f"{text}。"} | changes))


def claims(claim: str, article: str = "27", **changes: Any) -> Entry:
    return make_entry(answer="可以。", sources=[law_source("劳动合同法", article, claim=claim)], **changes)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (A_YEAR, "离职以后两年内要提出劳动仲裁", 1),
        (A_YEAR, "离职以后1年内要提出劳动仲裁", 0),
        (A_YEAR, A_YEAR, 0),
        (A_YEAR, "收到裁决书十五日内可以向法院起诉", 0),
        ("收到裁决15日内起诉，别过了", "收到裁决十五日内起诉，别过了", 0),
        ("收到裁决15日内起诉，别过了", "收到裁决30日内起诉，别过了", 1),
        ("补偿按每满一年给一个月工资", "补偿按每满一年给两个月工资", 1),
        ("没有数的一句话", "没有数的两句话", 0),
    ],
)
def test_sentences(one: str, other: str, found: int) -> None:
    assert contradictions(says(one), says(other, id=DISMISSED)) == found


def test_one_entry_may_name_two_numbers_in_like_sentences() -> None:
    assert contradictions(says("一级伤残补二十七个月工资。二级伤残补二十五个月工资")) == 0


def test_the_same_sentence_in_another_topic_is_another_procedure() -> None:
    other = says("收到裁决30日内起诉，别过了", id="inheritance.no-will", topic="继承")
    assert contradictions(says("收到裁决15日内起诉，别过了"), other) == 0


def test_entries_that_never_hold_on_one_day_may_differ() -> None:
    before = says("异议要在三个月内提出来", valid_until=date(2026, 12, 31))
    after = says("异议要在两个月内提出来", id=DISMISSED, valid_from=date(2027, 1, 1))
    assert contradictions(before, after) == 0


@pytest.mark.parametrize(
    ("other", "article", "found"),
    [
        ("申请劳动仲裁的时效是两年", "27", 1),
        ("申请劳动仲裁的时效是两年", "28", 0),
        ("终局裁决不超过十二个月工资", "27", 0),
    ],
    ids=["other number", "another article", "another matter"],
)
def test_claims_on_one_article(other: str, article: str, found: int) -> None:
    assert contradictions(claims("申请劳动仲裁的时效是一年"), claims(other, article, id=DISMISSED)) == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("15", 15),
        ("2.5", 2.5),
        ("一", 1),
        ("两", 2),
        ("十", 10),
        ("十五", 15),
        ("三十", 30),
        ("一百二十", 120),
        ("一千", 1000),
    ],
)
def test_number_value(text: str, value: float) -> None:
    assert number_value(text) == value
