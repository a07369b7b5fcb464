"""Switches that make the platform's API fail."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

API = "/cgi-bin/"


class DroppedError(httpx.RemoteProtocolError):
    """The connection is gone: raised through to a client in the same process, and by uvicorn made true for others."""

    def __init__(self) -> None:
        super().__init__("dropped by the simulator")


@dataclass(frozen=True)
class Fault:
    """How a call goes wrong.

    path: which calls, by their beginning after `/cgi-bin/`; empty for all.
    wait: awaited before anything else, for slowness: an event's `wait`, or a sleep.
    errcode, status, drop: what is answered instead; with none of them a waiting call is answered as usual.
    after_effect: the call takes effect all the same, and only its answer is spoilt.
    """

    path: str = ""
    wait: Callable[[], Awaitable[object]] | None = None
    errcode: int = 0
    status: int = 0
    drop: bool = False
    after_effect: bool = False

    @property
    def spoils(self) -> bool:
        """Whether the answer is another than usual."""
        return bool(self.errcode or self.status or self.drop)


class Faults:
    """Faults to come, each for a number of calls; the first that fits a call is taken."""

    def __init__(self) -> None:
        self._coming: list[Fault] = []

    def next(self, fault: Fault, calls: int = 1) -> None:
        """Let the next calls go wrong in this way."""
        self._coming += [fault] * calls

    def clear(self) -> None:
        """All is well again."""
        self._coming.clear()

    def take(self, path: str) -> Fault | None:
        """The fault of a call that is made now."""
        for number, fault in enumerate(self._coming):
            if path.removeprefix(API).startswith(fault.path):
                return self._coming.pop(number)
        return None


class FaultyCalls:
    """Counts calls of the API and lets them go wrong."""

    def __init__(self, app: ASGIApp, faults: Faults, calls: Counter[str]) -> None:
        self._app = app
        self._faults = faults
        self._calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call.

        Raises:
            DroppedError: the connection is to be dropped.
        """
        if scope["type"] != "http" or not scope["path"].startswith(API):
            await self._app(scope, receive, send)
            return
        self._calls[scope["path"].removeprefix(API)] += 1
        fault = self._faults.take(scope["path"])
        if fault and fault.wait:
            await fault.wait()
        if fault is None or not fault.spoils:
            await self._app(scope, receive, send)
            return
        if fault.after_effect:
            await self._app(scope, receive, _nowhere)
        if fault.drop:
            # begun and not finished: a server that has begun to answer closes the connection
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"99")]})
            raise DroppedError
        response = PlainTextResponse("", fault.status) if fault.status else JSONResponse(error(fault.errcode))
        await response(scope, receive, send)


def error(code: int) -> dict[str, object]:
    """The body of a refused call."""
    return {"errcode": code, "errmsg": f"{_MESSAGES.get(code, 'error')} rid: 00000000-00000000-00000000"}


async def _nowhere(_: Message) -> None:
    """Where an answer goes that nobody gets."""


_MESSAGES = {
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40008: "invalid message type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40125: "invalid appsecret",
    40164: "invalid ip 203.0.113.1, not in whitelist",
    41001: "access_token missing",
    42001: "access_token expired",
    44004: "empty content",
    45002: "content size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, please retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    46003: "menu no exist",
    47001: "data format error",
    48001: "api unauthorized",
}
