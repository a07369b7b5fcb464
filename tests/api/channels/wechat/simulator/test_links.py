"""Links as the app shows them."""

import pytest

from api.channels.wechat.simulator.links import Segment, segments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("没有链接 1 < 2", [Segment("没有链接 1 < 2")]),
        (
            '选：<a href="weixin://bizmsgmenu?msgmenucontent=离婚&msgmenuid=entry:a.b">离婚</a>。',
            [Segment("选："), Segment("离婚", menu_id="entry:a.b", content="离婚"), Segment("。")],
        ),
        (
            "<a href='weixin://bizmsgmenu?msgmenuid=a%2Fb&amp;msgmenucontent=%E7%A6%BB%E5%A9%9A'>离</a>",
            [Segment("离", menu_id="a/b", content="离婚")],
        ),
        (
            '<a href="weixin://bizmsgmenu?msgmenucontent=1+1&msgmenuid=a=b">x</a>',
            [Segment("x", menu_id="a=b", content="1+1")],
        ),
        ('<a href="weixin://bizmsgmenu?msgmenuid=1">x</a>', [Segment("x", menu_id="1", content="x")]),
        ('<a href="https://example.com/?a=1&b=2">网页</a>', [Segment("网页", address="https://example.com/?a=1&b=2")]),
        ('<a href="x">没有结束', [Segment('<a href="x">没有结束')]),
    ],
)
def test_links_are_set_apart(text: str, expected: list[Segment]) -> None:
    assert segments(text) == expected
