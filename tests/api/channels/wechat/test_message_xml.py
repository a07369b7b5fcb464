"""XML in and out: what is read, what is refused, and that a reply says what it was meant to say."""

import tracemalloc
import xml.sax
import xml.sax.handler
from io import BytesIO

import pytest
import xmltodict
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.parser import parse_message as wechatpy_parse

from api.channels.wechat.errors import MalformedMessageError
from api.channels.wechat.message_xml import Article, envelope_xml, news_xml, parse_message, text_xml
from tests.api.channels.wechat import hostile, pushes

TEXTS = {
    "plain": "可以申请劳动仲裁。\n电话 12348",
    "emoji": "👨‍👩‍👧‍👦😀🇨🇳",
    "rare characters": "𠮷𡈽㐂 上海市民𬎆",
    "markup": "a & b < c > d \"e\" 'f' &amp; &#65; <xml/>",
    "a link": '<a href="weixin://bizmsgmenu?msgmenucontent=a&msgmenuid=1">a</a>',
    "the end of CDATA": "]]>",
    "the end of CDATA, often": "]]>]]>]]]>]]]]>>",
    "an element of its own": "a]]></Content><MsgType><![CDATA[news]]></MsgType><Content><![CDATA[b",
    "CDATA in CDATA": "<![CDATA[a]]>",
    "a tab": "a\tb",
}
CONTROLS = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, 0xD800, 0xDFFF]))


def _wire(text: bytes) -> dict[str, str]:
    """What a parser of others reads; a repeated element would be a list."""
    read = xmltodict.parse(text, strip_whitespace=False)["xml"]
    return {name: value or "" for name, value in read.items()}


# --- reading ----------------------------------------------------------------------------------------------------------


def test_a_message_is_read_as_text_throughout() -> None:
    assert parse_message(pushes.message()) == {
        "ToUserName": pushes.ORIGINAL_ID,
        "FromUserName": pushes.FOLLOWER,
        "CreateTime": "1714112445",
        "MsgType": "text",
        "Content": "老板不发工资怎么办",
        "MsgId": "24523156432156789",
    }


@pytest.mark.parametrize("tag", ["MsgId", "MsgID"])
def test_both_spellings_of_the_id_are_read_and_it_keeps_its_digits(tag: str) -> None:
    fields = parse_message(f"<xml><MsgType>voice</MsgType><{tag}>018446744073709551615</{tag}></xml>".encode())
    assert fields["MsgId"] == "018446744073709551615"
    assert "MsgID" not in fields


def test_children_of_children_are_left_out() -> None:
    body = (
        b"<xml><MsgType>event</MsgType><Event>pic_weixin</Event><EventKey></EventKey>"
        b"<SendPicsInfo><Count>1</Count><PicList><item><PicMd5Sum>1</PicMd5Sum></item></PicList></SendPicsInfo>"
        b"<ScanCodeInfo><ScanType>qrcode</ScanType></ScanCodeInfo></xml>"
    )
    assert parse_message(body) == {"MsgType": "event", "Event": "pic_weixin", "EventKey": ""}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_wx_25_what_a_citizen_writes_is_read_as_written(text: str) -> None:
    assert parse_message(pushes.message(Content=text))["Content"] == text


def test_wx_20_the_name_of_a_document_type_may_be_written_about() -> None:
    body = b"<xml><Content><![CDATA[<!DOCTYPE xml [<!ENTITY a SYSTEM 'b'>]>&a;]]></Content></xml>"
    assert parse_message(body) == {"Content": "<!DOCTYPE xml [<!ENTITY a SYSTEM 'b'>]>&a;"}


@pytest.mark.parametrize(
    "declaration",
    [
        "",
        "\ufeff",
        '<?xml version="1.0"?>',
        "<?xml version='1.0' encoding='utf-8'?>",
        '\ufeff<?xml version="1.0" encoding="UTF-8"?>',
    ],
)
def test_wx_20_utf_8_may_be_declared(declaration: str) -> None:
    assert parse_message((declaration + "<xml><a>法</a></xml>").encode()) == {"a": "法"}


