"""What is kept of a decision."""

import pytest

from knowledge_base.decision import DecisionKind
from knowledge_base.evaluation_report.asking import ask
from knowledge_base.evaluation_report.questions import Question
from knowledge_base.release import Release
from tests.knowledge_base.evaluation_report.examples import ABSTAIN, ANSWER, ROUTE, question, reply
from tests.small_catalogue import TODAY, WAGES


def test_an_answer_keeps_its_entry_its_topic_and_its_probability(small_release: Release) -> None:
    (said,) = ask(small_release.decider, [Question("1", "公司拖欠工资怎么办", entry=WAGES)], TODAY)
    assert (said.kind, said.entries, said.first_topic, said.probability) == (ANSWER, (WAGES,), "劳动争议", 1.0)


def test_without_candidates_the_probability_is_0(small_release: Release) -> None:
    (said,) = ask(small_release.decider, [Question("1", "？？")], TODAY)
    assert (said.kind, said.entries, said.probability) == (ABSTAIN, (), 0.0)


@pytest.mark.parametrize(("kind", "topic"), [(ROUTE, "继承"), (ABSTAIN, None)])
def test_an_abstention_commits_to_no_topic(kind: DecisionKind, topic: str | None) -> None:
    assert reply(question(), kind, "继承 公证").first_topic == topic


def test_an_abstention_from_what_is_not_ours_is_no_right_topic() -> None:
    assert not reply(question(None), ABSTAIN).topic_accepted


@pytest.mark.parametrize(("entry", "right"), [("a", True), ("b", False), (None, False)])
def test_an_entry_is_right_when_it_ranks_first(entry: str | None, right: bool) -> None:
    assert reply(question(entry=entry), ABSTAIN, entries="a b").entry_right is right
