"""The guide 行政复议指引 as a file."""

import pytest

from knowledge_base.guides.model import load_guides
from tests.knowledge_base.guides.structure import check_choices, meant, reachable_steps

GUIDE = load_guides()["reconsideration"]


def test_every_step_is_reached() -> None:
    assert reachable_steps(GUIDE) == {step.id for step in GUIDE.steps}


def test_choices_are_told_apart() -> None:
    check_choices(GUIDE)


def test_another_way_is_found_by_two_questions() -> None:
    assert GUIDE.next_step({"act": "other", "other": "appraisal"}) is None


def test_a_court_that_took_it_ends_the_questions() -> None:
    assert GUIDE.next_step({"act": "coercion", "coercion": "seized", "before": "court"}) is None


def test_told_is_asked_only_of_those_who_know_the_day() -> None:
    answers = {"act": "coercion", "coercion": "seized", "before": "none", "who": "street", "known": "unknown"}
    step = GUIDE.next_step(answers)
    assert step is not None
    assert step.id == "authority"


@pytest.mark.parametrize(
    ("step", "text", "value"),
    [
        ("act", "交警罚了我两百块", "penalty"),
        ("act", "城管把我的车扣了我的货也拿走", "coercion"),
        ("act", "人社局不认工伤", "benefit"),
        ("act", "饭店油烟举报了没人管", "inaction"),
        ("act", "村里征地补偿太低", "property"),
        ("act", "税务局叫我补税", "tax"),
        ("penalty", "路上当场开的单子", "on_spot"),
        ("penalty", "过了几天寄来的决定书", "later"),
        ("other", "交警的责任认定", "appraisal"),
        ("other", "单位给我记过处分", "personnel"),
        ("before", "没有过，第一次", "none"),
        ("before", "已经起诉了", "court"),
        ("who", "上海市公安局徐汇分局", "district"),
        ("who", "上海市公安局浦东分局陆家嘴派出所", "district"),
        ("who", "上海市公安局", "city"),
        ("who", "徐汇区政府", "district_government"),
        ("who", "浦东新区政府", "district_government"),
        ("who", "上海市浦东新区人民政府", "district_government"),
        ("who", "浦东新区税务局", "vertical"),
        ("who", "静安区市场监督管理局", "district"),
        ("who", "浦东新区司法局", "justice"),
        ("who", "上海市人民政府", "city_government"),
        ("who", "我们镇政府", "street"),
        ("told", "决定书上没写", "no_told"),
        ("told", "最后一段有写", "yes_told"),
        ("age", "今年才作的", "within5"),
        ("immovable", "是的，房子的事", "yes_immovable"),
        ("immovable", "不是，是执照", "no_immovable"),
    ],
)
def test_what_people_type_means_the_right_choice(step: str, text: str, value: str) -> None:
    assert meant(GUIDE, step, text) == value
