"""What a citizen reads for each kind of decision: cards, choices, routes and abstentions."""

from dataclasses import replace

import pytest

from knowledge_base.blocks import AnswerBlock, ChoicesBlock, TextBlock
from knowledge_base.decision import Candidate, Context, Decision, DecisionKind
from knowledge_base.entry import Facet
from knowledge_base.release import Release
from knowledge_base.replies import (
    NONE_OF_THESE,
    reply_with_decision,
    starters,
)
from knowledge_base.topics import load_topics
from knowledge_base.wording import say
from tests.knowledge_base.decided import ABSTENTIONS, CATEGORIES, TOPICS, choice_ids, decision, first_text
from tests.small_catalogue import (
    CERTIFICATE,
    DISMISSED,
    NO_WILL,
    OWN_WILL,
    RESIGNED,
    TODAY,
    WAGES,
)


def test_an_answer(small_release: Release) -> None:
    reply = reply_with_decision(decision(DecisionKind.ANSWER, "answered.entry", WAGES, DISMISSED), small_release)
    assert (reply.outcome, reply.entry_id, reply.topic, reply.release) == ("answered.entry", WAGES, "劳动争议", 1)
    assert isinstance(reply.blocks[0], AnswerBlock)


def test_an_answer_to_a_facet(small_release: Release) -> None:
    found = decision(DecisionKind.ANSWER, "answered.entry", CERTIFICATE, facet=Facet.MATERIALS)
    block = reply_with_decision(found, small_release).blocks[0]
    assert isinstance(block, AnswerBlock) and block.title == "学历公证 · 材料"


def test_an_answer_tells_its_confidence(small_release: Release) -> None:
    reply = reply_with_decision(decision(DecisionKind.ANSWER, "answered.entry", WAGES), small_release)
    assert reply.confidence == 0.6123


@pytest.mark.parametrize("outcome", ["answered.follow_up", "answered.continued"])
def test_what_goes_on_from_before_claims_no_confidence(small_release: Release, outcome: str) -> None:
    found = decision(DecisionKind.ANSWER, outcome, CERTIFICATE, facet=Facet.FEE)
    assert reply_with_decision(found, small_release).confidence is None


def test_scores_name_the_first_four_candidates_and_the_scope(small_release: Release) -> None:
    found = decision(DecisionKind.ANSWER, "answered.entry", WAGES, DISMISSED, RESIGNED, NO_WILL, OWN_WILL)
    assert reply_with_decision(found, small_release).scores == {
        "in_scope": 0.9877, WAGES: 0.5, DISMISSED: 0.25, RESIGNED: 0.1667, NO_WILL: 0.125,
    }  # fmt: skip


def several(*entry_ids: str, facet: Facet | None = None) -> Decision:
    """A decision on a message with a question for each entry; the last is asked for a facet."""
    first, *others = (
        decision(DecisionKind.ANSWER, "answered.several", name, facet=facet if name == entry_ids[-1] else None)
        for name in entry_ids
    )
    return replace(first, also=tuple(others))


def test_several_questions_get_a_card_each(small_release: Release) -> None:
    reply = reply_with_decision(several(WAGES, CERTIFICATE, facet=Facet.FEE), small_release)
    assert first_text(reply) == say("several_intro")
    assert [block.title for block in reply.blocks if isinstance(block, AnswerBlock)] == [
        "公司拖欠工资怎么办", "学历公证 · 费用",
    ]  # fmt: skip


def test_several_answers_count_as_one_about_the_first(small_release: Release) -> None:
    reply = reply_with_decision(several(WAGES, NO_WILL), small_release)
    assert (reply.outcome, reply.entry_id, reply.topic) == ("answered.several", WAGES, "劳动争议")


def test_after_several_answers_what_follows_is_offered_once_and_without_them(small_release: Release) -> None:
    reply = reply_with_decision(several(WAGES, NO_WILL, DISMISSED), small_release)
    assert choice_ids(reply) == ["guide:legal_aid_check", f"entry:{OWN_WILL}"]


def unanswered(*questions: Decision) -> Decision:
    """A decision on a message with a question about WAGES that is answered and others that are not."""
    return replace(decision(DecisionKind.ANSWER, "answered.entry", WAGES), unanswered=questions)


