"""Every page of the console in Chromium: axe finds nothing serious, on a screen and on a phone; pictures for the handbook."""

import csv
import io
import re
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from api.staff import console as staff_console
from tests.api.staff.routes import console_routes
from tests.system.axe import serious_violations
from tests.system.citizen import Citizen
from tests.system.clerk import SCREENSHOTS, Clerk
from tests.system.processes import ROOT, System

pytestmark = pytest.mark.system
ENTRY = "labour.unpaid-wages"
SIZES = {"screen": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 780}}
NOT_PAGES = re.compile(r"/(export|template\.xlsx|problems\.xlsx|choices|csv/\{name\}|run/\{job_id\})$")
"""What a browser saves, and what only the pages' scripts read."""
PICTURES = {
    "/staff/entries": "entries",
    "/staff/entries/{entry_id}": "editor",
    "/staff/entries/{entry_id}/history": "history",
    "/staff/hit-test": "hit-test",
    "/staff/unanswered": "unanswered",
    "/staff/publishing/replay/{job_id}": "replay",
    "/staff/exchange/imports/{job_id}": "import",
    "/staff/tickets/{code}": "ticket",
    "/staff/switches": "switches",
    "/staff/dashboard": "dashboard",
}
"""Pages shown in the handbook, and the name of their picture."""
ONE_JOB_MS = 60_000


def page_templates() -> list[str]:
    """The pages of the console, as routes name them."""
    app = FastAPI()
    staff_console.install(app)
    gets = [route.template for route in console_routes(app) if route.method == "GET"]
    return [template for template in gets if not NOT_PAGES.search(template)]


@pytest.fixture(scope="module")
def everybody(console: System, browser: Browser) -> Clerk:
    return Clerk(browser, console, "quanti", "editor", "reviewer", "agent", "administrator")


@pytest.fixture(scope="module")
def addresses(console: System, browser: Browser, everybody: Clerk) -> dict[str, str]:
    """Where each page is found, after there was something to see on it."""
    with httpx.Client(base_url=console.url, timeout=20, trust_env=False) as client:
        for question in ("公司拖欠工资怎么办", "今天天气怎么样", "邻居家的狗半夜一直叫，物业不管"):
            citizen = Citizen(client)
            turn = citizen.ask(question)
            verdict = {"turn_id": turn["turn_id"], "verdict": "not_helpful", "reason": "contested"}
            assert client.post(f"{citizen.path}/feedback", json=verdict, headers=citizen.headers).status_code == 204
    return {
        "/staff/sign-in": "/staff/sign-in",
        "/staff/entries/{entry_id}": f"/staff/entries/{ENTRY}",
        "/staff/entries/{entry_id}/history": f"/staff/entries/{ENTRY}/history",
        "/staff/hit-test": "/staff/hit-test?question=公司拖欠工资怎么办",
        "/staff/hit-test/tests/{test_id}": _saved_test(everybody),
        "/staff/publishing/replay/{job_id}": _replay(everybody, Clerk(browser, console, "bianji2", "editor")),
        "/staff/publishing/releases/{number}": _first_link(everybody, "/staff/publishing", r".*/releases/\d+"),
        "/staff/exchange/imports/{job_id}": _import(everybody),
        "/staff/unanswered/{case_id}": _first_link(everybody, "/staff/unanswered", r"/staff/unanswered/\d+"),
        "/staff/tickets/{code}": _first_link(everybody, "/staff/tickets", r"/staff/tickets/GD-[^/]+"),
        "/staff/conversations/{conversation_id:path}": _first_link(
            everybody, "/staff/conversations", r"/staff/conversations/[^?]+"
        ),
    }


def _first_link(clerk: Clerk, path: str, wanted: str) -> str:
    page = clerk.open(path)
    links = page.locator("main a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return next(link for link in (link.partition("#")[0] for link in links) if re.fullmatch(wanted, link))


def _saved_test(clerk: Clerk) -> str:
    page = clerk.open("/staff/hit-test/tests")
    form = page.locator("form[action='/staff/hit-test/tests']")
    form.locator("[name=folder]").fill("常问")
    form.locator("[name=question]").fill("公司拖欠工资怎么办")
    form.locator("[name=entry_id]").fill(ENTRY)
    clerk.press("存下来")
    return _first_link(clerk, "/staff/hit-test/tests", r"/staff/hit-test/tests/\d+")


def _replay(clerk: Clerk, editor: Clerk) -> str:
    """A change that somebody wrote and somebody else approved, tried out and published."""
    page = editor.open(f"/staff/entries/{ENTRY}")
    page.locator("[name=review_by]").fill("2027-06-01")
    editor.press("保存并提交审核")
    expect(page.locator("main")).to_contain_text("待审")
    page = clerk.open(f"/staff/entries/{ENTRY}")
    clerk.press("通过")
    clerk.open("/staff/publishing")
    clerk.press("试跑选中的")
    page.get_by_role("heading", name="发布", exact=True).wait_for(timeout=ONE_JOB_MS)
    replay = urlsplit(page.url).path
    page.get_by_label("说明").fill("改了复核日期")
    page.get_by_role("button", name=re.compile("^发布这")).click()
    expect(page.locator(".flash")).to_be_visible(timeout=ONE_JOB_MS)
    return replay


def _import(clerk: Clerk) -> str:
    """What was exported, with one row changed and one spoilt."""
    page = clerk.open("/staff/exchange")
    exported = page.request.get(f"{clerk.url}/staff/exchange/export?format=csv&topic=法考").body().decode("utf-8-sig")
    first, second, *rest = csv.DictReader(io.StringIO(exported))
    table = io.StringIO()
    writer = csv.DictWriter(table, first)
    writer.writeheader()
    writer.writerows([first | {"标题": "法考什么时候报名"}, second | {"主题": "外太空"}, *rest])
    file = {"name": "法考.csv", "mimeType": "text/csv", "buffer": table.getvalue().encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    clerk.press("上传并预览")
    expect(page.locator("main")).to_contain_text("外太空", timeout=ONE_JOB_MS)
    return urlsplit(page.url).path


def test_the_handbook_shows_the_pictures_that_are_made_here() -> None:
    handbook = ROOT / "docs" / "handbook"
    shown = re.findall(r"\]\(images/(\S+)\.jpg\)", (handbook / "console.md").read_text(encoding="utf-8"))
    kept = [path.stem for path in (handbook / "images").iterdir()]
    assert sorted(shown) == sorted(kept) == sorted(PICTURES.values())


def test_every_page_that_needs_something_to_show_has_it(addresses: dict[str, str]) -> None:
    templates = page_templates()
    assert set(addresses) <= set(templates)
    assert [template for template in templates if "{" in template and template not in addresses] == []


@pytest.mark.parametrize("template", page_templates())
def test_a_page_is_for_everybody(template: str, everybody: Clerk, addresses: dict[str, str]) -> None:
    page = everybody.page
    flaws = []
    for name, size in SIZES.items():
        page.set_viewport_size(size)
        response = page.goto(f"{everybody.url}{addresses.get(template, template)}")
        assert response is not None and response.status == httpx.codes.OK
        if template in PICTURES and name == "screen":
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"handbook-{PICTURES[template]}.jpg", type="jpeg", quality=60)
        flaws += [f"{name}: {flaw}" for flaw in serious_violations(page)]
        flaws += [f"{name}: {wide}" for wide in _too_wide(page)]
    assert flaws == []


def _too_wide(page: Page) -> list[str]:
    """Whether the page itself must be moved sideways to be read."""
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{over} px wider than the screen"] if over > 0 else []
