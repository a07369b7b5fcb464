"""Adds the console to the application: its pages, its files, and errors as pages."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.services import ServicesDep
from api.staff import audit_routes as audit
from api.staff.conversations import routes as conversations
from api.staff.dashboard import routes as dashboard
from api.staff.entries import routes as entries
from api.staff.exchange import import_routes as imports
from api.staff.exchange import routes as exchange
from api.staff.people import routes as people
from api.staff.publishing import entry_routes as entry_publishing
from api.staff.publishing import routes as publishing
from api.staff.responses import ErrorPages, NoStore
from api.staff.switches import routes as switches
from api.staff.testing import routes as testing
from api.staff.testing import saved_routes as saved_tests
from api.staff.tickets import routes as tickets
from api.staff.unanswered import routes as unanswered
from api.staff.web import COOKIE, SignedIn, SignInNeededError, page, sign_in_path

PREFIX = "/staff"
FILES = "/staff/static"
_MOST_BYTES = {"/staff/exchange": 32 * 2**20, "/staff/entries": 2**19}
"""Below these paths files are sent, and whole entries with every character as nine bytes."""
_ROUTERS = (
    publishing.router,
    entry_publishing.router,
    testing.router,
    saved_tests.router,
    people.router,
    switches.router,
    audit.router,
    entries.router,
    tickets.router,
    exchange.router,
    imports.router,
    unanswered.router,
    conversations.router,
    dashboard.router,
)


async def larger_limit(scope: Scope) -> int:
    """How many bytes a request to a page of the console may have; 0 for who is not signed in and for other pages."""
    most = next((size for path, size in _MOST_BYTES.items() if scope["path"].startswith(path)), 0)
    token = Request(scope).cookies.get(COOKIE)
    return most if most and token and await scope["app"].state.services.staff.people.find(token) else 0


def install(app: FastAPI) -> None:
    """Add everything under `/staff`."""
    app.mount(FILES, StaticFiles(directory=Path(__file__).with_name("static")), name="staff-static")
    for router in _ROUTERS:
        app.include_router(router)
    app.add_api_route(PREFIX, home, include_in_schema=False)
    app.add_exception_handler(SignInNeededError, _to_sign_in)
    app.add_middleware(ErrorPages, prefix=PREFIX)
    app.add_middleware(NoStore, prefix=PREFIX, files=FILES)


async def home(request: Request, services: ServicesDep, staff: SignedIn) -> Response:
    """The first page after signing in."""
    return await page(request, "home.html", staff, reminders=await services.staff.entry_list.reminders(staff))


async def _to_sign_in(_: Request, error: Exception) -> Response:
    return RedirectResponse(sign_in_path(error.path if isinstance(error, SignInNeededError) else PREFIX), 303)
