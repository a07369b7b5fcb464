"""Whether a decision is what a saved test expects."""

import pytest

from api.staff.testing.expectation import Expectation, Side, meets, side_of
from knowledge_base.decision import DecisionKind
from knowledge_base.release import Release, ReleaseStore
from tests.api import fakes

ANSWER = Side(DecisionKind.ANSWER, ("a.one", "a.two"), ("一", "二"), 0.9)
CLARIFY = Side(DecisionKind.CLARIFY, ("a.one", "a.two"), ("一", "二"), 0.7)
ROUTE = Side(DecisionKind.ROUTE, (), ("公证",), 0.6)
ABSTAIN = Side(DecisionKind.ABSTAIN, (), (), 0.9)


@pytest.mark.parametrize(
    ("side", "expected", "entry_id", "met"),
    [
        (ANSWER, Expectation.ANSWER, "a.one", True),
        (ANSWER, Expectation.ANSWER, "a.two", True),
        (ANSWER, Expectation.ANSWER, "a.three", False),
        (CLARIFY, Expectation.ANSWER, "a.one", False),
        (CLARIFY, Expectation.CLARIFY, None, True),
        (CLARIFY, Expectation.CLARIFY, "a.two", True),
        (CLARIFY, Expectation.CLARIFY, "a.three", False),
        (ROUTE, Expectation.ROUTE, None, True),
        (ROUTE, Expectation.ABSTAIN, None, False),
        (ABSTAIN, Expectation.ABSTAIN, None, True),
        (ANSWER, Expectation.NOT_ENTRY, "a.one", False),
        (ANSWER, Expectation.NOT_ENTRY, "a.three", True),
        (CLARIFY, Expectation.NOT_ENTRY, "a.one", True),
    ],
)
def test_meets(side: Side, expected: Expectation, entry_id: str | None, met: bool) -> None:
    assert meets(side, expected, entry_id) is met


@pytest.fixture(scope="module")
def release(release_store: ReleaseStore) -> Release:
    return release_store.load()


@pytest.mark.parametrize(
    "question", [*(entry.questions[0] for entry in fakes.ENTRIES), "今天天气怎么样", "，。", "工资"]
)
def test_a_side_says_what_the_decision_says(release: Release, question: str) -> None:
    decision = release.decider.decide(question)
    side = side_of(decision, release.entries)
    assert side.kind is decision.kind
    assert side.answers[:1] == ((decision.entry_id,) if decision.entry_id else ())


def test_every_expectation_has_a_label() -> None:
    assert len({expectation.label for expectation in Expectation}) == len(Expectation)
