"""`wechat menu` and `wechat doctor`: what is printed, and the exit code."""

import json
from collections.abc import Callable, Sequence
from email.utils import formatdate

import httpx
import pytest
from fakeredis import FakeAsyncRedis
from typer.testing import CliRunner, Result

from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.command_line import wechat_app
from api.channels.wechat.envelope import verify_url
from api.channels.wechat.menu import load_menu, outline
from tests.api.channels.wechat.fake_platform import NOW, SECRET, TOKEN, Clock, FakePlatform, account, refused

URL = "https://hufa.example.cn"
BUREAU = account(name="bureau", app_id="wx0123456789abcdef")


class Shell:
    """Runs commands against a stand-in of the platform."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.platform = FakePlatform(self.clock)
        self.load_accounts: Callable[[], Sequence[WechatAccount]] = lambda: [account()]
        self.public_url = URL

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/cgi-bin/"):
            return await self.platform.handle(request)
        if request.url.host == "hufa.example.cn":
            return httpx.Response(200, text=verify_url(account(), request.url.params.multi_items(), self.clock()))
        return httpx.Response(200, headers={"Date": formatdate(NOW, usegmt=True)})

    def run(self, *arguments: str) -> Result:
        app = wechat_app(
            lambda: self.load_accounts(),
            lambda: self.public_url,
            FakeAsyncRedis,
            lambda: httpx.AsyncClient(transport=httpx.MockTransport(self._handle)),
            self.clock,
        )
        return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def shell() -> Shell:
    return Shell()


def _well(shell: Shell) -> None:
    shell.platform.answers["menu/get"] = [{"menu": load_menu(URL)}] * 3


# --- menu -------------------------------------------------------------------------------------------------------------


def test_check_prints_the_menu_and_asks_nobody(shell: Shell) -> None:
    result = shell.run("menu", "check")
    assert (result.exit_code, result.output.splitlines()) == (0, outline(load_menu(URL)))
    assert shell.platform.asked == []


def test_wx_57_check_says_what_is_wrong(shell: Shell) -> None:
    shell.public_url = ""
    result = shell.run("menu", "check")
    assert result.exit_code == 1
    assert "“网页版”：url 要以 https:// 开头" in result.output


def test_push_publishes_our_menu(shell: Shell) -> None:
    result = shell.run("menu", "push")
    assert (result.exit_code, "菜单已发布" in result.output) == (0, True)
    path, token, body = shell.platform.calls[0]
    assert (path, token, json.loads(body)) == ("menu/create", "ACCESS-1", load_menu(URL))


def test_wx_57_a_menu_against_the_rules_is_not_pushed(shell: Shell) -> None:
    shell.public_url = "http://hufa.example.cn"
    assert shell.run("menu", "push").exit_code == 1
    assert shell.platform.asked == []


@pytest.mark.parametrize("command", ["push", "show"])
def test_a_refusal_is_said_in_one_line_with_what_to_do(shell: Shell, command: str) -> None:
    shell.platform.answers["stable_token"] = [refused(40164, "invalid ip 203.0.113.9, not in whitelist")]
    result = shell.run("menu", command)
    assert result.exit_code == 1
    assert "IP 白名单" in result.output
    assert "Traceback" not in result.output


def test_show_prints_the_menu_on_the_platform(shell: Shell) -> None:
    shell.platform.answers["menu/get"] = [{"menu": {"button": [{"type": "click", "name": "旧的", "key": "k"}]}}]
    assert shell.run("menu", "show").output == "旧的 click k\n"


def test_show_says_when_there_is_none(shell: Shell) -> None:
    shell.platform.answers["menu/get"] = [refused(46003)]
    assert "还没有菜单" in shell.run("menu", "show").output


def test_of_several_accounts_one_is_named(shell: Shell) -> None:
    shell.load_accounts = lambda: [account(), BUREAU]
    assert "bureau" in shell.run("menu", "push").output
    assert shell.platform.calls == []
    assert shell.run("menu", "push", "--account", "bureau").exit_code == 0
    assert shell.run("menu", "push", "--account", "").exit_code == 0
    assert len(shell.platform.calls) == 2


@pytest.mark.parametrize("arguments", [["--account", "nobody"], []], ids=["unknown", "none"])
def test_without_an_account_nothing_is_pushed(shell: Shell, arguments: list[str]) -> None:
    shell.load_accounts = lambda: [account()] if arguments else []
    result = shell.run("menu", "push", *arguments)
    assert result.exit_code == 1
    assert "公众号" in result.output


# --- doctor -----------------------------------------------------------------------------------------------------------


def test_doctor_finds_everything_well(shell: Shell) -> None:
    _well(shell)
    result = shell.run("doctor")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert len(lines) == 11
    assert all(line.startswith("好  ") for line in lines)


def test_doctor_looks_at_every_account(shell: Shell) -> None:
    _well(shell)
    shell.load_accounts = lambda: [account(), BUREAU]
    result = shell.run("doctor")
    assert result.exit_code == 0, result.output
    assert "公众号：bureau wx0123456789abcdef" in result.output


def test_one_thing_that_is_wrong_makes_the_exit_code_1(shell: Shell) -> None:
    shell.platform.answers["menu/get"] = [refused(46003)]
    result = shell.run("doctor")
    assert result.exit_code == 1
    assert [line for line in result.output.splitlines() if not line.startswith("好")] == [
        "坏  菜单：平台上还没有。运行 wechat menu push"
    ]


def test_doctor_without_accounts(shell: Shell) -> None:
    shell.load_accounts = lambda: []
    result = shell.run("doctor")
    assert (result.exit_code, result.output[:1]) == (1, "坏")


@pytest.mark.parametrize("command", [["doctor"], ["menu", "push"]], ids=["doctor", "push"])
@pytest.mark.parametrize(
    "wrong", [{"aes_key": "not-the-right-length"}, {"original_id": "?"}, {"token": "bad token " + SECRET}], ids=str
)
def test_wx_59_wrong_settings_are_named_without_their_values(
    shell: Shell, command: list[str], wrong: dict[str, str]
) -> None:
    shell.load_accounts = lambda: [account(**wrong)]
    result = shell.run(*command)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert result.output.strip()
    assert not [secret for secret in (SECRET, TOKEN, *wrong.values()) if secret in result.output]
