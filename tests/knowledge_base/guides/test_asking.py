"""Questions of guides as blocks, and what their buttons are called."""

from datetime import date

import pytest

from knowledge_base.blocks import Choice, ChoicesBlock
from knowledge_base.guides.asking import (
    guide_label,
    move_choice,
    parse_step_target,
    question,
    said,
    step_target,
    value_label,
)
from knowledge_base.guides.model import load_guides
from knowledge_base.guides.moves import Move
from knowledge_base.guides.state import GuideState
from knowledge_base.release import Release
from knowledge_base.replies import label_of
from knowledge_base.wording import say
from tests.small_catalogue import CERTIFICATE, WAGES

DAY = date(2026, 11, 24)
GUIDES = load_guides()
URGENCY = next(step for step in GUIDES["dispute_path"].steps if step.id == "urgency")


def asked(**changes: object) -> ChoicesBlock:
    """The question of the step of several."""
    fields = {"guide": "dispute_path", "answers": {"kind": "labour"}, "day": DAY}
    block = question(GuideState.model_validate(fields | changes), URGENCY)
    assert isinstance(block, ChoicesBlock)
    return block


def test_a_target_is_taken_apart_as_it_was_made() -> None:
    found = parse_step_target(step_target("deadline", "matter", "labour").removeprefix("step:"))
    assert found is not None
    assert (found[0].id, found[1].id, found[2]) == ("deadline", "matter", "labour")


@pytest.mark.parametrize(
    "name", ["", "deadline", "deadline.matter", "deadline.matter=", "deadline.x=a", "x.matter=a", "=", "."]
)
def test_what_is_no_target_of_a_step(name: str) -> None:
    assert parse_step_target(name) is None


@pytest.mark.parametrize(
    ("target", "label"),
    [
        ("guide:deadline", "期限计算"),
        ("guide:gone", None),
        ("guide:", None),
        ("move:why", "为什么问这个"),
        ("move:none", "没有别的了"),
        ("move:unknown", None),
        ("move:courtesy", None),
        ("move:explain", None),
        ("move:person", None),
        ("move:gone", None),
        ("step:deadline.matter=labour", "上班、工资、工伤"),
        ("step:deadline.matter=unknown", "不知道"),
        ("step:deadline.kind_labour=unknown", "分不清"),
        ("step:deadline.matter=weather", None),
        ("step:dispute_path.urgency=danger", "有人有危险"),
        ("step:dispute_path.sum=请汇款", None),
        ("step:dispute_path.sum=5000", "5000元"),
        ("step:deadline.start_left=2026-11-03", "2026年11月3日"),
        ("step:deadline.start_left=请汇款", None),
        ("step:notary.matter=请汇款", None),
        ("step:appointment.name=请汇款", None),
        ("step:appointment.phone=given", say("contact_given")),
        (f"step:notary.matter={CERTIFICATE}", "学历公证"),
        (f"step:notary.matter={WAGES}", None),
        ("step:notary.matter=unknown", "还不知道"),
        ("entry:gone", None),
        ("", None),
    ],
)
def test_what_a_button_says(small_release: Release, target: str, label: str | None) -> None:
    assert label_of(target, small_release) == label
    if not target.startswith("step:notary.matter="):
        assert guide_label(target) == label


@pytest.mark.parametrize("move", [Move.WHY, Move.BACK, Move.STOP, Move.RESTART, Move.RESUME, Move.NONE])
def test_the_button_of_a_move_is_called_as_it_is_labelled(move: Move) -> None:
    choice = move_choice(move)
    assert choice.label == guide_label(choice.id) == say(f"guide_button_{move}")


def test_a_question_has_its_choices_and_what_can_be_said_beside_them() -> None:
    block = asked()
    assert [choice.label for choice in block.choices] == [
        *(choice.label for choice in URGENCY.choices), "说不清", "为什么问这个", "上一步", "先停下",
    ]  # fmt: skip
    assert (block.prompt, block.guide, block.answered) == (URGENCY.ask, "dispute_path", 1)


def test_what_is_chosen_already_is_not_offered_again_nor_that_none_holds() -> None:
    labels = [choice.label for choice in asked(partial="danger").choices]
    assert labels == ["对方在转移财产", "期限快到了", "没有别的了", "为什么问这个", "上一步", "先停下"]


def test_at_the_beginning_there_is_no_way_back() -> None:
    assert "上一步" not in [choice.label for choice in asked(answers={}).choices]


def test_a_question_in_other_words_with_more_to_choose_from() -> None:
    state = GuideState(guide="dispute_path", day=DAY)
    block = question(state, URGENCY, prompt="换个说法？", offered=[Choice(id="entry:a", label="甲")])
    assert isinstance(block, ChoicesBlock) and (block.prompt, block.choices[0].label) == ("换个说法？", "甲")


@pytest.mark.parametrize(
    ("step", "value", "label"),
    [
        (URGENCY, "danger,deadline", "有人有危险、期限快到了"),
        (URGENCY, "danger,weather", None),
        (URGENCY, "unknown", "说不清"),
    ],
)
def test_several_answers_read_as_one(step: object, value: str, label: str | None) -> None:
    assert value_label(URGENCY, value) == label


def test_what_was_said_so_far() -> None:
    answers = {"use": "study", "matter": CERTIFICATE, "country": "gone"}
    state = GuideState(guide="notary", answers=answers, day=DAY)
    rows = said(GUIDES["notary"], state, [(CERTIFICATE, "学历公证")])
    assert [answer for _, answer in rows] == ["出国读书", "学历公证"]


def test_every_label_fits_on_a_button() -> None:
    labels = [choice.label for guide in GUIDES.values() for step in guide.steps for choice in step.choices]
    labels += [step.unknown or "" for guide in GUIDES.values() for step in guide.steps]
    assert [label for label in labels if len(label) > 20] == []
