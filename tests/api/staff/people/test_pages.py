"""Signing in, one's own password and the list of people, as browsers see them."""

from datetime import timedelta
from urllib.parse import quote, unquote, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.staff.clock import utc_now
from api.staff.permissions import Role
from api.staff.web import COOKIE, safe_path
from tests.api.conftest import Running, Start
from tests.api.staff.conftest import HTML, SECRET, Clerk, Hire

SIGN_IN, PASSWORD, PEOPLE = "/staff/sign-in", "/staff/password", "/staff/people"
OTHER = "another long secret 8"
SCRIPT = "<script>alert(1)</script>"


async def sign_in(
    browser: httpx.AsyncClient, username: str = "li", password: str = SECRET, **more: str
) -> httpx.Response:
    return await browser.post(SIGN_IN, data={"username": username, "password": password} | more, headers=HTML)


@pytest.fixture
async def li(running: Running) -> int:
    people = running.services.staff.people
    return await people.create("li", "李", frozenset((Role.EDITOR,)), SECRET, must_change_password=False)


# --- signing in -------------------------------------------------------------------------------------------------------


async def test_after_signing_in_one_gets_where_one_wanted_to(running: Running, li: int) -> None:
    asked = await running.client.get("/staff/entries", params={"text": "工资", "page": "2"}, headers=HTML)
    assert asked.status_code == 303
    wanted = unquote(urlsplit(asked.headers["location"]).query.removeprefix("next="))
    assert wanted.startswith("/staff/entries?text=%E5%B7%A5")
    assert (await sign_in(running.client, next=wanted)).headers["location"] == wanted


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/staff\\..\\evil", "///evil.example",
        "/staff/../../evil", "/staff/..//evil.example", "javascript:alert(1)", "/staffevil", "/staff@evil.example",
        "/staff.evil.example", "/", "", "staff", "/staff/\nx", "/staff/\r\nSet-Cookie: a=b", "/staff/\tx", " /staff", "/staff/猫",
        "http:/staff", "/staff/\x00",
    ],
)  # fmt: skip
async def test_signing_in_leads_nowhere_else(running: Running, li: int, elsewhere: str) -> None:
    assert (await sign_in(running.client, next=elsewhere)).headers["location"] == "/staff"
    shown = (await running.client.get(SIGN_IN, params={"next": elsewhere})).text
    assert 'name="next" value="/staff"' in shown


@pytest.mark.parametrize(
    "path", ["/staff", "/staff/entries", "/staff/entries?text=a&page=2", "/staff?x=1", "/staff/e/a.b-c"]
)
def test_pages_of_the_console_are_kept(path: str) -> None:
    assert safe_path(path) == path


@given(st.text(alphabet=st.sampled_from("/\\.:@?#staf evil\n\t\x00%"), max_size=20))
def test_wherever_it_leads_it_is_on_this_site(path: str) -> None:
    assert safe_path(path).startswith("/staff")
    assert urlsplit(safe_path(path)).netloc == ""


@pytest.mark.parametrize(
    ("username", "password"), [("li", "wrong"), ("nobody", SECRET), ("", ""), (SCRIPT, "x"), ("x" * 5000, "y" * 5000)]
)
async def test_who_is_refused_sees_the_form_again(running: Running, li: int, username: str, password: str) -> None:
    response = await sign_in(running.client, username, password, next="/staff/entries")
    assert response.status_code == 401 and "登录名或密码不对" in response.text
    assert COOKIE not in response.cookies and SCRIPT not in response.text
    assert 'value="/staff/entries"' in response.text


async def test_a_known_and_an_unknown_name_get_the_same_page(running: Running, li: int) -> None:
    known = [(await sign_in(running.client, "li", "wrong")).text for _ in range(6)]
    unknown = [(await sign_in(running.client, "ma", "wrong")).text for _ in range(6)]
    assert [page.replace('value="li"', "") for page in known] == [page.replace('value="ma"', "") for page in unknown]


async def test_what_was_typed_instead_of_a_name_is_not_recorded(running: Running, li: int) -> None:
    await sign_in(running.client, OTHER, "li")
    await sign_in(running.client, "li", OTHER)
    records = await running.table("audit_records")
    assert [(r["subject"], r["detail"]) for r in records] == [
        ("staff:?", {"why": "unknown"}),
        ("staff:li", {"why": "wrong"}),
    ]


async def test_a_planted_cookie_is_not_taken_over(running: Running, li: int) -> None:
    running.client.cookies.set(COOKIE, "planted", domain="hufa.test", path="/staff")
    response = await sign_in(running.client)
    assert response.cookies[COOKIE] != "planted"
    async with running.browser() as attacker:
        attacker.cookies.set(COOKIE, "planted", domain="hufa.test", path="/staff")
        assert (await attacker.get("/staff", headers=HTML)).status_code == 303


