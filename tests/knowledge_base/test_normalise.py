"""The one form of a text: what is folded, what is taken out, and that any text has one."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge_base.normalise import clean, match_key, normalise

# Any text at all, and texts made of nothing but what the rules are about.
TEXTS = st.one_of(st.text(), st.text(st.sampled_from("/\\／＼ 　\u200b\u200d\ufeff\n\r\t\0我要離婚aA１é，？")))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("１２３４８", "12348"),
        ("ＡＢＣ", "ABC"),
        ("工资\u200b拖欠", "工资拖欠"),
        ("\ufeff工资", "工资"),
        ("工\u00ad资", "工资"),
        ("工资\0拖欠", "工资拖欠"),
        ("工资\ud800拖欠", "工资拖欠"),
        ("第一行\n第二行\r\n第三行\t末", "第一行 第二行 第三行 末"),
        ("  a   b  ", "a b"),
        ("a\u3000b", "a b"),
        ("/restart", "restart"),
        ("///ask{}", "ask{}"),
        ("／restart", "restart"),
        ("\\restart", "restart"),
        (" / \\ /restart", "restart"),
        ("\u200b/restart", "restart"),
        ("一/二", "一/二"),
        ("", ""),
        ("/", ""),
    ],
)
def test_clean(typed: str, expected: str) -> None:
    assert clean(typed) == expected


def test_clean_keeps_traditional_characters_and_case() -> None:
    assert clean("離婚 ABC") == "離婚 ABC"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("我要離婚", "我要离婚"),
        ("勞動仲裁", "劳动仲裁"),
        ("我 要 离 婚", "我要离婚"),
        ("公司 ABC 不发工资", "公司 abc 不发工资"),
        ("App里的Vip", "app里的vip"),
        ("工资，没发？", "工资,没发?"),
    ],
)
def test_normalise(typed: str, expected: str) -> None:
    assert normalise(typed) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("公司拖欠工资，怎么办？", "公司拖欠工资怎么办"),
        ("公司 拖欠 工资 怎么办", "公司拖欠工资怎么办"),
        ("ＡＡ制离婚！", "aa制離婚"),
        ("工资_没发", "工资没发"),
    ],
)
def test_wordings_with_the_same_match_key(one: str, other: str) -> None:
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize("typed", ["", "？！。", "  ", "/", "_", "\u200b"])
def test_match_key_of_a_text_without_words_is_empty(typed: str) -> None:
    assert match_key(typed) == ""


@pytest.mark.parametrize(("one", "other"), [("有合同", "没有合同"), ("申请人", "被申请人")])
def test_match_key_keeps_apart_what_differs(one: str, other: str) -> None:
    assert match_key(one) != match_key(other)


@given(TEXTS)
@example("e\u200b\u0301")  # the accent meets its letter only once the invisible character is out
@example("\u85b4")  # OpenCC takes two passes for this character
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(st.characters(exclude_categories=[])))
def test_no_text_raises(text: str) -> None:
    assert isinstance(match_key(text), str)


@given(TEXTS)
def test_no_text_begins_with_a_slash(text: str) -> None:
    assert not normalise(text).startswith(("/", "\\", " "))


@given(TEXTS)
def test_no_control_or_format_character_is_left(text: str) -> None:
    assert [c for c in normalise(text) if unicodedata.category(c).startswith("C")] == []


@pytest.mark.parametrize(
    "invisible",
    ["\u034f", "\u115f", "\u3164", "\ufe0f"],
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_an_invisible_letter_or_mark_does_not_hide_a_word(invisible: str) -> None:
    assert normalise(f"工{invisible}资") == "工资"


@given(TEXTS)
def test_the_only_space_is_a_single_blank(text: str) -> None:
    spaces = [c for c in normalise(text) if c.isspace()]
    assert set(spaces) <= {" "} and "  " not in normalise(text)
