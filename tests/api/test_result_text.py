"""What a guide came to as paragraphs, in plain text, in WeChat and on the page."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment, PackageLoader, select_autoescape

from api.channels.wechat.rendering import render
from api.choices import ChoiceSigner
from api.rendering import plain_text, public_blocks
from api.result_text import chinese_day, result_paragraphs, result_sources
from knowledge_base.blocks import LastDayBlock, OptionBlock, ReasonBlock, ResultBlock, SectionBlock, SourceBlock

CHECKED = date(2026, 11, 20)
LAW = SourceBlock(title="《劳动合同法》", article="第30条", checked=CHECKED, confidence="verified")
OTHER = SourceBlock(title="《民法典》", article="第188条", checked=CHECKED, confidence="verified")
PAGE = SourceBlock(
    title="办事指南", article="2026-01-05", url="https://example.org/a", checked=CHECKED, confidence="page"
)
WHOLE = ResultBlock(
    guide="deadline",
    title="期限计算",
    verdict="open",
    headline="还来得及。",
    text="先留好证据。",
    said=[("是哪一类事？", "上班、工资、工伤")],
    reasons=[ReasonBlock(text="离职后一年内要提。", sources=[LAW, OTHER])],
    days=[
        LastDayBlock(
            label="申请仲裁", day=date(2027, 11, 3), state="open", counted="从离职那天算一年。", sources=[OTHER, PAGE]
        ),
        LastDayBlock(label="起诉", day=None, state="unsure", counted="要先有裁决。", sources=[]),
    ],
    options=[
        OptionBlock(name="劳动仲裁", fit="first", rows=[("花多少钱", "不收费"), ("要多久", "45天")], sources=[LAW]),
        OptionBlock(name="打官司", fit="not_now", rows=[("花多少钱", "10元")], sources=[]),
    ],
    sections=[
        SectionBlock(title="要带什么", items=["身份证", "劳动合同"], tick=True, sources=[PAGE]),
        SectionBlock(title="小心", items=["不要签空白的纸"], tick=False, sources=[]),
    ],
    document=["申请书", "申请人：＿＿"],
    as_of=CHECKED,
)
BARE = WHOLE.model_copy(
    update={"text": "", "said": [], "reasons": [], "days": [], "options": [], "sections": [], "document": []}
)
ENVIRONMENT = Environment(loader=PackageLoader("api.channels.web"), autoescape=select_autoescape())


def stored(block: ResultBlock, **changes: Any) -> dict[str, Any]:
    return block.model_copy(update=changes).model_dump(mode="json")


def page(block: ResultBlock) -> str:
    """The block as HTML, in one line."""
    template = ENVIRONMENT.from_string('{% import "blocks.html" as show %}{{ show.result(block) }}')
    return " ".join(template.render(block=block.model_dump(mode="json")).split())


def test_the_paragraphs() -> None:
    assert result_paragraphs(stored(WHOLE)) == [
        "【期限计算】",
        "还来得及。",
        "先留好证据。",
        "为什么这样说：\n· 离职后一年内要提。",
        "申请仲裁：2027年11月3日\n从离职那天算一年。",
        "起诉：现在算不出来\n要先有裁决。",
        "▪ 劳动仲裁（先走这条）\n花多少钱：不收费\n要多久：45天",
        "▪ 打官司（现在还不行）\n花多少钱：10元",
        "要带什么：\n□ 身份证\n□ 劳动合同",
        "小心：\n· 不要签空白的纸",
        "下面的内容可以照着填，填好核对一遍再用。",
        "申请书",
        "申请人：＿＿",
    ]


def test_what_is_not_there_leaves_no_paragraph() -> None:
    assert result_paragraphs(stored(BARE)) == ["【期限计算】", "还来得及。"]
    assert result_sources(stored(BARE)) == []


def test_every_source_comes_once_in_the_order_of_the_parts() -> None:
    assert [source["title"] for source in result_sources(stored(WHOLE))] == ["《劳动合同法》", "《民法典》", "办事指南"]


@pytest.mark.parametrize(("iso", "day"), [("2026-12-08", "2026年12月8日"), ("2027-01-01", "2027年1月1日")])
def test_a_day_in_chinese(iso: str, day: str) -> None:
    assert chinese_day(iso) == day


def test_in_wechat_law_stands_below_with_the_day_of_the_check() -> None:
    text = render([stored(WHOLE)], str).text
    assert text.endswith(
        "依据：《劳动合同法》第30条；《民法典》第188条\n办事指南，2026年1月5日\nhttps://example.org/a\n核对日期：2026年11月20日"
    )
    assert text.startswith("【期限计算】\n\n还来得及。\n\n先留好证据。\n\n为什么这样说：")


def test_in_wechat_without_law_only_the_day_of_the_check() -> None:
    assert render([stored(BARE)], str).text == "【期限计算】\n\n还来得及。\n\n核对日期：2026年11月20日"


def test_in_wechat_nothing_looks_like_a_tag_or_markdown() -> None:
    text = render([stored(WHOLE, headline="**<a>** 还来得及。")], str).text
    assert "＜a>" in text and "**" not in text


def test_in_the_public_json_it_is_whole() -> None:
    turn = SimpleNamespace(reply=[stored(WHOLE)])
    (shown,) = public_blocks(turn, ChoiceSigner("a secret"))  # type: ignore[arg-type]
    assert shown == stored(WHOLE)


def test_as_plain_text_every_paragraph_is_there() -> None:
    text = plain_text(stored(WHOLE))
    assert [part for part in result_paragraphs(stored(WHOLE)) if part not in text] == []


def test_on_the_page_every_part_is_there() -> None:
    html = page(WHOLE)
    parts = [
        '<section class="result" data-verdict="open">',
        '<p class="lead">还来得及。</p>',
        '<section class="last-day" data-state="open"> <h4>申请仲裁</h4>',
        '<time datetime="2027-11-03">2027年11月3日</time>',
        "现在算不出来",
        "离职后一年内要提。",
        '<section class="option" data-fit="first"> <h4>劳动仲裁 <span class="fit">先走这条</span></h4>',
        "<dt>要多久</dt><dd>45天</dd>",
        '<input type="checkbox" autocomplete="off"> 身份证',
        "<li>不要签空白的纸</li>",
        "<p>申请人：＿＿</p>",
        "<dt>是哪一类事？</dt><dd>上班、工资、工伤</dd>",
        '<a class="source-title" href="https://example.org/a"',
        "第188条",
        '<time datetime="2026-11-20">2026年11月20日</time>',
    ]
    assert [part for part in parts if part not in html] == []


def test_on_the_page_what_is_not_there_leaves_nothing() -> None:
    html = page(BARE)
    assert [
        name
        for name in ("last-day", "reasons", "option", "list", "document", "said-so-far")
        if f'class="{name}' in html
    ] == []


def test_on_the_page_every_text_is_escaped() -> None:
    evil = "<script>alert(1)</script>"
    changed = WHOLE.model_copy(
        update={
            "title": evil,
            "headline": evil,
            "text": evil,
            "verdict": '"><script>',
            "said": [(evil, evil)],
            "document": [evil],
            "sections": [SectionBlock(title=evil, items=[evil], tick=True, sources=[])],
            "options": [OptionBlock(name=evil, fit="possible", rows=[(evil, evil)], sources=[])],
            "reasons": [ReasonBlock(text=evil, sources=[])],
            "days": [LastDayBlock(label=evil, day=None, state="unsure", counted=evil, sources=[])],
        }
    )
    assert "<script" not in page(changed)
