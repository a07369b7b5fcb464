"""What every page of the console is made with: who is asking, whether they may, and the page around it."""

import re
import secrets
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from api.problems import ProblemError
from api.services import ServicesDep
from api.staff.clock import aware
from api.staff.people.staff import Staff
from api.staff.permissions import Permission

_SHANGHAI = ZoneInfo("Asia/Shanghai")


def local_time(moment: datetime) -> str:
    """A moment as Shanghai's clocks show it."""
    return aware(moment).astimezone(_SHANGHAI).strftime("%Y-%m-%d %H:%M")


COOKIE = "hufa_staff"
SIGN_IN = "/staff/sign-in"
OWN_PAGE = "/staff/password"
templates = Jinja2Templates(directory=Path(__file__).with_name("templates"))
templates.env.filters["local_time"] = local_time
_READING = ("GET", "HEAD")
_OWN_PATH = re.compile(r"/staff(?:[/?][!-\[\]-~]*)?")
"""A page of the console: printable ASCII after `/staff`, no backslash."""


class SignInNeededError(Exception):
    """A page was asked for without a session; `path` is where to go after signing in."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def wants_json(request: Request) -> bool:
    """Whether a script asks, not a browser that shows a page."""
    return "application/json" in request.headers.get("accept", "")


async def signed_in(request: Request, services: ServicesDep) -> Staff:
    """Who is asking. What changes something must carry the session's token, as a form field or a header.

    Raises:
        SignInNeededError: nobody is signed in.
        ProblemError: 401 for a script, 403 when the token is missing or wrong, or the password must be changed first.
    """
    token = request.cookies.get(COOKIE)
    staff = await services.staff.people.find(token) if token else None
    if staff is None:
        if wants_json(request):
            raise ProblemError(401, "请先登录。")
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        raise SignInNeededError(path if request.method in _READING else "/staff")
    if request.method not in _READING:
        given = request.headers.get("x-csrf-token") or (await request.form()).get("csrf")
        if not isinstance(given, str) or not secrets.compare_digest(given.encode(), staff.csrf.encode()):
            raise ProblemError(403, "页面太旧了，请刷新后再试一次。")
    if staff.must_change_password and request.url.path not in (OWN_PAGE, "/staff/sign-out"):
        if wants_json(request):
            raise ProblemError(403, "请先把一次性密码换成自己的密码。")
        raise SignInNeededError(OWN_PAGE)
    return staff


SignedIn = Annotated[Staff, Depends(signed_in)]


def allowed(permission: Permission) -> Callable[..., Coroutine[Any, Any, Staff]]:
    """A dependency that gives the person, if they may.

    `tests/api/staff/test_permissions.py` reads `permission` from it, to try every route as every role.
    """

    async def check(staff: SignedIn) -> Staff:
        if not staff.may(permission):
            raise ProblemError(403, "你的角色不能做这件事。需要的话，请管理员调整角色。")
        return staff

    check.permission = permission  # type: ignore[attr-defined]
    return check


async def page(request: Request, name: str, staff: Staff | None, status: int = 200, **context: Any) -> Response:
    """A page of the console. Templates know `staff`, `may("...")`, `flash` and what is given."""
    token = request.cookies.get(COOKIE)
    flash = await request.app.state.services.staff.people.take_flash(token) if token and staff else None

    def may(permission: str) -> bool:
        return staff is not None and staff.may(Permission(permission))

    return templates.TemplateResponse(
        request, name, {"staff": staff, "may": may, "flash": flash, **context}, status_code=status
    )


async def go(request: Request, path: str, flash: str = "") -> Response:
    """Send the browser on after something was done; the next page says `flash` once."""
    token = request.cookies.get(COOKIE)
    if flash and token:
        await request.app.state.services.staff.people.leave_flash(token, flash)
    return RedirectResponse(path, status_code=303)


def safe_path(path: str | None) -> str:
    """Where to go after signing in: only ever a page of the console."""
    return path if path and _OWN_PATH.fullmatch(path) and ".." not in path else "/staff"


def sign_in_path(path: str) -> str:
    """The sign-in page that leads on to a page."""
    if path == OWN_PAGE:
        return OWN_PAGE
    return SIGN_IN if path == "/staff" else f"{SIGN_IN}?next={quote(path)}"
