"""A stand-in for the platform's API behind httpx.MockTransport, with a clock that only tests move."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from api.channels.wechat.accounts import WechatAccount

SECRET = "5ecre7" * 5 + "ab"
TOKEN = "signtoken"
AES_KEY = "A" * 43
NOW = 1_800_000_000.0
Answer = dict[str, Any] | httpx.Response | type[Exception]


def account(**changes: Any) -> WechatAccount:
    """A certified account in safe mode."""
    given: dict[str, Any] = {
        "app_id": "wxba5fad812f8e6fb9",
        "app_secret": SECRET,
        "token": TOKEN,
        "aes_key": AES_KEY,
        "original_id": "gh_97417a04a28d",
        "verified": True,
    }
    return WechatAccount(**(given | changes))


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class FakePlatform:
    """Gives tokens as the platform does, and to everything else the answers it was told, or ok.

    asked: for each request for a token whether it was forced; calls: path, token and body of all other requests;
    rejected: tokens that are refused with 40001; answers: by path, the next ones first; gate: holds back tokens, and reached says that it does.
    """

    clock: Clock
    asked: list[bool] = field(default_factory=list)
    calls: list[tuple[str, str, bytes]] = field(default_factory=list)
    rejected: set[str] = field(default_factory=set)
    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    gate: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    refusal: int = 40001
    _number: int = 0
    _ends: float = 0.0

    @property
    def token(self) -> str:
        """The token of the moment."""
        return f"ACCESS-{self._number}"

    def client(self, **options: Any) -> httpx.AsyncClient:
        """A client that reaches nothing else."""
        return httpx.AsyncClient(transport=httpx.MockTransport(self.handle), **options)

    async def handle(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/cgi-bin/")
        given = request.url.params.get("access_token", "")
        body = await request.aread()
        if path == "stable_token":
            self.asked.append(json.loads(body)["force_refresh"])
            if self.gate is not None:
                self.reached.set()
                await self.gate.wait()
        else:
            self.calls.append((path, given, body))
        if self.answers[path]:
            return self._told(self.answers[path].pop(0), request)
        if path == "stable_token":
            return httpx.Response(200, json=self._give(self.asked[-1]))
        if given in self.rejected:
            message = f"invalid credential, access_token is invalid or not latest hint: [{given}]"
            return httpx.Response(200, json={"errcode": self.refusal, "errmsg": message})
        return httpx.Response(200, json={"errcode": 0, "errmsg": "ok"})

    def _told(self, answer: Answer, request: httpx.Request) -> httpx.Response:
        if isinstance(answer, httpx.Response):
            return answer
        if isinstance(answer, dict):
            return httpx.Response(200, json=answer)
        raise answer("told to", request=request)  # type: ignore[call-arg]

    def _give(self, force: bool) -> dict[str, Any]:
        if force or self._ends - self.clock.now <= 300:
            self._number += 1
            self._ends = self.clock.now + 7200
        return {"access_token": self.token, "expires_in": int(self._ends - self.clock.now)}


def refused(code: int, message: str = "refused") -> dict[str, Any]:
    """A refusal as the platform writes it."""
    return {"errcode": code, "errmsg": message}


class Sleeper:
    """Takes no time, and remembers for how long it was asked."""

    def __init__(self, then: Callable[[float], None] = lambda _: None) -> None:
        self.slept: list[float] = []
        self._then = then

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._then(seconds)