@pytest.mark.parametrize("body", hostile.DOCUMENTS.values(), ids=hostile.DOCUMENTS)
def test_wx_20_a_dangerous_document_is_refused_and_nothing_is_opened(body: bytes) -> None:
    with hostile.isolated() as accesses, pytest.raises(MalformedMessageError):
        parse_message(body)
    assert accesses == []


def test_wx_20_names_are_not_expanded_with_their_namespace() -> None:
    tracemalloc.start()
    try:
        parse_message(hostile.LONG_NAMESPACE)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 50 * len(hostile.LONG_NAMESPACE)


@pytest.mark.parametrize(
    ("before", "after"), [("<a{}>", "</a{}>"), ("<a{}/>", "")], ids=["one in the other", "side by side"]
)
def test_wx_20_hundreds_of_elements_are_read_and_no_more(before: str, after: str) -> None:
    def document(count: int) -> bytes:
        inner = [before.format(n) for n in range(count)] + [after.format(n) for n in reversed(range(count))]
        return f"<xml>{''.join(inner)}</xml>".encode()

    assert parse_message(document(499)) is not None
    with pytest.raises(MalformedMessageError, match="too many"):
        parse_message(document(500))


def test_wx_20_what_includes_a_file_is_only_text() -> None:
    body = b'<xml xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="file:///etc/passwd" parse="text"/></xml>'
    with hostile.isolated() as accesses:
        assert set(parse_message(body).values()) == {""}
    assert accesses == []


def test_wx_20_the_guard_of_these_tests_sees_a_parser_that_opens_files() -> None:
    parser = xml.sax.make_parser()  # noqa: S317 - careless on purpose
    parser.setFeature(xml.sax.handler.feature_external_ges, True)
    with hostile.isolated() as accesses, pytest.raises(hostile.OutsideError):
        parser.parse(BytesIO(hostile.DOCUMENTS["entity of a file"]))
    assert accesses == ["builtins.open"]


def test_wx_21_a_body_of_64_kib_is_read_and_a_byte_more_is_not() -> None:
    empty = pushes.message(Content="")
    body = pushes.message(Content="a" * (65_536 - len(empty)))
    assert len(body) == 65_536
    assert parse_message(body)["MsgType"] == "text"
    with pytest.raises(MalformedMessageError, match="too long"):
        parse_message(body + b"\n")


def test_wx_21_a_long_body_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("api.channels.wechat.message_xml.create_parser")
    with pytest.raises(MalformedMessageError, match="too long"):
        parse_message(b"<xml>" + b" " * 65_536)


@pytest.mark.parametrize(
    "more",
    [
        "<MsgType>text</MsgType>",
        "<FromUserName>another</FromUserName>",
        "<MsgID>1</MsgID>",
        "<ScanCodeInfo><a>1</a></ScanCodeInfo><ScanCodeInfo><a>1</a></ScanCodeInfo>",
        "<Unknown/><Unknown/>",
    ],
)
def test_wx_22_a_repeated_element_is_refused(more: str) -> None:
    with pytest.raises(MalformedMessageError, match="repeated"):
        parse_message(pushes.message().replace(b"</xml>", more.encode() + b"</xml>"))


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"hello", b'{"MsgType": "text"}', b"<xml>", b"<xml><a></xml>", b"<xml/><xml/>", b"<XML/>", b"<html/>",
     b"<a><xml/></a>", b"<a:xml xmlns:a='urn:a'/>", b"\x00", b"\xff\xfe"],
)  # fmt: skip
def test_wx_23_what_is_no_message_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        parse_message(body)


def test_wx_23_a_missing_element_is_simply_not_there() -> None:
    assert "MsgType" not in parse_message(pushes.message(MsgType=None))
    assert parse_message(b"<xml/>") == {}


@given(hostile.documents())
@settings(deadline=None)
def test_wx_23_any_bytes_are_read_or_malformed(body: bytes) -> None:
    with hostile.isolated() as accesses:
        try:
            fields = parse_message(body)
        except MalformedMessageError:
            fields = {}
    assert all(isinstance(value, str) for value in fields.values())
    assert accesses == []


