"""One token for all: asked for once, in time, and never shown."""

import asyncio
import json
import logging
import traceback

import httpx
import pytest
from fakeredis import FakeAsyncRedis, FakeServer

from api.channels.wechat.errors import WechatApiError
from api.channels.wechat.platform_call import WechatUnreachableError
from api.channels.wechat.tokens import TokenHolder
from tests.api.channels.wechat.fake_platform import SECRET, Clock, FakePlatform, account, refused

KEY = f"hufa:wechat:token:{account().app_id}"


@pytest.fixture
def server() -> FakeServer:
    """The Redis that all processes of a test share."""
    return FakeServer()


@pytest.fixture
def holder(platform: FakePlatform, server: FakeServer) -> TokenHolder:
    return _holder(platform, server)


def _holder(platform: FakePlatform, server: FakeServer) -> TokenHolder:
    return TokenHolder(account(), platform.client(), FakeAsyncRedis(server=server), platform.clock)


async def _expire(holder: TokenHolder, clock: Clock) -> None:
    await holder.get()
    clock.move(7201)


# --- how often the platform is asked ----------------------------------------------------------------------------------


async def test_wx_55_fifty_callers_with_an_expired_token_ask_once(
    holder: TokenHolder, platform: FakePlatform, clock: Clock
) -> None:
    await _expire(holder, clock)
    tokens = await asyncio.gather(*(holder.get() for _ in range(50)))
    assert (set(tokens), len(platform.asked)) == ({"ACCESS-2"}, 2)


async def test_wx_55_fifty_callers_in_two_processes_ask_once(
    holder: TokenHolder, platform: FakePlatform, clock: Clock, server: FakeServer
) -> None:
    other = _holder(platform, server)
    await _expire(holder, clock)
    await other.get()
    clock.move(7201)
    platform.gate = asyncio.Event()
    before = len(platform.asked)
    callers = [asyncio.create_task(one.get()) for one in (holder, other) * 25]
    await platform.reached.wait()
    platform.gate.set()
    assert set(await asyncio.gather(*callers)) == {platform.token}
    assert len(platform.asked) == before + 1


async def test_wx_55_without_redis_each_process_asks_once_and_gets_the_same(
    platform: FakePlatform, server: FakeServer
) -> None:
    server.connected = False
    holders = [_holder(platform, server), _holder(platform, server)]
    tokens = await asyncio.gather(*(one.get() for one in holders * 25))
    assert (set(tokens), platform.asked) == ({"ACCESS-1"}, [False, False])


async def test_a_new_process_takes_the_token_from_redis(
    holder: TokenHolder, platform: FakePlatform, server: FakeServer
) -> None:
    await holder.get()
    assert await _holder(platform, server).get() == "ACCESS-1"
    assert len(platform.asked) == 1


@pytest.mark.parametrize(("seconds", "expected"), [(6899, ("ACCESS-1", 1)), (6900, ("ACCESS-2", 2))])
async def test_wx_55_it_is_refreshed_five_minutes_before_its_end(
    holder: TokenHolder, platform: FakePlatform, clock: Clock, seconds: float, expected: tuple[str, int]
) -> None:
    await holder.get()
    clock.move(seconds)
    assert (await holder.get(), len(platform.asked)) == expected


async def test_a_token_given_with_little_left_is_used_for_a_while(
    holder: TokenHolder, platform: FakePlatform, clock: Clock
) -> None:
    platform.answers["stable_token"] = [{"access_token": "SHORT", "expires_in": 200}]
    assert [await holder.get(), await holder.get()] == ["SHORT"] * 2
    clock.move(30)
    assert (await holder.get(), len(platform.asked)) == ("ACCESS-1", 2)


async def test_it_is_asked_for_as_the_platform_wants_it(clock: Clock, server: FakeServer) -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"access_token": "T" * 512, "expires_in": 7200})

    http = httpx.AsyncClient(transport=httpx.MockTransport(handle))
    assert await TokenHolder(account(), http, FakeAsyncRedis(server=server), clock).get() == "T" * 512
    assert (seen[0].method, str(seen[0].url)) == ("POST", "https://api.weixin.qq.com/cgi-bin/stable_token")
    assert json.loads(seen[0].content) == {
        "grant_type": "client_credential",
        "appid": "wxba5fad812f8e6fb9",
        "secret": SECRET,
        "force_refresh": False,
    }


