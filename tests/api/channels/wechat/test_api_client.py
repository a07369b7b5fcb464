"""Calls of the platform: as it wants them, again where that is safe, and never for ever."""

import json
import logging
import traceback
from typing import Any

import httpx
import pytest
from fakeredis import FakeAsyncRedis
from prometheus_client import REGISTRY

from api.channels.wechat.api_client import WechatApi
from api.channels.wechat.breaker import CircuitBreaker
from api.channels.wechat.error_codes import hint_for
from api.channels.wechat.errors import WechatApiError
from api.channels.wechat.platform_call import WechatUnreachableError
from api.channels.wechat.tokens import TokenHolder
from tests.api.channels.wechat.fake_platform import NOW, SECRET, Clock, FakePlatform, Sleeper, account, refused

SEND = "message/custom/send"
OPENID = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"


@pytest.fixture
def sleeper(clock: Clock) -> Sleeper:
    return Sleeper(clock.move)


@pytest.fixture
def api(platform: FakePlatform, clock: Clock, sleeper: Sleeper) -> WechatApi:
    return _api(platform, clock, sleeper, platform.client())


def _api(platform: FakePlatform, clock: Clock, sleeper: Sleeper, http: httpx.AsyncClient) -> WechatApi:
    tokens = TokenHolder(account(), platform.client(), FakeAsyncRedis(), clock)
    return WechatApi(account(), http, tokens, CircuitBreaker(clock), sleeper)


def _counted(call: str, result: str) -> float:
    return REGISTRY.get_sample_value("hufa_wechat_api_calls_total", {"call": call, "result": result}) or 0


# --- as the platform wants it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["房东不退押金怎么办", "𠮷🙂", '"引号"\n\\u4f60', "<a href='x'>好</a>"])
async def test_wx_56_text_is_sent_as_utf_8_and_not_escaped(api: WechatApi, platform: FakePlatform, text: str) -> None:
    await api.send_text(OPENID, text)
    path, token, body = platform.calls[0]
    assert (path, token) == (SEND, "ACCESS-1")
    assert json.loads(body) == {"touser": OPENID, "msgtype": "text", "text": {"content": text}}
    assert json.dumps(text, ensure_ascii=False).encode() in body


async def test_wx_56_no_letter_of_a_body_is_escaped(api: WechatApi, platform: FakePlatform) -> None:
    await api.create_menu({"button": [{"name": "常见问题"}]})
    assert "常见问题".encode() in platform.calls[0][2]
    assert b"\\u" not in platform.calls[0][2]


async def test_a_menu_is_read_and_none_is_none(api: WechatApi, platform: FakePlatform) -> None:
    menu = {"button": [{"type": "click", "name": "一", "key": "k", "sub_button": []}]}
    platform.answers["menu/get"] = [{"menu": menu}, refused(46003, "menu no exist"), {"menu": "?"}]
    assert [await api.get_menu() for _ in range(3)] == [menu, None, None]


async def test_a_redirect_is_not_followed_with_the_token(
    platform: FakePlatform, clock: Clock, sleeper: Sleeper
) -> None:
    platform.answers[SEND] = [httpx.Response(302, headers={"Location": "https://elsewhere.test/"})]
    api = _api(platform, clock, sleeper, platform.client(follow_redirects=True))
    with pytest.raises(WechatUnreachableError, match="status"):
        await api.send_text(OPENID, "你好")
    assert len(platform.calls) == 1


# --- a refused token --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_wx_55_a_refused_token_costs_one_refresh_and_one_retry(
    api: WechatApi, platform: FakePlatform, code: int
) -> None:
    platform.rejected, platform.refusal = {"ACCESS-1"}, code
    await api.send_text(OPENID, "你好")
    assert [token for _, token, _ in platform.calls] == ["ACCESS-1", "ACCESS-2"]
    assert platform.asked == [False, False, True]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_wx_55_a_token_that_stays_refused_ends_after_one_retry(
    api: WechatApi, platform: FakePlatform, code: int
) -> None:
    platform.rejected, platform.refusal = {f"ACCESS-{number}" for number in range(9)}, code
    with pytest.raises(WechatApiError, match=str(code)):
        await api.send_text(OPENID, "你好")
    assert (len(platform.calls), len(platform.asked)) == (2, 3)


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (40164, "IP 白名单"),
        (61004, "IP 白名单"),
        (40243, "解冻"),
        (89503, "管理员"),
        (45009, "清零"),
        (48001, "权限"),
        (45015, "48 小时"),
        (45047, "条数用完"),
        (45002, "太长"),
        (99999, "全局返回码"),
    ],
)
async def test_a_refusal_says_what_an_operator_can_do(
    api: WechatApi, platform: FakePlatform, sleeper: Sleeper, code: int, advice: str
) -> None:
    platform.answers[SEND] = [refused(code)]
    with pytest.raises(WechatApiError, match=str(code)) as caught:
        await api.send_text(OPENID, "你好")
    assert caught.value.code == code
    assert advice in caught.value.hint == hint_for(code)
    assert (len(platform.calls), sleeper.slept) == (1, [])


