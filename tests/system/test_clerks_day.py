"""A clerk's day in Chromium: an unanswered question becomes an entry, two people agree, a citizen gets it, it is undone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.clerk import Clerk
from tests.system.processes import System

pytestmark = pytest.mark.system
ASKED = "猫寄养在宠物店丢了，店家要不要赔"
TITLE = "寄养的宠物丢了怎么赔"
ANSWER = (
    "店家收了钱没看好，宠物丢了要赔。先留好寄养单、付款记录、聊天记录和宠物的照片，让店家书面写清楚经过。"
    "谈不拢可以向市场监管部门投诉，也可以到法院起诉。只是帮忙、没有收钱的，能证明自己没有故意和大的过错，就不用赔。"
)
UNCHECKED_PHONE = ANSWER.replace("向市场监管部门投诉", "拨12315投诉")
QUESTIONS = [
    "猫寄养丢了",
    "出差前把狗放在宠物店，回来说跑了",
    "店里把我家猫弄没了",
    "寄存的狗跑丢店家赔不赔",
    "我过年回老家把猫放在小区门口的店里养了七天，一天六十块，昨天去接说门没关好跑出去了，老板只肯退钱",
    "毛孩子没了谁负责",
    "托人看狗结果弄丢了要赔钱吗",
    "店家说签了免责单概不负责，这话算数吗",
]


def ask_as_citizen(browser: Browser, system: System) -> str:
    """What a citizen in a fresh browser gets; the text of the last reply."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(system.url)
    page.fill("#question", QUESTIONS[0])
    page.click("#send")
    turn = page.locator("article.turn:not(.waiting)").last
    expect(turn).to_be_visible()
    text = turn.inner_text()
    context.close()
    return text


def complain(browser: Browser, system: System) -> None:
    """A citizen asks and says that the reply was no use."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(system.url)
    created = page.request.post(f"{system.url}/api/v1/conversations").json()
    path = f"{system.url}/api/v1/conversations/{created['conversation_id']}"
    headers = {"Authorization": f"Bearer {created['token']}"}
    turn = page.request.post(f"{path}/messages", headers=headers, data={"text": ASKED, "message_id": "1"}).json()
    said = page.request.post(
        f"{path}/feedback", headers=headers, data={"turn_id": turn["turn_id"], "verdict": "not_helpful"}
    )
    assert said.status == 204
    context.close()


def cite(page: Page) -> None:
    """Add the article that the entry rests on."""
    page.get_by_role("button", name="加一条法条").click()
    row = page.locator("[data-rows=law]").last
    row.get_by_label("法律").fill("民法典")
    row.get_by_label("条号").fill("897")
    row.get_by_label("核对日").fill("2026-11-23")
    row.get_by_label("可信程度").select_option("verified")
    row.get_by_label("条目从里面取了什么").fill("保管不善毁损丢失的要赔；无偿保管人证明没有故意和重大过失的不赔")


def test_a_clerks_day(console: System, browser: Browser) -> None:
    complain(browser, console)
    assert TITLE not in ask_as_citizen(browser, console)
    editor = Clerk(browser, console, "bianji", "editor")
    reviewer = Clerk(browser, console, "shenhe", "reviewer")

    page = editor.open("/staff/unanswered")
    page.get_by_role("link", name=re.compile("猫寄养在宠物店丢了")).first.click()
    editor.seen("unanswered-case")
    page.locator("select[name=topic]").select_option("消费者权益")
    editor.press("新建条目草稿")
    entry = page.url.split("?")[0]

    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=topic]").select_option("消费者权益")
    page.locator("[name=answer]").fill(UNCHECKED_PHONE)
    page.locator("[name=questions]").fill("\n".join(QUESTIONS))
    cite(page)
    page.locator("[name=office]").fill("公共法律服务管理处")
    page.locator("[name=valid_from]").fill("2021-01-01")
    page.locator("[name=review_by]").fill("2027-06-30")
    editor.press("保存并提交审核")
    expect(page.locator("#flaws")).to_contain_text("12315")
    editor.seen("linter")

    page.locator("[name=answer]").fill(ANSWER)
    editor.press("保存并提交审核")
    expect(page.locator("main")).to_contain_text("待审")

    other = reviewer.open(entry.removeprefix(console.url))
    reviewer.seen("review")
    other.get_by_label("退回的理由").fill("请写明要先留什么证据。")
    reviewer.press("退回")

    page.goto(entry)
    expect(page.locator("main")).to_contain_text("请写明要先留什么证据。")
    editor.press("保存并提交审核")
    reviewer.open(entry.removeprefix(console.url))
    reviewer.press("通过")

    reviewer.open("/staff/publishing")
    reviewer.seen("publishing")
    reviewer.press("试跑选中的")
    other.get_by_role("heading", name="发布", exact=True).wait_for(timeout=120_000)
    expect(other.locator("main")).not_to_contain_text("改答")
    reviewer.seen("replay")
    other.get_by_label("说明").fill("新条目：宠物寄养")
    other.get_by_role("button", name=re.compile("^发布这")).click()
    expect(other.locator(".flash")).to_be_visible(timeout=60_000)
    other.wait_for_timeout(2_000)
    assert TITLE in ask_as_citizen(browser, console)

    before = other.get_by_role("link", name=re.compile("整体回到这一版")).first
    before.click()
    other.get_by_label("为什么要退回").fill("试一试退回")
    reviewer.press("整体回到这一版")
    expect(other.locator(".flash")).to_be_visible(timeout=60_000)
    other.wait_for_timeout(2_000)
    assert TITLE not in ask_as_citizen(browser, console)
