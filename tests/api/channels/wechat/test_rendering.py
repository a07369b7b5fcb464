"""What a citizen reads in the chat: blocks as text, buttons as links and numbers, nothing that looks like markup (WX-52)."""

import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channels.wechat.rendering import Rendered, render
from knowledge_base.blocks import (
    AnswerBlock,
    Choice,
    ChoicesBlock,
    FacetBlock,
    NoticeBlock,
    SourceBlock,
    TextBlock,
)
from knowledge_base.urgency import load_urgencies
from knowledge_base.wording import say

CHECKED = date(2026, 11, 23)
BUTTON = re.compile(r"""<a href="(weixin://bizmsgmenu\?[^"'<>\s]*)">([^<]*)</a>""")
HINT = "点蓝色的字就行，也可以直接回复前面的数字，比如 1。"


def source(title: str, article: str | None = None, url: str | None = None) -> SourceBlock:
    return SourceBlock(title=title, article=article, url=url, checked=CHECKED, confidence="verified")


def answer(**changes: Any) -> AnswerBlock:
    fields: dict[str, Any] = {
        "entry_id": "labour.unpaid-wages",
        "entry_version": "0123456789ab",
        "title": "公司拖欠工资怎么办",
        "text": "可以先投诉，也可以申请劳动仲裁。\n先存好合同、考勤。",
        "sources": [source("《劳动合同法》", "第30条")],
        "as_of": CHECKED,
        "office": "公共法律服务管理处",
    }
    return AnswerBlock(**(fields | changes))


def choices(prompt: str, **labels: str) -> ChoicesBlock:
    """A list of buttons; `a_b="…"` is the button to `entry:a.b`."""
    offered = [Choice(id=f"entry:{name.replace('_', '.')}", label=label) for name, label in labels.items()]
    return ChoicesBlock(prompt=prompt, choices=offered)


def button_id(number: int) -> str:
    return f"0123abcd-{number}"


def rendered(*blocks: AnswerBlock | ChoicesBlock | NoticeBlock | TextBlock) -> Rendered:
    return render([block.model_dump(mode="json") for block in blocks], button_id)


def read(*blocks: AnswerBlock | ChoicesBlock | NoticeBlock | TextBlock) -> str:
    """The text as the app shows it: of a button only its label is seen."""
    return BUTTON.sub(r"\2", rendered(*blocks).text)


def sources_read(*sources: SourceBlock) -> str:
    """What stands after 依据 up to the day of the check."""
    text = read(answer(sources=list(sources)))
    return text[text.index("依据：") + 3 : text.index("\n核对日期：")]


# Answers


def test_an_answer_reads_from_title_to_office() -> None:
    facets = [
        FacetBlock(name="materials", label="材料", text="合同、工资条。"),
        FacetBlock(name="time", label="时限", text="离职后一年内。"),
    ]
    assert read(answer(facets=facets)) == (
        "【公司拖欠工资怎么办】\n\n"
        "可以先投诉，也可以申请劳动仲裁。\n先存好合同、考勤。\n\n"
        "▪ 材料：合同、工资条。\n\n"
        "▪ 时限：离职后一年内。\n\n"
        "依据：《劳动合同法》第30条\n核对日期：2026年11月23日\n负责部门：公共法律服务管理处"
    )


def test_an_answer_that_ends_says_until_when_it_holds() -> None:
    text = read(answer(valid_until=date(2026, 12, 31)))
    assert text.endswith("负责部门：公共法律服务管理处\n这个回答有效到：2026年12月31日")


def test_an_answer_without_facets_has_no_empty_paragraph() -> None:
    assert "\n\n\n" not in read(answer()) and "▪" not in read(answer())


def test_several_answers_stand_one_below_the_other() -> None:
    text = read(TextBlock(text=say("several_intro")), answer(title="甲"), answer(title="乙"))
    assert [part for part in text.split("\n\n") if part.startswith("【")] == ["【甲】", "【乙】"]
    assert text.startswith(say("several_intro") + "\n\n【甲】")


# Sources


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        pytest.param([source("《民法典》", "第25条")], "《民法典》第25条", id="one article"),
        pytest.param(
            [source("《公证法》", "第11条"), source("《民法典》", "第25条"), source("《公证法》", "第25条")],
            "《公证法》第11、25条；《民法典》第25条",
            id="the articles of a law together",
        ),
        pytest.param(
            [source("《刑法》", "第120条"), source("《刑法》", "第120条之一"), source("《刑法》", "第120条")],
            "《刑法》第120条、第120条之一",
            id="inserted and repeated articles",
        ),
        pytest.param([source("办事指南", "2026-01-05")], "办事指南，2026年1月5日", id="a page and its day"),
        pytest.param([source("《民法典》")], "《民法典》", id="no article"),
        pytest.param(
            [
                source("价目", "2021-04-01", "https://a.example/fees?x=1&y=2"),
                source("《公证法》", "第46条"),
                source("总结", "2021-11-30"),
            ],
            "《公证法》第46条；总结，2021年11月30日\n价目，2021年4月1日\nhttps://a.example/fees?x=1&y=2",
            id="addresses last, each on its own line",
        ),
        pytest.param(
            [source("价目", "2021-04-01", "https://a.example/fees")],
            "价目，2021年4月1日\nhttps://a.example/fees",
            id="only an address",
        ),
    ],
)
def test_sources(sources: list[SourceBlock], expected: str) -> None:
    assert sources_read(*sources) == expected


# Buttons