# --- writing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_wx_24_wx_25_a_reply_says_what_it_was_given(text: str) -> None:
    expected = {
        "ToUserName": pushes.FOLLOWER,
        "FromUserName": pushes.ORIGINAL_ID,
        "CreateTime": "1714112445",
        "MsgType": "text",
        "Content": text,
    }
    written = text_xml(pushes.FOLLOWER, pushes.ORIGINAL_ID, pushes.NOW, text)
    assert (parse_message(written), _wire(written)) == (expected, expected)


def test_wx_24_the_end_of_cdata_is_written_in_two_sections() -> None:
    assert b"<Content><![CDATA[a]]]]><![CDATA[>b]]></Content>" in text_xml("a", "b", 1, "a]]>b")


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_wx_24_what_xml_cannot_hold_is_dropped(control: str) -> None:
    assert parse_message(text_xml("a", "b", 1, f"{control}前{control}后{control}"))["Content"] == "前后"


def test_wx_24_what_is_dropped_cannot_make_an_end_of_cdata() -> None:
    assert parse_message(text_xml("a", "b", 1, "]\x00]\x01>]]\ud800>"))["Content"] == "]]>]]>"


def test_wx_24_every_line_break_is_a_line_feed() -> None:
    assert parse_message(text_xml("a", "b", 1, "1\r\n2\r3\n4"))["Content"] == "1\n2\n3\n4"


@given(st.text(st.characters()) | st.lists(st.sampled_from(["]", ">", "]]>", "<", "\0", "&", "\r", "法"])).map("".join))
def test_wx_24_any_text_comes_back_with_one_type(text: str) -> None:
    written = text_xml(pushes.FOLLOWER, pushes.ORIGINAL_ID, pushes.NOW, text)
    kept = "".join(sign for sign in text if sign not in CONTROLS and not "\ud800" <= sign <= "\udfff")
    fields = parse_message(written)
    assert fields["MsgType"] == _wire(written)["MsgType"] == "text"
    assert fields["Content"] == kept.replace("\r\n", "\n").replace("\r", "\n")


def test_wx_53_to_and_from_are_swapped_in_a_reply() -> None:
    asked = wechatpy_parse(pushes.message())
    for written in (
        text_xml(asked.source, asked.target, pushes.NOW, "答复"),
        news_xml(asked.source, asked.target, pushes.NOW, [Article("题", "述", "https://a.cn", "https://a.cn/b.png")]),
    ):
        read = _wire(written)
        assert (read["ToUserName"], read["FromUserName"]) == (asked.source, asked.target)
        assert (read["ToUserName"], read["FromUserName"]) == (pushes.FOLLOWER, pushes.ORIGINAL_ID)


def test_a_news_reply_holds_its_articles_in_order() -> None:
    articles = [
        Article("题 & 目]]>", "描\x00述", "https://a.cn/?a=1&b=2", "https://a.cn/b.png"),
        Article("二", "", "https://a.cn/2", ""),
    ]
    read = xmltodict.parse(news_xml("to", "gh_a", pushes.NOW, articles))["xml"]
    assert (read["MsgType"], read["ArticleCount"]) == ("news", "2")
    assert read["Articles"]["item"] == [
        {"Title": "题 & 目]]>", "Description": "描述", "PicUrl": "https://a.cn/b.png", "Url": "https://a.cn/?a=1&b=2"},
        {"Title": "二", "Description": None, "PicUrl": None, "Url": "https://a.cn/2"},
    ]


def test_wx_17_a_nonce_cannot_leave_its_element() -> None:
    written = envelope_xml("abc=", "0" * 40, pushes.NOW, "1]]></Nonce><Encrypt>x</Encrypt>")
    assert parse_message(written) == {
        "Encrypt": "abc=",
        "MsgSignature": "0" * 40,
        "TimeStamp": "1714112445",
        "Nonce": "1]]></Nonce><Encrypt>x</Encrypt>",
    }
