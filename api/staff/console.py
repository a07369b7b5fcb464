"""Adds the console to the application: its pages, its files, and errors as pages."""

import json
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.services import ServicesDep
from api.staff.people import routes as people
from api.staff.switches import routes as switches
from api.staff.web import SignedIn, SignInNeededError, page, sign_in_path, templates

PREFIX = "/staff"
UPLOADS = "/staff/exchange"
"""Below this path files may be sent."""
_ROUTERS = (people.router, switches.router)


def install(app: FastAPI) -> None:
    """Add everything under `/staff`."""
    app.mount(f"{PREFIX}/static", StaticFiles(directory=Path(__file__).with_name("static")), name="staff-static")
    for router in _ROUTERS:
        app.include_router(router)
    app.add_api_route(PREFIX, home, include_in_schema=False)
    app.add_exception_handler(SignInNeededError, _to_sign_in)
    app.add_middleware(ErrorPages)


async def home(request: Request, services: ServicesDep, staff: SignedIn) -> Response:  # noqa: ARG001
    """The first page after signing in."""
    return await page(request, "home.html", staff)


async def _to_sign_in(_: Request, error: Exception) -> Response:
    return RedirectResponse(sign_in_path(error.path if isinstance(error, SignInNeededError) else PREFIX), 303)


class ErrorPages:
    """Shows problems as a page to a browser that asked for a page of the console."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        accept = dict(scope["headers"]).get(b"accept", b"")
        if b"text/html" not in accept:
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def send_as_page(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                if (b"content-type", b"application/problem+json") in message["headers"]:
                    start = message
                    return
            elif start is not None:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    await _error_page(scope, start, body)(scope, receive, send)
                return
            await send(message)

        await self._app(scope, receive, send_as_page)


def _error_page(scope: Scope, start: Message, body: bytes) -> Response:
    problem = json.loads(body)
    shown = templates.TemplateResponse(
        Request(scope), "error.html", {"staff": None, "detail": problem["detail"]}, status_code=start["status"]
    )
    for name, value in start["headers"]:
        if name not in (b"content-type", b"content-length"):
            shown.raw_headers.append((name, value))
    return shown