@pytest.mark.parametrize("code", [45015, 45047])
async def test_wx_54_a_closed_window_is_recorded_as_a_failure_and_not_tried_again(
    api: WechatApi, platform: FakePlatform, code: int
) -> None:
    platform.answers[SEND] = [refused(code)]
    before, sent = _counted(SEND, str(code)), _counted(SEND, "ok")
    with pytest.raises(WechatApiError):
        await api.send_text(OPENID, "你好")
    assert (_counted(SEND, str(code)), _counted(SEND, "ok")) == (before + 1, sent)
    assert len(platform.calls) == 1


# --- no answer --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.WriteTimeout, httpx.ReadError, httpx.RemoteProtocolError])
async def test_a_message_that_may_have_been_sent_is_not_sent_again(
    api: WechatApi, platform: FakePlatform, error: type[Exception]
) -> None:
    platform.answers[SEND] = [error]
    with pytest.raises(WechatUnreachableError) as caught:
        await api.send_text(OPENID, "你好")
    assert (caught.value.sent, len(platform.calls)) == (True, 1)


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(502), httpx.Response(200, html="<html>"), httpx.Response(200, json=[]), {"errcode": "?"}],
    ids=["status", "html", "list", "code"],
)
async def test_something_else_than_the_platform_answers_is_no_answer(
    api: WechatApi, platform: FakePlatform, answer: Any
) -> None:
    platform.answers[SEND] = [answer]
    with pytest.raises(WechatUnreachableError) as caught:
        await api.send_text(OPENID, "你好")
    assert (caught.value.sent, len(platform.calls)) == (True, 1)


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
async def test_a_message_that_was_surely_not_sent_is_tried_again(
    api: WechatApi, platform: FakePlatform, sleeper: Sleeper, error: type[Exception]
) -> None:
    platform.answers[SEND] = [error] * 2
    await api.send_text(OPENID, "你好")
    assert (len(platform.calls), sleeper.slept) == (3, [1, 2])


async def test_a_message_waits_for_a_token_that_is_had_at_the_second_try(
    api: WechatApi, platform: FakePlatform, sleeper: Sleeper
) -> None:
    platform.answers["stable_token"] = [httpx.ReadTimeout]
    await api.send_text(OPENID, "你好")
    assert (len(platform.calls), len(platform.asked), sleeper.slept) == (1, 2, [1])


@pytest.mark.parametrize("answer", [httpx.ReadTimeout, refused(-1, "system error")], ids=["time-out", "busy"])
async def test_a_menu_can_be_put_there_twice(
    api: WechatApi, platform: FakePlatform, sleeper: Sleeper, answer: Any
) -> None:
    platform.answers["menu/create"] = [answer] * 2
    await api.create_menu({"button": []})
    assert (len(platform.calls), sleeper.slept) == (3, [1, 2])


async def test_after_three_tries_it_is_over(api: WechatApi, platform: FakePlatform) -> None:
    platform.answers["menu/create"] = [httpx.ReadTimeout] * 9
    with pytest.raises(WechatUnreachableError):
        await api.create_menu({"button": []})
    assert len(platform.calls) == 3


async def test_a_busy_platform_gets_a_message_once(api: WechatApi, platform: FakePlatform) -> None:
    platform.answers[SEND] = [refused(-1, "system error")]
    with pytest.raises(WechatApiError):
        await api.send_text(OPENID, "你好")
    assert len(platform.calls) == 1


async def test_a_platform_that_does_not_answer_is_left_alone_for_a_while(
    api: WechatApi, platform: FakePlatform, clock: Clock
) -> None:
    platform.answers[SEND] = [httpx.ReadTimeout] * 5
    for _ in range(5):
        with pytest.raises(WechatUnreachableError, match="timeout"):
            await api.send_text(OPENID, "你好")
    with pytest.raises(WechatUnreachableError, match="circuit_open"):
        await api.send_text(OPENID, "你好")
    assert len(platform.calls) == 5
    clock.now = NOW + 30
    await api.send_text(OPENID, "你好")
    assert len(platform.calls) == 6


# --- nothing is shown -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [refused(40003, f"invalid openid [{OPENID}] token ACCESS-1"), httpx.ReadTimeout, httpx.Response(500)],
    ids=["refused", "time-out", "status"],
)
async def test_wx_59_no_log_line_or_error_holds_token_secret_openid_or_text(
    api: WechatApi, platform: FakePlatform, caplog: pytest.LogCaptureFixture, answer: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    platform.answers[SEND] = [{"errcode": 0}, answer]
    text = "我的事"
    await api.send_text(OPENID, text)
    with pytest.raises((WechatApiError, WechatUnreachableError)) as caught:
        await api.send_text(OPENID, text)
    shown = [record.getMessage() for record in caplog.records]
    assert any(SEND in line and "200 OK" in line for line in shown), "httpx logs every URL"
    shown += [repr(caught.value), *traceback.format_exception(caught.value)]
    hidden = ("ACCESS-", SECRET, OPENID, "我的事")
    assert not [line for line in shown if any(word in line for word in hidden)]
