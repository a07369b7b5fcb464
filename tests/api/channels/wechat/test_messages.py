"""What a push means: its kind, its text, and the key by which copies of it are known."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channels.wechat.message_xml import parse_message
from api.channels.wechat.messages import Kind, Message, read_message
from tests.api.channels.wechat import pushes

ACCOUNT = pushes.account()
TEXT = {
    "ToUserName": pushes.ORIGINAL_ID,
    "FromUserName": pushes.FOLLOWER,
    "CreateTime": "1714112445",
    "MsgType": "text",
    "Content": "老板不发工资怎么办",
    "MsgId": "24523156432156789",
}
EVENT = {name: TEXT[name] for name in ("ToUserName", "FromUserName", "CreateTime")} | {
    "MsgType": "event",
    "Event": "CLICK",
    "EventKey": "key:help",
}


def read(fields: dict[str, str], /, **changes: str | None) -> Message:
    merged = fields | changes
    message = read_message(ACCOUNT, {name: value for name, value in merged.items() if value is not None})
    assert message is not None
    return message


KINDS = [
    *(("wx_40", {"MsgType": kind}, Kind.TEXT) for kind in ("text", "TEXT", "Text")),
    *(
        ("wx_42", {"MsgType": kind}, Kind.UNREADABLE)
        for kind in ("image", "video", "shortvideo", "link", "miniprogrampage", "music", "file", "不知道")
    ),
    ("wx_43", {"MsgType": "voice"}, Kind.VOICE),
    ("wx_44", {"MsgType": "location"}, Kind.LOCATION),
]
EVENTS = [
    *(("wx_45", name, Kind.SUBSCRIBE) for name in ("subscribe", "SUBSCRIBE", "Subscribe")),
    *(("wx_46", name, Kind.SCAN) for name in ("SCAN", "scan")),
    *(("wx_47", name, Kind.CLICK) for name in ("CLICK", "click", "Click")),
    *(
        ("wx_48", name, Kind.IGNORED)
        for name in ("VIEW", "LOCATION", "location", "TEMPLATESENDJOBFINISH", "scancode_waitmsg", "subscribe_msg", "")
    ),
    *(("wx_49", name, Kind.UNSUBSCRIBE) for name in ("unsubscribe", "UNSUBSCRIBE", "unSubscribe")),
]


@pytest.mark.parametrize(("line", "changes", "kind"), KINDS, ids=lambda value: str(value))
def test_wx_40_wx_42_wx_43_wx_44_a_message_has_the_kind_of_its_type(
    line: str, changes: dict[str, str], kind: Kind
) -> None:
    assert read(TEXT, **changes).kind is kind


@pytest.mark.parametrize(("line", "name", "kind"), EVENTS)
def test_wx_45_wx_46_wx_47_wx_48_wx_49_an_event_has_the_kind_of_its_name_in_any_case(
    line: str, name: str, kind: Kind
) -> None:
    assert read(EVENT, Event=name).kind is kind
    assert read(EVENT, Event=name, MsgType="EVENT").kind is kind


def test_wx_48_an_event_without_a_name_is_ignored() -> None:
    assert read(EVENT, Event=None).kind is Kind.IGNORED


@pytest.mark.parametrize(
    "changes",
    [
        {"ToUserName": "gh_000000000000"},
        {"ToUserName": pushes.ORIGINAL_ID.upper()},
        {"ToUserName": ""},
        {"ToUserName": None},
        {"FromUserName": ""},
        {"FromUserName": None},
        {"FromUserName": "o" * 129},
        {"MsgType": ""},
        {"MsgType": None},
    ],
)
def test_wx_18_wx_23_what_is_not_for_us_or_says_too_little_is_no_message(changes: dict[str, str | None]) -> None:
    for fields in (TEXT, EVENT):
        merged = {name: value for name, value in (fields | changes).items() if value is not None}
        assert read_message(ACCOUNT, merged) is None


@pytest.mark.parametrize(
    ("changes", "text", "menu_id"),
    [
        ({}, "老板不发工资怎么办", ""),
        ({"Content": None}, "", ""),
        ({"bizmsgmenuid": "0c7870a1-1"}, "老板不发工资怎么办", "0c7870a1-1"),
        ({"Recognition": "别的话"}, "老板不发工资怎么办", ""),
        ({"MsgType": "voice", "Recognition": "房东不退押金"}, "房东不退押金", ""),
        ({"MsgType": "voice", "bizmsgmenuid": "0c7870a1-1"}, "", ""),
        ({"MsgType": "image"}, "", ""),
    ],
)
def test_wx_40_wx_41_wx_43_only_what_belongs_to_its_type_is_read(
    changes: dict[str, str | None], text: str, menu_id: str
) -> None:
    message = read(TEXT, **changes)
    assert (message.text, message.menu_id) == (text, menu_id)


def test_wx_18_who_sent_it_stands_in_the_message() -> None:
    assert read(TEXT).openid == pushes.FOLLOWER


# --- the key ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "changes"),
    [
        (TEXT, {"MsgId": "24523156432156790"}),
        (TEXT, {"FromUserName": "oSomebodyElse"}),
        (TEXT, {"CreateTime": "1714112446"}),
        (EVENT, {"FromUserName": "oSomebodyElse"}),
        (EVENT, {"CreateTime": "1714112446"}),
        (EVENT, {"Event": "SCAN"}),
        (EVENT, {"EventKey": "key:person"}),
        (EVENT, {"EventKey": ""}),
    ],
    ids=lambda value: ", ".join(value) if len(value) == 1 else value["MsgType"],
)
def test_wx_32_wx_33_wx_34_another_push_has_another_key(fields: dict[str, str], changes: dict[str, str]) -> None:
    assert read(fields).key != read(fields, **changes).key


@pytest.mark.parametrize(
    ("fields", "changes"),
    [
        (TEXT, {}),
        (TEXT, {"Content": "平台不会这样做", "MsgDataId": "1", "Idx": "1"}),
        (EVENT, {}),
        (EVENT, {"Event": "click"}),
        (EVENT, {"MsgType": "Event", "MenuId": "512345678"}),
    ],
    ids=str,
)
def test_wx_31_wx_33_a_copy_has_the_same_key(fields: dict[str, str], changes: dict[str, str]) -> None:
    assert read(fields).key == read(fields, **changes).key


def test_wx_32_another_account_has_other_keys() -> None:
    other = pushes.account(app_id="wx0123456789abcdef")
    assert read_message(other, TEXT) != read_message(ACCOUNT, TEXT)


def test_wx_49_msgid_in_either_spelling_is_the_same_message() -> None:
    body = pushes.message().replace(b"MsgId", b"MsgID")
    assert b"MsgID" in body
    assert read(parse_message(body)).key == read(parse_message(pushes.message())).key


@pytest.mark.parametrize("number", ["18446744073709551615", "18446744073709551616", "9007199254740993"])
def test_wx_31_an_id_of_64_bits_is_not_rounded(number: str) -> None:
    assert read(TEXT, MsgId=number).key != read(TEXT, MsgId=str(int(number) - 1)).key


_PART = st.text(st.sampled_from('a"\\,[]1é'), min_size=1, max_size=3)
_PUSHES = st.tuples(st.sampled_from(["text", "event"]), _PART, _PART, _PART, _PART)


def _named(push: tuple[Any, ...]) -> tuple[Any, ...]:
    """A push, and what tells it apart from others."""
    kind, openid, created, first, second = push
    if kind == "text":
        return read(TEXT, FromUserName=openid, CreateTime=created, MsgId=first).key, (kind, openid, created, first)
    fields = {"FromUserName": openid, "CreateTime": created, "Event": first, "EventKey": second}
    return read(EVENT, **fields).key, (kind, openid, created, first.lower(), second)


@given(_PUSHES, _PUSHES)
def test_wx_31_keys_are_the_same_exactly_when_the_pushes_are(one: tuple[Any, ...], two: tuple[Any, ...]) -> None:
    (first_key, first), (second_key, second) = _named(one), _named(two)
    assert (first_key == second_key) == (first == second)


@given(st.dictionaries(st.sampled_from([*TEXT, *EVENT, "bizmsgmenuid", "Recognition"]), st.text(), max_size=9))
def test_wx_23_any_fields_are_read_or_not_and_nothing_is_raised(fields: dict[str, str]) -> None:
    fields |= {"ToUserName": pushes.ORIGINAL_ID}
    message = read_message(ACCOUNT, fields)
    if message is not None:
        assert len(message.key) == 64


def test_wx_59_the_key_gives_nobody_away() -> None:
    assert pushes.FOLLOWER not in read(TEXT).key
