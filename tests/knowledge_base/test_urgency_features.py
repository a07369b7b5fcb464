"""What the classifier of urgent messages sees of a text."""

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.urgency_features import BLOCK_WEIGHTS, BUCKETS, WORDS_FILE, rows_of, values_of

CHARACTERS, RUNS, ABSTRACT, CLASSES = range(len(BLOCK_WEIGHTS))


def rows(text: str, block: int) -> set[int]:
    found = rows_of(text)
    return set(found.rows[found.blocks == block].tolist())


def test_the_same_text_gives_the_same_rows_and_another_text_others() -> None:
    assert rows("老公打我", CHARACTERS) == rows("老公打我", CHARACTERS)
    assert rows("老公打我", RUNS) != rows("我打老公", RUNS)


@pytest.mark.parametrize(("text", "other"), [("老公打我", "丈夫打我"), ("儿子不见了", "女儿不见了")])
def test_words_of_one_class_are_the_same_where_words_are_abstract(text: str, other: str) -> None:
    assert rows(text, CLASSES) == rows(other, CLASSES)
    assert rows(text, ABSTRACT) == rows(other, ABSTRACT)
    assert rows(text, CHARACTERS) != rows(other, CHARACTERS)


@pytest.mark.parametrize(
    ("text", "other"), [("转了三万块", "转了5000元"), ("十分钟前", "20分钟前"), ("三年前", "两年前")]
)
def test_numbers_of_one_sort_are_the_same_where_words_are_abstract(text: str, other: str) -> None:
    assert rows(text, ABSTRACT) == rows(other, ABSTRACT)


def test_a_moment_ago_is_not_years_ago() -> None:
    assert rows("十分钟前", ABSTRACT) != rows("十年前", ABSTRACT)


def test_each_block_is_as_long_as_its_weight_however_many_rows_it_has() -> None:
    found = rows_of("老公刚才拿刀打我我躲在厕所里")
    values = values_of(found, np.ones(BUCKETS, dtype=np.float32))
    lengths = np.sqrt(np.bincount(found.blocks, values.astype(np.float64) ** 2))
    assert lengths == pytest.approx(BLOCK_WEIGHTS, abs=1e-4)


def test_a_word_stands_in_one_class() -> None:
    words = [word for row in yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8")).values() for word in row]
    assert sorted({word for word in words if words.count(word) > 1}) == []


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_has_rows_within_the_buckets(text: str) -> None:
    found = rows_of(text)
    assert len(found.rows) == len(found.blocks) == len(found.counts)
    assert ((found.rows >= 0) & (found.rows < BUCKETS)).all()
    assert np.isfinite(values_of(found, np.ones(BUCKETS, dtype=np.float32))).all()
