"""Somebody who works on tickets, whatever the database."""

from collections.abc import AsyncIterator

import pytest

from api.staff.permissions import Role
from api.staff.web import COOKIE
from tests.api.conftest import Running
from tests.api.staff.conftest import SECRET, Clerk


@pytest.fixture
async def hire_on_each(running_on_each: Running) -> AsyncIterator[Clerk]:
    people = running_on_each.services.staff.people
    await people.create("zuoxi", "坐席同志", frozenset({Role.AGENT}), SECRET, must_change_password=False)
    async with running_on_each.browser() as browser:
        await browser.post("/staff/sign-in", data={"username": "zuoxi", "password": SECRET})
        staff = await people.find(browser.cookies[COOKIE])
        assert staff is not None
        yield Clerk(browser, staff, running_on_each)
