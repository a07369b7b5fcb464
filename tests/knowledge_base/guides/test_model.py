"""Guides as data: which step is asked, what it admits, and what a file must not hold."""

from typing import Any

import pytest
from pydantic import ValidationError

from knowledge_base.guides.model import Guide, Step, load_guides
from knowledge_base.rules.conclusion import UNKNOWN, Answers


def step(name: str = "first", kind: str = "choice", **changes: Any) -> dict[str, Any]:
    """A step without a defect; `changes` replaces fields."""
    fields: dict[str, Any] = {"id": name, "kind": kind, "ask": "什么事？", "why": "要知道。", "again": "说说看。"}
    if kind in ("choice", "several"):
        fields["choices"] = [
            {"value": "a", "label": "甲"},
            {"value": "b", "label": "乙"},
            {"value": "none", "label": "都不是"},
        ]
    return fields | changes


def guide(*steps: dict[str, Any]) -> Guide:
    return Guide.model_validate({"id": "tried", "title": "试", "begin": ["试一试"], "intro": "开始。", "steps": steps})


@pytest.mark.parametrize(
    "wrong",
    [
        step(choices=[]),
        step(kind="date", choices=[{"value": "a", "label": "甲"}]),
        step(choices=[{"value": "a", "label": "甲"}, {"value": "a", "label": "乙"}]),
        step(choices=[{"value": UNKNOWN, "label": "不知道"}]),
        step(choices=[{"value": "a", "label": "字" * 21}]),
        step(choices=[{"value": "a", "label": ""}]),
        step(choices=[{"value": "A!", "label": "甲"}]),
        step(unknown="字" * 21),
        step("First"),
        step(kind="colour"),
        step(more=1),
        step(when=[{"later": ["a"]}]),
        step(when=[{"first": ["a"]}]),
    ],
)
def test_what_a_step_must_not_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        guide(wrong)


@pytest.mark.parametrize(
    "second",
    [step("first"), step("second", when=[{"first": ["c"]}]), step("second", when=[{"first": ["!c"]}])],
    ids=["twice the same", "no such value", "no such value denied"],
)
def test_what_a_second_step_must_not_be(second: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="first"):
        guide(step(), second)


@pytest.mark.parametrize(
    ("when", "answers", "asked"),
    [
        ([], {}, True),
        ([{"first": ["a"]}], {"first": "a"}, True),
        ([{"first": ["a"]}], {"first": "b"}, False),
        ([{"first": ["a"]}], {"first": UNKNOWN}, False),
        ([{"first": ["a"]}], {}, False),
        ([{"first": ["a", "b"]}], {"first": "b"}, True),
        ([{"first": ["a", UNKNOWN]}], {"first": UNKNOWN}, True),
        ([{"first": ["!a"]}], {"first": "b"}, True),
        ([{"first": ["!a"]}], {"first": UNKNOWN}, True),
        ([{"first": ["!a"]}], {"first": "a"}, False),
        ([{"first": ["!a"]}], {}, False),
        ([{"first": ["!a", "!b"]}], {"first": "b"}, False),
        ([{"first": ["!a", "!b"]}], {"first": "none"}, True),
        ([{"first": ["a"], "many": ["b"]}], {"first": "a"}, False),
        ([{"first": ["a"], "many": ["b"]}], {"first": "a", "many": "a,b"}, True),
        ([{"many": ["!b"]}], {"many": "a,b"}, False),
        ([{"many": ["a", "!b"]}], {"many": "a"}, True),
        ([{"first": ["a"]}, {"many": ["a"]}], {"many": "a"}, True),
        ([{"first": ["a"]}, {"many": ["a"]}], {"first": "b", "many": "b"}, False),
    ],
)
def test_when_a_step_is_asked(when: list[dict[str, list[str]]], answers: Answers, asked: bool) -> None:
    steps = guide(step(), step("many", "several"), step("last", when=when)).steps
    assert steps[-1].asked(answers) is asked


def test_the_next_step_is_the_first_that_is_asked_and_not_answered() -> None:
    tried = guide(step(), step("second", when=[{"first": ["a"]}]), step("third"))
    ways: list[tuple[Answers, str | None]] = [
        ({}, "first"),
        ({"first": "a"}, "second"),
        ({"first": "b"}, "third"),
        ({"third": "a"}, "first"),
        ({"first": "b", "third": "a"}, None),
    ]
    found = [(answers, tried.next_step(answers)) for answers, _ in ways]
    assert [(answers, step.id if step else None) for answers, step in found] == ways


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        (["a"], "a"),
        (["b", "a"], "a,b"),
        (["none"], "none"),
        (["none", "b"], "b"),
        (["c"], ""),
        ([], ""),
        (["a", "a"], "a"),
    ],
)
def test_some_choices_as_one_answer(values: list[str], answer: str) -> None:
    assert Step.model_validate(step(kind="several")).several(values) == answer


@pytest.mark.parametrize(
    ("kind", "admitted", "refused"),
    [
        ("choice", ["a", "none", UNKNOWN], ["c", "", "a,b", "甲"]),
        ("several", ["a", "a,b", "none", UNKNOWN], ["b,a", "a,none", "c", "", ","]),
        (
            "date",
            ["2026-11-24", "2024-02-29", UNKNOWN],
            ["2026-02-29", "26-11-24", "9999-12-31", "0001-01-01", "昨天", ""],
        ),
        ("amount", ["0", "3500", UNKNOWN], ["-1", "3.5", "三千", "", "1" * 13, "²"]),
        ("number", ["4"], ["很多"]),
        ("text", ["什么都行"], [""]),
    ],
)
def test_what_a_step_admits(kind: str, admitted: list[str], refused: list[str]) -> None:
    tried = Step.model_validate(step(kind=kind))
    assert [answer for answer in admitted if not tried.admits(answer)] == []
    assert [answer for answer in refused if tried.admits(answer)] == []
    assert not Step.model_validate(step(kind=kind, unknown=None)).admits(UNKNOWN)


def test_guides_are_known_by_their_id_and_no_words_begin_two() -> None:
    guides = load_guides()
    assert guides and all(name == found.id for name, found in guides.items())
    begins = [words for found in guides.values() for words in {found.title, *found.begin}]
    assert len(begins) == len(set(begins))
