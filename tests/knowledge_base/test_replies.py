"""Decisions and moves as blocks: published entries and reviewed wording, and nothing else."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from knowledge_base.blocks import AnswerBlock, ChoicesBlock, Reply, TextBlock
from knowledge_base.decision import Candidate, Context, Decider, Decision, DecisionKind
from knowledge_base.entry import Entry, Facet, LawSource, PageSource
from knowledge_base.release import Release
from knowledge_base.replies import (
    NONE_OF_THESE,
    answer_block,
    article_label,
    label_of,
    reply_to_choice,
    reply_with_decision,
    reply_with_entry,
    reply_with_explanation,
    reply_with_handover,
    reply_with_wording,
    source_block,
    starters,
)
from knowledge_base.topics import load_topics
from knowledge_base.wording import say
from tests.knowledge_base.conftest import Parts
from tests.small_catalogue import (
    CERTIFICATE,
    CHECKED,
    COMING,
    DISMISSED,
    EXPIRED,
    NO_WILL,
    OWN_WILL,
    RESIGNED,
    TODAY,
    WAGES,
    make_entry,
    small_entries,
)

TOPICS = (("劳动争议", 0.8), ("继承", 0.2))


def decision(kind: DecisionKind, outcome: str, *entry_ids: str, facet: Facet | None = None) -> Decision:
    candidates = tuple(Candidate(entry_id, 0.5 / number) for number, entry_id in enumerate(entry_ids, start=1))
    return Decision(kind, outcome, candidates, TOPICS, 0.612345, 0.98765, facet)


def choice_ids(reply: Reply) -> list[str]:
    return [choice.id for block in reply.blocks if isinstance(block, ChoicesBlock) for choice in block.choices]


def first_text(reply: Reply) -> str:
    block = reply.blocks[0]
    assert isinstance(block, TextBlock)
    return block.text


# Sources


@pytest.mark.parametrize(("article", "label"), [("30", "第30条"), ("120之一", "第120条之一")])
def test_article_label(article: str, label: str) -> None:
    assert article_label(article) == label


def test_a_law_is_shown_with_full_title_and_article() -> None:
    block = source_block(LawSource(law="劳动合同法", article="30", checked=CHECKED, confidence="verified"))
    assert (block.title, block.article, block.url, block.checked, block.confidence) == (
        "《劳动合同法》", "第30条", None, CHECKED, "verified",
    )  # fmt: skip


def test_a_page_is_shown_with_its_date_and_address() -> None:
    page = PageSource(page="办事指南", date=date(2021, 4, 1), checked=CHECKED, confidence="page", url="https://e.org/")
    block = source_block(page)
    assert (block.title, block.article, block.url) == ("办事指南", "2021-04-01", "https://e.org/")


# The card of an entry


def test_the_card_names_the_very_version(small_release: Release) -> None:
    entry = small_release.entries[CERTIFICATE]
    block = answer_block(entry)
    assert (block.entry_id, block.entry_version, block.office) == (entry.id, entry.version, entry.office)


def test_the_card_is_as_of_its_oldest_check(small_release: Release) -> None:
    assert answer_block(small_release.entries[CERTIFICATE]).as_of == date(2026, 6, 1)


def test_the_card_says_until_when_it_holds() -> None:
    assert answer_block(make_entry(valid_until=date(2026, 12, 31))).valid_until == date(2026, 12, 31)


def test_the_card_of_a_service_has_every_facet_in_order(small_release: Release) -> None:
    block = answer_block(small_release.entries[CERTIFICATE])
    assert [facet.label for facet in block.facets] == ["谁能办", "材料", "费用", "时限"]


def test_the_facet_asked_for_comes_first_and_is_not_repeated(small_release: Release) -> None:
    entry = small_release.entries[CERTIFICATE]
    block = answer_block(entry, Facet.FEE)
    assert (block.title, block.text) == ("学历公证 · 费用", entry.facets[Facet.FEE])
    assert [facet.name for facet in block.facets] == ["who", "materials", "time"]


# What people ask next


def test_published_entries_are_offered_next_and_guides_are_not(small_release: Release) -> None:
    assert choice_ids(reply_with_entry(small_release.entries[WAGES], small_release, "answered.entry")) == [
        f"entry:{DISMISSED}"
    ]


def test_without_a_published_next_the_citizen_is_asked_to_go_on(small_release: Release) -> None:
    entry = make_entry(next=["entry:labour.gone"])
    blocks = reply_with_entry(entry, small_release, "answered.entry").blocks
    assert blocks == [answer_block(entry), TextBlock(text=say("ask_on"))]


# Decisions


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
    assert choice_ids(reply) == [f"entry:{OWN_WILL}"]


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


ABSTENTIONS = ("abstained.out_of_scope", "abstained.no_words", "abstained.government", "abstained.unclear")
CATEGORIES = ["topic:劳动争议", "topic:继承", "topic:公证"]
"""The categories of which the small release has an entry in force."""


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


# Entries that do not hold today


@pytest.fixture
def release_with_ended_entries(parts: Parts) -> Release:
    """WAGES answers and points to an ended entry; every other entry of its topic has ended as well."""
    ended = {"valid_until": date(2020, 12, 31), "next": []}
    entries = [
        make_entry(next=[f"entry:{DISMISSED}"]),
        make_entry(id=DISMISSED, title="老规定一", **ended),
        make_entry(id=NO_WILL, topic="继承", title="老规定二", **ended),
    ]
    decider = Decider(entries, parts.index, None, parts.router, parts.model)
    return Release(7, datetime(2026, 7, 20, tzinfo=UTC), "model", decider)


@pytest.fixture
def release_without_entries(parts: Parts) -> Release:
    """Nothing is published."""
    decider = Decider([], parts.index, None, parts.router, parts.model)
    return Release(8, datetime(2026, 7, 20, tzinfo=UTC), "model", decider)


def test_an_entry_that_has_ended_is_not_offered_next(release_with_ended_entries: Release) -> None:
    entry = release_with_ended_entries.entries[WAGES]
    assert choice_ids(reply_with_entry(entry, release_with_ended_entries, "answered.entry")) == []


def test_a_route_does_not_offer_an_entry_that_has_ended(release_with_ended_entries: Release) -> None:
    found = decision(DecisionKind.ROUTE, "routed.topic", WAGES)
    assert choice_ids(reply_with_decision(found, release_with_ended_entries)) == [f"entry:{WAGES}", NONE_OF_THESE]


def test_an_entry_that_has_ended_is_no_starter(release_with_ended_entries: Release) -> None:
    blocks = starters(release_with_ended_entries, [NO_WILL])
    assert blocks == []


@pytest.mark.parametrize("entry_id", [EXPIRED, COMING], ids=["ended", "not begun"])
def test_a_button_of_an_entry_that_does_not_hold_is_stale(small_release: Release, entry_id: str) -> None:
    assert reply_to_choice(f"entry:{entry_id}", small_release).outcome != "answered.chosen"


# Explanations, buttons, people


def test_without_an_answer_there_is_nothing_to_explain(small_release: Release) -> None:
    reply = reply_with_explanation(None, small_release)
    assert (first_text(reply), reply.entry_id) == (say("explain_nothing"), None)


def test_an_explanation_names_the_entry_and_shows_its_card(small_release: Release) -> None:
    entry = small_release.entries[WAGES]
    reply = reply_with_explanation(entry, small_release)
    assert reply.blocks[:2] == [TextBlock(text=say("explain_answer", title=entry.title)), answer_block(entry)]


def test_a_button_of_an_entry_gives_its_card(small_release: Release) -> None:
    reply = reply_to_choice(f"entry:{WAGES}", small_release)
    assert (reply.outcome, reply.entry_id, reply.confidence) == ("answered.chosen", WAGES, 1.0)


def test_none_of_these(small_release: Release) -> None:
    reply = reply_to_choice(NONE_OF_THESE, small_release)
    assert (reply.outcome, first_text(reply)) == ("clarified.rejected", say("none_of_these"))
    assert choice_ids(reply) == CATEGORIES


def test_a_topic_lists_its_entries_in_force_those_asked_most_first(small_release: Release) -> None:
    reply = reply_to_choice("topic:劳动争议", small_release)
    assert (reply.outcome, reply.topic, reply.entry_id) == ("clarified.topic", "劳动争议", None)
    assert choice_ids(reply) == [f"entry:{WAGES}", f"entry:{DISMISSED}", f"entry:{RESIGNED}"]
    assert "12348" in first_text(reply)


def test_a_topic_lists_at_most_four() -> None:
    entries = [make_entry(id=f"labour.number-{number}", title=f"第{number}件事") for number in range(6)]
    decider = Decider.__new__(Decider)
    decider.entries = {entry.id: entry for entry in entries}
    release = Release(7, datetime(2026, 7, 20, tzinfo=UTC), "model", decider)
    assert len(choice_ids(reply_to_choice("topic:劳动争议", release))) == 4


@pytest.mark.parametrize(
    ("target", "label"),
    [
        (f"entry:{WAGES}", "公司拖欠工资怎么办"),
        (f"entry:{EXPIRED}", "公证遗嘱效力优先的老规定"),
        ("topic:劳动争议", "劳动争议"),
        (NONE_OF_THESE, "都不是"),
        ("entry:labour.gone", None),
        ("topic:天气", None),
        ("topic:", None),
        ("say:greet", None),
        (WAGES, None),
        ("", None),
    ],
)
def test_what_a_button_says(small_release: Release, target: str, label: str | None) -> None:
    assert label_of(target, small_release) == label


@pytest.mark.parametrize(
    "target",
    [
        "", "entry:", "entry:labour.gone", "say:failed", "guide:notary", WAGES, "::",
        "topic:", "topic:天气", "topic:婚姻家庭", "topic:劳动争议 ", "劳动争议",
    ],
)  # fmt: skip
def test_a_button_that_stands_for_nothing_is_stale(small_release: Release, target: str) -> None:
    reply = reply_to_choice(target, small_release)
    assert (reply.outcome, first_text(reply)) == ("refused.stale_choice", say("stale_choice"))


def test_the_handover_names_the_hotline() -> None:
    reply = reply_with_handover()
    assert reply.outcome == "handed_over.hotline" and "12348" in first_text(reply)


def test_a_wording_with_values() -> None:
    assert first_text(reply_with_wording("too_long", "refused.too_long", limit=500)) == say("too_long", limit=500)


# No dead end


def has_next_step(reply: Reply) -> bool:
    """A button, a telephone number, or the request to say more."""
    texts = [block.text for block in reply.blocks if isinstance(block, TextBlock)]
    return bool(choice_ids(reply)) or any(re.search("12348|12345|110|告诉我|问我|再试|再删", text) for text in texts)


@pytest.mark.parametrize("entry", small_entries(), ids=lambda entry: entry.id)
def test_every_card_has_a_next_step(small_release: Release, entry: Entry) -> None:
    assert has_next_step(reply_with_entry(entry, small_release, "answered.entry"))


@pytest.mark.parametrize("before", [0, 1, 2])
@pytest.mark.parametrize("outcome", ABSTENTIONS)
def test_every_abstention_has_a_next_step_without_any_entry(
    release_without_entries: Release, outcome: str, before: int
) -> None:
    assert has_next_step(reply_with_decision(decision(DecisionKind.ABSTAIN, outcome), release_without_entries, before))


@pytest.mark.parametrize("outcome", ["routed.topic", "routed.unsure"])
def test_every_route_has_a_next_step_without_any_entry(release_without_entries: Release, outcome: str) -> None:
    assert has_next_step(reply_with_decision(decision(DecisionKind.ROUTE, outcome), release_without_entries))


@pytest.mark.parametrize("target", [NONE_OF_THESE, "topic:公证", "entry:labour.gone"])
def test_every_button_has_a_next_step_without_any_entry(release_without_entries: Release, target: str) -> None:
    assert has_next_step(reply_to_choice(target, release_without_entries))


@pytest.mark.parametrize("last", [None, WAGES])
def test_every_explanation_has_a_next_step(small_release: Release, last: str | None) -> None:
    assert has_next_step(reply_with_explanation(small_release.in_force(last or ""), small_release))


ALONE = (
    "greet", "thanks", "goodbye", "affirm", "deny", "stop", "restart", "bot_challenge", "handover", "failed",
    "stale_choice", "content_withheld", "erase_failed",
)  # fmt: skip
"""Wordings that are a reply of their own."""


@pytest.mark.parametrize("key", ALONE)
def test_every_wording_that_stands_alone_has_a_next_step(key: str) -> None:
    assert has_next_step(reply_with_wording(key, "answered.small_talk"))
