"""The server URL over HTTP: whatever comes in, the platform gets XML, `success`, or a bare 403 or 404, in time."""

import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from xml.sax.saxutils import escape

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from api.channels.wechat.accounts import WechatMode
from api.channels.wechat.simulator.cipher import signature
from api.channels.wechat.simulator.follower import Follower, FollowerMessage
from api.channels.wechat.simulator.judge import Outcome
from api.channels.wechat.simulator.push import Delivery, PushRequest
from api.storage.wechat_deliveries import DeliveryStore
from knowledge_base.wording import say
from tests.api import fakes
from tests.api.channels.wechat.conftest import HASTY, URL, Serve, Wechat, hold, same_answer
from tests.api.servers import free_port

WAGES, WAGES_TITLE = "老板不发工资", "【公司拖欠工资怎么办】"
Make = Callable[[Follower], FollowerMessage]


@pytest.fixture
async def plain(serve: Serve) -> AsyncIterator[Wechat]:
    """The application with the account in plaintext mode."""
    async with serve(WechatMode.PLAIN) as one:
        yield one


async def send(wechat: Wechat, spoil: Callable[[PushRequest], PushRequest] = lambda it: it) -> Delivery:
    """Push a question, spoilt on the way."""
    client = wechat.client()
    return await client.deliver(spoil(client.request(wechat.follower().text(WAGES))))


def with_query(request: PushRequest, **changes: str) -> PushRequest:
    return replace(request, query=tuple({**dict(request.query), **changes}.items()))


# --- the address ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("echo", ["4375120948345356249", "<script>alert(1)</script>", "<!DOCTYPE html>", "a b+c%&="])
async def test_wx_01_wx_06_the_platform_gets_its_echo_as_plain_text(wechat_in_each_mode: Wechat, echo: str) -> None:
    now = str(int(time.time()))
    signed = signature(wechat_in_each_mode.account.token.get_secret_value(), now, "9")
    query = {"signature": signed, "timestamp": now, "nonce": "9", "echostr": echo}
    response = await wechat_in_each_mode.running.client.get(URL, params=query)
    assert (response.status_code, response.text) == (200, echo)
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", ["nobody", "HASTY", "hasty ", "%E6%B2%AA", "a%3Fb"])
async def test_an_account_that_is_not_served_is_not_found(wechat: Wechat, method: str, name: str) -> None:
    response = await wechat.running.client.request(method, f"{URL}/{name}")
    assert (response.status_code, response.content) == (404, b"")


async def test_each_account_has_an_address_of_its_own(wechat: Wechat) -> None:
    assert (await wechat.client(HASTY).verify_url()).outcome is Outcome.ACKNOWLEDGED


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_wx_02_without_a_signature_there_is_only_403(wechat_in_each_mode: Wechat, method: str) -> None:
    response = await wechat_in_each_mode.running.client.request(method, f"{URL}?echostr=1&openid=o")
    assert (response.status_code, response.content) == (403, b"")


@pytest.mark.parametrize("name", ["timestamp", "nonce", "msg_signature", "encrypt_type"])
async def test_wx_02_wx_14_a_changed_parameter_is_refused_and_the_bot_not_called(wechat: Wechat, name: str) -> None:
    reply = await send(wechat, lambda it: with_query(it, **{name: "0" * 40}))
    assert (reply.status, reply.body, wechat.rasa.messages) == (403, b"", [])


async def test_wx_15_plaintext_is_refused_in_safe_mode(serve: Serve) -> None:
    async with serve(WechatMode.PLAIN) as plain, serve() as safe:
        request = plain.client().request(plain.follower().text(WAGES))
        assert (await safe.client().deliver(request)).status == 403


# --- replies ----------------------------------------------------------------------------------------------------------


async def test_wx_17_success_is_sent_bare(wechat_in_each_mode: Wechat) -> None:
    client, one = wechat_in_each_mode.client(), wechat_in_each_mode.follower()
    replies = [await client.deliver(client.request(message)) for message in (one.view("https://a"), one.unsubscribe())]
    assert [(reply.status, reply.body) for reply in replies] == [(200, b"success")] * 2


async def test_wx_17_wx_53_the_reply_goes_back_to_the_follower_in_the_mode_of_the_push(
    wechat_in_each_mode: Wechat,
) -> None:
    """The judge checks envelope, signature, nonce and both names."""
    assert (await wechat_in_each_mode.say(WAGES)).startswith(WAGES_TITLE)


async def test_wx_53_to_and_from_are_swapped(plain: Wechat) -> None:
    reply = await send(plain)
    fields = {child.tag: child.text for child in fromstring(reply.body)}
    assert (fields["ToUserName"], fields["FromUserName"]) == (plain.follower().openid, plain.account.original_id)
    assert re.fullmatch(r"\d{10}", fields["CreateTime"] or "")


