"""Pushes reach a channel that knows nothing of the simulator, and come again when it is silent."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
from starlette.responses import Response

from api.channels.wechat.accounts import WechatMode
from api.channels.wechat.simulator.judge import Flaw, Outcome
from tests.api.channels.wechat.simulator.conftest import URL, World
from tests.api.channels.wechat.simulator.small_channel import text_reply

BRIEF = 0.05
"""Seconds after which a channel that never answers is given up."""


@pytest.mark.parametrize("mode", WechatMode)
async def test_a_text_is_answered_in_each_mode(make_world: Callable[[WechatMode], World], mode: WechatMode) -> None:
    world = make_world(mode)
    world.channel.answer = text_reply("可以申请仲裁 <a>&</a>")
    exchange = await world.client().push(world.follower().text("欠薪"))
    assert exchange.verdict.outcome is Outcome.ANSWERED, exchange.verdict
    assert (exchange.verdict.kind, exchange.verdict.text) == ("text", "可以申请仲裁 <a>&</a>")
    assert [message["Content"] for message in world.channel.received] == ["欠薪"]
    assert len(exchange.deliveries) == 1


@pytest.mark.parametrize(
    ("mode", "beside", "parameters"),
    [
        (WechatMode.PLAIN, {"Content": "x"}, {"signature", "timestamp", "nonce", "openid"}),
        (
            WechatMode.COMPATIBLE,
            {"Content": "x", "Encrypt": None},
            {"signature", "timestamp", "nonce", "openid", "encrypt_type", "msg_signature"},
        ),
        (
            WechatMode.SAFE,
            {"Encrypt": None, "Content": ""},
            {"signature", "timestamp", "nonce", "openid", "encrypt_type", "msg_signature"},
        ),
    ],
)
def test_what_is_in_the_open_depends_on_the_mode(
    make_world: Callable[[WechatMode], World], mode: WechatMode, beside: dict[str, str | None], parameters: set[str]
) -> None:
    world = make_world(mode)
    request = world.client().request(world.follower().text("x"))
    assert {name for name, _ in request.query} == parameters
    for name, content in beside.items():
        there = f"<{name}>".encode() in request.body
        assert there == (content != ""), name


@pytest.mark.parametrize("body", [b"", b"success"])
async def test_an_acknowledgement_is_no_answer(world: World, body: bytes) -> None:
    world.channel.answer = lambda _: body
    exchange = await world.client().push(world.follower().text("x"))
    assert exchange.verdict.outcome is Outcome.ACKNOWLEDGED
    assert exchange.verdict.shown == ""


@pytest.mark.parametrize("retries", [0, 2, 3])
async def test_silence_brings_the_same_message_again(world: World, retries: int) -> None:
    world.channel.hang = [asyncio.Event() for _ in range(4)]
    exchange = await world.client(seconds=BRIEF, retries=retries).push(world.follower().text("x"))
    assert len(exchange.deliveries) == 1 + retries
    assert exchange.verdict.flaw is Flaw.NO_REPLY
    assert len({(message["MsgId"], message["CreateTime"]) for message in world.channel.received}) == 1
    assert len({query["nonce"] for query in world.channel.queries}) == 1 + retries


async def test_a_copy_that_is_answered_ends_it(world: World) -> None:
    world.channel.hang = [asyncio.Event()]
    exchange = await world.client(seconds=BRIEF).push(world.follower().text("x"))
    assert [delivery.status for delivery in exchange.deliveries] == [None, 200]
    assert exchange.verdict.text == "您好"


async def test_a_wrong_answer_does_not_bring_it_again(world: World) -> None:
    world.channel.answer = lambda _: Response("", 500)
    exchange = await world.client().push(world.follower().text("x"))
    assert [delivery.status for delivery in exchange.deliveries] == [500]
    assert exchange.verdict.shown == "该公众号暂时无法提供服务，请稍后再试"


async def test_a_server_out_of_reach_brings_it_again(world: World) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as world.http:
        exchange = await world.client().push(world.follower().text("x"))
        verdict = await world.client().verify_url()
    assert len(exchange.deliveries) == 4
    assert exchange.verdict.flaw is verdict.flaw is Flaw.NO_REPLY


async def test_a_redirect_is_not_followed(world: World) -> None:
    world.channel.answer = lambda _: Response("", 307, {"Location": URL})
    world.http.follow_redirects = True
    exchange = await world.client().push(world.follower().text("x"))
    assert exchange.verdict.flaw is Flaw.NOT_200


async def test_a_spoilt_push_is_sent_as_it_is(world: World) -> None:
    seen: list[httpx.Request] = []

    def record(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(403)

    async with httpx.AsyncClient(transport=httpx.MockTransport(record)) as world.http:
        request = world.client().request(world.follower().text("x"))
        delivery = await world.client().deliver(replace(request, query=(("nonce", "1"), ("nonce", "2")), body=b"{}"))
    assert (seen[0].url.query, seen[0].content) == (b"nonce=1&nonce=2", b"{}")
    assert delivery.verdict.flaw is Flaw.NOT_200


async def test_the_url_is_verified(world: World) -> None:
    assert (await world.client().verify_url()).outcome is Outcome.ACKNOWLEDGED
    assert (await world.client().verify_url("4375120948345356249")).outcome is Outcome.ACKNOWLEDGED


@pytest.mark.parametrize(
    ("answer", "flaw"),
    [
        (httpx.Response(200, text="另外的话"), Flaw.WRONG_ECHO),
        (httpx.Response(200, json="4375120948345356249"), Flaw.WRONG_ECHO),
        (httpx.Response(403, text="4375120948345356249"), Flaw.NOT_200),
    ],
)
async def test_a_url_that_does_not_echo_is_rejected(world: World, answer: httpx.Response, flaw: Flaw) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer)) as world.http:
        assert (await world.client().verify_url("4375120948345356249")).flaw is flaw


async def test_the_platform_sees_a_message_before_the_server_does(world: World) -> None:
    known: list[bool] = []
    follower = world.follower()

    def answer(_: dict[str, str]) -> bytes:
        known.append(world.state.knows(follower.openid))
        return b"success"

    world.channel.answer = answer
    await world.client().push(follower.text("x"))
    assert known == [True]
