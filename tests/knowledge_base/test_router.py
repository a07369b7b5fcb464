"""The topic router: probabilities, their ranking, favoured topics, and that storing changes nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.analysis import features
from knowledge_base.corpus import GOVERNMENT, OUT_OF_SCOPE, Line
from knowledge_base.router import TopicBelief, TopicRouter
from tests.small_catalogue import small_lines

WAGES = features("公司不发工资")


@pytest.fixture(scope="module")
def router() -> TopicRouter:
    return TopicRouter.train(small_lines())


@pytest.mark.parametrize(
    ("question", "topic"),
    [("公司一直不发工资", "劳动争议"), ("遗产怎么分", "继承"), ("学历公证怎么弄", "公证"), ("我想离婚", "婚姻家庭")],
)
def test_the_first_topic(router: TopicRouter, question: str, topic: str) -> None:
    assert router.believe(features(question)).ranked()[0][0] == topic


def test_what_is_not_ours_is_more_probably_out_of_scope(router: TopicRouter) -> None:
    assert router.believe(features("明天会不会下雨")).out_of_scope > router.believe(WAGES).out_of_scope


@pytest.mark.parametrize("text", ["公司不发工资", "明天会下雨吗", "zzz", "", "ไทย", "工" * 5000])
def test_probabilities_sum_to_one(router: TopicRouter, text: str) -> None:
    assert sum(router.believe(features(text)).probabilities.values()) == pytest.approx(1)


def test_the_classes_are_the_topics_and_both_ways_out_of_scope(router: TopicRouter) -> None:
    topics = {"劳动争议", "继承", "公证", "婚姻家庭"}
    assert set(router.believe(features("工资")).probabilities) == topics | {OUT_OF_SCOPE, GOVERNMENT}


def test_other_offices_business_is_told_from_what_is_nobodys(router: TopicRouter) -> None:
    assert router.believe(features("医保卡怎么换")).government > router.believe(features("明天会不会下雨")).government


def test_no_terms_give_the_belief_before_any_word(router: TopicRouter) -> None:
    assert router.believe([]) == router.believe(features("zzz"))


def test_the_sentences_of_answers_teach_words_that_no_question_has() -> None:
    answers = [Line(f"先写好起草的副署{n}", "公证", "notary", "notary") for n in "一二三"]
    asked = features("副署")
    plain, taught = (TopicRouter.train(small_lines(), references) for references in ([], answers))
    assert taught.believe(asked).probabilities["公证"] > plain.believe(asked).probabilities["公证"]


def test_training_twice_gives_the_same_router(router: TopicRouter) -> None:
    assert TopicRouter.train(small_lines()).believe(WAGES) == router.believe(WAGES)


def test_storing_changes_nothing(router: TopicRouter, tmp_path: Path) -> None:
    router.save(tmp_path)
    assert TopicRouter.load(tmp_path).believe(WAGES) == router.believe(WAGES)


def test_ranked_leaves_out_of_scope_out_and_sums_to_one() -> None:
    belief = TopicBelief({"继承": 0.1, OUT_OF_SCOPE: 0.6, "公证": 0.3})
    ranked = belief.ranked()
    assert [topic for topic, _ in ranked] == ["公证", "继承"]
    assert [share for _, share in ranked] == pytest.approx([0.75, 0.25])


def test_without_the_class_nothing_is_out_of_scope() -> None:
    assert TopicBelief({"继承": 1.0}).out_of_scope == 0.0


def test_ranked_survives_certainty_of_being_out_of_scope() -> None:
    assert TopicBelief({"继承": 0.0, OUT_OF_SCOPE: 1.0}).ranked() == [("继承", 0.0)]


def test_other_offices_business_is_out_of_scope_too() -> None:
    belief = TopicBelief({"继承": 0.5, OUT_OF_SCOPE: 0.2, GOVERNMENT: 0.3})
    assert (belief.out_of_scope, belief.government) == pytest.approx((0.5, 0.3))
    assert belief.within_scope() == pytest.approx({"继承": 1.0})


def test_without_the_class_nothing_is_other_offices_business() -> None:
    assert TopicBelief({"继承": 1.0}).government == 0.0


# Favouring

BELIEF = TopicBelief({"继承": 0.2, "公证": 0.2, OUT_OF_SCOPE: 0.5, GOVERNMENT: 0.1})


def test_favouring_multiplies_the_odds_within_scope() -> None:
    assert BELIEF.favouring(["公证"], 5.0).within_scope() == pytest.approx({"继承": 1 / 6, "公证": 5 / 6})


@pytest.mark.parametrize("topics", [[], ["劳动争议"], [OUT_OF_SCOPE], ["继承", "公证"]])
def test_favouring_none_or_all_of_the_topics_changes_nothing(topics: list[str]) -> None:
    assert BELIEF.favouring(topics, 5.0).probabilities == pytest.approx(BELIEF.probabilities)


BELIEFS = st.lists(st.integers(0, 20), min_size=4, max_size=4).filter(any)


@given(BELIEFS, st.sets(st.sampled_from(["继承", "公证", "律师"])), st.floats(0.1, 100))
def test_favouring_keeps_the_sum_and_what_is_out_of_scope(counts: list[int], topics: set[str], factor: float) -> None:
    names = ["继承", "公证", OUT_OF_SCOPE, GOVERNMENT]
    belief = TopicBelief({name: count / sum(counts) for name, count in zip(names, counts, strict=True)})
    favoured = belief.favouring(topics, factor)
    assert sum(favoured.probabilities.values()) == pytest.approx(1)
    assert (favoured.out_of_scope, favoured.government) == (belief.out_of_scope, belief.government)
