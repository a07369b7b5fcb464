"""Whole requests of any kind: the platform never gets JSON, a page or an error, and nothing is raised (WX-37)."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import app as app_module
from api.channels.wechat import channel
from api.channels.wechat.accounts import WechatMode
from api.channels.wechat.simulator.follower import FollowerMessage
from api.channels.wechat.simulator.judge import Outcome
from tests.api.channels.wechat import hostile, pushes
from tests.api.channels.wechat.conftest import URL, Serve, Wechat
from tests.api.conftest import Running, Start

_WITH_A_DATABASE = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def assert_fit(response: httpx.Response) -> None:
    """What the platform can make something of, or a refusal that says nothing."""
    kind = response.headers["content-type"].partition(";")[0]
    if response.status_code == 403:
        assert (response.content, kind) == (b"", "text/plain")
    elif response.content == b"success":
        assert (response.status_code, kind) == (200, "text/plain")
    else:
        assert (response.status_code, kind) == (200, "application/xml")
        assert fromstring(response.content, forbid_dtd=True).tag == "xml"


# --- what a forger sends ----------------------------------------------------------------------------------------------


@pytest.fixture
async def attacked(start: Start, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """The application with the platform's example account in each mode, at the time of its examples."""
    accounts = {mode.value: pushes.account(mode, name=mode.value) for mode in WechatMode}
    monkeypatch.setattr(app_module, "load_accounts", lambda _: accounts)
    clock = SimpleNamespace(time=lambda: pushes.NOW, monotonic=time.monotonic)
    monkeypatch.setattr(channel, "time", clock)
    async with start() as running:
        yield running


@_WITH_A_DATABASE
@given(attempt=hostile.attempts())
async def test_wx_37_any_damage_to_a_push(attacked: Running, attempt: hostile.Attempt) -> None:
    query = [(name, value.encode("utf-8", "replace").decode()) for name, value in attempt.query]
    mode = attempt.account.mode.value
    assert_fit(await attacked.client.post(f"{URL}/{mode}", params=query, content=attempt.body))


_NAMES = st.sampled_from(["signature", "msg_signature", "timestamp", "nonce", "echostr", "encrypt_type", "openid"])
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
_VALUES = st.sampled_from(["1714112445", "aes", "raw", "0" * 40]) | _TEXTS
_QUERIES = st.lists(st.tuples(_NAMES | _TEXTS, _VALUES), max_size=8)


@_WITH_A_DATABASE
@given(method=st.sampled_from(["GET", "POST"]), mode=st.sampled_from(WechatMode), query=_QUERIES, body=st.binary())
async def test_wx_37_any_query_and_any_body(
    attacked: Running, method: str, mode: WechatMode, query: list[tuple[str, str]], body: bytes
) -> None:
    response = await attacked.client.request(method, f"{URL}/{mode.value}", params=query, content=body)
    assert response.status_code == 403
    assert_fit(response)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=_QUERIES, body=st.binary(), name=st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1))
async def test_wx_37_an_account_that_is_not_there(
    attacked: Running, query: list[tuple[str, str]], body: bytes, name: str
) -> None:
    response = await attacked.client.post(f"{URL}/x-{name}", params=query, content=body)
    assert (response.status_code, response.content) == (404, b"")


# --- what the platform could send one day -----------------------------------------------------------------------------

_WRITTEN = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40)
_LONG = st.sampled_from(
    ["工资" * 600, "9" * 3000, "<a href='x'>" * 50, "继续", "1", "第一个", "救命", "]]>" * 20, "　"]
)
_SORTS = st.sampled_from(["text", "voice", "image", "location", "link", "event", "EVENT", "hologram"])
_EVENTS = st.sampled_from(["subscribe", "unsubscribe", "SCAN", "CLICK", "VIEW", "LOCATION", "", "new_event"])
_KEYS = st.sampled_from(
    ["", "key:person", "key:help", "key:web", "topic:劳动争议", "entry:x", "say:none_of_these", ":"]
)


@st.composite
def _messages(draw: st.DrawFn) -> dict[str, Any]:
    """Fields in which almost anything may stand."""
    return {
        "FromUserName": draw(st.sampled_from(["oA", "oB"]) | _WRITTEN),
        "CreateTime": draw(st.integers(0, 9) | _WRITTEN),
        "MsgType": draw(_SORTS | _WRITTEN),
        "Content": draw(_LONG | _WRITTEN),
        "Recognition": draw(_LONG | _WRITTEN),
        "bizmsgmenuid": draw(st.just("") | st.from_regex(r"[0-9a-f]{8}-\d{1,2}", fullmatch=True) | _WRITTEN),
        "Event": draw(_EVENTS | _WRITTEN),
        "EventKey": draw(_KEYS | _WRITTEN),
        "MsgId": draw(st.integers(0, 3) | _WRITTEN),
    }


@pytest.fixture
async def served(serve: Serve) -> AsyncIterator[Wechat]:
    """The application with small replies, so that much of it goes on after "继续"."""
    async with serve(max_reply_bytes=400, settings={"public_url": "https://hufa.example"}) as one:
        yield one


@_WITH_A_DATABASE
@given(fields=_messages())
async def test_wx_37_any_message_is_answered_or_acknowledged(served: Wechat, fields: dict[str, Any]) -> None:
    message = FollowerMessage({"ToUserName": served.account.original_id} | fields)
    client = served.client()
    request = client.request(message)
    signed = tuple((name, value) for name, value in request.query if name != "openid")
    verdict = (await client.deliver(replace(request, query=signed))).verdict
    assert verdict.outcome is not Outcome.REJECTED, verdict
