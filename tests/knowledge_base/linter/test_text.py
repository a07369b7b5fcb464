"""Sentences, pairs that are alike, and entries that meet."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.linter.text import jaccard, meet, sentences, similar_pairs
from tests.small_catalogue import make_entry


@pytest.mark.parametrize(
    ("text", "expected"),
    [("一。二！三？四；五\n六", list("一二三四五六")), ("一。\n二", ["一", "二"]), ("没有句号", ["没有句号"])],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(
    st.lists(st.frozensets(st.sampled_from("甲乙丙丁戊己"), max_size=5), max_size=8),
    st.sampled_from([0.4, 0.5, 0.75, 0.8, 1.0]),
)
def test_similar_pairs_are_those_that_comparing_all_with_all_finds(rows: list[frozenset[str]], least: float) -> None:
    pairs = [(i, j) for i in range(len(rows)) for j in range(i + 1, len(rows))]
    assert similar_pairs(rows, least) == [(i, j) for i, j in pairs if jaccard(rows[i], rows[j]) >= least]


@pytest.mark.parametrize(
    ("until", "since", "together"),
    [
        (None, date(2027, 1, 1), True),
        (date(2026, 12, 31), date(2027, 1, 1), False),
        (date(2027, 1, 1), date(2027, 1, 1), True),
    ],
)
def test_entries_meet_when_a_day_belongs_to_both(until: date | None, since: date, together: bool) -> None:
    first, second = make_entry(valid_until=until), make_entry(valid_from=since)
    assert (meet(first, second), meet(second, first)) == (together, together)
