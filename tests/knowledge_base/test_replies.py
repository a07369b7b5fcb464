"""Decisions and moves as blocks: published entries and reviewed wording, and nothing else."""

import re
from datetime import UTC, date, datetime

import pytest

from knowledge_base.blocks import Reply, TextBlock
from knowledge_base.citing import article_label, source_block
from knowledge_base.decision import Decider, DecisionKind
from knowledge_base.entry import Entry, Facet, LawSource, PageSource
from knowledge_base.release import Release
from knowledge_base.replies import (
    NONE_OF_THESE,
    answer_block,
    label_of,
    reply_to_choice,
    reply_with_decision,
    reply_with_entry,
    reply_with_explanation,
    reply_with_handover,
    reply_with_wording,
    starters,
)
from knowledge_base.wording import say
from tests.knowledge_base.conftest import Parts
from tests.knowledge_base.decided import ABSTENTIONS, CATEGORIES, choice_ids, decision, first_text
from tests.small_catalogue import (
    CERTIFICATE,
    CHECKED,
    COMING,
    DISMISSED,
    EXPIRED,
    NO_WILL,
    RESIGNED,
    WAGES,
    make_entry,
    small_entries,
)

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


def test_what_follows_is_offered_in_the_order_in_which_it_was_written(small_release: Release) -> None:
    assert choice_ids(reply_with_entry(small_release.entries[WAGES], small_release, "answered.entry")) == [
        f"entry:{DISMISSED}",
        "guide:legal_aid_check",
    ]


def test_a_guide_that_is_not_there_is_not_offered(small_release: Release) -> None:
    entry = make_entry(next=["guide:gone", f"entry:{DISMISSED}"])
    assert choice_ids(reply_with_entry(entry, small_release, "answered.entry")) == [f"entry:{DISMISSED}"]


def test_without_a_published_next_the_citizen_is_asked_to_go_on(small_release: Release) -> None:
    entry = make_entry(next=["entry:labour.gone"])
    blocks = reply_with_entry(entry, small_release, "answered.entry").blocks
    assert blocks == [answer_block(entry), TextBlock(text=say("ask_on"))]


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
