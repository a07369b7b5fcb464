"""What BM25, the embedding and the router count in a text."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.analysis import char_ngrams, features, keyword_terms, words
from knowledge_base.normalise import normalise


def test_words_leave_punctuation_out_and_keep_numbers_whole() -> None:
    assert words("公司,12348。abc") == ["公司", "12348", "abc"]


@pytest.mark.parametrize(
    ("text", "sizes", "expected"),
    [
        ("拖欠工资", (2,), ["拖欠", "欠工", "工资"]),
        ("拖欠工资", (1, 3), ["拖", "欠", "工", "资", "拖欠工", "欠工资"]),
        ("工资,合同", (2,), ["工资", "合同"]),
        ("工资12348", (2,), ["工资", "12348"]),
        ("工", (2,), []),
        ("", (1, 2), []),
        ("？！", (1, 2), []),
    ],
)
def test_char_ngrams(text: str, sizes: tuple[int, ...], expected: list[str]) -> None:
    assert char_ngrams(text, sizes) == expected


def test_a_word_of_two_characters_counts_twice_for_keywords() -> None:
    assert sorted(keyword_terms("桌子")) == ["w:桌子", "桌子"]


@pytest.mark.parametrize("count", [keyword_terms, features])
def test_an_expression_adds_its_concept_and_keeps_its_words(count: Callable[[str], list[str]]) -> None:
    assert {"c:起诉", "官司"} <= set(count("打官司"))


def test_legal_terms_stay_whole() -> None:
    assert "意定监护" in words("我要办意定监护公证")


def test_features_have_no_word_of_one_character() -> None:
    assert [feature for feature in features("我要离婚") if feature.startswith("w:") and len(feature) == 3] == []


def test_features_hold_ngrams_of_one_to_three_characters() -> None:
    assert {"离", "离婚", "要离婚"} <= set(features("我要离婚"))


@given(st.text())
def test_any_normalised_text_has_features_without_spaces(text: str) -> None:
    assert all(feature and " " not in feature for feature in features(normalise(text)))
