"""The console with people in it. Passwords are hashed weakly here: what they cost is not what is tested."""

from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

from api.staff.people import passwords
from api.staff.people.staff import Staff
from api.staff.permissions import Role
from api.staff.web import COOKIE
from tests.api.conftest import Running
from tests.api.staff.turns import Turns

SECRET = "long enough for tests 7"
HTML = {"accept": "text/html"}


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class Clerk:
    """Somebody signed in, in a browser of their own. `staff` is who the console takes them for."""

    browser: httpx.AsyncClient
    staff: Staff
    running: Running

    async def get(self, path: str, **query: Any) -> httpx.Response:
        """Open a page."""
        return await self.browser.get(path, params=query or None, headers=HTML)

    async def post(self, path: str, follow: bool = True, files: Any = None, **fields: Any) -> httpx.Response:
        """Send a form with the session's token; follows to the next page."""
        data = {"csrf": self.staff.csrf} | fields
        response = await self.browser.post(path, data=data, files=files, headers=HTML)
        if follow and response.status_code == 303:
            return await self.get(response.headers["location"])
        return response

    async def json(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Ask as the page's scripts do."""
        headers = {"accept": "application/json", "x-csrf-token": self.staff.csrf}
        return await self.browser.request(method, path, json=body, headers=headers)


Hire = Callable[..., Coroutine[Any, Any, Clerk]]


@pytest.fixture
async def hire(running: Running) -> AsyncIterator[Hire]:
    """`await hire("li", Role.EDITOR)`: an account with roles, signed in."""
    browsers: list[httpx.AsyncClient] = []

    async def hired(username: str, *roles: Role) -> Clerk:
        people = running.services.staff.people
        await people.create(username, f"{username}同志", frozenset(roles), SECRET, must_change_password=False)
        browser = running.browser()
        browsers.append(browser)
        response = await browser.post("/staff/sign-in", data={"username": username, "password": SECRET})
        assert response.status_code == 303, response.text
        staff = await people.find(browser.cookies[COOKIE])
        assert staff is not None
        return Clerk(browser, staff, running)

    yield hired
    for browser in browsers:
        await browser.aclose()


@pytest.fixture
async def editor(hire: Hire) -> Clerk:
    return await hire("bianji", Role.EDITOR)


@pytest.fixture
async def reviewer(hire: Hire) -> Clerk:
    return await hire("shenhe", Role.REVIEWER)


@pytest.fixture
async def agent(hire: Hire) -> Clerk:
    return await hire("zuoxi", Role.AGENT)


@pytest.fixture
async def administrator(hire: Hire) -> Clerk:
    return await hire("guanli", Role.ADMINISTRATOR)


@pytest.fixture
def turns(running: Running) -> Turns:
    return Turns(running)
