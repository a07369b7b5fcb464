"""Where a citizen is in a guide: what is stored can be read again, and what is no longer asked goes."""

from datetime import date
from typing import Any

import pytest

from knowledge_base.guides.model import load_guides
from knowledge_base.guides.state import GuideState, Status, read_state, sound, with_answer, without
from knowledge_base.rules.conclusion import Answers

DAY = date(2026, 11, 24)
LATER = date(2026, 11, 25)
STEPS = {step.id: step for step in load_guides()["deadline"].steps}
WAY: Answers = {
    "matter": "labour", "kind_labour": "labour_arbitration", "claim": "wages", "employed": "left", "start_left": "2026-11-03",
}  # fmt: skip


def state(**changes: Any) -> GuideState:
    fields: dict[str, Any] = {"guide": "deadline", "answers": WAY, "day": DAY}
    return GuideState.model_validate(fields | changes)


def test_a_state_is_read_as_it_was_written() -> None:
    before = state(failures=2, status=Status.PAUSED, partial="a")
    assert read_state(before.model_dump(mode="json")) == before


@pytest.mark.parametrize(
    "stored",
    [
        None,
        {},
        [],
        "deadline",
        7,
        {"guide": "deadline"},
        {"day": "2026-11-24"},
        {"guide": "no_such_guide", "day": "2026-11-24"},
        {"guide": "Deadline!", "day": "2026-11-24"},
        {"guide": "deadline", "day": "yesterday"},
        {"guide": "deadline", "day": "2026-11-24", "answers": []},
        {"guide": "deadline", "day": "2026-11-24", "answers": {"matter": None}},
        {"guide": "deadline", "day": "2026-11-24", "answers": {"matter": ["labour"]}},
        {"guide": "deadline", "day": "2026-11-24", "status": "sleeping"},
        {"guide": "deadline", "day": "2026-11-24", "failures": "many"},
        {"guide": "deadline", "day": "2026-11-24", "step": "matter"},
    ],
    ids=str,
)
def test_what_is_of_another_time_is_no_state(stored: object) -> None:
    assert read_state(stored) is None


def test_the_least_that_is_a_state() -> None:
    assert read_state({"guide": "deadline", "day": "2026-11-24"}) == GuideState(guide="deadline", day=DAY)


def test_the_present_step() -> None:
    assert [found.id if (found := now.step()) else None for now in (state(answers={}), state(), state(guide="gone"))] == [
        "matter", "interrupted", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "value", "left"),
    [
        ("matter", "court", ["matter"]),
        ("kind_labour", "work_injury_worker", ["matter", "kind_labour"]),
        ("claim", "other", ["matter", "kind_labour", "claim"]),
        ("employed", "yes", ["matter", "kind_labour", "claim", "employed"]),
        ("start_left", "2026-11-04", list(WAY)),
        ("matter", "labour", list(WAY)),
    ],
)
def test_an_earlier_answer_takes_with_it_what_is_no_longer_asked(step: str, value: str, left: list[str]) -> None:
    after = with_answer(state(), STEPS[step], value, LATER)
    assert (list(after.answers), after.answers[step], after.day) == (left, value, LATER)


def test_what_is_still_asked_stays() -> None:
    kept = with_answer(state(answers={**WAY, "interrupted": "no"}), STEPS["employed"], "unknown", DAY)
    assert kept.answers == {
        **{name: WAY[name] for name in ("matter", "kind_labour", "claim")},
        "employed": "unknown",
        "interrupted": "no",
    }


def test_a_step_is_asked_again_without_what_hangs_on_it() -> None:
    after = without(state(), STEPS["claim"], LATER)
    assert (list(after.answers), after.step()) == (["matter", "kind_labour"], STEPS["claim"])


def test_an_answer_begins_the_count_of_failures_anew_and_goes_on() -> None:
    after = with_answer(state(failures=2, status=Status.CONCLUDED), STEPS["employed"], "yes", DAY)
    assert (after.failures, after.status, after.partial) == (0, Status.ASKING, "")


def test_what_is_chosen_so_far_outlives_a_correction_of_another_step() -> None:
    steps = {step.id: step for step in load_guides()["dispute_path"].steps}
    before = GuideState(guide="dispute_path", answers={"kind": "labour"}, partial="danger", day=DAY)
    assert with_answer(before, steps["kind"], "family", DAY).partial == "danger"
    assert with_answer(before, steps["urgency"], "danger", DAY).partial == ""


@pytest.mark.parametrize(
    ("answers", "partial", "left"),
    [
        ({"matter": "labour", "no_such_step": "a"}, "", {"matter": "labour"}),
        ({"matter": "weather"}, "", {}),
        ({"matter": "labour", "kind_court": "retrial"}, "", {"matter": "labour"}),
        ({**WAY, "start_left": "昨天"}, "", {name: value for name, value in WAY.items() if name != "start_left"}),
        ({**WAY, "employed": ""}, "", {name: WAY[name] for name in ("matter", "kind_labour", "claim")}),
        (WAY, "danger", WAY),
    ],
)
def test_what_cannot_have_been_said_goes(answers: Answers, partial: str, left: Answers) -> None:
    after = sound(state(answers=answers, partial=partial))
    assert (after.answers, after.partial) == (left, "")


def test_only_choices_of_the_present_step_are_chosen_so_far() -> None:
    before = GuideState(guide="dispute_path", answers={"kind": "labour"}, partial="property,weather,danger", day=DAY)
    assert sound(before).partial == "danger,property"