async def test_signing_in_again_ends_the_session_before(running: Running, li: int) -> None:
    first = (await sign_in(running.client)).cookies[COOKIE]
    second = (await sign_in(running.client)).cookies[COOKIE]
    people = running.services.staff.people
    assert await people.find(first) is None and await people.find(second) is not None


async def test_signing_out_ends_the_session_on_the_server(administrator: Clerk) -> None:
    cookie = administrator.browser.cookies[COOKIE]
    response = await administrator.post("/staff/sign-out", follow=False)
    assert response.headers["location"] == SIGN_IN and COOKIE not in administrator.browser.cookies
    administrator.browser.cookies.set(COOKIE, cookie, domain="hufa.test", path="/staff")
    assert (await administrator.get(PEOPLE)).status_code == 303


async def test_a_session_ends_by_itself(
    administrator: Clerk, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running.services.staff.people, "_clock", lambda: utc_now() + timedelta(minutes=61))
    assert (await administrator.get(PEOPLE)).headers["location"] == f"{SIGN_IN}?next={PEOPLE}"


async def test_one_address_signs_in_so_often_a_minute(running: Running, li: int) -> None:
    pages = [await sign_in(running.client, "li", "wrong") for _ in range(21)]
    assert [page.status_code for page in pages] == [401] * 20 + [429]
    assert "登录得太频繁" in pages[-1].text and int(pages[-1].headers["retry-after"]) > 0
    assert "12348" not in pages[-1].text.split("<main")[1].split("</main")[0]


async def test_another_address_is_not_kept_out(running: Running, li: int) -> None:
    for _ in range(21):
        await sign_in(running.client, "ma", "wrong")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(running.app, client=("10.0.0.9", 1)), base_url="http://hufa.test"
    ) as other:
        assert (await sign_in(other)).status_code == 303


# --- one's own password -----------------------------------------------------------------------------------------------


async def test_a_new_password_ends_the_session_and_signs_in(administrator: Clerk) -> None:
    response = await administrator.post(PASSWORD, current=SECRET, password=OTHER, again=OTHER)
    assert "密码改好了，请用新密码登录" in response.text and COOKIE not in administrator.browser.cookies
    assert (await sign_in(administrator.browser, "guanli", SECRET)).status_code == 401
    assert (await sign_in(administrator.browser, "guanli", OTHER)).status_code == 303


@pytest.mark.parametrize(
    ("current", "password", "again", "says"),
    [
        ("wrong", OTHER, OTHER, "现在的密码不对"),
        ("", OTHER, OTHER, "现在的密码不对"),
        (SECRET, OTHER, OTHER + "x", "不一样"),
        (SECRET, SECRET, SECRET, "要和现在的不一样"),
        (SECRET, "short", "short", "至少 12 个字符"),
        (SECRET, "x" * 500, "x" * 500, "最多 128 个字符"),
        (SECRET, "guanli guanli 1", "guanli guanli 1", "不要有登录名"),
    ],
)
async def test_why_a_password_was_not_changed(
    administrator: Clerk, current: str, password: str, again: str, says: str
) -> None:
    response = await administrator.post(PASSWORD, current=current, password=password, again=again)
    assert response.status_code == 422 and says in response.text
    assert (await administrator.get(PEOPLE)).status_code == 200


async def test_passwords_are_never_shown_again(administrator: Clerk) -> None:
    response = await administrator.post(PASSWORD, current="my current 1", password="my new 1", again="my new 2")
    assert not any(secret in response.text for secret in ("my current 1", "my new 1", "my new 2"))


async def test_guessing_in_an_open_browser_is_slowed(administrator: Clerk) -> None:
    for _ in range(20):
        await administrator.post(PASSWORD, current="wrong", password=OTHER, again=OTHER)
    response = await administrator.post(PASSWORD, current=SECRET, password=OTHER, again=OTHER)
    assert response.status_code == 422 and "试得太频繁" in response.text


# --- people -----------------------------------------------------------------------------------------------------------


async def test_a_new_account_gets_a_password_for_once(administrator: Clerk, running: Running) -> None:
    shown = (await administrator.post(PEOPLE, username="Wang.M", name="王", roles=["editor", "agent"])).text
    password = shown.split('class="secret">wang.m　')[1].split("<")[0]
    async with running.browser() as browser:
        assert (await sign_in(browser, "wang.m", password)).status_code == 303
        assert (await browser.get("/staff", headers=HTML)).headers["location"] == PASSWORD
    record = (await running.table("audit_records"))[-2]
    assert (record["action"], record["subject"], record["detail"]) == (
        "person_created", "staff:wang.m", {"roles": ["agent", "editor"]},
    )  # fmt: skip
    assert password not in (await administrator.get(PEOPLE)).text