def test_a_question_left_unanswered_is_asked_back_after_the_card(small_release: Release) -> None:
    left = decision(DecisionKind.CLARIFY, "clarified.choices", DISMISSED, RESIGNED, WAGES)
    reply = reply_with_decision(unanswered(left), small_release)
    assert isinstance(reply.blocks[0], AnswerBlock)
    last = reply.blocks[-1]
    assert isinstance(last, ChoicesBlock)
    assert (last.prompt, [choice.id for choice in last.choices]) == (
        say("unanswered_prompt"), [f"entry:{DISMISSED}", f"entry:{RESIGNED}"],
    )  # fmt: skip


@pytest.mark.parametrize("kind", [DecisionKind.ROUTE, DecisionKind.ABSTAIN])
def test_a_question_left_unanswered_without_anything_near_is_owned_up_to(
    small_release: Release, kind: DecisionKind
) -> None:
    reply = reply_with_decision(unanswered(decision(kind, "routed.topic", DISMISSED)), small_release)
    last = reply.blocks[-1]
    assert isinstance(last, TextBlock) and last.text == say("unanswered")


def test_what_several_unanswered_questions_are_near_to_is_offered_together_and_once(small_release: Release) -> None:
    first = decision(DecisionKind.CLARIFY, "clarified.choices", DISMISSED, RESIGNED, NO_WILL)
    second = decision(DecisionKind.CLARIFY, "clarified.choices", NO_WILL, OWN_WILL, CERTIFICATE)
    block = reply_with_decision(unanswered(first, second), small_release).blocks[-1]
    assert isinstance(block, ChoicesBlock)
    assert [choice.id for choice in block.choices] == [
        f"entry:{name}" for name in (DISMISSED, RESIGNED, NO_WILL, OWN_WILL)
    ]


def test_a_clarification_offers_the_candidates_and_none_of_these(small_release: Release) -> None:
    found = decision(DecisionKind.CLARIFY, "clarified.choices", DISMISSED, RESIGNED)
    reply = reply_with_decision(found, small_release)
    assert choice_ids(reply) == [f"entry:{DISMISSED}", f"entry:{RESIGNED}", NONE_OF_THESE]
    assert reply.entry_id is None


def test_the_choices_of_a_clarification_are_labelled_with_titles(small_release: Release) -> None:
    (block,) = reply_with_decision(
        decision(DecisionKind.CLARIFY, "clarified.choices", DISMISSED, RESIGNED), small_release
    ).blocks
    assert isinstance(block, ChoicesBlock)
    assert [choice.label for choice in block.choices] == ["被公司辞退有没有补偿", "自己辞职有没有补偿", "都不是"]


def test_a_route_names_the_topic_and_its_desk(small_release: Release) -> None:
    reply = reply_with_decision(decision(DecisionKind.ROUTE, "routed.topic", WAGES), small_release)
    assert reply.topic == "劳动争议"
    assert first_text(reply) == say("route_intro", topic="劳动争议", desk=load_topics()["劳动争议"].desk)


def test_a_route_offers_candidates_of_its_topic_before_others_of_the_topic(small_release: Release) -> None:
    reply = reply_with_decision(decision(DecisionKind.ROUTE, "routed.topic", NO_WILL, RESIGNED), small_release)
    assert choice_ids(reply) == [f"entry:{RESIGNED}", f"entry:{WAGES}", f"entry:{DISMISSED}", NONE_OF_THESE]


def test_a_route_to_a_topic_without_entries_offers_nothing(small_release: Release) -> None:
    found = Decision(DecisionKind.ROUTE, "routed.topic", (), (("婚姻家庭", 0.9),), 0.9, 0.9)
    assert choice_ids(reply_with_decision(found, small_release)) == []


def test_an_unsure_route_names_no_topic_and_offers_the_nearest(small_release: Release) -> None:
    reply = reply_with_decision(decision(DecisionKind.ROUTE, "routed.unsure", NO_WILL, RESIGNED), small_release)
    assert (reply.topic, first_text(reply)) == (None, say("route_unsure"))
    assert choice_ids(reply) == [f"entry:{NO_WILL}", f"entry:{RESIGNED}", NONE_OF_THESE]


