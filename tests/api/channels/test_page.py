"""The citizen's page: by plain form, by script, and against other sites."""

import asyncio
import re
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.wording import say
from tests.api import fakes
from tests.api.channels.page_reader import COOKIE, COOKIE_FORM, QUESTION, SCRIPT, URGENT, Page, ask, open_page
from tests.api.conftest import Running, Start
from tests.api.fakes import assert_problem


@pytest.fixture
async def browser(running: Running) -> Any:
    async with running.browser() as browser:
        yield browser


# --- by plain form ----------------------------------------------------------------------------------------------------


async def test_the_first_page_offers_situations(browser: httpx.AsyncClient) -> None:
    page = await open_page(browser)
    assert "遇到法律上的事，先问一问" in page.text
    assert "没拿到工资" in page.text
    assert "被车撞了" not in page.text, "a button for an entry that is not published"
    assert page.said() == []


async def test_a_question_by_plain_form(browser: httpx.AsyncClient) -> None:
    response = await ask(browser, QUESTION)
    assert response.status_code == 303
    assert re.fullmatch(r"/#turn-[0-9a-f]{32}", response.headers["location"])
    page = await open_page(browser)
    assert page.said() == [response.headers["location"].removeprefix("/#")]
    assert QUESTION in page.text
    assert "可以先向劳动保障监察机构投诉" in page.text
    assert "《中华人民共和国劳动合同法》" in page.text or "《劳动合同法》" in page.text
    assert "第30条" in page.text
    assert "2026年11月23日" in page.text


async def test_a_starter_by_plain_form(browser: httpx.AsyncClient) -> None:
    fields = (await open_page(browser)).form("/ask", "choice")
    assert (await browser.post("/ask", data=fields)).status_code == 303
    assert "公司拖欠工资怎么办" in (await open_page(browser)).text


async def test_an_offered_button_by_plain_form(browser: httpx.AsyncClient) -> None:
    response = await ask(browser, QUESTION)
    turn = await browser.get("/")
    fields = Page(turn)
    offered = [form["fields"] for form in fields.forms if "choice" in form["fields"]][-1]
    assert (await browser.post("/ask", data=offered)).status_code == 303
    page = await open_page(browser)
    assert len(page.said()) == 2
    assert "向劳动争议仲裁委员会交一份申请书" in page.text
    assert response.headers["location"].removeprefix("/#") == page.said()[0]