def test_buttons_are_numbered_through_the_whole_reply() -> None:
    first = choices(say("next_prompt"), labour_a="怎么申请劳动仲裁", labour_b="老板跑路了")
    second = choices(say("unanswered_prompt"), notary_c="学历公证")
    reply = rendered(answer(), first, TextBlock(text="中间一句。"), second)
    assert reply.targets == ("entry:labour.a", "entry:labour.b", "entry:notary.c")
    assert BUTTON.sub(r"\2", reply.text).split("\n\n")[-3:] == [
        f"{say('next_prompt')}\n1. 怎么申请劳动仲裁\n2. 老板跑路了",
        "中间一句。",
        f"{say('unanswered_prompt')}\n3. 学历公证\n{HINT}",
    ]


def test_the_hint_stands_below_the_last_list_though_text_follows() -> None:
    text = read(choices("下面哪个？", a_b="甲"), TextBlock(text="再见。"))
    assert text == f"下面哪个？\n1. 甲\n{HINT}\n\n再见。"


def test_without_buttons_there_is_no_hint_and_no_target() -> None:
    reply = rendered(answer(), TextBlock(text=say("ask_on")))
    assert reply.targets == ()
    assert HINT not in reply.text and reply.text.endswith(say("ask_on"))


def test_wx_41_a_press_sends_the_label_and_the_buttons_id() -> None:
    label = '50% & "一半"，行吗？#1'
    ((address, shown),) = BUTTON.findall(rendered(choices("下面哪个？", labour_a=label)).text)
    sent = parse_qs(urlsplit(address).query, strict_parsing=True)
    assert shown == label
    assert sent["msgmenucontent"] == [label]
    assert sent["msgmenuid"] == [button_id(1)]


# Notices


@pytest.mark.parametrize("notice", sorted({rule.urgency.notice for rule in load_urgencies()}))
def test_an_urgent_notice_comes_first_exactly_as_it_stands(notice: str) -> None:
    text = read(answer(), NoticeBlock(level="urgent", text=notice), TextBlock(text=say("ask_on")))
    assert text.startswith(f"{notice}\n\n【公司拖欠工资怎么办】")
    assert text.endswith(say("ask_on"))


def test_an_urgent_notice_keeps_what_looks_like_markdown() -> None:
    assert read(NoticeBlock(level="urgent", text="# 请拨 **110**")) == "# 请拨 **110**"


def test_another_notice_stays_in_its_place() -> None:
    text = read(TextBlock(text="先看这里。"), NoticeBlock(level="info", text=say("degraded")), TextBlock(text="完。"))
    assert text == f"先看这里。\n\n{say('degraded')}\n\n完。"


# Markup


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**先**投诉，**再**仲裁。", "先投诉，再仲裁。"),
        ("# 要点\n## 一、材料\n正文", "要点\n一、材料\n正文"),
        ("输入 `12348` 即可\n```\n甲\n```", "输入 12348 即可\n\n甲\n"),
        ("看[法网](https://a.example/x)", "看法网 https://a.example/x"),
        ("看[法网](https://a.example/x)。", "看法网 https://a.example/x 。"),
        ("看[法网](https://a.example/x)\n再问", "看法网 https://a.example/x\n再问"),
        ("看 <https://a.example/x?y=1&z=2> 。", "看 https://a.example/x?y=1&z=2 。"),
        ("![图](https://a.example/x.png)", "图 https://a.example/x.png"),
        ("**见[法网](https://a.example)**", "见法网 https://a.example"),
    ],
)
def test_wx_52_markdown_is_stripped_and_links_are_bare(written: str, shown: str) -> None:
    assert read(TextBlock(text=written)) == shown


@pytest.mark.parametrize("part", ["title", "text", "office"])
def test_wx_52_no_part_of_an_answer_keeps_markdown(part: str) -> None:
    assert "*" not in read(answer(**{part: "**甲**"}))


@pytest.mark.parametrize(
    "text",
    ["2*3*4=24", "138****0000", "#12345", "第1条[注]（见下）", "A_B_C", "沪府办〔2021〕4号", "1. 甲\n2. 乙", "— 甲"],
)
def test_wx_52_what_only_resembles_markdown_stays(text: str) -> None:
    assert read(TextBlock(text=text)) == text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('<a href="https://b.example">点这里</a>', '＜a href="https://b.example">点这里＜/a>'),
        ("< A href=x>", "＜ A href=x>"),
        ("收入<3000元 & 有房", "收入＜3000元 & 有房"),
    ],
)
def test_a_text_makes_no_link_of_its_own(written: str, shown: str) -> None:
    assert read(TextBlock(text=written)) == shown


# A label is one line.
LABELS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1) | st.sampled_from(
    ['</a><a href="x">', '"><b>', "&msgmenuid=forged", ">", "[x](y)", "**甲**"]
)
TEXTS = st.text() | st.lists(st.sampled_from(["<a ", "</a>", "**", "](", "[", "`", "\n# ", "甲"])).map("".join)


@given(TEXTS, st.lists(LABELS, max_size=5), TEXTS, TEXTS)
def test_wx_52_only_our_buttons_are_tags(text: str, labels: list[str], title: str, notice: str) -> None:
    names = {f"a_n{number}": label for number, label in enumerate(labels)}
    reply = rendered(
        TextBlock(text=text),
        answer(title=title, text=text, facets=[FacetBlock(name="fee", label=title, text=text)], office=title),
        NoticeBlock(level="urgent", text=notice),
        choices(text, **names),
    )
    buttons = BUTTON.findall(reply.text)
    ids = [parse_qs(urlsplit(address).query)["msgmenuid"][0] for address, _ in buttons]
    assert ids == [button_id(number) for number in range(1, len(labels) + 1)]
    assert reply.targets == tuple(f"entry:a.n{n}" for n in range(len(labels)))
    assert "<" not in BUTTON.sub("", reply.text)
