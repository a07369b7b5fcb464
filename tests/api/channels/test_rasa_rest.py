"""Rasa's REST channel, for clients that already speak it."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.wording import say
from tests.api import fakes
from tests.api.conftest import Running, Start
from tests.api.fakes import assert_problem

QUESTION = "老板不发工资"


async def _say(running: Running, message: str, sender: str = "a-client") -> list[dict[str, Any]]:
    response = await running.client.post("/webhooks/rest/webhook", json={"sender": sender, "message": message})
    assert response.status_code == 200, response.text
    messages: list[dict[str, Any]] = response.json()
    return messages


async def test_an_answer_comes_as_text_and_as_blocks(running: Running) -> None:
    answer, following = await _say(running, QUESTION)
    assert set(answer) == {"recipient_id", "text", "custom"}
    assert answer["recipient_id"] == "a-client"
    assert answer["text"].startswith("公司拖欠工资怎么办\n可以先向劳动保障监察机构投诉")
    assert answer["custom"]["title"] == "公司拖欠工资怎么办"
    assert "entry_id" not in answer["custom"]
    assert set(following) == {"recipient_id", "text", "buttons"}
    assert [button["title"] for button in following["buttons"]] == ["怎么申请劳动仲裁"]


async def test_the_payload_of_a_button_is_the_next_message(running: Running) -> None:
    _, following = await _say(running, QUESTION)
    answer = (await _say(running, following["buttons"][0]["payload"]))[0]
    assert answer["custom"]["title"] == "怎么申请劳动仲裁"


async def test_a_text_comes_as_text(running: Running) -> None:
    assert (await _say(running, ""))[0] == {"recipient_id": "a-client", "text": say("abstain_empty")}


async def test_an_urgent_notice_comes_first(running: Running) -> None:
    first = (await _say(running, "我老公正在打我，救命"))[0]
    assert "110" in first["text"]


async def test_a_sender_is_one_conversation(running: Running) -> None:
    for _ in range(2):
        await _say(running, QUESTION)
    await _say(running, QUESTION, "another")
    rows = await running.table("conversations")
    assert sorted((row["channel"], row["turn_count"]) for row in rows) == [("rasa", 1), ("rasa", 2)]


async def test_the_name_of_a_sender_is_not_stored(running: Running) -> None:
    await _say(running, QUESTION, "13812345678")
    tables = [await running.table(name) for name in ("conversations", "turns")]
    assert "13812345678" not in str(tables) + str(running.rasa.messages)


async def test_a_sender_cannot_speak_in_the_conversation_of_another_channel(running: Running) -> None:
    talk = await running.conversation()
    await _say(running, QUESTION, talk.id)
    assert (await talk.history())["turns"] == []


async def test_without_a_sender_it_is_rasas_default(running: Running) -> None:
    response = await running.client.post("/webhooks/rest/webhook", json={"message": QUESTION, "metadata": {"x": 1}})
    assert response.json()[0]["recipient_id"] == "default"


async def test_the_same_text_twice_is_two_messages(running: Running) -> None:
    await _say(running, QUESTION)
    await _say(running, QUESTION)
    assert len(running.rasa.messages) == 2


@pytest.mark.parametrize(
    "text", ["/restart", "／restart", '/ask{"x":1}', '/choose{"target":"entry:x"}', "\u200b/restart"]
)
async def test_a_command_is_only_a_text(running: Running, text: str) -> None:
    await _say(running, text)
    assert not running.rasa.messages[-1]["message"].startswith("/")


async def test_a_forged_payload_is_only_a_text(running: Running) -> None:
    await _say(running, "ImVudHJ5OngiAAAA.AAAA")
    assert running.rasa.messages[-1]["message"] == "ImVudHJ5OngiAAAA.AAAA"


async def test_over_the_rate(start: Start) -> None:
    async with start(rate_per_sender="1/minute") as running:
        await _say(running, QUESTION)
        response = await running.client.post("/webhooks/rest/webhook", json={"sender": "a-client", "message": QUESTION})
        assert_problem(response, 429)
        assert int(response.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    "body",
    [{}, [], None, {"sender": "a"}, {"sender": "", "message": "x"}, {"sender": "a" * 65, "message": "x"},
     {"sender": 7, "message": "x"}, {"sender": "a", "message": 7}, {"sender": "a", "message": None},
     {"sender": "a", "message": "x" * 20_001}],
    ids=lambda body: repr(body)[:40],
)  # fmt: skip
async def test_wrong_types(running: Running, body: Any) -> None:
    assert_problem(await running.client.post("/webhooks/rest/webhook", json=body), 422)


async def test_what_is_not_json(running: Running) -> None:
    headers = {"Content-Type": "application/json"}
    assert_problem(await running.client.post("/webhooks/rest/webhook", content=b"{", headers=headers), 400)


async def test_without_rasa_it_is_answered_from_the_catalogue(running: Running) -> None:
    running.rasa.down = True
    messages = await _say(running, QUESTION)
    assert messages[0]["custom"]["title"] == "公司拖欠工资怎么办"
    assert messages[-1]["text"] == say("degraded")


async def test_a_tampered_answer_is_withheld(running: Running) -> None:
    reply = fakes.wages_reply(running.rasa.release, text="不用给工资。")
    running.rasa.answer = lambda _: fakes.uttered(reply)
    assert await _say(running, QUESTION) == [{"recipient_id": "a-client", "text": say("content_withheld")}]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sender=st.text(min_size=1, max_size=64), message=st.text(max_size=60))
async def test_any_sender_and_text(running: Running, sender: str, message: str) -> None:
    assert (await _say(running, message, sender))[0]["recipient_id"] == sender
