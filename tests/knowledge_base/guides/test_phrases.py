"""Which phrases of choices a text says, and which it denies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.guides.model import Choice
from knowledge_base.guides.phrases import find_phrases
from knowledge_base.normalise import letters, normalise

HURT = Choice(value="hurt", label="有人受伤", say=("受伤", "打我", "困难", "法院", "低保", "打官司", "离婚"))
SOLD = Choice(value="sold", label="在卖房", say=("卖房", "判了#年", "七十#岁", "十#岁", "十二岁"))
NONE = Choice(value="none", label="都没有", say=("没有", "没打过"))
CHOICES = (HURT, SOLD, NONE)


def said(text: str, *, subjects: bool = False) -> list[str]:
    return [found.choice.value for found in find_phrases(CHOICES, normalise(text), subjects=subjects).said]


def denied(text: str, *, subjects: bool = False) -> list[str]:
    return [choice.value for choice in find_phrases(CHOICES, normalise(text), subjects=subjects).denied]


@pytest.mark.parametrize(
    "text",
    [
        "没受伤",
        "没有受伤",
        "没人受伤",
        "没有人受伤",
        "没什么困难",
        "没啥困难",
        "不算困难",
        "谈不上困难",
        "不是很困难",
        "没有去法院",
        "没去过法院",
        "没再打我",
        "不想打官司",
        "不用打官司",
        "哪有困难",
        "没办低保",
        "从来没有申请低保",
        "没跟他打官司",
        "低保没有",
        "低保也没有过",
        "法院没去过",
        "法院也没去",
        "官司没打过，法院也还没去呢",
        "低保我从来没有领过",
    ],
)
def test_a_denied_phrase_says_nothing(text: str) -> None:
    assert ("hurt" in said(text), "hurt" in denied(text)) == (False, True)


@pytest.mark.parametrize(
    "text",
    [
        "受伤了",
        "他打我",
        "有没有受伤",
        "是不是困难",
        "不得不离婚",
        "不能不打官司",
        "没想到离婚",
        "特别困难",
        "家里没钱，困难",
        "房子没有，困难得很",
        "不但打我，还骂人",
        "法院没判完",
        "没完没了打我",
    ],
)
def test_what_is_not_denied_is_said(text: str) -> None:
    assert "hurt" in said(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("没有低保", ["hurt"]),
        ("没离婚", ["hurt"]),
        ("不是离婚", []),
        ("并非离婚", []),
        ("不是因为离婚，是卖房", ["sold"]),
    ],
)
def test_a_subject_is_denied_by_that_it_is_not_it(text: str, expected: list[str]) -> None:
    assert said(text, subjects=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("判了三年", ["sold"]),
        ("判了3年", ["sold"]),
        ("判了十二年", ["sold"]),
        ("判了年", []),
        ("七十八岁", ["sold"]),
        ("五十八岁", []),
        ("十八岁", ["sold"]),
        ("六十二岁", []),
        ("我十二岁", ["sold"]),
    ],
)
def test_a_number_stands_for_a_sign(text: str, expected: list[str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("没有", ["none"]),
        ("没有啊", ["none"]),
        ("好像没有吧，他人好", ["none"]),
        ("他没有还钱", []),
        ("没有还过", ["none"]),
    ],
)
def test_a_bare_no_counts_at_the_end_of_a_clause(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_the_longest_comes_first_and_hides_what_is_in_it() -> None:
    found = find_phrases(CHOICES, normalise("在卖房，也有人受伤")).said
    assert [(one.choice.value, one.length) for one in found] == [("hurt", 4), ("sold", 3)]


@given(st.text(max_size=60))
def test_any_text_is_read_within_its_letters(text: str) -> None:
    found = find_phrases(CHOICES, normalise(text)).said
    places = [place for one in found for place in range(one.start, one.end)]
    assert len(places) == len(set(places))
    assert all(0 <= place < len(letters(normalise(text))) for place in places)