async def test_it_lies_in_redis_until_its_end(holder: TokenHolder, server: FakeServer) -> None:
    await holder.get()
    redis = FakeAsyncRedis(server=server)
    assert json.loads(await redis.get(KEY))["value"] == "ACCESS-1"
    assert 7100 < await redis.ttl(KEY) <= 7200


@pytest.mark.parametrize("kept", ["not json", "[]", '{"value": "X"}'])
async def test_something_else_in_redis_is_no_token(holder: TokenHolder, server: FakeServer, kept: str) -> None:
    await FakeAsyncRedis(server=server).set(KEY, kept)
    assert await holder.get() == "ACCESS-1"


# --- when it cannot be had --------------------------------------------------------------------------------------------


async def test_after_a_failure_the_platform_is_left_alone_longer_and_longer(
    holder: TokenHolder, platform: FakePlatform, clock: Clock
) -> None:
    platform.answers["stable_token"] = [httpx.ReadTimeout] * 3
    for pause in (1, 2, 4):
        with pytest.raises(WechatUnreachableError):
            await holder.get()
        asked = len(platform.asked)
        clock.move(pause - 0.01)
        with pytest.raises(WechatUnreachableError, match="timeout"):
            await holder.get()
        assert len(platform.asked) == asked
        clock.move(0.01)
    assert await holder.get() == "ACCESS-1"


async def test_fifty_callers_of_a_platform_that_refuses_ask_once(holder: TokenHolder, platform: FakePlatform) -> None:
    platform.answers["stable_token"] = [refused(40164, "invalid ip 203.0.113.9, not in whitelist")] * 50
    results = await asyncio.gather(*(holder.get() for _ in range(50)), return_exceptions=True)
    assert {type(result) for result in results} == {WechatApiError}
    assert len(platform.asked) == 1


async def test_while_it_cannot_be_renewed_the_old_one_serves_to_its_end(
    holder: TokenHolder, platform: FakePlatform, clock: Clock
) -> None:
    await holder.get()
    clock.move(7000)
    platform.answers["stable_token"] = [httpx.ConnectError] * 2
    assert await holder.get() == "ACCESS-1"
    clock.move(200)
    with pytest.raises(WechatUnreachableError):
        await holder.get()


async def test_a_new_process_makes_do_with_a_due_token_in_redis(
    holder: TokenHolder, platform: FakePlatform, clock: Clock, server: FakeServer
) -> None:
    await holder.get()
    clock.move(7000)
    platform.answers["stable_token"] = [httpx.ConnectError]
    assert await _holder(platform, server).get() == "ACCESS-1"


async def test_the_callers_own_call_was_not_sent_whatever_became_of_the_token(
    holder: TokenHolder, platform: FakePlatform
) -> None:
    platform.answers["stable_token"] = [httpx.ReadTimeout]
    with pytest.raises(WechatUnreachableError) as caught:
        await holder.get()
    assert caught.value.sent is False


async def test_wx_55_an_address_that_is_not_whitelisted_is_told_to_the_operator(
    holder: TokenHolder, platform: FakePlatform, caplog: pytest.LogCaptureFixture
) -> None:
    platform.answers["stable_token"] = [refused(40164, "invalid ip 203.0.113.9, not in whitelist")]
    with pytest.raises(WechatApiError, match="白名单"):
        await holder.get()
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(told) == 1
    assert "203.0.113.9" in told[0]
    assert "IP 白名单" in told[0]


@pytest.mark.parametrize(
    "answer",
    [{}, {"access_token": "", "expires_in": 7200}, {"access_token": "X"}, {"access_token": 1, "expires_in": 7200}]
    + [{"access_token": "X", "expires_in": 0}, {"access_token": "X", "expires_in": "7200"}],
    ids=str,
)
async def test_an_answer_without_a_token_is_none(
    holder: TokenHolder, platform: FakePlatform, answer: dict[str, object]
) -> None:
    platform.answers["stable_token"] = [answer]
    with pytest.raises(WechatUnreachableError, match="malformed"):
        await holder.get()


# --- a token that the platform refuses --------------------------------------------------------------------------------


