"""Questions that mean the same come together, the same way every time."""

from hypothesis import given
from hypothesis import strategies as st

from api.staff.unanswered.grouping import CaseIndex, Named, Placed, Weights
from tests.api import fakes

QUESTIONS = [question for entry in fakes.ENTRIES for question in entry.questions]
WEIGHTS = Weights(QUESTIONS)
TEXTS = st.lists(st.text(max_size=30), max_size=20)


def place(texts: list[str], cases: list[Named] | None = None) -> list[Placed]:
    index = CaseIndex(WEIGHTS)
    index.refresh(cases or [])
    return index.place(texts)


def test_the_same_words_join_whatever_the_punctuation() -> None:
    assert place(["养猫，要办证吗？", "养猫要办证吗"]) == [Placed(None, 0), Placed(None, 0)]


def test_a_like_question_joins_the_case() -> None:
    assert place(["养猫要不要办证"], [Named(3, "楼上装修太吵"), Named(7, "养猫要办证吗")]) == [Placed(7, None)]


def test_another_question_begins_a_case() -> None:
    assert place(["离婚去哪里办"], [Named(7, "养猫要办证吗")]) == [Placed(None, 0)]


def test_of_cases_alike_the_oldest_is_joined() -> None:
    assert place(["养猫要办证吗"], [Named(9, "养猫要办证吗"), Named(7, "养猫要办证吗")]) == [Placed(7, None)]


def test_a_case_that_is_gone_is_not_joined() -> None:
    index = CaseIndex(WEIGHTS)
    index.refresh([Named(1, "养猫要办证吗"), Named(2, "楼上装修太吵")])
    index.refresh([Named(2, "楼上装修太吵")])
    assert index.place(["养猫要办证吗", "楼上装修太吵"]) == [Placed(None, 0), Placed(2, None)]


def test_cases_begun_in_an_earlier_round_are_joined_too() -> None:
    texts = [f"第{number}件怪事{chr(0x4E00 + number * 7)}{chr(0x5000 + number * 3)}" for number in range(300)]
    assert place([*texts, texts[0]])[-1] == Placed(None, 0)


@given(TEXTS)
def test_every_question_gets_a_place_and_founders_found_their_own(texts: list[str]) -> None:
    placed = place(texts)
    assert len(placed) == len(texts)
    assert all(placed[one.founder] == one for one in placed if one.founder is not None)


@given(TEXTS, st.lists(st.text(max_size=20), max_size=8))
def test_an_index_that_was_used_before_places_alike(texts: list[str], labels: list[str]) -> None:
    cases = [Named(number, label) for number, label in enumerate(labels)]
    used = CaseIndex(WEIGHTS)
    used.refresh(cases[::2])
    used.refresh(cases)
    assert used.place(texts) == place(texts, cases)
