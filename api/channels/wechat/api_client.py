"""The calls of the platform's API that we make: customer-service messages and the menu."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import httpx

from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.breaker import CircuitBreaker, back_off
from api.channels.wechat.error_codes import BUSY, NO_MENU, STALE_TOKEN
from api.channels.wechat.errors import WechatApiError
from api.channels.wechat.platform_call import WechatUnreachableError, call

_TRIES = 3


class TokenSource(Protocol):
    """Where access tokens come from (tokens.TokenHolder)."""

    async def get(self) -> str:
        """The present token."""

    async def refresh(self, stale: str) -> str:
        """A token other than the one that was refused."""


class WechatApi:
    """One account's API.

    Every call raises WechatApiError when the platform refuses and WechatUnreachableError when it does not answer. A
    refused token is refreshed and the call repeated, once (WX-55). Without an answer a call is tried up to three times
    where that cannot do anything twice.
    """

    def __init__(
        self,
        account: WechatAccount,
        http: httpx.AsyncClient,
        tokens: TokenSource,
        breaker: CircuitBreaker,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`http` brings its time-outs; `breaker` is shared by all that talk to the account's `api_base`."""
        self._account = account
        self._http = http
        self._tokens = tokens
        self._breaker = breaker
        self._sleep = sleep

    async def send_text(self, openid: str, text: str) -> None:
        """Send a customer-service message (sendCustomMessage). Take from the quota first.

        It is not repeated when the platform may have sent it: the follower would read it twice.
        """
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        await self._call("/cgi-bin/message/custom/send", body, repeatable=False, hidden=[openid])

    async def create_menu(self, menu: Mapping[str, Any]) -> None:
        """Put a menu in place of the present one (createCustomMenu)."""
        await self._call("/cgi-bin/menu/create", menu, repeatable=True)

    async def get_menu(self) -> dict[str, Any] | None:
        """The menu as the platform has it, None when there is none (getMenu)."""
        try:
            answer = await self._call("/cgi-bin/menu/get", repeatable=True)
        except WechatApiError as error:
            if error.code == NO_MENU:
                return None
            raise
        menu = answer.get("menu")
        return menu if isinstance(menu, dict) else None

    async def _call(
        self, path: str, body: Mapping[str, Any] | None = None, *, repeatable: bool, hidden: Sequence[str] = ()
    ) -> dict[str, Any]:
        with self._breaker.guard():
            for failures in range(1, _TRIES):
                try:
                    return await self._with_token(path, body, hidden)
                except WechatUnreachableError as error:
                    if error.sent and not repeatable:
                        raise
                except WechatApiError as error:
                    if error.code != BUSY or not repeatable:
                        raise
                await self._sleep(back_off(failures))
            return await self._with_token(path, body, hidden)

    async def _with_token(self, path: str, body: Mapping[str, Any] | None, hidden: Sequence[str]) -> dict[str, Any]:
        token = await self._tokens.get()
        try:
            return await call(self._http, self._account.api_base, path, body, token=token, hidden=hidden)
        except WechatApiError as error:
            if error.code not in STALE_TOKEN:
                raise
        token = await self._tokens.refresh(token)
        return await call(self._http, self._account.api_base, path, body, token=token, hidden=hidden)
