"""What can be taken away from a result: by the REST client with its token, by the browser with its cookie."""

import io
from typing import Any

import pytest
from docx import Document

from tests.api.conftest import Conversation, Running

DEADLINE = ["算期限", "法院官司", "收到判决书", "昨天"]


async def concluded(conversation: Conversation, said: list[str]) -> dict[str, Any]:
    turn: dict[str, Any] = {}
    for text in said:
        turn = await conversation.say(text)
    return turn


async def reconsidered(conversation: Conversation) -> dict[str, Any]:
    """The end of the guide to reconsideration, knowing nothing but the act."""
    turn = await concluded(conversation, ["行政复议指引", "罚款"])
    for _ in range(20):
        if turn["outcome"] == "guided.concluded":
            return turn
        turn = await conversation.say("不知道")
    pytest.fail("the guide never ends")


async def test_a_last_day_comes_as_a_calendar_file(running: Running) -> None:
    conversation = await running.conversation()
    turn = await concluded(conversation, DEADLINE)
    path = f"{conversation.path}/turns/{turn['turn_id']}/calendar.ics"
    response = await conversation.client.get(path, headers=conversation.headers)
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    result = next(block for block in turn["reply"] if block["type"] == "result")
    assert f"DTSTART;VALUE=DATE:{result['days'][0]['day'].replace('-', '')}" in response.text


async def test_an_application_comes_as_a_document_and_as_text(running: Running) -> None:
    conversation = await running.conversation()
    turn = await reconsidered(conversation)
    result = next(block for block in turn["reply"] if block["type"] == "result")
    files = {}
    for name in ("document.docx", "document.txt"):
        path = f"{conversation.path}/turns/{turn['turn_id']}/{name}"
        response = await conversation.client.get(path, headers=conversation.headers)
        assert response.status_code == 200 and "attachment" in response.headers["content-disposition"]
        files[name] = response.content
    paragraphs = [paragraph.text for paragraph in Document(io.BytesIO(files["document.docx"])).paragraphs]
    assert paragraphs == files["document.txt"].decode("utf-8-sig").split("\r\n") == result["document"] != []


@pytest.mark.parametrize("name", ["document.docx", "document.txt", "other.exe", ".."])
async def test_what_is_not_there_is_not_found(running: Running, name: str) -> None:
    conversation = await running.conversation()
    turn = await concluded(conversation, DEADLINE)
    path = f"{conversation.path}/turns/{turn['turn_id']}/{name}"
    assert (await conversation.client.get(path, headers=conversation.headers)).status_code == 404


async def test_only_the_conversation_itself_gets_its_files(running: Running) -> None:
    conversation, other = await running.conversation(), await running.conversation()
    turn = await concluded(conversation, DEADLINE)
    path = f"{other.path}/turns/{turn['turn_id']}/calendar.ics"
    assert (await other.client.get(path, headers=other.headers)).status_code == 404
    assert (await conversation.client.get(path)).status_code == 401
    async with running.browser() as stranger:
        assert (await stranger.get(f"/turns/{turn['turn_id']}/calendar.ics")).status_code == 404


async def test_the_page_offers_the_file_and_gives_it(running: Running) -> None:
    async with running.browser(follow_redirects=True) as browser:
        await browser.get("/")
        for text in DEADLINE:
            page = (await browser.post("/ask", data={"text": text})).text
        link = page.partition('href="/turns/')[2].partition('"')[0]
        response = await browser.get(f"/turns/{link}")
    assert response.status_code == 200 and response.text.startswith("BEGIN:VCALENDAR")
