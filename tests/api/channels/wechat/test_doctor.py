"""What is wrong with an account is found, said, and left as it is."""

from collections.abc import Callable, Iterator
from email.utils import formatdate
from typing import Any

import httpx
import pytest
from fakeredis import FakeAsyncRedis, FakeServer

from api.channels.wechat.doctor import Finding, Outside, examine, examine_redis
from api.channels.wechat.envelope import verify_url
from api.channels.wechat.errors import RefusedPushError
from api.channels.wechat.menu import load_menu
from tests.api.channels.wechat.fake_platform import (
    AES_KEY,
    NOW,
    SECRET,
    TOKEN,
    Answer,
    Clock,
    FakePlatform,
    Sleeper,
    account,
    refused,
)

URL = "https://hufa.example.cn"
SUBJECTS = ["接收模式", "接口地址", "公开网址", "服务器地址", "时钟", "接口凭证", "IP 白名单", "菜单"]


class World:
    """The platform's API and our own server, as the examination finds them."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.platform = FakePlatform(self.clock)
        self.platform.answers["menu/get"] = [{"menu": load_menu(URL)}]
        self.served = account()
        self.root: Callable[[], httpx.Response] = lambda: self.dated(NOW)
        self.server: Callable[[httpx.Request], httpx.Response] = self._verify
        self.asked: list[httpx.URL] = []

    def dated(self, when: float) -> httpx.Response:
        return httpx.Response(404, headers={"Date": formatdate(when, usegmt=True)})

    def _verify(self, request: httpx.Request) -> httpx.Response:
        try:
            return httpx.Response(200, text=verify_url(self.served, request.url.params.multi_items(), self.clock()))
        except RefusedPushError:
            return httpx.Response(403)

    async def handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "api.weixin.qq.com" and request.url.path != "/":
            return await self.platform.handle(request)
        if request.url.host == "api.weixin.qq.com":
            return self.root()
        self.asked.append(request.url)
        return self.server(request)

    async def examine(self, public_url: str = URL, **changes: Any) -> dict[str, Finding]:
        """What is found, by subject."""
        nonces: Iterator[str] = iter(["1234567890abcdef", "fedcba0987654321"])
        async with httpx.AsyncClient(transport=httpx.MockTransport(self.handle)) as http:
            outside = Outside(http, self.clock, lambda: next(nonces), Sleeper())
            found = await examine(account(**changes), public_url, outside)
        assert [finding.subject for finding in found] == SUBJECTS
        return {finding.subject: finding for finding in found}


@pytest.fixture
def world() -> World:
    return World()


def _bad(found: dict[str, Finding]) -> list[str]:
    return [subject for subject, finding in found.items() if not finding.good]


async def test_an_account_that_is_well(world: World) -> None:
    found = await world.examine()
    assert _bad(found) == []
    assert str(found["接口凭证"]) == "好  接口凭证：取得到"


async def test_it_changes_nothing(world: World) -> None:
    await world.examine()
    assert world.platform.asked == [False]
    assert [path for path, _, _ in world.platform.calls] == ["menu/get"]


@pytest.mark.parametrize(
    ("changes", "good", "text"),
    [
        ({"mode": "plain"}, False, "安全模式"),
        ({"mode": "compatible"}, True, "兼容模式"),
        ({"mode": "safe"}, True, "安全模式"),
        ({"aes_key_previous": "B" * 43}, True, "正在更换"),
    ],
)
async def test_the_mode_and_the_keys(world: World, changes: dict[str, Any], good: bool, text: str) -> None:
    finding = (await world.examine(**changes))["接收模式"]
    assert finding.good is good
    assert text in finding.text


@pytest.mark.parametrize(
    ("api_base", "good"),
    [
        ("https://api.weixin.qq.com", True),
        ("https://sh.api.weixin.qq.com", True),
        ("http://api.weixin.qq.com", False),
        ("https://weixin.qq.com.example.cn", False),
        ("http://127.0.0.1:8001", False),
    ],
)
async def test_the_address_of_the_platform(world: World, api_base: str, good: bool) -> None:
    assert (await world.examine(api_base=api_base))["接口地址"].good is good


@pytest.mark.parametrize(
    ("public_url", "good"),
    [
        ("https://hufa.example.cn", True),
        ("https://hufa.example.cn/", True),
        ("https://hufa.example.cn:443", True),
        ("", False),
        ("http://hufa.example.cn", False),
        ("https://203.0.113.9", False),
        ("https://[2001:db8::1]", False),
        ("https://localhost", False),
        ("https://hufa.example.cn:8443", False),
        ("https://hufa.example.cn:port", False),
        ("https://[", False),
        ("https://hufa.example.cn/?a=1", False),
        ("hufa.example.cn", False),
    ],
)
async def test_the_public_address(world: World, public_url: str, good: bool) -> None:
    found = await world.examine(public_url)
    assert (found["公开网址"].good, found["服务器地址"].good, bool(world.asked)) == (good, good, good)


# --- the server -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "path"), [("", "/channels/wechat"), ("bureau", "/channels/wechat/bureau")])
async def test_the_server_is_asked_as_the_platform_asks(world: World, name: str, path: str) -> None:
    found = await world.examine(name=name)
    assert found["服务器地址"].good
    assert [url.copy_with(query=None) for url in world.asked] == [httpx.URL(URL + path)]


async def test_a_server_with_another_token_is_found(world: World) -> None:
    world.served = account(token="another")
    finding = (await world.examine())["服务器地址"]
    assert not finding.good
    assert "令牌" in finding.text


@pytest.mark.parametrize(
    "answer", [httpx.Response(200, text="<html>"), httpx.Response(404), httpx.Response(301, headers={"Location": "/"})]
)
async def test_a_server_that_answers_something_else_is_found(world: World, answer: httpx.Response) -> None:
    world.server = lambda _: answer
    assert "答得不对" in (await world.examine())["服务器地址"].text


async def test_a_server_that_is_not_there_is_found(world: World) -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    world.server = down
    assert "连不上" in (await world.examine())["服务器地址"].text


# --- the clock --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs", "good", "text"),
    [
        (NOW - 30, True, "30 秒"),
        (NOW + 30, True, "30 秒"),
        (NOW - 31, False, "快 31 秒"),
        (NOW + 31, False, "慢 31 秒"),
    ],
)
async def test_the_clock(world: World, theirs: float, good: bool, text: str) -> None:
    world.root = lambda: world.dated(theirs)
    finding = (await world.examine())["时钟"]
    assert finding.good is good
    assert text in finding.text


@pytest.mark.parametrize("headers", [{}, {"Date": "soon"}])
async def test_a_platform_that_tells_no_time(world: World, headers: dict[str, str]) -> None:
    world.root = lambda: httpx.Response(200, headers=headers)
    assert not (await world.examine())["时钟"].good


async def test_a_platform_out_of_reach(world: World) -> None:
    def down() -> httpx.Response:
        raise httpx.ConnectTimeout("")

    world.root = down
    assert "连不上" in (await world.examine())["时钟"].text


# --- the token and the whitelist --------------------------------------------------------------------------------------


async def test_without_a_secret_there_is_no_token(world: World) -> None:
    found = await world.examine(app_secret="")
    assert _bad(found) == ["接口凭证", "IP 白名单", "菜单"]
    assert "AppSecret" in found["接口凭证"].text
    assert world.platform.asked == []


@pytest.mark.parametrize("code", [40164, 61004])
async def test_wx_55_an_address_that_is_not_whitelisted_is_named(world: World, code: int) -> None:
    world.platform.answers["stable_token"] = [refused(code, "invalid ip 203.0.113.9, not in whitelist")]
    found = await world.examine()
    assert _bad(found) == ["接口凭证", "IP 白名单", "菜单"]
    assert "203.0.113.9" in found["IP 白名单"].text


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (refused(40125), "AppSecret 不对"),
        (refused(40243), "冻结"),
        (refused(89503), "管理员"),
        (httpx.ReadTimeout, "网络"),
    ],
    ids=["wrong secret", "frozen", "to confirm", "time-out"],
)
async def test_why_there_is_no_token(world: World, answer: Answer, text: str) -> None:
    world.platform.answers["stable_token"] = [answer]
    found = await world.examine()
    assert _bad(found) == ["接口凭证", "IP 白名单", "菜单"]
    assert text in found["接口凭证"].text


async def test_a_refused_token_is_not_replaced(world: World) -> None:
    world.platform.answers["menu/get"] = []
    world.platform.rejected = {"ACCESS-1"}
    found = await world.examine()
    assert _bad(found) == ["菜单"]
    assert world.platform.asked == [False]


# --- the menu ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"menu": {"button": []}}, "不一样"),
        (refused(46003), "还没有"),
        (refused(48001), "权限"),
        (httpx.Response(502), "没有可用的回应"),
    ],
    ids=["another", "none", "not allowed", "down"],
)
async def test_the_menu_on_the_platform(world: World, answer: Answer, text: str) -> None:
    world.platform.answers["menu/get"] = [answer] * 3
    finding = (await world.examine())["菜单"]
    assert not finding.good
    assert text in finding.text


async def test_a_menu_that_cannot_be_published(world: World) -> None:
    finding = (await world.examine(""))["菜单"]
    assert not finding.good
    assert "HUFA_PUBLIC_URL" in finding.text


# --- Redis ------------------------------------------------------------------------------------------------------------


async def test_redis() -> None:
    down = FakeServer()
    down.connected = False
    findings = [await examine_redis(redis) for redis in (FakeAsyncRedis(), FakeAsyncRedis(server=down), None)]
    assert [finding.good for finding in findings] == [True, False, True]


# --- nothing is shown -------------------------------------------------------------------------------------------------


async def test_wx_59_no_finding_holds_a_secret(world: World) -> None:
    world.platform.answers["stable_token"] = [refused(40125, f"invalid appsecret {SECRET}")]
    first = await world.examine(aes_key_previous="B" * 43)
    world.platform.rejected, world.platform.answers["menu/get"] = {"ACCESS-1"}, []
    second = await world.examine()
    shown = "\n".join(map(str, [*first.values(), *second.values()]))
    assert "40125" in shown
    assert "40001" in shown
    assert not [secret for secret in (SECRET, TOKEN, AES_KEY, "B" * 43, "ACCESS-") if secret in shown]
