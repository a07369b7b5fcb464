"""The page that looks like a phone: what it asks for, and that it loads nothing from elsewhere."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.channels.wechat.simulator.chat import Chat
from api.channels.wechat.simulator.page import create_page
from api.channels.wechat.simulator.platform import create_platform
from tests.api.channels.wechat.simulator.conftest import World
from tests.api.channels.wechat.simulator.small_channel import text_reply

CHOICE = "<a href='weixin://bizmsgmenu?msgmenucontent=欠薪&msgmenuid=e:1'>没拿到工资</a>"


@pytest.fixture
async def browser(world: World) -> AsyncIterator[httpx.AsyncClient]:
    app = create_platform(world.state)
    app.mount("/", create_page(Chat(world.follower(), world.client(), world.state), world.state))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8200") as client:
        yield client


async def lines(browser: httpx.AsyncClient, after: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await browser.get("/lines", params={"after": after})).json()["lines"]
    return found


async def test_the_page_and_its_files_come_from_here_with_our_headers(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/")
    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["content-security-policy"]
    files = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    assert files == ["/static/phone.css", "/static/phone.js"]
    for file in files:
        answer = await browser.get(file)
        assert answer.status_code == 200
        assert "://" not in answer.text
        assert "content-security-policy" in answer.headers
    assert "://" not in page.text
    assert not re.search(r"<(style|script)>| (style|on\w+)=", page.text)


async def test_typing_pushes_and_the_answer_is_fetched(browser: httpx.AsyncClient, world: World) -> None:
    world.channel.answer = text_reply(f"选 {CHOICE}")
    assert (await browser.post("/enter", json={"text": "你好"})).status_code == 204
    said, answered = await lines(browser)
    assert (said["who"], said["segments"][0]["text"]) == ("follower", "你好")
    assert (answered["who"], answered["number"]) == ("account", 2)
    assert answered["segments"][1] == {"text": "没拿到工资", "address": "", "menu_id": "e:1", "content": "欠薪"}
    assert await lines(browser, after=1) == [answered]
    assert await lines(browser, after=2) == []


async def test_tapping_a_choice_pushes_its_id(browser: httpx.AsyncClient, world: World) -> None:
    assert (await browser.post("/tap", json={"content": "欠薪", "menu_id": "e:1"})).status_code == 204
    (received,) = world.channel.received
    assert (received["Content"], received["bizmsgmenuid"]) == ("欠薪", "e:1")


async def test_the_menu_that_was_made_is_there(browser: httpx.AsyncClient, world: World) -> None:
    assert (await browser.get("/lines")).json()["menu"] == []
    world.state.menu = {"button": [{"type": "click", "name": "帮助", "key": "key:help"}]}
    assert (await browser.get("/lines")).json()["menu"] == world.state.menu["button"]


async def test_the_api_is_behind_the_same_port(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/cgi-bin/menu/get")).json()["errcode"] == 41001


@pytest.mark.parametrize(
    ("path", "body"), [("/enter", {}), ("/enter", {"text": "x" * 20_001}), ("/tap", {"content": "x"})]
)
async def test_what_the_page_would_not_send_is_refused(
    browser: httpx.AsyncClient, path: str, body: dict[str, str]
) -> None:
    assert (await browser.post(path, json=body)).status_code == 422
