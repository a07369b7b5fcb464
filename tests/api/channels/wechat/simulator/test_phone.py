"""The phone in a browser: typing, tapping, late messages and the menu."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from api.channels.wechat.simulator.chat import Chat
from api.channels.wechat.simulator.page import create_page
from api.channels.wechat.simulator.platform import create_platform
from api.channels.wechat.simulator.platform_state import SentMessage
from api.channels.wechat.simulator.server import serving
from tests.api.channels.wechat.simulator.conftest import World
from tests.api.channels.wechat.simulator.small_channel import text_reply
from tests.requirements_of_tests import missing
from tests.system.processes import free_port

pytestmark = pytest.mark.system
CHOICES = (
    "您是要问：\n1. <a href='weixin://bizmsgmenu?msgmenucontent=欠薪&msgmenuid=e:1'>没拿到工资</a>\n<b>不是标签</b>"
)


@pytest.fixture
async def phone(world: World) -> AsyncIterator[Page]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        missing("chromium")
    app, port = create_platform(world.state), free_port()
    app.mount("/", create_page(Chat(world.follower(), world.client(), world.state), world.state))
    async with serving(app, port), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": 360, "height": 740})
        page.set_default_timeout(10_000)
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(f"http://127.0.0.1:{port}/")
        yield page
        await browser.close()
        assert problems == []


async def say(phone: Page, text: str) -> None:
    await phone.get_by_label("消息").fill(text)
    await phone.get_by_role("button", name="发送").click()


async def test_a_chat_on_the_phone(phone: Page, world: World) -> None:
    world.channel.answer = text_reply(CHOICES)
    await say(phone, "没发工资")
    await expect(phone.locator(".follower")).to_have_text("没发工资")
    await expect(phone.locator(".account")).to_contain_text("<b>不是标签</b>")
    world.channel.answer = text_reply("可以投诉")
    await phone.get_by_role("button", name="没拿到工资").click()
    await expect(phone.locator(".account").last).to_have_text("可以投诉")
    assert world.channel.received[-1]["bizmsgmenuid"] == "e:1"


async def test_late_messages_appear(phone: Page, world: World) -> None:
    await world.state.record(SentMessage(world.follower().openid, "text", "久等了", b"", 0))
    await expect(phone.locator(".late")).to_have_text("久等了")


async def test_the_menu_is_pressed(phone: Page, world: World) -> None:
    below = [{"type": "click", "name": "帮助", "key": "key:help"}]
    world.state.menu = {"button": [{"name": "更多", "sub_button": below}]}
    await phone.get_by_text("更多").click()
    await phone.get_by_role("button", name="帮助").click()
    await expect(phone.locator(".follower")).to_have_text("/click key:help")
    assert world.channel.received[-1]["EventKey"] == "key:help"
