"""公证办理指引, by table (`notary_cases.yml`), for every matter of the catalogue and along every way through the guide."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from knowledge_base.catalogue import load_catalogue
from knowledge_base.entry import Entry, Facet, LawSource, PageSource
from knowledge_base.guides.model import load_guides
from knowledge_base.laws import load_laws
from knowledge_base.pages import load_pages
from knowledge_base.rules.conclusion import UNKNOWN, Answers, Conclusion, Reason, Section
from knowledge_base.rules.notary import conclude
from knowledge_base.rules.notary_materials import take_apart
from knowledge_base.rules.notary_rules import load_notary_rules
from tests.knowledge_base.rules.walks import walks

TODAY = date(2026, 11, 24)
GUIDE = load_guides()["notary"]
CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("notary_cases.yml").read_text("utf-8"))
ENTRIES = {entry.id: entry for entry in load_catalogue()}
MATTERS = {entry.id: entry for entry in ENTRIES.values() if entry.topic == "公证" and entry.kind == "service"}
GUIDES = {"legal_aid_check", "notary", "dispute_path", "deadline", "reconsideration", "appointment"}


def said(case: dict[str, Any]) -> Answers:
    """The case's answers, and "I do not know" to everything else that the guide asks."""
    answers: Answers = {}
    while (step := GUIDE.next_step(answers)) is not None:
        answers[step.id] = case["answers"].get(step.id, case.get("matter", UNKNOWN) if step.id == "matter" else UNKNOWN)
    return answers


def cited(conclusion: Conclusion) -> set[str]:
    parts: list[Reason | Section] = [*conclusion.reasons, *conclusion.sections]
    return {f"{s.law}{s.article}" for part in parts for s in part.sources if isinstance(s, LawSource)}


def read(conclusion: Conclusion) -> str:
    return "\n".join(
        [conclusion.headline, conclusion.text]
        + [reason.text for reason in conclusion.reasons]
        + [item for section in conclusion.sections for item in section.items]
    )


def papers(conclusion: Conclusion) -> list[str]:
    return [item for section in conclusion.sections if section.tick for item in section.items]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    conclusion = conclude(said(case), TODAY, MATTERS.get(case.get("matter", "")))
    assert conclusion.verdict == case["verdict"]
    assert set(case.get("cites", [])) - cited(conclusion) == set()
    assert set(case.get("papers", [])) - set(papers(conclusion)) == set()
    assert [words for words in case.get("says", []) if words not in read(conclusion)] == []
    assert [words for words in case.get("not", []) if words in read(conclusion)] == []
    assert set(case.get("next", [])) - set(conclusion.next) == set()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_case_can_be_reached(case: dict[str, Any]) -> None:
    assert case["answers"].items() <= said(case).items()


@pytest.mark.parametrize("matter", MATTERS.values(), ids=list(MATTERS))
def test_every_matter_has_papers_to_tick_and_nothing_of_its_text_is_lost(matter: Entry) -> None:
    conclusion = conclude({"use": "unknown", "who": "self"}, TODAY, matter)
    text = matter.facets[Facet.MATERIALS]
    words = load_notary_rules().materials
    found = take_apart(text, words)
    kept = "".join([*found.papers, *found.remarks])
    left = [
        part
        for sentence in text.replace("\n", "").split("。")
        if not any(phrase in sentence for phrase in words.leave_out)
        for part in sentence.split(words.lead)[-1].replace("，", "、").split("、")
        if part.removeprefix("再填").removeprefix(words.of_the_last) not in kept
    ]
    assert left == []
    assert papers(conclusion)
    assert [paper for paper in papers(conclusion) if len(paper) < 2 or paper in words.people] == []


@pytest.mark.parametrize("matter", MATTERS.values(), ids=list(MATTERS))
def test_who_must_come_agrees_with_the_entry(matter: Entry) -> None:
    who = matter.facets.get(Facet.WHO, "")
    presence = load_notary_rules().presence_of(matter.id)
    may_send = any(words in who for words in ("也可以委托", "可以派人", "可以委托", "由监护人代为申请。成年了"))
    assert (presence == "agent") <= may_send
    assert (presence == "in_person") <= ("本人" in who + matter.answer and not may_send)
    assert ("也可以委托" in who) <= (presence in ("agent", "partly"))
    assert (presence == "personal") <= ("人身关系很密切" in who)
    assert ("人身关系很密切" in who) <= (presence == "personal")
    assert (presence == "ask") <= (
        "必须本人" not in who.replace("必须本人到场的名单", "").replace("必须本人到场的事项", "")
    )


def test_every_outcome_reads_well() -> None:
    rules = load_notary_rules()
    for by_goes in rules.outcomes.values():
        assert set(by_goes) == {"self", "agent", "minor", "cannot_move", "overseas", "unclear", "unknown"}
    examples = {presence: (rules.presence.get(presence) or ("notary.house-lease",))[0] for presence in rules.outcomes}
    for presence, entry_id in examples.items():
        for goes, outcome in rules.outcomes[presence].items():
            conclusion = conclude({"use": "unknown", "who": goes}, TODAY, MATTERS[entry_id])
            expected = rules.not_capable_of_will.outcome if entry_id in rules.wills and goes == "unclear" else outcome
            assert (conclusion.verdict, conclusion.headline) == (expected.verdict, expected.headline)


