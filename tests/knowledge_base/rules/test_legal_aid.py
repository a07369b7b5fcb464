"""法律援助预检: every branch by a table, and any way through the guide ends well."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from knowledge_base.guides.model import load_guides
from knowledge_base.rules.conclusion import UNKNOWN, Answers
from knowledge_base.rules.legal_aid import case_of, conclude, load_rule
from tests.knowledge_base.rules.reachable import TODAY, articles_of, check_soundness, ways_through

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("legal_aid_cases.yml").read_text("utf-8"))
GUIDE = load_guides()["legal_aid_check"]


def as_cited(article: str) -> str:
    return article if " " in article else f"法律援助法 {article}"


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_verdict_and_articles(case: dict[str, Any]) -> None:
    conclusion = conclude(case["answers"], TODAY)
    read = conclusion.model_dump_json()
    assert conclusion.verdict == case["verdict"]
    assert {as_cited(article) for article in case["cites"]} <= articles_of(conclusion)
    assert [words for words in case.get("says", ()) if words not in read] == []
    assert [words for words in case.get("not", ()) if words in read] == []


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_table_holds_what_the_guide_really_asks(case: dict[str, Any]) -> None:
    answers: Answers = {}
    while step := GUIDE.next_step(answers):
        answers[step.id] = case["answers"][step.id]
    assert answers == case["answers"]


def test_table_covers_every_case_and_ending() -> None:
    rule = load_rule()
    endings = {ending.headline for ending in rule.standings.values()}
    assert {case_of(case["answers"]) for case in CASES} == set(rule.cases)
    assert {conclude(case["answers"], TODAY).headline for case in CASES} == endings
    read = {reason.text for case in CASES for reason in conclude(case["answers"], TODAY).reasons}
    optional = [
        rule.optional_at_court,
        rule.hired,
        *rule.means.values(),
        *rule.mandatory.values(),
        *rule.groups.values(),
    ]
    assert {reason.text for reason in (*optional, *(row.reason for row in rule.exemptions))} <= read


def test_every_answer_of_the_guide_has_its_text() -> None:
    rule = load_rule()
    choices = {step.id: {choice.value for choice in step.choices} for step in GUIDE.steps}
    assert choices["means"] <= {*rule.means, "relief"}
    assert choices["group"] == {*rule.groups, "migrant", "none"}
    assert choices["mandatory"] == {*rule.mandatory, "none"}
    assert choices["phase"] | choices["stage"] | {UNKNOWN} == set(rule.where)
    assert {case.kind for case in rule.cases.values()} == set(rule.materials.kind)
    assert {name for row in rule.standings.values() for name in row.sections} - {"where", "materials"} == set(
        rule.sections
    ) - {"hurry"}


@settings(max_examples=400, deadline=None)
@given(ways_through(GUIDE))
def test_any_way_through_concludes(answers: Answers) -> None:
    conclusion = conclude(answers, TODAY)
    check_soundness(conclusion)
    assert conclusion.verdict in ("likely", "possible", "outside")
    assert "12348" in conclusion.model_dump_json()
    if conclusion.verdict == "outside":
        assert "免费咨询" in conclusion.model_dump_json()


def test_hardship_standard_is_the_one_in_force() -> None:
    answers = {"matter": "family", "family": "support", "means": "low"}
    before = conclude(answers, date(2026, 2, 28)).model_dump_json()
    since = conclude(answers, date(2026, 3, 1)).model_dump_json()
    assert "低保边缘" not in before
    assert "低保边缘" in since


def test_unanswered_guide_still_says_where_to_ask() -> None:
    assert conclude({}, TODAY).verdict == "possible"
