"""The topics: the very names of the design, each with a slug of its own."""

import re

from knowledge_base.topics import load_topics

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
