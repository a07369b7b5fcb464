"""The topics: the very names of the design, each with a slug of its own, and the services that a text names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.normalise import normalise
from knowledge_base.topics import load_topics, named_services

HOTLINE = (
    "婚姻家庭 子女抚养 继承 劳动争议 工伤 交通事故 人身损害侵权 医疗纠纷 借贷债务 合同纠纷 消费者权益 房产物业 征地拆迁 建设工程 "
    "公司经营 知识产权 刑事 行政 诉讼执行 涉外"
).split()
SERVICES = (
    "法律援助 公证 调解 仲裁 行政复议 司法鉴定 律师 12348热线 社区矫正 监狱戒毒 安置帮教 法考 普法 立法与执法监督"
).split()


def test_names_and_groups_are_those_of_the_design() -> None:
    assert {topic.name: topic.group for topic in load_topics().values()} == (
        dict.fromkeys(HOTLINE, "hotline") | dict.fromkeys(SERVICES, "services")
    )


def test_slugs_are_unique() -> None:
    slugs = [topic.slug for topic in load_topics().values()]
    assert len(set(slugs)) == len(slugs)


def test_slugs_can_begin_an_entry_id() -> None:
    assert [topic.slug for topic in load_topics().values() if not re.fullmatch(r"[a-z0-9-]+", topic.slug)] == []


def test_every_topic_names_its_desk_and_its_office() -> None:
    assert [topic.name for topic in load_topics().values() if not (topic.desk.strip() and topic.office.strip())] == []


# Named services


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("申请法律援助", ["法律援助"]),
        ("法援律师", ["法律援助", "律师"]),
        ("委托书公证", ["公证"]),
        ("去公正处", ["公证"]),
        ("调解书", ["调解"]),
        ("请老娘舅来", ["调解"]),
        ("劳动仲裁", ["仲裁"]),
        ("行政复议", ["行政复议"]),
        ("笔迹鉴定", ["司法鉴定"]),
        ("先去验伤", ["司法鉴定"]),
        ("律所收费", ["律师"]),
        ("打12348", ["12348热线"]),
        ("缓刑报到", ["社区矫正"]),
        ("怎么探监", ["监狱戒毒"]),
        ("强制戒毒", ["监狱戒毒"]),
        ("刑满以后", ["安置帮教"]),
        ("法考报名", ["法考"]),
        ("律师说先调解再公证", ["公证", "调解", "律师"]),
        ("公证公证公证", ["公证"]),
        ("公司拖欠工资", []),
        ("老公打我", []),
        ("公平正义", []),
        ("", []),
    ],
)
def test_named_services(text: str, services: list[str]) -> None:
    assert named_services(normalise(text)) == services


@pytest.mark.parametrize(
    ("topic", "word"), [(topic.name, word) for topic in load_topics().values() for word in topic.named_by]
)
def test_every_word_names_its_service_as_a_citizen_types_it(topic: str, word: str) -> None:
    assert topic in named_services(normalise(f"请问{word}的事"))


@given(st.text())
def test_any_text_names_only_services(text: str) -> None:
    assert set(named_services(normalise(text))) <= set(SERVICES)
