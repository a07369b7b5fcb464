"""Pushes messages to a server as the platform does: signed, in three modes, for five seconds, and again."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

from api.channels.wechat.accounts import WechatAccount, WechatMode
from api.channels.wechat.simulator.cipher import MessageCipher, Random, signature
from api.channels.wechat.simulator.follower import FollowerMessage, cdata
from api.channels.wechat.simulator.judge import Expected, Flaw, Outcome, Verdict, judge, rejected

_OK = 200
Clock = Callable[[], float]
Seen = Callable[[FollowerMessage], None]


@dataclass(frozen=True)
class PushRequest:
    """One push, ready to be sent; tests may spoil it with `dataclasses.replace`."""

    query: tuple[tuple[str, str], ...]
    body: bytes
    expected: Expected


@dataclass(frozen=True)
class Delivery:
    """One sending of a push: what came back, or neither status nor body when nothing came in time."""

    request: PushRequest
    status: int | None = None
    body: bytes = b""

    @property
    def verdict(self) -> Verdict:
        """What the platform makes of it."""
        if self.status is None:
            return rejected(Flaw.NO_REPLY)
        return judge(self.status, self.body, self.request.expected)


@dataclass(frozen=True)
class Exchange:
    """A message with all its deliveries. The last one counts."""

    message: FollowerMessage
    deliveries: tuple[Delivery, ...]

    @property
    def verdict(self) -> Verdict:
        """What the follower gets."""
        return self.deliveries[-1].verdict


class PushClient:
    """The platform's side of one account's server URL."""

    def __init__(
        self,
        url: str,
        account: WechatAccount,
        http: httpx.AsyncClient,
        clock: Clock,
        *,
        random: Random = os.urandom,
        seconds: float = 5.0,
        retries: int = 3,
        seen: Seen = lambda _: None,
    ) -> None:
        """`account`: as set on the platform's page; its first key encrypts, and only that one opens replies.

        seconds: after so long the connection is closed; retries: how often it is tried again ("总共重试三次", whether
        that is three deliveries or four is nowhere said); seen: told of each message before it is pushed, for
        `PlatformState.seen`.
        """
        self._url = url
        self._account = account
        self._http = http
        self._clock = clock
        self._random = random
        self._seconds = seconds
        self._retries = retries
        self._seen = seen

    async def push(self, message: FollowerMessage) -> Exchange:
        """Push until something comes back. Copies have the same MsgId and CreateTime, and a signature of their own."""
        self._seen(message)
        deliveries: list[Delivery] = []
        for _ in range(1 + self._retries):
            deliveries.append(await self.deliver(self.request(message)))
            if deliveries[-1].status is not None:
                break
        return Exchange(message, tuple(deliveries))

    async def deliver(self, request: PushRequest) -> Delivery:
        """Send one push, once."""
        headers = {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"}
        url = f"{self._url}?{urlencode(request.query)}"
        response = await self._asked("POST", url, content=request.body, headers=headers)
        return Delivery(request) if response is None else Delivery(request, response.status_code, response.content)

    def request(self, message: FollowerMessage) -> PushRequest:
        """A push of the message in the account's mode, signed for now."""
        mode = self._account.mode
        time, nonce = self._time_and_nonce()
        query = [*self._signed(time, nonce), ("openid", message.openid)]
        expected = Expected(self._account, mode, nonce, message)
        if mode is WechatMode.PLAIN:
            return PushRequest(tuple(query), message.xml().encode(), expected)
        cipher = MessageCipher(self._account.app_id, self._account.aes_key.get_secret_value(), self._random)
        encrypted = cipher.encrypt(message.xml().encode())
        envelope = f"<Encrypt>{cdata(encrypted)}</Encrypt></xml>"
        if mode is WechatMode.COMPATIBLE:
            body = message.xml().removesuffix("</xml>") + envelope
        else:
            body = f"<xml><ToUserName>{cdata(self._account.original_id)}</ToUserName>{envelope}"
        token = self._account.token.get_secret_value()
        query += [("encrypt_type", "aes"), ("msg_signature", signature(token, time, nonce, encrypted))]
        return PushRequest(tuple(query), body.encode(), expected)

    async def verify_url(self, echo: str = "") -> Verdict:
        """Ask the server to prove that it knows the token, as the platform does when the URL is set."""
        time, nonce = self._time_and_nonce()
        echo = echo or str(int.from_bytes(self._random(8), "big"))
        query = [*self._signed(time, nonce), ("echostr", echo)]
        response = await self._asked("GET", f"{self._url}?{urlencode(query)}")
        if response is None:
            return rejected(Flaw.NO_REPLY)
        if response.status_code != _OK:
            return rejected(Flaw.NOT_200, str(response.status_code))
        if response.content != echo.encode():
            return rejected(Flaw.WRONG_ECHO)
        return Verdict(Outcome.ACKNOWLEDGED)

    async def _asked(
        self, method: str, url: str, *, content: bytes | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response | None:
        """The response; None when the server cannot be reached or is not done in time."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._http.request(
                    method, url, content=content, headers=headers, timeout=None, follow_redirects=False
                )
        except (TimeoutError, httpx.RequestError):
            return None

    def _time_and_nonce(self) -> tuple[str, str]:
        return str(int(self._clock())), str(int.from_bytes(self._random(4), "big"))

    def _signed(self, time: str, nonce: str) -> list[tuple[str, str]]:
        given = signature(self._account.token.get_secret_value(), time, nonce)
        return [("signature", given), ("timestamp", time), ("nonce", nonce)]
