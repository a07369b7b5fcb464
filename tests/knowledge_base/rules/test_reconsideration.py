"""行政复议指引: every branch by a table, and any way through the guide ends well."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from knowledge_base.guides.model import load_guides
from knowledge_base.rules.conclusion import UNKNOWN, Answers, Conclusion
from knowledge_base.rules.reconsideration import case_of, load_rule
from knowledge_base.rules.reconsideration import conclude as conclude_with
from tests.knowledge_base.rules.reachable import TODAY, articles_of, check_soundness, ways_through

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("reconsideration_cases.yml").read_text("utf-8"))
NAMES = [case["name"] for case in CASES]
GUIDE = load_guides()["reconsideration"]
ASKED_FOR_THE_APPLICATION = {"authority", "story"}
PLACEHOLDER = re.compile(r"\{[a-z]+\}")


def is_workday(day: date) -> bool:
    """Weekends and the first week of October are off."""
    return day.weekday() < 5 and not (day.month == 10 and day.day <= 7)


def conclude(answers: Answers) -> Conclusion:
    return conclude_with(answers, TODAY, is_workday)


def as_cited(article: str) -> str:
    return article if " " in article else f"行政复议法 {article}"


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_verdict_articles_and_days(case: dict[str, Any]) -> None:
    conclusion = conclude(case["answers"])
    read = conclusion.model_dump_json()
    assert conclusion.verdict == case["verdict"]
    assert {as_cited(article) for article in case["cites"]} <= articles_of(conclusion)
    assert [words for words in case.get("says", ()) if words not in read] == []
    assert [words for words in case.get("not", ()) if words in read] == []
    if "days" in case:
        assert [f"{row.day or '-'} {row.state}" for row in conclusion.days] == case["days"]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_table_holds_what_the_guide_really_asks(case: dict[str, Any]) -> None:
    answers: Answers = {}
    while step := GUIDE.next_step(answers):
        answers[step.id] = UNKNOWN if step.id in ASKED_FOR_THE_APPLICATION else case["answers"][step.id]
    assert {name: value for name, value in answers.items() if name not in ASKED_FOR_THE_APPLICATION} == case["answers"]


def test_table_covers_every_case_ending_and_organ() -> None:
    rule = load_rule()
    assert {case_of(case["answers"]) for case in CASES} == set(rule.cases)
    read = {conclude(case["answers"]).headline for case in CASES}
    assert {ending.headline for ending in rule.endings.values()} <= read
    assert {way.headline for way in rule.before.values()} <= read
    assert {case["answers"].get("who", "tax") for case in CASES} == set(rule.organs)
    counted = {key for key in rule.period.counted if any(_uses(key, case["answers"]) for case in CASES)}
    assert counted == set(rule.period.counted)


def _uses(key: str, answers: Answers) -> bool:
    beginning = load_rule().period.counted[key].text.split("{")[0]
    return any(row.counted.startswith(beginning) for row in conclude(answers).days)


def test_every_choice_has_its_rule() -> None:
    rule = load_rule()
    choices = {step.id: {choice.value for choice in step.choices} for step in GUIDE.steps}
    assert choices["who"] | {UNKNOWN, "tax"} == set(rule.organs)
    assert choices["before"] == {*rule.before, "none"}
    for step in choices["act"]:
        expected = {f"{step}.{value}" for value in (*choices[step], UNKNOWN)}
        assert expected == {case for case in rule.cases if case.startswith(f"{step}.")}
    assert all(case.headline for case in rule.cases.values() if case.way == "not")


@settings(max_examples=400, deadline=None)
@given(ways_through(GUIDE))
def test_any_way_through_concludes(answers: Answers) -> None:
    conclusion = conclude(answers)
    check_soundness(conclusion)
    assert conclusion.verdict in ("may", "must_first", "not_this_way", "late", "unsure")
    own_words = dict.fromkeys(ASKED_FOR_THE_APPLICATION, UNKNOWN)
    ours = conclude({**answers, **own_words})
    assert PLACEHOLDER.findall(ours.model_dump_json()) == []
    if conclusion.verdict in ("may", "must_first"):
        assert conclusion.document
        assert conclusion.days
        assert all(row.state != "past" for row in conclusion.days)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"authority": "上海市某区城管执法局", "story": "10月8日说我占道，\n罚我500元"}, "10月8日说我占道， 罚我500元"),
        ({"authority": UNKNOWN, "story": UNKNOWN}, load_rule().document.story_blank),
        ({"authority": " ", "story": " \n"}, load_rule().document.story_blank),
        ({"story": "他说{authority}，{organ}"}, "他说{authority}，{organ}"),
    ],
)
def test_application_holds_what_was_said_and_blanks(said: Answers, line: str) -> None:
    answers = {"act": "penalty", "penalty": "later", "who": "district", "known": "2026-11-20", "told": "yes_told"}
    document = conclude({**answers, **said}).document
    assert line in document
    assert "我于2026年11月20日收到或者知道这件事。" in document
    authority = said.get("authority", UNKNOWN).strip()
    named = authority if authority not in ("", UNKNOWN) else "____"
    assert f"被申请人：{named}，地址____。" in document


def test_application_without_a_day_leaves_it_blank() -> None:
    document = conclude({"act": "penalty", "penalty": "later", "who": "district", "known": UNKNOWN}).document
    assert load_rule().document.known_blank in document
    assert load_rule().document.excuse not in document


def test_application_that_may_be_late_explains_itself() -> None:
    answers = {"act": "penalty", "penalty": "later", "who": "district", "known": "2026-06-01", "told": "yes_told"}
    assert load_rule().document.excuse in conclude(answers).document


def test_nothing_said_is_unsure() -> None:
    assert conclude({}).verdict == "unsure"
