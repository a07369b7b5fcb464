"""The guide 法律援助预检 as a file."""

import pytest

from knowledge_base.guides.model import load_guides
from tests.knowledge_base.guides.structure import check_choices, meant, reachable_steps

GUIDE = load_guides()["legal_aid_check"]


def test_every_step_is_reached() -> None:
    assert reachable_steps(GUIDE) == {step.id for step in GUIDE.steps}


def test_choices_are_told_apart() -> None:
    check_choices(GUIDE)


def test_wages_of_a_migrant_worker_take_six_questions() -> None:
    answers = {"matter": "labour", "labour": "wages", "lawyer": "none", "group": "migrant", "stage": "nothing"}
    step = GUIDE.next_step(answers)
    assert step is not None
    assert step.id == "hurry"
    assert GUIDE.next_step({**answers, "hurry": "none"}) is None


def test_a_debt_takes_one_question() -> None:
    assert GUIDE.next_step({"matter": "money"}) is None


@pytest.mark.parametrize(
    ("step", "text", "value"),
    [
        ("matter", "我儿子被抓进去了", "criminal"),
        ("matter", "老板拖欠工资", "labour"),
        ("matter", "骑车被车撞了", "injury"),
        ("matter", "前夫不给抚养费", "family"),
        ("matter", "我老公打我", "violence"),
        ("matter", "低保不批", "government"),
        ("matter", "朋友借钱不还", "money"),
        ("role", "我是被告人", "suspect"),
        ("role", "我老公被公安带走", "relative"),
        ("labour", "公司把我辞退了", "dismissed"),
        ("family", "收到传票，老公起诉离婚", "sued"),
        ("retrial", "还没有", "not_yet"),
        ("lawyer", "没有请律师", "none"),
        ("lawyer", "请了律师的", "hired"),
        ("lawyer", "没钱请", "none"),
        ("mandatory", "他是聋哑人", "senses"),
        ("mandatory", "都不是，正常成年人", "none"),
        ("phase", "关在看守所", "police"),
        ("phase", "收到起诉书了", "court"),
        ("means", "不困难", "fine"),
        ("means", "家里困难", "low"),
        ("means", "吃低保的", "relief"),
        ("means", "不够用", "low"),
        ("means", "没退休金", "none_fixed"),
        ("stage", "还没立案", "nothing"),
        ("stage", "在劳动仲裁", "arbitration"),
        ("stage", "法院立案了", "court"),
        ("hurry", "还有三天就到期", "week"),
        ("hurry", "没有", "none"),
        ("hurry", "他在转移财产", "freeze"),
    ],
)
def test_what_people_type_means_the_right_choice(step: str, text: str, value: str) -> None:
    assert meant(GUIDE, step, text) == value