async def test_a_form_sent_twice_is_one_turn(running: Running, browser: httpx.AsyncClient) -> None:
    fields = (await open_page(browser)).form("/ask", "text") | {"text": QUESTION}
    first, second = [await browser.post("/ask", data=fields) for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    assert len(running.rasa.messages) == 1
    assert len((await open_page(browser)).said()) == 1


async def test_a_first_message_sent_again_after_a_lost_reply_is_one_turn(running: Running) -> None:
    """The reply with its cookie was lost: the page's own cookie already names the conversation."""
    async with running.browser() as browser:
        fields = (await open_page(browser)).form("/ask", "text") | {"text": QUESTION}
        cookie = browser.cookies[COOKIE]
    for _ in range(2):
        async with running.browser(cookies={COOKIE: cookie}) as again:
            assert (await again.post("/ask", data=fields)).status_code == 303
    assert len(running.rasa.messages) == 1
    assert len(await running.table("conversations")) == 1


async def test_a_double_click_on_the_first_message_is_one_turn(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second request looks for the conversation just before the first has made it, and goes on just after."""
    opens, calls = running.services.store.opens, 0

    async def slow_for_the_second(conversation_id: str, token: str) -> bool:
        nonlocal calls
        calls += 1
        second = calls == 2
        found = await opens(conversation_id, token)
        await asyncio.sleep(0.2 if second else 0.02)
        return found

    async with running.browser() as browser:
        fields = (await open_page(browser)).form("/ask", "text") | {"text": QUESTION}
        monkeypatch.setattr(running.services.store, "opens", slow_for_the_second)
        responses = await asyncio.gather(*(browser.post("/ask", data=fields) for _ in range(2)))
    assert len({response.headers["location"] for response in responses}) == 1
    assert len(running.rasa.messages) == 1


@pytest.mark.parametrize("fields", [{}, {"text": ""}, {"text": " "}, {"text": "🙂"}, {"message_id": "x"}])
async def test_nothing_said(browser: httpx.AsyncClient, fields: dict[str, str]) -> None:
    assert (await browser.post("/ask", data=fields)).status_code == 303
    assert say("abstain_empty") in (await open_page(browser)).text


@pytest.mark.parametrize(
    "fields",
    [{"text": "x" * 20_001}, {"choice": "x" * 301}, {"message_id": "x" * 129}],
    ids=lambda fields: next(iter(fields)),
)
async def test_fields_that_are_too_long(browser: httpx.AsyncClient, fields: dict[str, str]) -> None:
    assert_problem(await browser.post("/ask", data={"text": "x"} | fields), 422)


@pytest.mark.parametrize("field", ["text", "choice", "message_id"])
async def test_fields_with_control_characters(running_on_each: Running, field: str) -> None:
    async with running_on_each.browser() as browser:
        response = await browser.post("/ask", data={"text": QUESTION, "message_id": "m", field: "a\x00b"})
    assert response.status_code in {303, 422}, response.text


async def test_a_file_instead_of_a_text(browser: httpx.AsyncClient) -> None:
    assert_problem(await browser.post("/ask", files={"text": ("a.txt", b"x")}), 422)


async def test_a_forged_button(browser: httpx.AsyncClient) -> None:
    await browser.post("/ask", data={"choice": "forged", "message_id": "m"})
    assert say("stale_choice") in (await open_page(browser)).text


async def test_too_long(browser: httpx.AsyncClient) -> None:
    await ask(browser, "工" * 1001)
    assert say("too_long", limit=1000) in (await open_page(browser)).text


async def test_an_urgent_message(browser: httpx.AsyncClient) -> None:
    await ask(browser, URGENT)
    response = await browser.get("/")
    reply = response.text.split('class="reply"')[1]
    assert reply.index('class="urgent"') < reply.index("</section>")
    assert 'href="tel:110"' in reply.partition("</section>")[0]


async def test_over_the_rate_the_text_is_kept(start: Start) -> None:
    async with start(rate_per_sender="1/minute") as running, running.browser() as browser:
        await ask(browser, QUESTION)
        response = await ask(browser, "没发出去的话<b>")
        assert response.status_code == 429
        assert re.search(r"请过 \d+ 秒再试", response.text)
        assert "没发出去的话&lt;b&gt;</textarea>" in response.text


async def test_only_the_last_turns_are_shown(browser: httpx.AsyncClient) -> None:
    for number in range(52):
        await browser.post("/ask", data={"text": f"第{number}句🙂", "message_id": f"m{number}"})
    page = await open_page(browser)
    assert len(page.said()) == 50
    assert "第51句" in page.text
    assert "第1句" not in page.text


# --- by script --------------------------------------------------------------------------------------------------------


async def test_a_script_gets_the_turn_alone(browser: httpx.AsyncClient) -> None:
    response = await browser.post("/ask", data={"text": QUESTION, "message_id": "m"}, headers=SCRIPT)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert "<html" not in response.text
    page = Page(response)
    assert len(page.said()) == 1
    assert "可以先向劳动保障监察机构投诉" in page.text
    assert (await open_page(browser)).said() == page.said()


async def test_a_script_that_repeats_gets_the_same_turn(browser: httpx.AsyncClient) -> None:
    fields = {"text": QUESTION, "message_id": "m"}
    await open_page(browser)
    first, second = [await browser.post("/ask", data=fields, headers=SCRIPT) for _ in range(2)]
    assert first.text == second.text


async def test_a_script_over_the_rate_gets_a_problem(start: Start) -> None:
    async with start(rate_per_sender="1/minute") as running, running.browser() as browser:
        await ask(browser, QUESTION)
        response = await browser.post("/ask", data={"text": QUESTION, "message_id": "m"}, headers=SCRIPT)
        assert_problem(response, 429)
        assert int(response.headers["retry-after"]) >= 1


# --- what was typed is only text --------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>",
    "</span></h2></article><form action=//evil>",
    "{{7*'7'}}{% include 'page.html' %}",
    "javascript:alert(1)",
    "&lt;script&gt;",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("headers", [{}, SCRIPT], ids=["form", "script"])
async def test_html_is_shown_and_not_run(browser: httpx.AsyncClient, text: str, headers: dict[str, str]) -> None:
    response = await ask(browser, text, **headers)
    page = Page(response if headers else await browser.get("/"))
    assert text in page.text
    active = [(tag, given) for tag, given in page.elements if tag in {"script", "img", "svg", "iframe"}]
    assert active == ([] if headers else [("script", {"src": "/static/page.js", "defer": ""})])
    assert not [name for _, given in page.elements for name in given if name.startswith("on")]
    assert {form["action"] for form in page.forms} <= {"/ask", "/feedback", "/erase"}


async def test_a_text_that_looks_like_a_button_is_shown_as_it_was_typed(browser: httpx.AsyncClient) -> None:
    text = f"[按钮] entry:{fakes.DEGREE}"
    await ask(browser, text)
    assert text in (await open_page(browser)).text


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.sampled_from("<>&\"'/={}%# \nab工"), max_size=40))
async def test_no_text_makes_an_element(browser: httpx.AsyncClient, text: str) -> None:
    response = await browser.post("/ask", data={"text": text, "message_id": uuid4().hex}, headers=SCRIPT)
    assert response.status_code == 200
    page = Page(response)
    assert [tag for tag, _ in page.elements].count("article") == 1
    assert {tag for tag, _ in page.elements} <= {
        "article", "h2", "h3", "h4", "span", "div", "section", "p", "form", "input", "button", "ul", "li", "footer",
        "b", "dl", "dt", "dd", "time", "a", "details", "summary",
    }  # fmt: skip


async def test_what_is_shown_is_masked(browser: httpx.AsyncClient) -> None:
    await ask(browser, "我叫王小明，电话13812345678，老板不发工资")
    text = (await browser.get("/")).text
    assert "13812345678" not in text
    assert "[手机号]" in text


# --- cookie -----------------------------------------------------------------------------------------------------------


def _cookie(response: httpx.Response) -> Any:
    return SimpleCookie(response.headers["set-cookie"])[COOKIE]


@pytest.mark.parametrize(("scheme", "secure"), [("http", ""), ("https", True)])
async def test_the_flags_of_the_cookie(running: Running, scheme: str, secure: Any) -> None:
    async with running.browser(base_url=f"{scheme}://hufa.test") as browser:
        first = await browser.get("/")
        asked = await browser.post("/ask", data={"text": QUESTION, "message_id": "m"})
    for cookie in map(_cookie, (first, asked)):
        assert re.fullmatch(COOKIE_FORM, cookie.value)
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
        assert cookie["secure"] == secure
        assert cookie["max-age"] == str(60 * 60 * 24 * 30)
    assert _cookie(first).value == _cookie(asked).value


async def test_opening_the_page_stores_nothing(running: Running, browser: httpx.AsyncClient) -> None:
    await open_page(browser)
    assert await running.table("conversations") == []


async def test_the_page_is_not_kept_by_caches(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/")).headers["cache-control"] == "no-store"


async def test_a_cookie_of_another_opens_nothing(running: Running) -> None:
    async with running.browser() as mine:
        await ask(mine, QUESTION)
        stolen = mine.cookies[COOKIE].partition(".")[0]
    async with running.browser(cookies={COOKIE: f"{stolen}.{'x' * 43}"}) as thief:
        assert (await open_page(thief)).said() == []
        response = await thief.post("/ask", data={"text": QUESTION, "message_id": "m"})
        assert _cookie(response).value.partition(".")[0] != stolen
    assert [row["turn_count"] for row in await running.table("conversations")] == [1, 1]


@pytest.mark.parametrize(
    "cookie", ["x", ".", "a.b", "'; DROP TABLE turns; --", f"{'0' * 32}.", '"\\000.x"', '"a\\000b.x"']
)
async def test_a_strange_cookie_is_replaced(running_on_each: Running, cookie: str) -> None:
    async with running_on_each.browser() as browser:
        for method, address in (("GET", "/"), ("POST", "/ask"), ("POST", "/erase")):
            response = await browser.request(method, address, headers={"Cookie": f"{COOKIE}={cookie}"})
            assert response.status_code in {200, 303}, response.text
            if address != "/erase":
                assert re.fullmatch(COOKIE_FORM, _cookie(response).value)
            browser.cookies.clear()


# --- other sites ------------------------------------------------------------------------------------------------------

FORMS = [
    ("/ask", {"text": QUESTION, "message_id": "m"}),
    ("/feedback", {"turn_id": "x", "verdict": "helpful"}),
    ("/erase", {}),
]


@pytest.mark.parametrize(("address", "fields"), FORMS, ids=[address for address, _ in FORMS])
@pytest.mark.parametrize("site", ["cross-site", "same-site", "made-up"])
async def test_a_form_of_another_site_is_refused(
    running: Running, browser: httpx.AsyncClient, address: str, fields: dict[str, str], site: str
) -> None:
    await ask(browser, QUESTION)
    response = await browser.post(address, data=fields, headers={"Sec-Fetch-Site": site})
    assert_problem(response, 403)
    assert len((await open_page(browser)).said()) == 1
    assert running.rasa.forgotten == []


@pytest.mark.parametrize("site", ["same-origin", "none"])
async def test_our_own_form_is_taken(browser: httpx.AsyncClient, site: str) -> None:
    response = await browser.post("/ask", data={"text": QUESTION}, headers={"Sec-Fetch-Site": site})
    assert response.status_code == 303


async def test_an_older_browser_that_names_another_origin_is_refused(browser: httpx.AsyncClient) -> None:
    """Without Sec-Fetch-Site (Safari before 16.4) the Origin of a form still tells where it stands."""
    response = await browser.post("/ask", data={"text": QUESTION}, headers={"Origin": "https://evil.test"})
    assert_problem(response, 403)


# --- the page itself --------------------------------------------------------------------------------------------------


async def test_the_page_needs_nothing_from_elsewhere(browser: httpx.AsyncClient) -> None:
    await ask(browser, "毕业证公证")
    page = await open_page(browser)
    loaded = [
        given.get("src") or given.get("href", "") for tag, given in page.elements if tag in {"script", "link", "img"}
    ]
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)
    for address in loaded:
        assert (await browser.get(address)).status_code == 200
    assert not [given for _, given in page.elements if "style" in given]


async def test_a_source_on_a_page_is_a_safe_link(browser: httpx.AsyncClient) -> None:
    await ask(browser, "毕业证公证")
    (link,) = [given for tag, given in (await open_page(browser)).elements if given.get("class") == "source-title"]
    assert (link["href"], link["rel"]) == ("https://sfj.sh.gov.cn/guide", "noopener noreferrer")


async def test_the_parts_of_an_answer_are_folded(browser: httpx.AsyncClient) -> None:
    await ask(browser, "毕业证公证")
    elements = (await open_page(browser)).elements
    facets = [given for tag, given in elements if tag == "details" and given.get("class") == "facet"]
    assert [facet["data-facet"] for facet in facets] == ["materials", "fee"]
    assert not [facet for facet in facets if "open" in facet]


# --- in the browser of WeChat -------------------------------------------------------------------------------------------


async def test_a_shared_page_has_a_title_a_text_and_a_picture_with_full_addresses(start: Start) -> None:
    async with start(public_url="https://hufa.example/") as running, running.browser() as browser:
        page = (await browser.get("/")).text
        picture = await browser.get("/static/share.png")
    assert '<meta property="og:title" content="沪法问答' in page
    assert '<meta property="og:url" content="https://hufa.example/">' in page
    assert '<meta property="og:image" content="https://hufa.example/static/share.png">' in page
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")


async def test_without_a_public_address_none_is_made_up(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/")).text
    assert "og:url" not in page and "og:image" not in page


async def test_the_page_reaches_under_a_notch_and_keeps_out_of_it(browser: httpx.AsyncClient) -> None:
    assert "viewport-fit=cover" in (await browser.get("/")).text
    css = (await browser.get("/static/page.css")).text
    assert "env(safe-area-inset-bottom)" in css and "env(safe-area-inset-left)" in css