def test_an_unsure_route_with_nothing_near_begins_anew(small_release: Release) -> None:
    found = Decision(DecisionKind.ROUTE, "routed.unsure", (), TOPICS, 0.1, 0.9)
    assert first_text(reply_with_decision(found, small_release)) == say("route_unsure")


@pytest.mark.parametrize(
    ("outcome", "key"),
    [
        ("abstained.out_of_scope", "abstain"),
        ("abstained.no_words", "abstain_empty"),
        ("abstained.government", "abstain_government"),
        ("abstained.unclear", "abstain_unclear"),
    ],
)
def test_an_abstention_says_why(small_release: Release, outcome: str, key: str) -> None:
    reply = reply_with_decision(decision(DecisionKind.ABSTAIN, outcome), small_release)
    assert first_text(reply) == say(key)


@pytest.mark.parametrize("outcome", ["abstained.unclear", "abstained.government"])
def test_a_first_abstention_offers_what_is_near_and_not_what_others_ask(small_release: Release, outcome: str) -> None:
    found = replace(decision(DecisionKind.ABSTAIN, outcome, WAGES, NO_WILL), near=(Candidate(WAGES, 0.4),))
    reply = reply_with_decision(found, small_release)
    assert choice_ids(reply) == [f"entry:{WAGES}"]
    assert choice_ids(reply_with_decision(found, small_release, 1)) == CATEGORIES


def test_an_abstention_has_no_topic(small_release: Release) -> None:
    assert reply_with_decision(decision(DecisionKind.ABSTAIN, "abstained.out_of_scope"), small_release).topic is None


def test_other_offices_business_gets_the_line_that_knows_them() -> None:
    assert "12345" in say("abstain_government")


@pytest.mark.parametrize("outcome", ABSTENTIONS)
def test_the_second_abstention_in_a_row_offers_categories(small_release: Release, outcome: str) -> None:
    first = reply_with_decision(decision(DecisionKind.ABSTAIN, outcome), small_release)
    second = reply_with_decision(decision(DecisionKind.ABSTAIN, outcome), small_release, 1)
    assert (second.outcome, choice_ids(second)) == ("abstained.categories", CATEGORIES)
    assert first_text(second) == first_text(first)


@pytest.mark.parametrize("outcome", ABSTENTIONS)
@pytest.mark.parametrize("before", [2, 3, 50])
def test_from_the_third_abstention_in_a_row_a_person_is_offered(
    small_release: Release, outcome: str, before: int
) -> None:
    reply = reply_with_decision(decision(DecisionKind.ABSTAIN, outcome), small_release, before)
    assert (reply.outcome, choice_ids(reply)) == ("handed_over.after_abstentions", CATEGORIES)
    assert first_text(reply) == say("handover_after_abstentions") and "12348" in first_text(reply)


@pytest.mark.parametrize("kind", [DecisionKind.ANSWER, DecisionKind.CLARIFY, DecisionKind.ROUTE])
def test_what_is_no_abstention_does_not_heed_those_before(small_release: Release, kind: DecisionKind) -> None:
    found = decision(kind, "answered.entry", WAGES, DISMISSED)
    assert reply_with_decision(found, small_release, 2) == reply_with_decision(found, small_release)


def test_starters_that_are_not_published_are_left_out(small_release: Release) -> None:
    (block,) = starters(small_release)
    assert isinstance(block, ChoicesBlock)
    assert [choice.id for choice in block.choices] == [f"entry:{WAGES}", f"entry:{NO_WILL}"]


def test_without_any_starter_there_is_no_block(small_release: Release) -> None:
    assert starters(small_release, ["labour.gone"]) == []


@pytest.mark.parametrize("question", ["公司拖欠工资怎么办", "老板拖欠我工资", "补偿", "明天下雨吗", "", "彩礼"])
def test_every_real_decision_becomes_a_reply(small_release: Release, question: str) -> None:
    found = small_release.decider.decide(question, Context(today=TODAY))
    assert reply_with_decision(found, small_release).outcome == found.outcome
