"""Command line: `wechat menu check | show | push` and `wechat doctor`."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from typing import Annotated, TypeVar

import httpx
import typer
from fakeredis import FakeAsyncRedis
from pydantic import ValidationError
from redis.asyncio import Redis

from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.api_client import WechatApi
from api.channels.wechat.breaker import CircuitBreaker
from api.channels.wechat.doctor import Finding, Outside, examine, examine_redis
from api.channels.wechat.errors import WechatApiError
from api.channels.wechat.menu import load_menu, outline
from api.channels.wechat.platform_call import WechatUnreachableError
from api.channels.wechat.tokens import TokenHolder

_SECONDS = 10.0
_T = TypeVar("_T")
_Account = Annotated[str | None, typer.Option("--account", help="公众号的名字；只有一个公众号时不用写")]


def _open_http() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=_SECONDS, trust_env=False)


def wechat_app(
    load_accounts: Callable[[], Sequence[WechatAccount]],
    load_public_url: Callable[[], str],
    open_redis: Callable[[], Redis | None],
    open_http: Callable[[], httpx.AsyncClient] = _open_http,
    clock: Callable[[], float] = time.time,
) -> typer.Typer:
    """The commands. What they need is loaded and opened when one of them runs.

    `load_accounts` and `load_public_url` may raise ValueError, whose text is shown; `open_redis` gives None where no
    Redis is set.
    """
    app = typer.Typer(no_args_is_help=True, help="微信公众号")
    menu_app = typer.Typer(no_args_is_help=True, help="自定义菜单")
    app.add_typer(menu_app, name="menu")
    platform = _Platform(open_redis, open_http, clock)

    @menu_app.command()
    def check() -> None:
        """检查 menu.yml，不连平台。有问题时退出码为 1。"""
        with _plain_errors():
            print(*outline(load_menu(load_public_url())), sep="\n")

    @menu_app.command()
    def show(account: _Account = None) -> None:
        """打印平台上现在的菜单。"""
        with _plain_errors():
            menu = asyncio.run(platform.call(_chosen(load_accounts(), account), lambda api: api.get_menu()))
            print(*(outline(menu) if menu else ["平台上还没有菜单。运行 wechat menu push"]), sep="\n")

    @menu_app.command()
    def push(account: _Account = None) -> None:
        """检查 menu.yml 并发布，代替平台上现在的菜单。"""
        with _plain_errors():
            menu = load_menu(load_public_url())
            asyncio.run(platform.call(_chosen(load_accounts(), account), lambda api: api.create_menu(menu)))
        print("菜单已发布。手机上最多五分钟后更新")

    @app.command()
    def doctor() -> None:
        """检查每个公众号能不能正常工作，什么也不改。有坏的就说怎么办，退出码为 1。"""
        try:
            accounts, public_url = load_accounts(), load_public_url()
            findings = asyncio.run(platform.examine(accounts, public_url))
        except ValueError as error:
            findings = [Finding(False, "设置", _said(error))]
        print(*findings, sep="\n")
        if not all(finding.good for finding in findings):
            raise typer.Exit(1)

    return app


@dataclass(frozen=True)
class _Platform:
    """Reaches the platform for as long as one command takes."""

    open_redis: Callable[[], Redis | None]
    open_http: Callable[[], httpx.AsyncClient]
    clock: Callable[[], float]

    async def call(self, account: WechatAccount, do: Callable[[WechatApi], Awaitable[_T]]) -> _T:
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(self.open_http())
            redis = self.open_redis() or FakeAsyncRedis()
            stack.push_async_callback(redis.aclose)
            tokens = TokenHolder(account, http, redis, self.clock)
            return await do(WechatApi(account, http, tokens, CircuitBreaker(self.clock)))

    async def examine(self, accounts: Sequence[WechatAccount], public_url: str) -> list[Finding]:
        if not accounts:
            return [Finding(False, "设置", "没有设置公众号。设置 HUFA_WECHAT_APP_ID 等，见 README")]
        async with AsyncExitStack() as stack:
            outside = Outside(
                await stack.enter_async_context(self.open_http()), self.clock, lambda: secrets.token_hex(8)
            )
            redis = self.open_redis()
            if redis is not None:
                stack.push_async_callback(redis.aclose)
            found = [Finding(True, "设置", f"{len(accounts)} 个公众号，格式正确"), await examine_redis(redis)]
            for account in accounts:
                found.append(Finding(True, "公众号", f"{account.name or '（没有名字）'} {account.app_id}"))
                found += await examine(account, public_url, outside)
            return found


def _chosen(accounts: Sequence[WechatAccount], name: str | None) -> WechatAccount:
    chosen = [account for account in accounts if name is None or account.name == name]
    if len(chosen) == 1:
        return chosen[0]
    if not chosen:
        raise ValueError("没有这个公众号" if accounts else "没有设置公众号")
    names = "、".join(account.name or "''" for account in accounts)
    raise ValueError(f"有几个公众号，用 --account 说明是哪一个：{names}")


@contextmanager
def _plain_errors() -> Iterator[None]:
    """What went wrong in one line instead of a traceback, which would hold settings."""
    try:
        yield
    except (ValueError, WechatApiError, WechatUnreachableError) as error:
        typer.echo(_said(error), err=True)
        raise typer.Exit(1) from None


def _said(error: Exception) -> str:
    """The text of an error; pydantic's own would repeat the settings, and secrets with them."""
    if isinstance(error, ValidationError):
        return "；".join(f"{'.'.join(map(str, one['loc']))} {one['msg']}".strip() for one in error.errors())
    return str(error)
