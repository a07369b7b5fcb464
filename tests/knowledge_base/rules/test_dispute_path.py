"""纠纷怎么办, by table (`dispute_path_cases.yml`) and along every way through the guide."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from knowledge_base.catalogue import load_catalogue
from knowledge_base.entry import LawSource, PageSource, Source
from knowledge_base.guides.model import load_guides
from knowledge_base.laws import load_laws
from knowledge_base.pages import load_pages
from knowledge_base.rules.cited import fits
from knowledge_base.rules.conclusion import UNKNOWN, Answers, Conclusion, Option, Reason, Section
from knowledge_base.rules.dispute_path import conclude
from knowledge_base.rules.dispute_rules import load_dispute_rules
from tests.knowledge_base.rules.walks import walks

TODAY = date(2026, 11, 24)
GUIDE = load_guides()["dispute_path"]
CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("dispute_path_cases.yml").read_text("utf-8"))
GUIDES = {"legal_aid_check", "notary", "dispute_path", "deadline", "reconsideration", "appointment"}
PHONES = {"110", "120", "12348"}


def cited(conclusion: Conclusion) -> set[str]:
    parts: list[Reason | Option | Section] = [*conclusion.reasons, *conclusion.options, *conclusion.sections]
    return {f"{s.law}{s.article}" for part in parts for s in part.sources if isinstance(s, LawSource)}


def read(conclusion: Conclusion) -> str:
    """Everything that a citizen reads."""
    return "\n".join(
        [conclusion.headline, conclusion.text]
        + [reason.text for reason in conclusion.reasons]
        + [part for option in conclusion.options for _, part in option.rows]
        + [item for section in conclusion.sections for item in section.items]
    )


def said(case: dict[str, Any]) -> Answers:
    """The case's answers, and "I do not know" to everything else that the guide asks."""
    answers: Answers = {}
    while (step := GUIDE.next_step(answers)) is not None:
        answers[step.id] = case["answers"].get(step.id, UNKNOWN)
    return answers


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    conclusion = conclude(said(case), TODAY)
    fit = {option.name: option.fit for option in conclusion.options}
    assert conclusion.verdict == case["verdict"]
    assert {name: fit.get(name, "absent") for name in case.get("fits", {})} == case.get("fits", {})
    assert set(case.get("cites", [])) <= cited(conclusion)
    assert [words for words in case.get("says", []) if words not in read(conclusion)] == []
    assert [words for words in case.get("not", []) if words in read(conclusion)] == []


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_case_can_be_reached(case: dict[str, Any]) -> None:
    assert case["answers"].items() <= said(case).items()


def test_every_rule_has_a_case() -> None:
    rules = load_dispute_rules().rules
    without = [rule.when for rule in rules if not any(fits(rule.when, said(case)) for case in CASES)]
    assert without == []


def test_every_way_comes_first_or_is_shown_in_a_case() -> None:
    shown = {option.name for case in CASES for option in conclude(said(case), TODAY).options}
    assert {way.name for way in load_dispute_rules().ways.values()} - shown == set()


@settings(max_examples=400, deadline=None)
@given(walks(GUIDE))
def test_every_way_through_the_guide_concludes(answers: Answers) -> None:
    conclusion = conclude(answers, TODAY)
    fits_shown = [option.fit for option in conclusion.options]
    assert fits_shown.count("first") == 1
    assert fits_shown[0] == "first"
    assert len({option.name for option in conclusion.options}) == len(conclusion.options)
    assert len({tuple(heading for heading, _ in option.rows) for option in conclusion.options}) == 1
    assert conclusion.reasons
    assert "{" not in read(conclusion)


@settings(max_examples=200, deadline=None)
@given(walks(GUIDE))
def test_danger_always_comes_first(answers: Answers) -> None:
    conclusion = conclude(answers | {"urgency": "danger,property,deadline"}, TODAY)
    assert conclusion.verdict == "police"
    assert "110" in conclusion.headline
    assert "先保命" in conclusion.reasons[0].text


