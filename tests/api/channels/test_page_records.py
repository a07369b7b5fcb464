"""The citizen's page: feedback and erasure."""

from typing import Any

import httpx
import pytest

from tests.api.channels.page_reader import COOKIE, QUESTION, SCRIPT, ask, open_page
from tests.api.conftest import Running
from tests.api.fakes import assert_problem


@pytest.fixture
async def browser(running: Running) -> Any:
    async with running.browser() as browser:
        yield browser


async def test_feedback_by_plain_form(running: Running, browser: httpx.AsyncClient) -> None:
    await ask(browser, QUESTION)
    fields = (await open_page(browser)).form("/feedback", "verdict")
    response = await browser.post("/feedback", data=fields)
    assert response.status_code == 303
    assert response.headers["location"] == f"/?thanks=1#turn-{fields['turn_id']}"
    (row,) = await running.table("feedback")
    assert {name: row[name] for name in fields} == fields


async def test_feedback_by_script(browser: httpx.AsyncClient) -> None:
    await ask(browser, QUESTION)
    fields = (await open_page(browser)).form("/feedback", "verdict")
    response = await browser.post("/feedback", data=fields, headers=SCRIPT)
    assert (response.status_code, response.content) == (204, b"")


async def test_no_feedback_for_the_turn_of_another(running: Running, browser: httpx.AsyncClient) -> None:
    async with running.browser() as other:
        await ask(other, QUESTION)
        fields = (await open_page(other)).form("/feedback", "verdict")
    await ask(browser, QUESTION)
    assert_problem(await browser.post("/feedback", data=fields), 404)
    assert await running.table("feedback") == []


@pytest.mark.parametrize("fields", [{}, {"turn_id": "x"}, {"turn_id": "x", "verdict": "great"}])
async def test_wrong_feedback(browser: httpx.AsyncClient, fields: dict[str, str]) -> None:
    assert_problem(await browser.post("/feedback", data=fields), 422)


async def test_only_an_answer_can_be_rated(browser: httpx.AsyncClient) -> None:
    await ask(browser, "🙂")
    assert not [form for form in (await open_page(browser)).forms if form["action"] == "/feedback"]


async def test_erasing(running: Running, browser: httpx.AsyncClient) -> None:
    await ask(browser, QUESTION)
    before = browser.cookies[COOKIE]
    response = await browser.post("/erase")
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert COOKIE not in browser.cookies
    assert await running.table("conversations") == []
    assert await running.table("turns") == []
    (request,) = running.rasa.forgotten
    assert before.partition(".")[0] in request.url.path
    assert (await open_page(browser)).said() == []


async def test_nothing_is_erased_when_rasa_does_not_confirm(running: Running, browser: httpx.AsyncClient) -> None:
    await ask(browser, QUESTION)
    running.rasa.forgets = False
    assert (await browser.post("/erase")).status_code == 503
    assert COOKIE in browser.cookies
    assert len((await open_page(browser)).said()) == 1


async def test_a_citizen_is_told_on_a_page_when_erasing_failed(running: Running, browser: httpx.AsyncClient) -> None:
    """A form post shows its response to the citizen: that must be a page, not JSON."""
    await ask(browser, QUESTION)
    running.rasa.forgets = False
    response = await browser.post("/erase", headers={"Accept": "text/html"})
    assert response.headers["content-type"].startswith("text/html")


async def test_erasing_nothing(running: Running, browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/erase")).status_code == 303
    assert running.rasa.forgotten == []
