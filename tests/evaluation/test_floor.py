"""The held-out figures of the trained release must not fall below what was reached."""

import pytest

from knowledge_base.release import ReleaseStore
from tests.evaluation.report import Figures, evaluate
from tests.system.processes import ROOT

pytestmark = pytest.mark.system
FLOORS = {
    "entry_first": 0.68,
    "entry_in_three": 0.80,
    "topic_first": 0.85,
    "answer_precision": 0.93,
    "answer_topic_precision": 0.96,
    "clarification_holds": 0.80,
    "out_of_scope_abstained": 0.83,
}


@pytest.fixture(scope="module")
def figures() -> Figures:
    return evaluate(ReleaseStore(ROOT / "var" / "knowledge").load().decider)


@pytest.mark.parametrize(("figure", "floor"), FLOORS.items())
def test_has_not_fallen(figures: Figures, figure: str, floor: float) -> None:
    assert getattr(figures, figure) >= floor


def test_near_misses_are_not_answered(figures: Figures) -> None:
    assert figures.near_miss_answered <= 0.10
