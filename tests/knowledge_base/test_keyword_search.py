"""BM25 over bags of terms: what ranks higher, how much a question weighs, and how much of it a document holds."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import keyword_search
from knowledge_base.keyword_search import KeywordIndex

BAGS = [
    ["工资", "拖欠", "公司"],
    ["工资", "工资", "拖欠"],
    ["遗嘱", "公司"],
    [],
]

TERMS = st.sampled_from(["工资", "拖欠", "公司", "遗嘱", "房", "a", "1"])
MANY_BAGS = st.lists(st.lists(TERMS, max_size=6), min_size=1, max_size=8)
ASKED = st.lists(st.one_of(TERMS, st.just("没有的词")), max_size=6)


@pytest.fixture(scope="module")
def index() -> KeywordIndex:
    return KeywordIndex.build(BAGS)


# Terms


def test_a_term_has_one_number_however_often_it_is_asked(index: KeywordIndex) -> None:
    assert len(index.numbers(["工资", "拖欠", "工资"])) == 2


def test_numbers_do_not_depend_on_the_order_of_the_terms(index: KeywordIndex) -> None:
    assert index.numbers(["公司", "工资"]).tolist() == index.numbers(["工资", "公司"]).tolist()


def test_terms_are_numbered_alike_in_every_process() -> None:
    """Sums follow the numbers; the order of a set would differ from one process to the next."""
    index = KeywordIndex.build([["工资"], ["公司", "拖欠"], ["遗嘱"]])
    assert [index.numbers([term]).tolist() for term in ("工资", "公司", "拖欠", "遗嘱")] == [[2], [3], [1], [0]]


def test_sums_taken_in_several_pieces_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    index = KeywordIndex.build(BAGS)
    numbers = index.numbers(["工资", "拖欠", "公司", "遗嘱"])
    at_once = index.match(numbers).scores, index.match(numbers).coverage
    monkeypatch.setattr(keyword_search, "_AT_ONCE", 1)
    assert np.allclose(at_once, (index.match(numbers).scores, index.match(numbers).coverage))


@pytest.mark.parametrize("terms", [[], ["没有的词"], ["工"], ["\0"]])
def test_terms_that_no_document_has_weigh_nothing(terms: list[str]) -> None:
    full = KeywordIndex.build([["工资"], ["公司"]])
    assert full.numbers(terms).tolist() == []
    assert full.weight(full.numbers(terms)) == 0.0


# Scores


def test_a_document_without_any_of_the_terms_has_no_score(index: KeywordIndex) -> None:
    assert index.match(index.numbers(["工资"])).scores[2:].tolist() == [0.0, 0.0]


def test_no_terms_score_nothing(index: KeywordIndex) -> None:
    assert index.match(index.numbers([])).scores.tolist() == [0.0] * len(BAGS)


def test_a_term_that_stands_twice_scores_higher_at_the_same_length(index: KeywordIndex) -> None:
    once, twice = index.match(index.numbers(["工资"])).scores[:2]
    assert twice > once


def test_a_shorter_document_scores_higher(index: KeywordIndex) -> None:
    scores = index.match(index.numbers(["公司"])).scores
    assert scores[2] > scores[0]


def test_a_rare_term_scores_higher_than_a_frequent_one() -> None:
    index = KeywordIndex.build([["公司", "遗嘱"], ["公司", "工资"], ["公司", "工资"]])
    rare, frequent = index.match(index.numbers(["遗嘱"])).scores[0], index.match(index.numbers(["公司"])).scores[0]
    assert rare > frequent


def test_a_term_asked_twice_counts_once(index: KeywordIndex) -> None:
    assert np.array_equal(
        index.match(index.numbers(["工资", "工资"])).scores, index.match(index.numbers(["工资"])).scores
    )


def test_scores_of_several_terms_add_up(index: KeywordIndex) -> None:
    together = index.match(index.numbers(["工资", "公司"])).scores
    alone = index.match(index.numbers(["工资"])).scores + index.match(index.numbers(["公司"])).scores
    assert together == pytest.approx(alone, abs=1e-6)


# Weight and coverage


def test_the_weight_of_a_term_is_its_inverse_document_frequency(index: KeywordIndex) -> None:
    in_one, in_two, count = 1, 2, len(BAGS)
    expected = [np.log(1 + (count - found + 0.5) / (found + 0.5)) for found in (in_one, in_two)]
    weights = [index.weight(index.numbers([term])) for term in ("遗嘱", "工资")]
    assert weights == pytest.approx(expected, abs=1e-6)


def test_coverage_is_the_share_of_the_weight(index: KeywordIndex) -> None:
    numbers = index.numbers(["工资", "遗嘱"])
    wages, will = (index.weight(index.numbers([term])) for term in ("工资", "遗嘱"))
    expected = [wages / (wages + will), wages / (wages + will), will / (wages + will), 0.0]
    assert index.match(numbers).coverage == pytest.approx(expected, abs=1e-6)


def test_a_question_of_unknown_words_is_covered_by_nothing(index: KeywordIndex) -> None:
    assert index.match(index.numbers(["没有的词"])).coverage.tolist() == [0.0] * len(BAGS)


@given(MANY_BAGS, ASKED)
def test_any_question_has_finite_scores_and_a_coverage_between_nothing_and_all(
    bags: list[list[str]], asked: list[str]
) -> None:
    index = KeywordIndex.build(bags)
    numbers = index.numbers(asked)
    scores, covered = index.match(numbers).scores, index.match(numbers).coverage
    assert scores.shape == covered.shape == (len(bags),)
    assert np.isfinite(scores).all() and (scores >= 0).all()
    assert (covered >= 0).all() and (covered <= 1 + 1e-5).all()


@given(MANY_BAGS, ASKED)
def test_a_document_scores_and_covers_exactly_when_it_has_a_term(bags: list[list[str]], asked: list[str]) -> None:
    index = KeywordIndex.build(bags)
    numbers = index.numbers(asked)
    has = [bool(set(bag) & set(asked)) for bag in bags]
    assert (index.match(numbers).scores > 0).tolist() == has
    assert (index.match(numbers).coverage > 0).tolist() == has


# Storing


@pytest.mark.parametrize("bags", [BAGS, [[]], [[], []]], ids=["words", "one empty document", "all empty"])
def test_storing_changes_nothing(bags: list[list[str]], tmp_path: Path) -> None:
    index = KeywordIndex.build(bags)
    index.save(tmp_path / "index")
    stored = KeywordIndex.load(tmp_path / "index")
    for terms in (["工资", "公司"], ["遗嘱"], [], ["没有的词"]):
        numbers = index.numbers(terms)
        assert stored.numbers(terms).tolist() == numbers.tolist()
        assert stored.weight(numbers) == index.weight(numbers)
        assert stored.match(numbers).scores.tolist() == index.match(numbers).scores.tolist()
        assert stored.match(numbers).coverage.tolist() == index.match(numbers).coverage.tolist()