@settings(max_examples=300, deadline=None)
@given(walks(GUIDE, tuple(MATTERS)))
def test_every_way_through_the_guide_concludes(answers: Answers) -> None:
    conclusion = conclude(answers, TODAY, MATTERS.get(answers["matter"]))
    first = {"agreed": "dispute", "giving": "rather_will"}
    ended = next((end for step, end in first.items() if answers.get(step) in ("disputed", "later")), None)
    assert conclusion.verdict == ended or ended is None
    assert (conclusion.verdict == "matter_unclear") == (answers["matter"] == UNKNOWN and ended is None)
    assert "不是公证处的正式清单" in conclusion.text
    assert conclusion.reasons
    assert len(conclusion.next) <= load_notary_rules().next_at_most


@settings(max_examples=100, deadline=None)
@given(walks(GUIDE, tuple(MATTERS)))
def test_wills_and_the_like_are_never_sent_by_agent(answers: Answers) -> None:
    rules = load_notary_rules()
    conclusion = conclude(answers | {"who": "agent", "giving": "now"}, TODAY, MATTERS.get(answers["matter"]))
    if rules.presence_of(answers["matter"]) == "in_person":
        assert conclusion.verdict == "not_by_agent"


def test_the_guide_asks_about_agreement_and_giving_where_the_rules_need_it() -> None:
    rules = load_notary_rules()
    for matter in MATTERS:
        answers = {"use": "unknown", "matter": matter, "country": "mainland"}
        step = GUIDE.next_step(answers)
        assert step is not None
        asked = {"agreed": matter in rules.agreements, "giving": matter in rules.gifts}
        assert step.id == next((name for name, wanted in asked.items() if wanted), "who"), matter
    assert set(rules.inheritances) <= set(rules.agreements) <= set(MATTERS)
    assert set(rules.gifts) <= set(MATTERS)


@pytest.mark.parametrize("said", [{"agreed": "disputed"}, {"giving": "later"}])
def test_nothing_is_asked_once_it_is_settled(said: Answers) -> None:
    matter = "notary.inheritance" if "agreed" in said else "notary.gift-deed"
    assert GUIDE.next_step({"use": "house", "matter": matter} | said) is None


def test_a_matter_that_holds_no_longer_is_unclear() -> None:
    old = MATTERS["notary.will"].model_copy(update={"valid_until": date(2026, 1, 1)})
    assert conclude({"use": "will"}, TODAY, old).verdict == "matter_unclear"


def test_a_matter_without_facets_still_has_everything() -> None:
    bare = MATTERS["notary.will"].model_copy(update={"facets": {}})
    conclusion = conclude({"use": "will", "who": "self"}, TODAY, bare)
    assert "身份证件" in papers(conclusion)
    assert "15个工作日" in read(conclusion)


def test_a_matter_that_the_rules_do_not_know_is_asked_about() -> None:
    new = MATTERS["notary.will"].model_copy(update={"id": "notary.something-new"})
    assert conclude({"use": "unknown", "who": "agent"}, TODAY, new).verdict == "ask_about_agent"


def test_every_use_suggests_matters_that_exist() -> None:
    rules = load_notary_rules()
    uses = next(step for step in GUIDE.steps if step.id == "use")
    assert set(rules.suggestions) == {UNKNOWN, *(choice.value for choice in uses.choices)}
    assert {entry_id for ids in rules.suggestions.values() for entry_id in ids} - set(MATTERS) == set()
    assert all(4 <= len(ids) <= 8 for ids in rules.suggestions.values())


def test_everything_named_by_id_exists() -> None:
    rules = load_notary_rules()
    assert {entry_id for ids in rules.presence.values() for entry_id in ids} - set(MATTERS) == set()
    assert set(rules.wills) - set(rules.presence["in_person"]) == set()
    targets = {t for errand in rules.goes.values() for t in errand.next} | {*rules.next, *rules.unclear.next}
    targets |= {*rules.dispute.next, *rules.silent.next, *rules.will_instead.next}
    targets |= {t for destination in rules.countries.values() for t in destination.next}
    assert targets - {f"entry:{entry_id}" for entry_id in ENTRIES} - {f"guide:{guide}" for guide in GUIDES} == set()


def test_every_answer_of_the_guide_is_known_to_the_rules() -> None:
    rules = load_notary_rules()
    choices = {step.id: {choice.value for choice in step.choices} for step in GUIDE.steps}
    assert choices["country"] == {"mainland", *rules.countries}
    assert choices["who"] | {UNKNOWN} == set(rules.outcomes["ask"])
    assert set(rules.abroad_uses) <= choices["use"]


def test_every_source_is_registered() -> None:
    articles = load_notary_rules().articles.values()
    assert {source.law for source in articles if isinstance(source, LawSource)} - set(load_laws()) == set()
    assert {source.page for source in articles if isinstance(source, PageSource)} - set(load_pages()) == set()
    assert set(load_notary_rules().fee_pages) - set(load_pages()) == set()


def test_every_step_of_the_guide_can_be_reached() -> None:
    assert {step.id for step in GUIDE.steps} - {step for case in CASES for step in said(case)} == set()


def test_a_phrase_means_one_choice_only() -> None:
    twice = [
        (step.id, phrase)
        for step in GUIDE.steps
        for choice in step.choices
        for phrase in choice.say
        if any(phrase in other.say for other in step.choices if other.value != choice.value)
    ]
    assert twice == []
