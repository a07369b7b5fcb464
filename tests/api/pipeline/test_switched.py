"""What is left of a reply when a topic is off: cards, buttons, and what is said instead."""

from types import SimpleNamespace
from typing import Any

import pytest

from api.pipeline.guard import check_reply
from api.pipeline.switched import is_switched_off, without_topics
from api.staff.switches.scopes import NOTHING_OFF, Off, topic_scope
from knowledge_base.blocks import AnswerBlock, Choice, ChoicesBlock, Reply, TextBlock
from knowledge_base.decision import Candidate, Decision, DecisionKind
from knowledge_base.live_release import LiveRelease
from knowledge_base.release import Release
from knowledge_base.replies import (
    reply_to_choice,
    reply_with_decision,
    reply_with_explanation,
    reply_with_handover,
    reply_with_wording,
)
from knowledge_base.wording import say
from tests.api import fakes

LABOUR, NOTARY, AID = "劳动争议", "公证", "法律援助"


@pytest.fixture
def release(live_release: LiveRelease) -> Release:
    return live_release.get()


def off(*topics: str) -> Off:
    return Off(frozenset(map(topic_scope, topics)))


def choices(reply: Reply) -> list[str]:
    return [choice.id for block in reply.blocks if isinstance(block, ChoicesBlock) for choice in block.choices]


def assert_replaced(reply: Reply, topic: str) -> None:
    assert (reply.outcome, reply.topic, reply.entry_id) == ("refused.switched_off", topic, None)
    assert reply.blocks == [TextBlock(text=say("switched_off_topic", topic=topic))]


def test_an_answer_of_the_topic_is_replaced(release: Release) -> None:
    assert_replaced(without_topics(fakes.wages_reply(release), off(LABOUR), [release]), LABOUR)


def test_an_answer_of_another_topic_stays(release: Release) -> None:
    reply = fakes.wages_reply(release)
    assert without_topics(reply, off(NOTARY), [release]) == reply


def test_a_facet_of_the_topic_is_replaced(release: Release) -> None:
    reply = Reply(outcome="answered.follow_up", blocks=[fakes.degree_block(release)], topic=NOTARY)
    assert_replaced(without_topics(reply, off(NOTARY), [release]), NOTARY)


def test_the_explanation_of_an_answer_of_the_topic_is_replaced(release: Release) -> None:
    reply = reply_with_explanation(release.entries[fakes.WAGES], release)
    assert_replaced(without_topics(reply, off(LABOUR), [release]), LABOUR)


@pytest.mark.parametrize("target", [f"entry:{fakes.WAGES}", f"topic:{LABOUR}"])
def test_a_pressed_button_to_the_topic_is_replaced(release: Release, target: str) -> None:
    assert_replaced(without_topics(reply_to_choice(target, release), off(LABOUR), [release]), LABOUR)


@pytest.mark.parametrize(
    ("topic", "left", "kept_entry", "kept_topic"),
    [(LABOUR, fakes.DEGREE, fakes.DEGREE, NOTARY), (NOTARY, fakes.WAGES, fakes.WAGES, LABOUR)],
)
def test_of_two_answers_the_other_stays(
    release: Release, topic: str, left: str, kept_entry: str, kept_topic: str
) -> None:
    reply = without_topics(fakes.several_reply(release), off(topic), [release])
    assert [block.entry_id for block in reply.blocks if isinstance(block, AnswerBlock)] == [left]
    assert TextBlock(text=say("switched_off_topic", topic=topic)) in reply.blocks
    assert (reply.entry_id, reply.topic, reply.outcome) == (kept_entry, kept_topic, "answered.several")


def test_of_two_answers_with_both_topics_off_none_stays(release: Release) -> None:
    reply = without_topics(fakes.several_reply(release), off(LABOUR, NOTARY), [release])
    assert reply.blocks == [TextBlock(text=say("switched_off_topic", topic=f"{LABOUR}、{NOTARY}"))]


def test_what_an_answer_offers_next_loses_the_topic(release: Release) -> None:
    offered = ChoicesBlock(prompt=say("next_prompt"), choices=[
        Choice(id="entry:labour.arbitration-how", label="x"), Choice(id="entry:legal-aid.conditions", label="y"),
    ])  # fmt: skip
    reply = Reply(outcome="answered.entry", blocks=[fakes.degree_block(release), offered], topic=NOTARY)
    assert choices(without_topics(reply, off(LABOUR), [release])) == ["entry:legal-aid.conditions"]
    without_any = without_topics(reply, off(LABOUR, AID), [release])
    assert without_any.blocks == [fakes.degree_block(release)]


def test_asking_back_with_nothing_but_the_topic_is_replaced(release: Release) -> None:
    assert_replaced(without_topics(fakes.clarifying_reply(), off(LABOUR), [release]), LABOUR)


def test_asking_back_offers_what_is_left(release: Release) -> None:
    reply = fakes.clarifying_reply()
    block = reply.blocks[0]
    assert isinstance(block, ChoicesBlock)
    block.choices.insert(0, Choice(id=f"entry:{fakes.DEGREE}", label="学历证书公证怎么办"))
    left = without_topics(reply, off(LABOUR), [release])
    assert (left.outcome, choices(left)) == ("clarified.choices", [f"entry:{fakes.DEGREE}", "say:none_of_these"])