async def test_wx_18_a_message_for_another_account_is_only_acknowledged(wechat_in_each_mode: Wechat) -> None:
    message = wechat_in_each_mode.follower().text(WAGES).changed(ToUserName="gh_000000000000")
    assert (await wechat_in_each_mode.deliver(message)).outcome is Outcome.ACKNOWLEDGED
    assert (wechat_in_each_mode.rasa.messages, await wechat_in_each_mode.deliveries()) == ([], [])


async def test_wx_18_the_openid_of_the_url_is_nobody(wechat_in_each_mode: Wechat) -> None:
    reply = await send(wechat_in_each_mode, lambda it: with_query(it, openid="oSomebodyElse"))
    assert reply.verdict.text.startswith(WAGES_TITLE)
    (asked,) = wechat_in_each_mode.rasa.messages
    assert asked["sender"] == wechat_in_each_mode.conversation()


STRANGE = [
    "𠮷野家欠我工资",
    "工资😀👨‍👩‍👧没发",
    "工资 & 奖金 <b>没发</b> &amp;",
    "工资]]>没发",
    "<![CDATA[工资",
    "工资\n\n没发\t了",
]


@pytest.mark.parametrize("text", STRANGE)
async def test_wx_25_strange_characters_reach_the_bot(wechat_in_each_mode: Wechat, text: str) -> None:
    await wechat_in_each_mode.say(text)
    (asked,) = wechat_in_each_mode.rasa.messages
    expected = " ".join(text.split()).replace("\u200d", "")
    assert asked["message"] == expected


# --- what cannot be read ----------------------------------------------------------------------------------------------


def with_body(body: bytes) -> Callable[[PushRequest], PushRequest]:
    return lambda request: replace(request, body=body)


def element(name: str, text: str) -> bytes:
    return f"<{name}>{escape(text)}</{name}>".encode()


@pytest.mark.parametrize("size", [65_537, 70_000, 5_000_000])
async def test_wx_21_a_long_body_is_not_read(wechat_in_each_mode: Wechat, size: int) -> None:
    encrypted = wechat_in_each_mode.account.mode is not WechatMode.PLAIN
    reply = await send(wechat_in_each_mode, with_body(b"<xml>" + b" " * size + b"</xml>"))
    assert (reply.status, reply.body) == ((403, b"") if encrypted else (200, b"success"))
    assert wechat_in_each_mode.rasa.messages == []


async def test_wx_21_reading_stops_after_the_limit(plain: Wechat) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b" " * 8192

    request = plain.client().request(plain.follower().text(WAGES))
    response = await plain.running.client.post(URL, params=request.query, content=endless())
    assert (response.status_code, response.content) == (200, b"success")
    assert read < 20


@pytest.mark.parametrize("name", ["MsgType", "FromUserName", "Content", "MsgId"])
async def test_wx_22_a_repeated_element_is_refused(plain: Wechat, name: str) -> None:
    reply = await send(
        plain, lambda it: replace(it, body=it.body.replace(b"</xml>", element(name, "text") + b"</xml>"))
    )
    assert (reply.status, reply.body, plain.rasa.messages) == (200, b"success", [])


NO_MESSAGE = [b"", b" ", b"hello", b"{}", b"<xml/>", b"<xml><MsgType>text</MsgType></xml>", b"<html/>", b"\xff\xfe\x00"]


@pytest.mark.parametrize("body", NO_MESSAGE, ids=repr)
async def test_wx_23_what_is_no_message_is_acknowledged_after_a_valid_signature(plain: Wechat, body: bytes) -> None:
    reply = await send(plain, with_body(body))
    assert (reply.status, reply.body) == (200, b"success")


@pytest.mark.parametrize("missing", ["MsgType", "FromUserName", "ToUserName"])
async def test_wx_23_a_message_that_says_too_little_is_acknowledged(wechat_in_each_mode: Wechat, missing: str) -> None:
    message = wechat_in_each_mode.follower().text(WAGES).changed(**{missing: None})
    assert (await wechat_in_each_mode.deliver(message)).outcome is Outcome.ACKNOWLEDGED


@pytest.mark.parametrize("missing", ["CreateTime", "MsgId", "Content"])
async def test_wx_23_a_message_without_what_we_can_do_without_is_answered(wechat: Wechat, missing: str) -> None:
    message = wechat.follower().text(WAGES).changed(**{missing: None})
    assert (await wechat.deliver(message)).outcome is Outcome.ANSWERED