@pytest.mark.parametrize(
    "fields",
    [
        {"username": "guanli", "name": "王", "roles": ["editor"]},
        {"username": SCRIPT, "name": "王", "roles": ["editor"]},
        {"username": "wang", "name": "", "roles": ["editor"]},
        {"username": "wang", "name": SCRIPT + "长" * 300, "roles": ["editor"]},
        {"username": "wang", "name": "王", "roles": []},
        {"username": "wang", "name": "王", "roles": ["emperor"]},
    ],
)
async def test_what_was_typed_is_still_there_after_a_refusal(
    administrator: Clerk, fields: dict[str, list[str]]
) -> None:
    response = await administrator.post(PEOPLE, **fields)
    assert response.status_code == 422 and 'role="alert"' in response.text
    form = response.text.split("<h2>新增</h2>")[1]
    escaped = str(fields["name"]).replace("<", "&lt;").replace(">", "&gt;")
    assert f'value="{escaped}"' in form and SCRIPT not in response.text
    assert ('value="editor" checked' in form) is ("editor" in fields["roles"])


async def test_script_as_a_name_is_shown_as_text(administrator: Clerk) -> None:
    shown = (await administrator.post(PEOPLE, username="wang", name=SCRIPT, roles=["editor"])).text
    assert SCRIPT not in shown and "&lt;script&gt;" in shown


async def test_changing_an_account(administrator: Clerk, editor: Clerk, running: Running) -> None:
    path = f"{PEOPLE}/{editor.staff.id}"
    shown = (await administrator.post(path, name="新名字", roles=["agent"], active="true")).text
    assert "bianji 改好了" in shown and 'value="新名字"' in shown
    record = (await running.table("audit_records"))[-1]
    assert (record["subject"], record["detail"]) == ("staff:bianji", {"roles": ["agent"], "active": True})


async def test_a_refused_change_keeps_what_was_typed_in_its_row(administrator: Clerk, editor: Clerk) -> None:
    response = await administrator.post(f"{PEOPLE}/{editor.staff.id}", name="半截", active="true")
    assert response.status_code == 422 and 'value="半截"' in response.text
    assert "半截" not in (await administrator.get(PEOPLE)).text


async def test_the_last_administrator_cannot_go(administrator: Clerk, running: Running) -> None:
    first = next(member for member in await running.services.staff.people.all() if member.username == "admin")
    await administrator.post(f"{PEOPLE}/{first.id}", name="管理员", roles=["editor"], active="true")
    response = await administrator.post(
        f"{PEOPLE}/{administrator.staff.id}", name="我", roles=["editor"], active="true"
    )
    assert response.status_code == 422 and "至少要留一个能用的管理员账号" in response.text


async def test_resetting_a_password_signs_out_and_shows_it_once(administrator: Clerk, editor: Clerk) -> None:
    shown = (await administrator.post(f"{PEOPLE}/{editor.staff.id}/password")).text
    assert 'class="secret">bianji　' in shown
    assert (await editor.get("/staff")).headers["location"] == SIGN_IN


async def test_one_does_not_reset_ones_own_password(administrator: Clerk) -> None:
    response = await administrator.post(f"{PEOPLE}/{administrator.staff.id}/password")
    assert response.status_code == 422 and "改密码" in response.text
    assert (await administrator.get(PEOPLE)).status_code == 200


@pytest.mark.parametrize("staff_id", ["999999", "0", "-1", "99999999999999999999", "x", quote("' OR 1=1")])
@pytest.mark.parametrize("what", ["", "/password"])
async def test_a_foreign_id_is_refused(administrator: Clerk, staff_id: str, what: str) -> None:
    response = await administrator.post(f"{PEOPLE}/{staff_id}{what}", name="王", roles=["editor"])
    assert response.status_code == 422


async def test_the_menu_has_only_what_a_role_may_do(editor: Clerk, hire: Hire) -> None:
    menu = (await editor.get("/staff")).text
    assert "/staff/entries" in menu and PEOPLE not in menu and "/staff/audit" not in menu


# --- the first account ------------------------------------------------------------------------------------------------


async def test_the_first_administrator_is_printed_once(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    async with start() as running:
        printed = capsys.readouterr().out
        password = printed.split("一次性密码 ")[1].split("（")[0]
        assert (await sign_in(running.client, "admin", password)).status_code == 303
        url = running.services.settings.database_url
    async with start(database_url=url):
        assert "一次性密码" not in capsys.readouterr().out


async def test_in_production_nobody_is_made_by_itself(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    async with start(environment="production") as running:
        assert await running.services.staff.people.count() == 0
    assert "一次性密码" not in capsys.readouterr().out


async def test_in_production_the_cookie_goes_over_tls_only(start: Start) -> None:
    async with start(environment="production") as running:
        people = running.services.staff.people
        await people.create("li", "李", frozenset((Role.EDITOR,)), SECRET, must_change_password=False)
        assert "secure" in (await sign_in(running.client)).headers["set-cookie"].lower()
