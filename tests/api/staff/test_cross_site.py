"""What another site, a proxy or the next person at the computer could do, on every route of the console."""

import httpx
import pytest

from api.headers import SECURITY_HEADERS
from api.staff.permissions import Role
from api.staff.web import COOKIE
from tests.api.conftest import Running
from tests.api.staff.conftest import HTML, SECRET, Clerk, Hire
from tests.api.staff.routes import ConsoleRoute, console_routes

SIGN_IN = "/staff/sign-in"
FOREIGN = [
    {"origin": "https://evil.example"},
    {"origin": "https://hufa.test.evil.example"},
    {"origin": "http://[bad"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
]


@pytest.fixture
async def everybody(hire: Hire) -> Clerk:
    """Somebody who may do everything."""
    return await hire("quan", *Role)


def writing(running: Running) -> list[ConsoleRoute]:
    """Every route that may change something; whoever signs in has no token yet."""
    reading = {"GET", "HEAD", "OPTIONS"}
    return [r for r in console_routes(running.app) if r.method not in reading and r.template != SIGN_IN]


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({}, {}),
        ({}, {"csrf": ""}),
        ({}, {"csrf": "guessed"}),
        ({}, {"csrf": "猜的"}),
        ({"x-csrf-token": "guessed"}, {}),
        ({"x-csrf-token": "gu\xe9"}, {}),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_nothing_is_changed_without_the_sessions_token(
    everybody: Clerk, running: Running, headers: dict[str, str], fields: dict[str, str], accept: str
) -> None:
    raw = {name: value.encode("latin-1") for name, value in (headers | {"accept": accept}).items()}
    given = {}
    for route in writing(running):
        response = await everybody.browser.request(route.method, route.path, data=fields, headers=raw)
        given[str(route)] = response.status_code
    assert {route: status for route, status in given.items() if status != 403} == {}


async def test_the_token_of_another_session_is_no_good(everybody: Clerk, running: Running, hire: Hire) -> None:
    other = await hire("li", *Role)
    response = await everybody.browser.post("/staff/sign-out", data={"csrf": other.staff.csrf})
    assert response.status_code == 403


async def test_every_route_that_reads_is_a_get(running: Running) -> None:
    assert {route.method for route in console_routes(running.app)} <= {"GET", "POST", "PUT", "DELETE"}


@pytest.mark.parametrize("headers", FOREIGN)
async def test_nobody_is_signed_in_from_another_site(running: Running, headers: dict[str, str]) -> None:
    await running.services.staff.people.create("li", "李", frozenset(Role), SECRET, must_change_password=False)
    fields = {"username": "li", "password": SECRET}
    response = await running.client.post(SIGN_IN, data=fields, headers=HTML | headers)
    assert (response.status_code, response.cookies.get(COOKIE)) == (403, None)


@pytest.mark.parametrize(
    "headers", [{"origin": "null"}, {"origin": "http://hufa.test"}, {"sec-fetch-site": "same-origin"}]
)
async def test_the_own_form_signs_in(running: Running, headers: dict[str, str]) -> None:
    await running.services.staff.people.create("li", "李", frozenset(Role), SECRET, must_change_password=False)
    response = await running.client.post(SIGN_IN, data={"username": "li", "password": SECRET}, headers=headers)
    assert response.status_code == 303


async def test_the_cookie_stays_on_this_site_and_out_of_scripts(running: Running) -> None:
    await running.services.staff.people.create("li", "李", frozenset(Role), SECRET, must_change_password=False)
    response = await running.client.post(SIGN_IN, data={"username": "li", "password": SECRET})
    flags = {part.strip().lower() for part in response.headers["set-cookie"].split(";")[1:]}
    assert flags == {"httponly", "samesite=strict", "path=/staff", "max-age=43200"}


async def test_over_tls_the_cookie_is_sent_over_tls_only(running: Running) -> None:
    await running.services.staff.people.create("li", "李", frozenset(Role), SECRET, must_change_password=False)
    async with running.browser(base_url="https://hufa.test") as browser:
        response = await browser.post(SIGN_IN, data={"username": "li", "password": SECRET})
    assert "secure" in response.headers["set-cookie"].lower()


# --- headers ----------------------------------------------------------------------------------------------------------


def missing_headers(response: httpx.Response) -> set[str]:
    wanted = {name.lower(): value for name, value in SECURITY_HEADERS.items()} | {"cache-control": "no-store"}
    return {name for name, value in wanted.items() if response.headers.get(name) != value}


async def test_no_page_may_be_kept_and_each_has_the_security_headers(everybody: Clerk, running: Running) -> None:
    others = {}
    for route in console_routes(running.app):
        if route.template == "/staff/sign-out":
            continue
        for accept in ("text/html", "application/json"):
            headers = {"accept": accept, "x-csrf-token": everybody.staff.csrf}
            response = await everybody.browser.request(route.method, route.path, headers=headers)
            if lacking := missing_headers(response):
                others[str(route)] = lacking
    assert others == {}


@pytest.mark.parametrize("path", ["/staff", SIGN_IN, "/staff/people", "/staff/nowhere", "/staff/"])
async def test_nor_what_nobody_gets(running: Running, path: str) -> None:
    assert missing_headers(await running.client.get(path, headers=HTML)) == set()


async def test_files_may_be_kept(running: Running) -> None:
    response = await running.client.get("/staff/static/staff.css")
    assert response.status_code == 200 and "no-store" not in response.headers.get("cache-control", "")


async def test_the_citizens_page_is_not_touched(running: Running) -> None:
    response = await running.client.get("/healthz")
    assert "cache-control" not in response.headers


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/staff/<script>alert(1)</script>", "/staff/people?next=<script>", "/staff/entries/<script>alert(1)</script>"],
)
async def test_error_pages_escape_what_was_asked(everybody: Clerk, path: str) -> None:
    assert "<script>alert" not in (await everybody.get(path)).text


async def test_an_error_is_a_page_for_browsers_and_a_problem_for_scripts(running: Running) -> None:
    page = await running.client.get("/staff/nowhere", headers=HTML)
    script = await running.client.get("/staff/nowhere", headers={"accept": "application/json"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert (script.status_code, script.headers["content-type"]) == (404, "application/problem+json")


async def test_a_crash_is_a_page_that_says_nothing_of_the_inside(
    everybody: Clerk, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash() -> None:
        raise KeyError("select password_hash from staff_members")

    monkeypatch.setattr(running.services.staff.people, "all", crash)
    response = await everybody.get("/staff/people")
    assert (response.status_code, missing_headers(response)) == (500, set())
    assert "这一步没有做成" in response.text and "password_hash" not in response.text


async def test_a_body_that_is_too_large_is_refused_with_a_page(everybody: Clerk) -> None:
    response = await everybody.post("/staff/people", name="长" * 100_000)
    assert (response.status_code, response.headers["content-type"]) == (413, "text/html; charset=utf-8")


@pytest.mark.parametrize("path", ["/staff/exchange/import", "/staff/entries/labour.unpaid-wages"])
async def test_only_who_is_signed_in_may_send_much(editor: Clerk, running: Running, path: str) -> None:
    much = b"x" * (running.services.settings.max_body_bytes + 1)
    assert (await editor.browser.post(path, content=much)).status_code != 413
    for cookies in ({}, {COOKIE: "no session"}):
        async with running.browser() as stranger:
            stranger.cookies.update(cookies)
            assert (await stranger.post(path, content=much)).status_code == 413
