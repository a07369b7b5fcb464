"""The guide 法律援助预检 as a file."""

from knowledge_base.guides.model import load_guides
from tests.knowledge_base.guides.structure import check_choices, reachable_steps

GUIDE = load_guides()["legal_aid_check"]


def test_every_step_is_reached() -> None:
    assert reachable_steps(GUIDE) == {step.id for step in GUIDE.steps}


def test_choices_are_told_apart() -> None:
    check_choices(GUIDE)


def test_wages_of_a_migrant_worker_take_six_questions() -> None:
    answers = {"matter": "labour", "labour": "wages", "lawyer": "none", "group": "migrant", "stage": "nothing"}
    step = GUIDE.next_step(answers)
    assert step is not None
    assert step.id == "hurry"
    assert GUIDE.next_step({**answers, "hurry": "none"}) is None


def test_a_debt_takes_one_question() -> None:
    assert GUIDE.next_step({"matter": "money"}) is None