def routed(release: Release, topic: str) -> Reply:
    candidates = (Candidate(fakes.WAGES, 0.3), Candidate(fakes.DEGREE, 0.2))
    return reply_with_decision(
        Decision(DecisionKind.ROUTE, "routed.topic", candidates, ((topic, 0.9),), 0.9, 0.9), release
    )


def test_naming_the_topic_is_replaced_too(release: Release) -> None:
    assert_replaced(without_topics(routed(release, LABOUR), off(LABOUR), [release]), LABOUR)


def test_naming_another_topic_stays(release: Release) -> None:
    assert without_topics(routed(release, NOTARY), off(LABOUR), [release]) == routed(release, NOTARY)


def test_an_abstention_offers_nothing_of_the_topic(release: Release) -> None:
    reply = without_topics(fakes.abstaining_reply(release), off(LABOUR), [release])
    assert reply.outcome == "abstained.out_of_scope"
    assert choices(reply) == ["entry:legal-aid.conditions", "entry:inheritance.no-will", "entry:family.agreed-divorce"]


def test_the_categories_lose_the_topic(release: Release) -> None:
    reply = without_topics(fakes.abstaining_reply(release, 1), off(LABOUR), [release])
    assert f"topic:{LABOUR}" in choices(fakes.abstaining_reply(release, 1))
    assert f"topic:{LABOUR}" not in choices(reply) != []


def test_a_second_question_about_the_topic_is_not_passed_over(release: Release) -> None:
    asked = ChoicesBlock(prompt=say("unanswered_prompt"), choices=[Choice(id=f"entry:{fakes.WAGES}", label="x")])
    reply = Reply(outcome="answered.entry", blocks=[fakes.degree_block(release), asked], topic=NOTARY)
    left = without_topics(reply, off(LABOUR), [release])
    assert left.blocks[1:] == [TextBlock(text=say("switched_off_topic", topic=LABOUR))]


@pytest.mark.parametrize(
    "reply",
    [
        reply_with_handover(),
        reply_with_wording("greet", "answered.small_talk"),
        reply_with_wording("stale_choice", "refused.stale_choice"),
        Reply(outcome="failed.no_reply", blocks=[]),
        Reply(
            outcome="answered.entry", blocks=[ChoicesBlock(prompt="x", choices=[Choice(id="entry:gone", label="x")])]
        ),
    ],
)
def test_what_is_about_no_topic_stays(release: Release, reply: Reply) -> None:
    assert without_topics(reply, off(*(entry.topic for entry in fakes.ENTRIES)), [release]) == reply


def test_an_entry_of_the_release_before_counts_as_well(release: Release) -> None:
    newer: Any = SimpleNamespace(entries={})
    assert_replaced(without_topics(fakes.wages_reply(release), off(LABOUR), [newer, release]), LABOUR)


@pytest.mark.parametrize("topics", [(LABOUR,), (NOTARY,), (LABOUR, NOTARY, AID), ("婚姻家庭", "继承", LABOUR)])
def test_what_is_left_passes_the_guard(release: Release, topics: tuple[str, ...]) -> None:
    replies = [
        fakes.wages_reply(release), fakes.several_reply(release), fakes.clarifying_reply(), routed(release, LABOUR),
        fakes.abstaining_reply(release), fakes.abstaining_reply(release, 1), fakes.abstaining_reply(release, 2),
    ]  # fmt: skip
    for reply in replies:
        left = without_topics(reply, off(*topics), [release])
        assert check_reply(left, [release]) == left


CANDIDATES = (Candidate(fakes.WAGES, 0.5), Candidate(fakes.DEGREE, 0.4))


@pytest.mark.parametrize(
    ("kind", "outcome", "topics", "expected"),
    [
        (DecisionKind.ANSWER, "answered.entry", (LABOUR,), True),
        (DecisionKind.ANSWER, "answered.entry", (NOTARY,), False),
        (DecisionKind.CLARIFY, "clarified.choices", (LABOUR,), False),
        (DecisionKind.CLARIFY, "clarified.choices", (LABOUR, NOTARY), True),
        (DecisionKind.ROUTE, "routed.topic", (LABOUR,), True),
        (DecisionKind.ROUTE, "routed.topic", (NOTARY,), False),
        (DecisionKind.ROUTE, "routed.unsure", (LABOUR,), False),
        (DecisionKind.ABSTAIN, "abstained.unclear", (LABOUR, NOTARY), False),
    ],
)
def test_whether_a_search_is_about_nothing_else(
    release: Release, kind: DecisionKind, outcome: str, topics: tuple[str, ...], expected: bool
) -> None:
    decision = Decision(kind, outcome, CANDIDATES, ((LABOUR, 0.9),), 0.9, 0.9)
    assert is_switched_off(decision, release, off(*topics)) is expected
    assert not is_switched_off(decision, release, NOTHING_OFF)
