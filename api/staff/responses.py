"""What holds for every response of the console: errors are pages, and nothing is kept by a browser or a proxy."""

import json
from pathlib import PurePosixPath

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.headers import SECURITY_HEADERS
from api.staff.web import templates

_CRASHED = "系统出了点问题，这一步没有做成。请退回上一页再试一次；还不行，请告诉技术人员刚才做了什么。"


def is_below(scope: Scope, path: str) -> bool:
    """Whether a request is for a path or for something below it."""
    return scope["type"] == "http" and PurePosixPath(scope["path"]).is_relative_to(path)


class NoStore:
    """Forbids keeping the console's pages; its files may be kept."""

    def __init__(self, app: ASGIApp, prefix: str, files: str) -> None:
        """`prefix`: where the pages are; `files`: where the files are, below it."""
        self._app = app
        self._prefix = prefix
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if not is_below(scope, self._prefix) or is_below(scope, self._files):
            await self._app(scope, receive, send)
            return

        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_header)


class ErrorPages:
    """Shows problems as a page to a browser that asked for a page of the console."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if not is_below(scope, self._prefix) or b"text/html" not in dict(scope["headers"]).get(b"accept", b""):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        started = False
        body = b""

        async def send_as_page(message: Message) -> None:
            nonlocal start, started, body
            if message["type"] == "http.response.start":
                if (b"content-type", b"application/problem+json") in message["headers"]:
                    start = message
                    return
                started = True
            elif start is not None:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    started = True
                    await _problem_page(scope, start, body)(scope, receive, send)
                return
            await send(message)

        try:
            await self._app(scope, receive, send_as_page)
        except Exception:
            if not started:
                crashed = _page(scope, _CRASHED, 500)
                crashed.headers.update(SECURITY_HEADERS)
                await crashed(scope, receive, send)
            raise


def _page(scope: Scope, detail: str, status: int) -> Response:
    return templates.TemplateResponse(
        Request(scope), "error.html", {"staff": None, "detail": detail}, status_code=status
    )


def _problem_page(scope: Scope, start: Message, body: bytes) -> Response:
    shown = _page(scope, json.loads(body)["detail"], start["status"])
    for name, value in start["headers"]:
        if name not in (b"content-type", b"content-length"):
            shown.raw_headers.append((name, value))
    return shown