async def test_wx_55_a_refused_token_is_replaced_without_force_when_there_is_a_new_one(
    holder: TokenHolder, platform: FakePlatform, clock: Clock
) -> None:
    platform.answers["stable_token"] = [{"access_token": "OLD", "expires_in": 7200}]
    assert await holder.refresh(await holder.get()) == "ACCESS-1"
    assert platform.asked == [False, False]


async def test_wx_55_fifty_callers_with_a_refused_token_ask_once(holder: TokenHolder, platform: FakePlatform) -> None:
    platform.answers["stable_token"] = [{"access_token": "OLD", "expires_in": 7200}]
    stale = await holder.get()
    tokens = await asyncio.gather(*(holder.refresh(stale) for _ in range(50)))
    assert (set(tokens), len(platform.asked)) == ({"ACCESS-1"}, 2)


async def test_a_token_that_another_process_replaced_is_taken_over(
    holder: TokenHolder, platform: FakePlatform, server: FakeServer
) -> None:
    other = _holder(platform, server)
    stale = await holder.get()
    await other.get()
    new = await other.refresh(stale)
    asked = len(platform.asked)
    assert (await holder.refresh(stale), len(platform.asked)) == (new, asked)


async def test_force_is_used_only_when_the_platform_keeps_giving_the_refused_one(
    holder: TokenHolder, platform: FakePlatform
) -> None:
    assert await holder.refresh(await holder.get()) == "ACCESS-2"
    assert platform.asked == [False, False, True]
    assert await holder.get() == "ACCESS-2"


async def test_force_is_used_at_most_every_thirty_seconds(
    holder: TokenHolder, platform: FakePlatform, clock: Clock
) -> None:
    second = await holder.refresh(await holder.get())
    clock.move(29)
    with pytest.raises(WechatApiError, match="40001"):
        await holder.refresh(second)
    clock.move(1)
    assert await holder.refresh(second) == "ACCESS-3"


async def test_force_is_used_at_most_twenty_times_a_day_by_all_processes(
    platform: FakePlatform, clock: Clock, server: FakeServer
) -> None:
    holders = [_holder(platform, server), _holder(platform, server)]
    for number in range(20):
        one = holders[number % 2]
        await one.refresh(await one.get())
        clock.move(3600)
    assert platform.asked.count(True) == 20
    for one in holders:
        with pytest.raises(WechatApiError, match="40001"):
            await one.refresh(await one.get())
    clock.move(5 * 3600)
    await holders[0].refresh(await holders[0].get())
    assert platform.asked.count(True) == 21


async def test_without_redis_force_is_limited_all_the_same(platform: FakePlatform, server: FakeServer) -> None:
    server.connected = False
    holder = _holder(platform, server)
    second = await holder.refresh(await holder.get())
    with pytest.raises(WechatApiError):
        await holder.refresh(second)
    assert platform.asked.count(True) == 1


async def test_a_refused_token_that_cannot_be_replaced_is_not_handed_out_again(
    holder: TokenHolder, platform: FakePlatform, server: FakeServer
) -> None:
    stale = await holder.get()
    platform.answers["stable_token"] = [refused(40243)]
    with pytest.raises(WechatApiError, match="40243"):
        await holder.refresh(stale)
    with pytest.raises(WechatApiError, match="40243"):
        await holder.get()
    assert await FakeAsyncRedis(server=server).get(KEY) is None


# --- nothing is shown -------------------------------------------------------------------------------------------------


async def test_wx_59_no_log_line_error_or_repr_holds_token_or_secret(
    holder: TokenHolder, platform: FakePlatform, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = [await holder.get() and repr(holder), repr(holder._held), str(vars(holder))]
    platform.answers["stable_token"] = [refused(40125, f"invalid appsecret {SECRET}"), httpx.ReadTimeout]
    for pause in (7201, 60):
        clock.move(pause)
        with pytest.raises((WechatApiError, WechatUnreachableError)) as caught:
            await holder.get()
        shown += [repr(caught.value), *traceback.format_exception(caught.value)]
    shown += [record.getMessage() for record in caplog.records]
    assert "stable_token" in "".join(shown)
    assert not [text for text in shown if SECRET in text or "ACCESS-" in text]
