"""The XML of each kind, read by wechatpy, and with the fields that the platform's pages list."""

from collections.abc import Callable
from typing import Any

import pytest
import wechatpy
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from api.channels.wechat.simulator.follower import Follower, FollowerMessage
from tests.api.channels.wechat.simulator.conftest import Clock

OPENID, ORIGINAL_ID = "oFollower", "gh_account"
HEAD = {"ToUserName": ORIGINAL_ID, "FromUserName": OPENID, "CreateTime": "1714112445"}


def follower() -> Follower:
    return Follower(OPENID, ORIGINAL_ID, Clock(), iter([7001, 7002]))


Make = Callable[[Follower], FollowerMessage]
MESSAGES: list[tuple[Make, str, dict[str, str]]] = [
    (lambda f: f.text("你好"), "text", {"Content": "你好"}),
    (lambda f: f.menu_choice("没有", "entry:a.b"), "text", {"Content": "没有", "bizmsgmenuid": "entry:a.b"}),
    (lambda f: f.image(), "image", {}),
    (lambda f: f.voice(), "voice", {"Format": "amr"}),
    (lambda f: f.voice("工资"), "voice", {"Recognition": "工资"}),
    (lambda f: f.video(), "video", {}),
    (lambda f: f.short_video(), "shortvideo", {}),
    (
        lambda f: f.location(31.2, 121.5, "人民广场"),
        "location",
        {"Location_X": "31.2", "Location_Y": "121.5", "Label": "人民广场"},
    ),
    (lambda f: f.link("https://example.com/?a=1&b=2"), "link", {"Url": "https://example.com/?a=1&b=2"}),
    (lambda f: f.mini_program(), "miniprogrampage", {"PagePath": "pages/index"}),
    (lambda f: f.message("dance", Step="1"), "dance", {"Step": "1"}),
]
EVENTS: list[tuple[Make, str, dict[str, Any]]] = [
    (lambda f: f.subscribe(), "subscribe", {"EventKey": None}),
    (lambda f: f.subscribe("12"), "subscribe", {"EventKey": "qrscene_12", "Ticket": "DevelopmentOnlyTicket"}),
    (lambda f: f.unsubscribe(), "unsubscribe", {}),
    (lambda f: f.scan("12"), "SCAN", {"EventKey": "12"}),
    (lambda f: f.click("key:help"), "CLICK", {"EventKey": "key:help"}),
    (lambda f: f.view("https://example.com"), "VIEW", {"EventKey": "https://example.com"}),
    (lambda f: f.reported_location(31.2, 121.5), "LOCATION", {"Latitude": "31.2", "Longitude": "121.5"}),
    (lambda f: f.scan_in_menu("x"), "scancode_waitmsg", {"ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "x"}}),
    (lambda f: f.occurrence("dance"), "dance", {}),
]


@pytest.mark.parametrize(("make", "kind", "fields"), MESSAGES)
def test_a_message_has_its_fields_and_an_id(make: Make, kind: str, fields: dict[str, str]) -> None:
    read = xmltodict.parse(make(follower()).xml())["xml"]
    assert read.items() >= (HEAD | {"MsgType": kind, "MsgId": "7001"} | fields).items()
    assert wechatpy.parse_message(make(follower()).xml()).source == OPENID


@pytest.mark.parametrize(("make", "event", "fields"), EVENTS)
def test_an_event_has_its_fields_and_no_id(make: Make, event: str, fields: dict[str, Any]) -> None:
    read = xmltodict.parse(make(follower()).xml())["xml"]
    expected = HEAD | {"MsgType": "event", "Event": event} | fields
    assert {name: read[name] for name in expected} == expected
    assert "MsgId" not in read


def test_without_recognition_the_element_is_left_out() -> None:
    assert "Recognition" not in follower().voice().fields
    assert "<Recognition><![CDATA[]]></Recognition>" in follower().voice("").xml()


def test_every_message_has_an_id_of_its_own() -> None:
    one = follower()
    assert [one.text("a").fields["MsgId"], one.image().fields["MsgId"]] == [7001, 7002]


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"], exclude_characters="￾￿")))
def test_any_text_survives(text: str) -> None:
    read = xmltodict.parse(follower().text(text).xml(), strip_whitespace=False)["xml"]
    assert (read["Content"] or "") == text


def test_fields_are_changed_added_and_left_out() -> None:
    changed = follower().text("a").changed(MsgId=None, MsgID=7001, Content="b")
    assert "MsgId" not in changed.fields
    assert changed.fields["MsgID"] == 7001
    assert changed.fields["Content"] == "b"
