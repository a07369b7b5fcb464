"""The public HTTP API: feedback, erasure, search and its document."""

import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.decision import Context
from tests.api import fakes
from tests.api.conftest import Conversation, Running
from tests.api.fakes import assert_problem

URGENT = "我老公正在打我，救命"
PHONE = "13812345678"
QUESTION = "老板不发工资"

# --- feedback ---------------------------------------------------------------------------------------------------------


async def test_feedback_for_an_own_turn(running: Running, talk: Conversation) -> None:
    turn = await talk.say(QUESTION)
    body = {"turn_id": turn["turn_id"], "verdict": "not_helpful", "reason": "太难懂", "comment": "看不懂"}
    response = await talk.post(body, "/feedback")
    assert (response.status_code, response.content) == (204, b"")
    (row,) = await running.table("feedback")
    assert {name: row[name] for name in body} == body


async def test_no_feedback_for_the_turn_of_another(running: Running, talk: Conversation) -> None:
    other = await running.conversation()
    turn = await other.say(QUESTION)
    assert_problem(await talk.post({"turn_id": turn["turn_id"], "verdict": "helpful"}, "/feedback"), 422)
    assert await running.table("feedback") == []


@pytest.mark.parametrize(
    "body",
    [
        {"verdict": "helpful"},
        {"turn_id": "x"},
        {"turn_id": "x", "verdict": "great"},
        {"turn_id": "", "verdict": "helpful"},
        {"turn_id": "x" * 65, "verdict": "helpful"},
        {"turn_id": 7, "verdict": "helpful"},
        {"turn_id": "x", "verdict": "helpful", "comment": "x" * 1001},
        {"turn_id": "x", "verdict": "helpful", "reason": "x" * 65},
        {"turn_id": "x", "verdict": "helpful", "more": 1},
    ],
    ids=lambda body: repr(body)[:60],
)
async def test_wrong_feedback(talk: Conversation, body: Any) -> None:
    assert_problem(await talk.post(body, "/feedback"), 422)


@pytest.mark.parametrize("field", ["turn_id", "comment", "reason"])
async def test_feedback_with_control_characters(running_on_each: Running, field: str) -> None:
    talk = await running_on_each.conversation()
    turn = await talk.say(QUESTION)
    body = {"turn_id": turn["turn_id"], "verdict": "helpful", field: "a\x00b"}
    response = await talk.post(body, "/feedback")
    assert response.status_code in {204, 422}, response.text


async def test_a_reason_that_grows_by_masking(running_on_each: Running) -> None:
    talk = await running_on_each.conversation()
    turn = await talk.say(QUESTION)
    body = {"turn_id": turn["turn_id"], "verdict": "helpful", "reason": " ".join(["a@b.co"] * 9)}
    response = await talk.post(body, "/feedback")
    assert response.status_code in {204, 422}, response.text


# --- erasure ----------------------------------------------------------------------------------------------------------


async def _stored(running: Running) -> list[int]:
    tables = ("conversations", "turns", "feedback")
    return [len(await running.table(table)) for table in tables]


async def test_erasure_removes_everything_everywhere(running_on_each: Running) -> None:
    running = running_on_each
    talk = await running.conversation()
    turn = await talk.say(QUESTION)
    await talk.post({"turn_id": turn["turn_id"], "verdict": "helpful"}, "/feedback")
    assert await _stored(running) == [1, 1, 1]
    response = await running.client.delete(talk.path, headers=talk.headers)
    assert (response.status_code, response.content) == (204, b"")
    assert await _stored(running) == [0, 0, 0]
    (request,) = running.rasa.forgotten
    assert request.url.path == f"/conversations/{talk.id}/tracker/events"
    assert request.url.params["token"] == fakes.RASA_TOKEN
    assert_problem(await running.client.get(talk.path, headers=talk.headers), 401)
    assert_problem(await talk.post({"text": "x", "message_id": "m"}), 401)


@pytest.mark.parametrize("case", ["down", "says no"])
async def test_nothing_is_deleted_when_rasa_does_not_confirm(running: Running, case: str) -> None:
    talk = await running.conversation()
    turn = await talk.say(QUESTION)
    await talk.post({"turn_id": turn["turn_id"], "verdict": "helpful"}, "/feedback")
    running.rasa.down, running.rasa.forgets = case == "down", case == "down"
    response = await running.client.delete(talk.path, headers=talk.headers)
    assert_problem(response, 503)
    assert response.headers["retry-after"] == "30"
    assert await _stored(running) == [1, 1, 1]
    running.rasa.down, running.rasa.forgets = False, True
    assert (await running.client.delete(talk.path, headers=talk.headers)).status_code == 204
    assert await _stored(running) == [0, 0, 0]


