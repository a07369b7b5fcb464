"""Limits and headers that hold for every request."""

from collections.abc import Awaitable, Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.headers import SECURITY_HEADERS
from api.problems import problem_response

_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")
_DOCUMENTATION = ("/docs", "/openapi.json")
LargerLimit = Callable[[Scope], Awaitable[int]]


class SecurityHeaders:
    """Adds security headers. The API documentation page is left out: it loads its viewer from elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(_DOCUMENTATION):
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BodyLimit:
    """Refuses a body over the limit with 413, whether its length is announced or not.

    What begins with the path `exempt` has a limit and an answer of its own. `larger` is asked once a body is over the
    limit, and says how many bytes this request may have after all.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, exempt: str, larger: LargerLimit | None = None) -> None:
        self._app = app
        self._max = max_bytes
        self._exempt = exempt
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] in _WITHOUT_BODY or scope["path"].startswith(self._exempt):
            await self._app(scope, receive, send)
            return
        most, body = self._max, bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if len(body) > most == self._max and self._larger is not None:
                most = max(most, await self._larger(scope))
            if len(body) > most:
                await problem_response(413)(scope, receive, send)
                return
            if not message.get("more_body"):
                break
        replayed = False

        async def replay() -> Message:
            nonlocal replayed
            if replayed:
                return await receive()
            replayed = True
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        await self._app(scope, replay, send)