# --- what is broken behind us -----------------------------------------------------------------------------------------


def raising(error: Exception) -> Callable[[dict[str, object]], httpx.Response]:
    def answer(_: dict[str, object]) -> httpx.Response:
        raise error

    return answer


RASA: dict[str, Callable[[dict[str, object]], httpx.Response]] = {
    "down": raising(httpx.ConnectError("refused")),
    "timeout": raising(httpx.ReadTimeout("slow")),
    "hangs up": raising(httpx.RemoteProtocolError("gone")),
    "500": lambda _: httpx.Response(500, text="<html>Error 500</html>"),
    "503": lambda _: httpx.Response(503, json={}),
    "invalid JSON": lambda _: httpx.Response(200, text="{"),
    "other JSON": lambda _: httpx.Response(200, json={"reply": "x"}),
    "silence": lambda _: httpx.Response(200, json=[]),
    "text": lambda _: httpx.Response(200, json=[{"recipient_id": "x", "text": "<b>hi</b>"}]),
    "a broken reply": lambda _: httpx.Response(200, json=[{"custom": {"reply": {"blocks": 7}}}]),
}


@pytest.mark.parametrize("answer", RASA.values(), ids=RASA)
async def test_wx_36_without_rasa_the_catalogue_answers_politely(
    wechat_in_each_mode: Wechat, answer: Callable[[dict[str, object]], httpx.Response]
) -> None:
    wechat_in_each_mode.rasa.answer = answer
    known = await wechat_in_each_mode.say(WAGES)
    assert known.startswith(WAGES_TITLE)
    assert say("degraded") in known
    assert "12348" in await wechat_in_each_mode.say("今天天气怎么样")


async def test_wx_36_when_nothing_can_be_said_there_is_the_hotline(
    wechat: Wechat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wechat.running.services.pipeline, "steps", [])
    message = wechat.follower().text(WAGES)
    assert same_answer([await wechat.deliver(message) for _ in range(2)])
    assert "12348" in (await wechat.deliver(message)).text


async def test_wx_36_an_apology_that_is_late_is_sent_too(wechat: Wechat, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = hold(wechat.rasa)
    monkeypatch.setattr(wechat.running.services.pipeline.steps[-1], "run", None)
    await wechat.deliver(wechat.follower().text(WAGES), HASTY)
    gate.open()
    await wechat.settle()
    assert [sent.text for sent in wechat.sent()] == [say("failed")]


EVERYTHING: dict[str, tuple[Make, Outcome]] = {
    "text": (lambda one: one.text(WAGES), Outcome.ANSWERED),
    "number": (lambda one: one.text("1"), Outcome.ANSWERED),
    "continue": (lambda one: one.text("继续"), Outcome.ANSWERED),
    "image": (lambda one: one.image(), Outcome.ANSWERED),
    "location": (lambda one: one.location(), Outcome.ANSWERED),
    "subscribe": (lambda one: one.subscribe(), Outcome.ACKNOWLEDGED),
    "click": (lambda one: one.click("topic:劳动争议"), Outcome.ACKNOWLEDGED),
    "view": (lambda one: one.view("https://example.com"), Outcome.ACKNOWLEDGED),
    "unsubscribe": (lambda one: one.unsubscribe(), Outcome.ACKNOWLEDGED),
}


async def test_wx_37_a_database_that_fails_on_every_call_still_leaves_an_apology(serve: Serve) -> None:
    nowhere = {"database_url": f"postgresql+asyncpg://hufa@127.0.0.1:{free_port()}/hufa"}
    for mode in WechatMode:
        async with serve(mode, settings=nowhere) as wechat:
            for make, outcome in EVERYTHING.values():
                verdict = await wechat.deliver(make(wechat.follower()))
                assert verdict.outcome is outcome
                assert verdict.text in {"", say("failed")}


async def test_wx_37_a_reply_that_cannot_be_stored_is_an_apology(
    wechat: Wechat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(DeliveryStore, "answer", fail)
    assert await wechat.say(WAGES) == say("failed")


async def test_wx_38_without_redis_everything_is_answered_once(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    async with serve(settings={"redis_url": f"redis://127.0.0.1:{free_port()}/0"}) as wechat:
        message = wechat.follower().text(WAGES)
        assert same_answer([await wechat.deliver(message) for _ in range(3)])
        await wechat.say_late(fakes.ENTRIES[4].title)
        assert (len(wechat.rasa.messages), len(wechat.sent())) == (2, 1)
        for make, _ in EVERYTHING.values():
            assert (await wechat.deliver(make(wechat.follower()))).outcome is not Outcome.REJECTED
    assert "redis does not answer" in caplog.text