@pytest.mark.parametrize("kind", [UNKNOWN, *(choice.value for choice in GUIDE.steps[0].choices)])
@pytest.mark.parametrize("urgency", ["danger", "danger,deadline", "danger,property,deadline"])
def test_in_danger_nothing_more_is_asked(kind: str, urgency: str) -> None:
    answers = {"kind": kind, "urgency": urgency}
    assert GUIDE.next_step(answers) is None
    conclusion = conclude(answers, TODAY)
    assert conclusion.headline.startswith("先保证人安全，马上打110")
    assert len(conclusion.options) > 1


@settings(max_examples=200, deadline=None)
@given(walks(GUIDE))
def test_who_agreed_on_arbitration_is_told_so_at_once(answers: Answers) -> None:
    if answers.get("clause") == "yes":
        assert "法院一般不收" in conclude(answers, TODAY).headline


@settings(max_examples=200, deadline=None)
@given(walks(GUIDE))
def test_a_court_is_not_offered_where_something_must_come_before_it(answers: Answers) -> None:
    fit = {option.name: option.fit for option in conclude(answers, TODAY).options}
    settled = answers.get("tried") in ("ruled_for", "ruled_against")
    household = answers.get("labour_matter") == "household" or answers.get("wage_note") == "yes"
    if answers["kind"] == "labour" and not settled and not household:
        assert fit["去法院起诉"] == "not_now"
    if answers.get("clause") == "yes":
        assert fit["去法院起诉"] == "not_now"
    must_first = {"on_spot", "inaction", "disclosure", "land", "tax"}
    if answers.get("government_matter") in must_first and answers.get("review") in ("no", "running", "unknown"):
        assert fit["起诉行政机关"] == "not_now"


def sources() -> list[Source]:
    return list(load_dispute_rules().articles.values())


def test_every_source_is_registered() -> None:
    laws = {source.law for source in sources() if isinstance(source, LawSource)}
    pages = {source.page for source in sources() if isinstance(source, PageSource)}
    assert laws - set(load_laws()) == set()
    assert pages - set(load_pages()) == set()


def test_every_next_exists() -> None:
    entries = {f"entry:{entry.id}" for entry in load_catalogue()}
    targets = {target for rule in load_dispute_rules().rules for target in rule.next}
    assert targets - entries - {f"guide:{guide}" for guide in GUIDES} == set()


def test_only_known_numbers_are_given_to_ring() -> None:
    rules = load_dispute_rules()
    texts = [text for way in rules.ways.values() for text in way.rows.values()] + [
        text for rule in rules.rules for rows in rule.rows.values() for text in rows.values()
    ]
    rung = {number for text in texts for number in re.findall(r"(?:打|拨)(\d{3,})", text)}
    assert rung <= PHONES


def test_the_fee_in_words_names_the_bands_of_the_fee() -> None:
    said = load_dispute_rules().court_fees.property.unknown
    assert said is not None
    assert all(part in said for part in ("50元", "2.5%", "2%"))


def test_every_step_of_the_guide_can_be_reached() -> None:
    assert {step.id for step in GUIDE.steps} - {step for case in CASES for step in said(case)} == set()


def test_every_choice_that_the_rules_name_is_in_the_guide() -> None:
    choices = {step.id: {"unknown", *(choice.value for choice in step.choices)} for step in GUIDE.steps}
    named = [
        (step, value) for rule in load_dispute_rules().rules for step, values in rule.when.items() for value in values
    ]
    assert [(step, value) for step, value in named if value not in choices.get(step, set())] == []


def test_a_phrase_means_one_choice_only() -> None:
    twice = [
        (step.id, phrase)
        for step in GUIDE.steps
        for choice in step.choices
        for phrase in choice.say
        if any(phrase in other.say for other in step.choices if other.value != choice.value)
    ]
    assert twice == []
