"""The topic router: probabilities, their ranking, and that storing changes nothing."""

from pathlib import Path

import pytest

from knowledge_base.corpus import OUT_OF_SCOPE
from knowledge_base.router import TopicBelief, TopicRouter
from tests.small_catalogue import small_lines


@pytest.fixture(scope="module")
def router() -> TopicRouter:
    return TopicRouter.train(small_lines())


@pytest.mark.parametrize(
    ("question", "topic"),
    [("公司一直不发工资", "劳动争议"), ("遗产怎么分", "继承"), ("学历公证怎么弄", "公证"), ("我想离婚", "婚姻家庭")],
)
def test_the_first_topic(router: TopicRouter, question: str, topic: str) -> None:
    assert router.believe(question).ranked()[0][0] == topic


def test_what_is_not_ours_is_more_probably_out_of_scope(router: TopicRouter) -> None:
    assert router.believe("明天会不会下雨").out_of_scope > router.believe("公司不发工资").out_of_scope


@pytest.mark.parametrize("text", ["公司不发工资", "明天会下雨吗", "zzz", "", "ไทย", "工" * 5000])
def test_probabilities_sum_to_one(router: TopicRouter, text: str) -> None:
    assert sum(router.believe(text).probabilities.values()) == pytest.approx(1)


def test_the_classes_are_the_topics_and_out_of_scope(router: TopicRouter) -> None:
    assert set(router.believe("工资").probabilities) == {"劳动争议", "继承", "公证", "婚姻家庭", OUT_OF_SCOPE}


def test_training_twice_gives_the_same_router(router: TopicRouter) -> None:
    assert TopicRouter.train(small_lines()).believe("公司不发工资") == router.believe("公司不发工资")


def test_storing_changes_nothing(router: TopicRouter, tmp_path: Path) -> None:
    router.save(tmp_path)
    assert TopicRouter.load(tmp_path).believe("公司不发工资") == router.believe("公司不发工资")


def test_ranked_leaves_out_of_scope_out_and_sums_to_one() -> None:
    belief = TopicBelief({"继承": 0.1, OUT_OF_SCOPE: 0.6, "公证": 0.3})
    ranked = belief.ranked()
    assert [topic for topic, _ in ranked] == ["公证", "继承"]
    assert [share for _, share in ranked] == pytest.approx([0.75, 0.25])


def test_without_the_class_nothing_is_out_of_scope() -> None:
    assert TopicBelief({"继承": 1.0}).out_of_scope == 0.0


def test_ranked_survives_certainty_of_being_out_of_scope() -> None:
    assert TopicBelief({"继承": 0.0, OUT_OF_SCOPE: 1.0}).ranked() == [("继承", 0.0)]