async def test_erasure_leaves_the_conversations_of_others(running: Running, talk: Conversation) -> None:
    other = await running.conversation()
    await other.say(QUESTION)
    await talk.say(QUESTION)
    await running.client.delete(talk.path, headers=talk.headers)
    assert len((await other.history())["turns"]) == 1


async def _erase_while_under_way(running: Running) -> tuple[httpx.Response, httpx.Response]:
    talk = await running.conversation()
    running.rasa.delay = 0.2
    message = asyncio.create_task(talk.post({"text": QUESTION, "message_id": "m"}))
    await asyncio.sleep(0.1)
    erased = await running.client.delete(talk.path, headers=talk.headers)
    return await message, erased


async def test_erasure_while_a_message_is_under_way_breaks_nothing(running_on_each: Running) -> None:
    message, erased = await _erase_while_under_way(running_on_each)
    assert erased.status_code == 204
    assert message.status_code in {200, 401, 404}, message.text
    assert await _stored(running_on_each) == [0, 0, 0]


async def test_erasure_while_a_message_is_under_way_is_told_to_rasa_last(running: Running) -> None:
    """Rasa writes its tracker when it has answered: what it is told to forget before that comes back."""
    answered_after: list[bool] = []
    running.rasa.answer = lambda body: (
        answered_after.append(bool(running.rasa.forgotten)),
        running.rasa._decide(body),
    )[1]
    await _erase_while_under_way(running)
    assert answered_after == [False]


# --- search -----------------------------------------------------------------------------------------------------------

QUERIES = [
    QUESTION,
    "学历公证要什么材料",
    "加班没有钱",
    "彩礼",
    "今天天气怎么样",
    "遗产怎么分给子女",
    "",
    "🙂",
    "工资 离婚",
]


@pytest.mark.parametrize("query", QUERIES)
async def test_search_decides_as_the_chat_does(running: Running, talk: Conversation, query: str) -> None:
    found = (await running.client.get("/api/v1/search", params={"q": query})).json()
    decision = running.rasa.release.decider.decide(query, Context())
    said = await talk.say(query)
    assert (found["outcome"], found["decision"]) == (said["outcome"], decision.kind.value)
    assert found["confidence"] == pytest.approx(decision.confidence, abs=1e-4)
    assert [row["id"] for row in found["results"]] == [c.entry_id for c in decision.candidates[:5]]
    if said["entry"]:
        assert found["results"][0]["id"] == said["entry"]["id"]


async def test_a_search_result_has_the_fields_of_the_contract(running: Running) -> None:
    found = (await running.client.get("/api/v1/search", params={"q": QUESTION})).json()
    assert found["results"][0] == {
        "id": fakes.WAGES, "title": "公司拖欠工资怎么办", "topic": "劳动争议", "probability": 1.0, "as_of": "2026-11-23",
    }  # fmt: skip


@pytest.mark.parametrize("limit", [1, 3, 20])
async def test_a_search_gives_no_more_than_asked_for(running: Running, limit: int) -> None:
    found = await running.client.get("/api/v1/search", params={"q": "工资离婚遗产公证", "limit": limit})
    probabilities = [row["probability"] for row in found.json()["results"]]
    assert 1 <= len(probabilities) <= limit
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0 <= probability <= 1 for probability in probabilities)


@pytest.mark.parametrize(
    "parameters", [{}, {"q": "x" * 501}, {"q": "x", "limit": 0}, {"q": "x", "limit": 21}, {"q": "x", "limit": "many"}]
)
async def test_a_wrong_search(running: Running, parameters: dict[str, Any]) -> None:
    assert_problem(await running.client.get("/api/v1/search", params=parameters), 422)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
async def test_any_search_is_answered(running: Running, query: str) -> None:
    response = await running.client.get("/api/v1/search", params={"q": query})
    assert response.status_code == 200, response.text


# --- the rest ---------------------------------------------------------------------------------------------------------


async def test_the_contract_is_documented(running: Running) -> None:
    paths = (await running.client.get("/openapi.json")).json()["paths"]
    one = "/api/v1/conversations/{conversation_id}"
    assert {path: set(paths[path]) for path in (f"{one}/messages", f"{one}/feedback", one, "/api/v1/search")} == {
        f"{one}/messages": {"post"},
        f"{one}/feedback": {"post"},
        one: {"get", "delete"},
        "/api/v1/search": {"get"},
    }
