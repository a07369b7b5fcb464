"""Messages: where one question ends and the next begins, what asks, and what goes on from the message before."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.messages import asking_clause, continues, parts_of, split_questions
from knowledge_base.normalise import normalise

# Any text at all, and texts made of nothing but what the rules are about.
PIECES = [
    "我被辞退了",
    "怎么办",
    "有补偿吗",
    "多少钱",
    "还有",
    "另外",
    "顺便",
    "第二",
    "呢",
    "么",
    ",",
    "。",
    "?",
    "!",
    ";",
    "几",
]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=20).map("".join))


# Several questions


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("离婚要多久?孩子归谁?", ["离婚要多久?", "孩子归谁?"]),
        ("这样是对的?那样是错的?", ["这样是对的?", "那样是错的?"]),
        ("离婚要多久。孩子归谁。", ["离婚要多久。", "孩子归谁。"]),
        ("离婚要多久;孩子归谁!", ["离婚要多久;", "孩子归谁!"]),
        ("离婚要多久\n孩子归谁", ["离婚要多久\n", "孩子归谁"]),
        ("离婚要多久???孩子归谁?!", ["离婚要多久???", "孩子归谁?!"]),
        ("工资不发能告吗,律师要多少钱", ["工资不发能告吗,", "律师要多少钱"]),
        ("押金能退呢,律师要多少钱", ["押金能退呢,", "律师要多少钱"]),
        ("离婚怎么办,还有孩子归谁", ["离婚怎么办,", "还有孩子归谁"]),
        ("离婚怎么办还有孩子归谁", ["离婚怎么办", "还有孩子归谁"]),
        ("公证费多少钱,另外要带什么", ["公证费多少钱,", "另外要带什么"]),
        ("公证费多少钱,另外一个问题是要带什么", ["公证费多少钱,", "另外一个问题是要带什么"]),
        ("公证费多少钱,还想问要带什么", ["公证费多少钱,", "还想问要带什么"]),
        ("公证费多少钱,再问一下要带什么", ["公证费多少钱,", "再问一下要带什么"]),
        ("公证费多少钱,顺便要带什么", ["公证费多少钱,", "顺便要带什么"]),
        ("第一要多少钱,第二要带什么", ["第一要多少钱,", "第二要带什么"]),
        ("先问要多少钱,第二个问题要带什么", ["先问要多少钱,", "第二个问题要带什么"]),
        ("先问要多少钱,第二,要带什么", ["先问要多少钱,", "第二,要带什么"]),
        ("首先要多少钱,其次要带什么", ["首先要多少钱,", "其次要带什么"]),
    ],
)
def test_where_a_further_question_begins(text: str, questions: list[str]) -> None:
    assert split_questions(text) == questions


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "离婚要多久",
        "离婚要多久?",
        "我被辞退了。公司在浦东。",
        "我被辞退了。有补偿吗?",
        "有补偿吗?我被辞退了。",
        "我被辞退了,怎么办,找谁",
        "在吗?离婚要多久?",
        "什么情况下还有补偿,补多少",
        "哪些人还有继承权,遗产怎么分",
        "什么时候第二次开庭,要多久",
        "房子怎么分给另外一个孩子,要多少税",
        "多少天内可以再问法院要,过期了怎么办",
        "公司这么,怎么办",
        "那么,怎么办呀",
    ],
)
def test_one_question_or_none_is_not_split(text: str) -> None:
    assert split_questions(text) == []


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("我在厂里三年。离婚要多久?孩子归谁?", ["我在厂里三年。离婚要多久?", "孩子归谁?"]),
        ("离婚要多久?他不管家。孩子归谁?", ["离婚要多久?", "他不管家。孩子归谁?"]),
        ("离婚要多久?孩子归谁?谢谢你。", ["离婚要多久?", "孩子归谁?谢谢你。"]),
        ("离婚要多久?是吗?孩子归谁?", ["离婚要多久?", "是吗?孩子归谁?"]),
        ("他打我,还有欠了债,离婚要多久?孩子归谁?", ["他打我,还有欠了债,离婚要多久?", "孩子归谁?"]),
    ],
    ids=["before the first", "before the second", "at the end", "too short to be a question", "with its commas"],
)
def test_what_asks_nothing_stays_with_a_question(text: str, questions: list[str]) -> None:
    assert split_questions(text) == questions


def test_four_questions_at_most() -> None:
    asked = [f"第{number}件事怎么办?" for number in "一二三四五六"]
    assert split_questions("".join(asked)) == asked[:4]


@given(TEXTS)
def test_a_message_has_no_question_or_two_to_four(text: str) -> None:
    assert len(split_questions(normalise(text))) in {0, 2, 3, 4}


@given(TEXTS)
def test_nothing_is_lost_or_added_between_the_first_and_the_last_question(text: str) -> None:
    assert "".join(split_questions(normalise(text))) in normalise(text)


# What asks: seen through the clause that is taken for the question


@pytest.mark.parametrize(
    "asking",
    [
        "这样可以吗",
        "我的工资呢",
        "能办的么",
        "可以办伐",
        "这个怎么弄",
        "这个咋弄呀",
        "如何申请它",
        "要交多少税",
        "要等多久呀",
        "要带什么去",
        "要带啥东西",
        "该去哪里办",
        "要等几天呀",
        "该找谁帮忙",
        "能不能退钱",
        "赔不赔我的",
        "是不是合法",
        "可不可以退",
        "有没有补偿",
        "能否退钱呀",
        "可否退钱呀",
        "是否合法呀",
    ],
)
def test_the_clause_that_asks_is_found(asking: str) -> None:
    assert asking_clause(f"{asking},我在公司做了三年") == asking


@pytest.mark.parametrize(
    "statement",
    [
        "老板这么坏",
        "欠了那么多年",
        "拿了十几万",
        "好几年没发",
        "欠了几百块",
        "他几乎不来",
        "什么都没给",
        "啥都没拿到",
        "谁都不管我",
        "怎么都不肯",
        "哪怕少一点",
        "动不动打我",
        "时不时骂我",
        "要么赔我钱",
        "警方在讨伐",
    ],
)
def test_a_statement_is_not_taken_for_the_question(statement: str) -> None:
    assert asking_clause(f"怎么申请赔偿,{statement}") == "怎么申请赔偿"


# The clause that asks


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("老公打我,怎么离婚", "怎么离婚"),
        ("怎么离婚,老公打我", "怎么离婚"),
        ("怎么离婚,孩子归谁", "孩子归谁"),
        ("老公打我,我要离婚", "我要离婚"),
        ("要做公证,是吗", "要做公证"),
        ("老公打我。怎么离婚!他不肯;", "怎么离婚"),
        ("老公打我，怎么离婚", "怎么离婚"),
        ("离婚", "离婚"),
        ("嗯,好", "嗯,好"),
        ("", ""),
    ],
    ids=[
        "last",
        "first",
        "two ask",
        "none asks",
        "too short",
        "sentences",
        "full width",
        "short",
        "all short",
        "empty",
    ],
)
def test_asking_clause(text: str, clause: str) -> None:
    assert asking_clause(text) == clause


@given(TEXTS)
def test_the_clause_stands_in_the_message(text: str) -> None:
    assert asking_clause(normalise(text)) in normalise(text)


@given(TEXTS)
def test_the_clause_is_one_clause_unless_it_is_the_message(text: str) -> None:
    text = normalise(text)
    clause = asking_clause(text)
    assert clause == text or not re.search("[,。!?;]", clause)


# Going on


@pytest.mark.parametrize(
    "text",
    [
        "那如果没有合同呢",
        "如果没签合同",
        "要是他不来",
        "假如他不来",
        "万一输了怎么办",
        "换成我妈可以吗",
        "换作公司呢",
        "可是没有借条",
        "但没有借条",
        "不过我没有借条",
        "可我没有借条",
        "而且他跑了",
        "还有孩子的抚养费",
        "他不肯签字怎么办",
        "她不同意",
        "它要多少钱",
        "对方不同意怎么办",
        "这样行吗",
        "这种算吗",
        "这个要钱吗",
        "没有合同呢",
        "押金呢?",
    ],
)
def test_it_goes_on_from_the_message_before(text: str) -> None:
    assert continues(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "怎么离婚",
        "可以申请法律援助吗",
        "可否申请法律援助",
        "可能要坐牢吗",
        "可不可以退押金",
        "可靠的律师去哪找",
        "不过户行吗",
        "他人侵占我的房子",
        "公司拖欠工资怎么办呢",
        "离婚要多少钱呢",
        "律师费谁来出呢",
        "呢",
        "我在公司做了三年被辞退了没有签过合同呢",
        "合同里那一条如果没写怎么办",
    ],
)
def test_it_stands_alone(text: str) -> None:
    assert not continues(text)


@pytest.mark.parametrize(("length", "goes_on"), [(24, True), (25, False)])
def test_a_long_message_stands_alone(length: int, goes_on: bool) -> None:
    assert continues("那" + "我" * (length - 1)) is goes_on


@given(st.text())
def test_any_text_goes_on_or_does_not(text: str) -> None:
    assert continues(normalise(text)) in {True, False}


# Parts

STORY = "我在一家小店干了两年多,老板一直没有跟我签合同,上个月突然说不要我了,工资也没结清,我现在该怎么要回来"


def test_a_short_message_of_one_question_has_no_parts() -> None:
    assert parts_of("我被辞退了,老板不给工资怎么办") == []


def test_the_parts_of_a_message_with_two_questions_are_its_questions() -> None:
    assert parts_of("离婚要多久?孩子归谁?") == ["离婚要多久?", "孩子归谁?"]


def test_a_long_story_is_cut_at_its_clauses() -> None:
    assert parts_of(STORY) == [
        "我在一家小店干了两年多,老板一直没有跟我签合同,",
        "上个月突然说不要我了,工资也没结清,我现在该怎么要回来",
    ]


def test_a_long_story_without_a_stop_is_of_one_piece() -> None:
    assert parts_of(STORY.replace(",", "")) == []


def test_short_clauses_are_joined_with_the_next_ones_and_the_last_with_the_one_before() -> None:
    story = (
        "你好,我想问,我家楼上一直漏水把我家的天花板和地板都泡坏了物业也不管,他就是不肯赔钱给我们家还骂人说随便我去告,急"
    )
    assert parts_of(story) == [
        "你好,我想问,我家楼上一直漏水把我家的天花板和地板都泡坏了物业也不管,",
        "他就是不肯赔钱给我们家还骂人说随便我去告,急",
    ]


@given(TEXTS)
def test_the_parts_of_a_story_are_the_whole_story(text: str) -> None:
    parts = parts_of(text)
    assert not parts or split_questions(text) or "".join(parts) == text.lstrip(",，。！？!?；;\n")


@given(TEXTS)
def test_there_are_no_parts_or_two_to_four(text: str) -> None:
    assert len(parts_of(text)) in (0, 2, 3, 4)
