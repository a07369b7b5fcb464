"""The citizen's page in Chromium, with and without JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.processes import ROOT, System

pytestmark = pytest.mark.system
SCREENSHOTS = ROOT / "var" / "screenshots"
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}
QUESTION = "公司拖欠我三个月工资怎么办"


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def script(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, browser: Browser, system: System, script: bool) -> Iterator[Page]:
    context = browser.new_context(viewport=SIZES[request.param], java_script_enabled=script, locale="zh-CN")
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    opened.goto(system.url)
    yield opened
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    name = f"{request.node.originalname}-{request.param}-{'script' if script else 'plain'}.png"
    opened.screenshot(path=Path(SCREENSHOTS) / name, full_page=True)
    context.close()


def ask(page: Page, text: str) -> None:
    turns = page.locator("article.turn:not(.waiting)")
    before = turns.count()
    page.fill("#question", text)
    page.click("#send")
    expect(turns).to_have_count(before + 1)


def test_asks_and_reads_the_card_and_its_source(page: Page) -> None:
    ask(page, QUESTION)
    card = page.locator("section.answer").last
    expect(card.locator(".answer-title")).to_contain_text("工资")
    expect(card.locator(".lead")).not_to_be_empty()
    expect(card.locator(".source-title").first).to_contain_text("《")
    expect(card.locator(".article").first).to_contain_text("条")
    expect(page.locator(".receipt .code").last).not_to_be_empty()


def test_presses_a_choice(page: Page) -> None:
    ask(page, "今天天气怎么样")
    choice = page.locator("button.choice").first
    label = choice.inner_text().strip()
    choice.click()
    expect(page.locator("section.answer .answer-title").last).to_have_text(label)


def test_begins_with_a_situation(page: Page) -> None:
    page.locator("button.starter").first.click()
    expect(page.locator("section.answer .answer-title").last).not_to_be_empty()


def test_says_that_an_answer_was_of_use(page: Page) -> None:
    ask(page, QUESTION)
    page.locator("button.verdict[value=helpful]").last.click()
    expect(page.locator(".thanks").last).to_be_visible()


def test_the_hotline_is_always_there(page: Page) -> None:
    expect(page.locator('a[href="tel:12348"]').first).to_be_visible()
    ask(page, QUESTION)
    expect(page.locator('header a[href="tel:12348"]').first).to_be_in_viewport()


def test_danger_shows_the_emergency_number_first(page: Page) -> None:
    ask(page, "老公打我我该怎么办")
    urgent = page.locator("section.urgent")
    expect(urgent.locator('a[href="tel:110"]')).to_be_visible()
    card = page.locator("section.answer").last
    assert (urgent.bounding_box() or {})["y"] < (card.bounding_box() or {})["y"]


def test_what_a_citizen_types_is_never_run(page: Page) -> None:
    ask(page, "<img src=x onerror=\"document.title='run'\">公司拖欠工资怎么办")
    expect(page.locator(".said-text").last).to_contain_text("<img")
    assert page.title() != "run"


def test_the_conversation_is_still_there_after_a_reload(page: Page) -> None:
    ask(page, QUESTION)
    page.reload()
    expect(page.locator("article.turn")).to_have_count(1)


def test_erases_the_conversation(page: Page) -> None:
    ask(page, QUESTION)
    page.locator(".erase summary").click()
    page.click("#erase")
    expect(page.locator("article.turn")).to_have_count(0)


def test_asks_no_other_site(browser: Browser, system: System) -> None:
    context = browser.new_context()
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(system.url)
    ask(opened, QUESTION)
    context.close()
    assert [url for url in asked if not url.startswith(system.url)] == []


WECHAT = (
    "Mozilla/5.0 (Linux; Android 10; ELE-AL00) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/86.0.4240.99 "
    "XWEB/4313 MMWEBSDK/20220805 Mobile Safari/537.36 MMWEBID/1 MicroMessenger/8.0.27.2220(0x28001B59) Process/toolsmp"
)


def test_in_wechats_browser_by_touch_and_back_again(browser: Browser, system: System) -> None:
    phone = {"width": 360, "height": 640}
    context = browser.new_context(viewport=phone, user_agent=WECHAT, has_touch=True, is_mobile=True, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(system.url)
    page.fill("#question", QUESTION)
    page.tap("#send")
    card = page.locator("section.answer").last
    expect(card.locator(".answer-title")).to_contain_text("工资")
    page.goto(f"{system.url}/static/favicon.svg")  # a link opens in the same window there
    page.go_back()
    expect(page.locator("section.answer").last.locator(".answer-title")).to_contain_text("工资")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.screenshot(path=Path(SCREENSHOTS) / "wechat.png")
    context.close()
    assert wide == 0
