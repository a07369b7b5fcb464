"""Every route of the console, as every role, as nobody, and as somebody who must change the password first."""

from collections.abc import Sequence

import httpx
import pytest

from api.staff.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.api.conftest import Running
from tests.api.staff.conftest import HTML, SECRET, Clerk, Hire
from tests.api.staff.routes import FOR_EVERYBODY, ConsoleRoute, console_routes

JSON = {"accept": "application/json"}
ACCEPTED = {"page": HTML, "json": JSON}


def guarded(running: Running) -> list[ConsoleRoute]:
    return [route for route in console_routes(running.app) if route.permission is not None]


async def ask(browser: httpx.AsyncClient, route: ConsoleRoute, headers: dict[str, str]) -> httpx.Response:
    return await browser.request(route.method, route.path, headers=headers)


async def answers(clerk: Clerk, routes: Sequence[ConsoleRoute], accept: str) -> dict[str, int]:
    """What the clerk gets from each route, with the session's token."""
    headers = ACCEPTED[accept] | {"x-csrf-token": clerk.staff.csrf}
    return {str(route): (await ask(clerk.browser, route, headers)).status_code for route in routes}


async def test_the_routes_of_the_console_are_found(running: Running) -> None:
    found = {str(route) for route in console_routes(running.app)}
    assert {"GET /staff", "POST /staff/people/{staff_id}", "GET /staff/audit", "POST /staff/switches/off"} <= found


async def test_every_route_asks_for_a_permission_but_those_for_everybody(running: Running) -> None:
    without = {route.template for route in console_routes(running.app) if route.permission is None}
    assert without - FOR_EVERYBODY == set()


async def test_every_permission_is_somebodys(running: Running) -> None:
    assert set(Permission) == set().union(*ROLE_PERMISSIONS.values())


async def test_nobody_both_manages_people_and_publishes_by_one_role(running: Running) -> None:
    publishers = [role for role in Role if Permission.PUBLISH in ROLE_PERMISSIONS[role]]
    managers = [role for role in Role if Permission.MANAGE_PEOPLE in ROLE_PERMISSIONS[role]]
    assert (publishers, managers) == ([Role.REVIEWER], [Role.ADMINISTRATOR])


@pytest.mark.parametrize("accept", ACCEPTED)
@pytest.mark.parametrize("role", Role)
async def test_what_a_role_may_not_do_is_forbidden(hire: Hire, running: Running, role: Role, accept: str) -> None:
    forbidden = [route for route in guarded(running) if route.permission not in ROLE_PERMISSIONS[role]]
    given = await answers(await hire("somebody", role), forbidden, accept)
    assert {route: status for route, status in given.items() if status != 403} == {}


@pytest.mark.parametrize("accept", ACCEPTED)
@pytest.mark.parametrize("role", Role)
async def test_what_a_role_may_do_is_not_forbidden(hire: Hire, running: Running, role: Role, accept: str) -> None:
    """With made-up ids and no fields: it may not be found or be refused, but not forbidden, and it never crashes."""
    allowed = [route for route in guarded(running) if route.permission in ROLE_PERMISSIONS[role]]
    given = await answers(await hire("somebody", role), allowed, accept)
    assert {route: status for route, status in given.items() if status == 403 or status >= 500} == {}


async def test_a_forbidden_page_says_so_in_chinese_and_as_a_page(hire: Hire, running: Running) -> None:
    response = await (await hire("somebody", Role.AGENT)).get("/staff/people")
    assert (response.status_code, response.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert "你的角色不能做这件事" in response.text


async def test_nobody_gets_the_sign_in_page(running: Running) -> None:
    others = {}
    for route in guarded(running):
        response = await ask(running.client, route, HTML)
        if response.status_code != 303 or not response.headers["location"].startswith("/staff/sign-in"):
            others[str(route)] = response.status_code
    assert others == {}


async def test_a_script_of_nobody_gets_401(running: Running) -> None:
    given = {str(route): (await ask(running.client, route, JSON)).status_code for route in guarded(running)}
    assert {route: status for route, status in given.items() if status != 401} == {}


async def test_with_a_one_time_password_every_page_leads_to_a_new_one(running: Running) -> None:
    people = running.services.staff.people
    await people.create("xin", "新同志", frozenset(Role), SECRET, must_change_password=True)
    await running.client.post("/staff/sign-in", data={"username": "xin", "password": SECRET})
    staff = await people.find(running.client.cookies["hufa_staff"])
    assert staff is not None
    others = {}
    for route in [*guarded(running), ConsoleRoute("GET", "/staff", None)]:
        page = await ask(running.client, route, HTML | {"x-csrf-token": staff.csrf})
        script = await ask(running.client, route, JSON | {"x-csrf-token": staff.csrf})
        if (page.status_code, page.headers.get("location"), script.status_code) != (303, "/staff/password", 403):
            others[str(route)] = (page.status_code, script.status_code)
    assert others == {}
