"""The citizen's page as a browser without script sees it."""

from html.parser import HTMLParser
from typing import Any

import httpx

QUESTION = "老板不发工资"
URGENT = "我老公正在打我，救命"
SCRIPT = {"X-Requested-With": "fetch"}
COOKIE = "hufa_conversation"
COOKIE_FORM = r"[0-9a-f]{32}\.[A-Za-z0-9_-]{43}"


class Page(HTMLParser):
    """A page as a browser without script sees it: its forms with their fields, its elements and its text."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(response.text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.elements.append((tag, given))
        if tag == "form":
            self.forms.append({"action": given["action"], "method": given["method"], "fields": {}})
        elif tag in {"input", "button", "textarea"} and given.get("name") and self.forms:
            self.forms[-1]["fields"][given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        self.text += data

    def form(self, action: str, field: str) -> dict[str, str]:
        """The fields of the first form with that action and field."""
        forms = [form for form in self.forms if form["action"] == action and field in form["fields"]]
        assert forms, f"no form {action} with {field}"
        assert forms[0]["method"] == "post"
        fields: dict[str, str] = forms[0]["fields"]
        return dict(fields)

    def said(self) -> list[str]:
        """How often a turn stands on the page."""
        return [given["id"] for tag, given in self.elements if tag == "article" and "id" in given]


async def open_page(browser: httpx.AsyncClient) -> Page:
    response = await browser.get("/")
    assert response.status_code == 200
    return Page(response)


async def ask(browser: httpx.AsyncClient, text: str, **headers: str) -> httpx.Response:
    fields = (await open_page(browser)).form("/ask", "text") | {"text": text}
    return await browser.post("/ask", data=fields, headers=headers)
