"""What counts as a change of an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.staff.publishing.changes import ChangeKind, changes_between, kind_of
from api.staff.testing.expectation import Side
from knowledge_base.decision import DecisionKind

ONE = Side(DecisionKind.ANSWER, ("a.one",), ("一",), 0.9)
TWO = Side(DecisionKind.ANSWER, ("a.two",), ("二",), 0.9)
ASKS = Side(DecisionKind.CLARIFY, ("a.one", "a.two"), ("一", "二"), 0.7)
ASKS_OTHERWISE = Side(DecisionKind.CLARIFY, ("a.two", "a.one"), ("二", "一"), 0.7)
ROUTES = Side(DecisionKind.ROUTE, (), ("公证",), 0.6)
ABSTAINS = Side(DecisionKind.ABSTAIN, (), (), 0.9)
SIDES = st.sampled_from([ONE, TWO, ASKS, ASKS_OTHERWISE, ROUTES, ABSTAINS])


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (ONE, TWO, ChangeKind.FLIPPED),
        (ONE, ASKS, ChangeKind.LOST),
        (ONE, ABSTAINS, ChangeKind.ABSTAINS),
        (ROUTES, ABSTAINS, ChangeKind.ABSTAINS),
        (ASKS, ONE, ChangeKind.ANSWERED),
        (ABSTAINS, ONE, ChangeKind.ANSWERED),
        (ASKS, ASKS_OTHERWISE, None),
        (ABSTAINS, ROUTES, None),
    ],
)
def test_kinds(before: Side, after: Side, kind: ChangeKind | None) -> None:
    assert kind_of(before, after) is kind


@given(SIDES)
def test_what_stays_is_no_change(side: Side) -> None:
    assert kind_of(side, side) is None


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.tuples(SIDES, SIDES, st.booleans())))
def test_guarded_questions_come_first_and_every_other_answer_is_told(rows: dict[str, tuple[Side, Side, bool]]) -> None:
    guarded = {question for question, row in rows.items() if row[2]}
    changes = changes_between({q: row[0] for q, row in rows.items()}, {q: row[1] for q, row in rows.items()}, guarded)
    flags = [change.guarded for change in changes]
    assert flags == sorted(flags, reverse=True)
    told = {change.question for change in changes}
    assert {q for q, (before, after, _) in rows.items() if before.answers != after.answers} <= told
