"""What a citizen may say at any step beside the answer."""

import pytest

from knowledge_base.guides.moves import Move, asks, correction_in, is_wrong, load_moves, move_of, says_wrong
from knowledge_base.normalise import letters, normalise


@pytest.mark.parametrize(
    ("text", "move"),
    [
        ("为什么？", Move.WHY),
        ("问这个干嘛", Move.WHY),
        ("上一步", Move.BACK),
        ("我点错了！", Move.BACK),
        ("错了", Move.BACK),
        ("算了", Move.STOP),
        ("停", Move.STOP),
        ("从头来", Move.RESTART),
        ("继续", Move.RESUME),
        ("转人工", Move.PERSON),
        ("我不知道", None),
        ("不知道", Move.UNKNOWN),
        ("勿晓得", Move.UNKNOWN),
        ("不記得了", Move.UNKNOWN),
        ("没有了", Move.NONE),
        ("谢谢", Move.COURTESY),
        ("好的。", Move.COURTESY),
        ("什么意思", Move.EXPLAIN),
        ("没看懂", Move.EXPLAIN),
        ("为什么公司不发工资", None),
        ("停工三个月了", None),
        ("", None),
        ("？", None),
    ],
)
def test_a_whole_message_is_a_move(text: str, move: Move | None) -> None:
    assert move_of(normalise(text)) is move


def test_every_word_is_as_normalising_leaves_it_and_means_one_move() -> None:
    moves = load_moves()
    words = [word for move in Move for word in moves[move]]
    assert [word for found in moves.values() for word in found if letters(normalise(word)) != word] == []
    assert {word for word in words if words.count(word) > 1} == set()


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("不对，是我哥哥", "是我哥哥"),
        ("哦，那不对，我自己去", "我自己去"),
        ("啥未满十八，不对，我62岁", "我62岁"),
        ("我是12月31号走的，不是十一月底", "我是12月31号走的"),
        ("好的，谢谢", None),
        ("不是，我离职了", "我离职了"),
        ("不好意思，我说错了，应该是3月5日", "3月5日"),
        ("啊不对 改成上周三", "上周三"),
        ("其实已经走了", "已经走了"),
        ("不对不对，是3月6日", "是3月6日"),
        ("不对", None),
        ("不是", None),
        ("我哥哥", None),
        ("这样不对，是我哥哥", None),
        ("", None),
    ],
)
def test_what_follows_the_opening_of_a_correction(text: str, rest: str | None) -> None:
    assert correction_in(normalise(text)) == rest


@pytest.mark.parametrize(
    ("text", "wrong"), [("不对", True), ("不对啊！", True), ("不对，是我哥哥", False), ("对", False)]
)
def test_that_something_is_wrong(text: str, wrong: bool) -> None:
    assert is_wrong(normalise(text)) is wrong


@pytest.mark.parametrize(
    ("text", "wrong"), [("不对，是我哥哥", True), ("哎，不对啊", True), ("啥，你搞错了吧", True), ("对的，不是", False)]
)
def test_a_clause_says_that_something_is_wrong(text: str, wrong: bool) -> None:
    assert says_wrong(normalise(text)) is wrong


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("要带什么", True),
        ("能告吗", True),
        ("要几天", True),
        ("多少钱", True),
        ("有没有补偿", True),
        ("行不行", True),
        ("要多久", True),
        ("多长时间有结果", True),
        ("没什么困难", False),
        ("没找过哪里", False),
        ("随便哪天", False),
        ("哪有这种事", False),
        ("老板不给钱", False),
        ("昨天", False),
    ],
)
def test_a_question(text: str, question: bool) -> None:
    assert asks(text) is question
