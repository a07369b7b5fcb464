"""The public HTTP API: ordinary messages, once, in order, within limits, for the one it belongs to."""

import asyncio
import re
from typing import Any
from uuid import uuid4

import pytest

from knowledge_base.wording import say
from tests.api import fakes
from tests.api.conftest import Conversation, Running, Start
from tests.api.fakes import assert_problem, block_types

URGENT = "我老公正在打我，救命"
PHONE = "13812345678"
QUESTION = "老板不发工资"

# --- an ordinary message ----------------------------------------------------------------------------------------------


async def test_a_new_conversation(running: Running) -> None:
    response = await running.client.post("/api/v1/conversations")
    assert response.status_code == 201
    assert set(response.json()) == {"conversation_id", "token"}


async def test_a_turn_has_the_fields_of_the_contract(running: Running, talk: Conversation) -> None:
    turn = await talk.say(QUESTION)
    assert set(turn) == {"turn_id", "outcome", "topic", "entry", "confidence", "receipt", "reply"}
    assert (turn["outcome"], turn["topic"], turn["confidence"]) == ("answered.exact", "劳动争议", 1.0)
    version = running.rasa.release.entries[fakes.WAGES].version
    assert turn["entry"] == {"id": fakes.WAGES, "title": "公司拖欠工资怎么办", "version": version}
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", turn["receipt"])
    assert block_types(turn["reply"]) == ["answer", "choices"]


async def test_inside_names_stay_inside(talk: Conversation) -> None:
    response = await talk.post({"text": QUESTION, "message_id": "m"})
    assert not any(name in response.text for name in ("entry_id", "entry_version", "scores", "entry:"))


async def test_the_receipt_is_the_stored_one(running: Running, talk: Conversation) -> None:
    turn = await talk.say(QUESTION)
    (row,) = await running.table("turns")
    assert (row["receipt"], row["entry_version"], row["release"]) == (turn["receipt"], turn["entry"]["version"], 1)


async def test_an_offered_button_can_be_pressed(talk: Conversation) -> None:
    turn = await talk.say(QUESTION)
    (entry,) = turn["reply"][1]["choices"]
    assert entry["label"] == "怎么申请劳动仲裁"
    pressed = await talk.press(entry["id"])
    assert (pressed["outcome"], pressed["entry"]["id"]) == ("answered.chosen", "labour.arbitration-how")


async def test_none_of_these(running: Running, talk: Conversation) -> None:
    running.rasa.answer = lambda _: fakes.uttered(fakes.clarifying_reply())
    turn = await talk.say("工资仲裁")
    assert turn["outcome"] == "clarified.choices"
    assert [choice["label"] for choice in turn["reply"][0]["choices"]][-1] == "都不是"
    running.rasa.answer = None
    pressed = await talk.press(turn["reply"][0]["choices"][-1]["id"])
    assert (pressed["outcome"], pressed["reply"][0]["text"]) == ("clarified.rejected", say("none_of_these"))


async def test_a_follow_up_is_told_which_entry_was_shown(running: Running, talk: Conversation) -> None:
    await talk.say("学位证怎么公证")
    await talk.say("那要带什么材料")
    assert running.rasa.messages[-1]["metadata"]["last_entry_id"] == fakes.DEGREE


async def test_the_history(talk: Conversation) -> None:
    turns = [await talk.say(text) for text in (QUESTION, "学历公证去哪里")]
    history = await talk.history()
    assert history["conversation_id"] == talk.id
    assert [turn["text"] for turn in history["turns"]] == [QUESTION, "学历公证去哪里"]
    for shown, turn in zip(history["turns"], turns, strict=True):
        assert {name: shown[name] for name in turn} == turn


# --- once -------------------------------------------------------------------------------------------------------------


async def test_the_same_message_twice_is_one_turn(running: Running, talk: Conversation) -> None:
    first = await talk.say(QUESTION, "same")
    assert await talk.say(QUESTION, "same") == first
    assert len(running.rasa.messages) == 1
    assert len((await talk.history())["turns"]) == 1


async def test_the_same_message_id_with_another_text_gets_the_first_reply(talk: Conversation) -> None:
    first = await talk.say(QUESTION, "same")
    assert await talk.say("学历公证去哪里", "same") == first


async def test_twenty_copies_at_once_are_one_turn(running_on_each: Running) -> None:
    running_on_each.rasa.delay = 0.05
    talk = await running_on_each.conversation()
    turns = await asyncio.gather(*(talk.say(QUESTION, "same") for _ in range(20)))
    assert len(running_on_each.rasa.messages) == 1
    assert all(turn == turns[0] for turn in turns)
    assert len((await talk.history())["turns"]) == 1


async def test_twenty_copies_over_two_processes_are_one_turn(start: Start, postgres_url: str, redis_url: str) -> None:
    where = {"database_url": postgres_url, "redis_url": redis_url}
    async with start(**where) as one, start(**where) as two:
        talk = await one.conversation()
        there = Conversation(two.client, talk.id, talk.token)
        one.rasa.delay = two.rasa.delay = 0.05
        turns = await asyncio.gather(*((talk, there)[n % 2].say(QUESTION, "same") for n in range(20)))
        assert len(one.rasa.messages) + len(two.rasa.messages) == 1
        assert all(turn == turns[0] for turn in turns)


async def test_the_same_message_id_of_another_conversation_is_another_message(running: Running) -> None:
    first, second = await running.conversation(), await running.conversation()
    one, two = await first.say(QUESTION, "same"), await second.say(QUESTION, "same")
    assert one["turn_id"] != two["turn_id"]


# --- in order ---------------------------------------------------------------------------------------------------------


async def test_one_message_of_a_sender_at_a_time(running_on_each: Running) -> None:
    running_on_each.rasa.delay = 0.03
    talk = await running_on_each.conversation()
    await asyncio.gather(*(talk.say(QUESTION) for _ in range(5)))
    assert running_on_each.rasa.most_of_one_sender == 1
    assert len((await talk.history())["turns"]) == 5


async def test_different_senders_side_by_side(running_on_each: Running) -> None:
    running_on_each.rasa.delay = 0.3
    talks = [await running_on_each.conversation() for _ in range(8)]
    await asyncio.gather(*(talk.say(QUESTION) for talk in talks))
    assert running_on_each.rasa.most_running == 8


# --- limits -----------------------------------------------------------------------------------------------------------


async def test_over_the_rate(start: Start) -> None:
    async with start(rate_per_sender="2/minute") as running:
        talk = await running.conversation()
        for _ in range(2):
            await talk.say(QUESTION)
        response = await talk.post({"text": QUESTION, "message_id": "third"})
        problem = assert_problem(response, 429)
        seconds = int(response.headers["retry-after"])
        assert 1 <= seconds <= 60
        assert problem["detail"] == say("rate_limited", seconds=seconds)
        assert len((await talk.history())["turns"]) == 2
        assert (await (await running.conversation()).say(QUESTION))["outcome"] == "answered.exact"


async def test_over_the_rate_the_reply_to_a_stored_message_is_still_given(start: Start) -> None:
    async with start(rate_per_sender="1/minute") as running:
        talk = await running.conversation()
        first = await talk.say(QUESTION, "same")
        assert await talk.say(QUESTION, "same") == first


async def test_over_the_rate_of_a_client(start: Start) -> None:
    async with start(rate_per_client="2/minute") as running:
        talks = [await running.conversation() for _ in range(2)]
        for talk in talks:
            await talk.say(QUESTION)
        assert_problem(await talks[0].post({"text": QUESTION, "message_id": "m"}), 429)


async def test_over_the_rate_of_opening_conversations(start: Start) -> None:
    async with start(rate_per_client="2/minute") as running:
        opened = [await running.client.post("/api/v1/conversations") for _ in range(3)]
        assert [response.status_code for response in opened[:2]] == [201, 201]
        assert_problem(opened[2], 429)


async def test_the_rate_holds_over_two_processes(start: Start, postgres_url: str, redis_url: str) -> None:
    where = {"database_url": postgres_url, "redis_url": redis_url, "rate_per_sender": "1/minute"}
    async with start(**where) as one, start(**where) as two:
        talk = await one.conversation()
        await talk.say(QUESTION)
        there = Conversation(two.client, talk.id, talk.token)
        assert_problem(await there.post({"text": QUESTION, "message_id": "m"}), 429)


async def test_without_redis_messages_are_still_answered(start: Start) -> None:
    async with start(redis_url="redis://127.0.0.1:1/0", rate_per_sender="1/minute") as running:
        talk = await running.conversation()
        for _ in range(2):
            assert (await asyncio.wait_for(talk.say(QUESTION), 5))["outcome"] == "answered.exact"


# --- whose conversation -----------------------------------------------------------------------------------------------

REQUESTS: list[tuple[str, str, Any]] = [
    ("POST", "/messages", {"text": "x", "message_id": "m"}),
    ("POST", "/feedback", {"turn_id": "x", "verdict": "helpful"}),
    ("GET", "", None),
    ("DELETE", "", None),
]


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
@pytest.mark.parametrize("case", ["no token", "wrong token", "another's token", "basic", "empty", "unknown"])
async def test_only_the_owner(running: Running, case: str, method: str, path: str, body: Any) -> None:
    mine, other = await running.conversation(), await running.conversation()
    authorisation = {
        "no token": None,
        "wrong token": "Bearer wrong",
        "another's token": f"Bearer {other.token}",
        "basic": f"Basic {mine.token}",
        "empty": "Bearer ",
        "unknown": f"Bearer {mine.token}",
    }[case]
    headers = {"Authorization": authorisation} if authorisation is not None else {}
    address = ("/api/v1/conversations/" + uuid4().hex if case == "unknown" else mine.path) + path
    response = await running.client.request(method, address, json=body, headers=headers)
    assert_problem(response, 401)
    assert response.headers["www-authenticate"] == "Bearer"
    assert (await mine.history())["turns"] == []


@pytest.mark.parametrize("name", ["%00", "a%00b", "%F0%9F%99%82", "'; DROP TABLE turns; --", "x" * 64])
async def test_strange_ids_are_unknown(running_on_each: Running, name: str) -> None:
    response = await running_on_each.client.get(f"/api/v1/conversations/{name}", headers={"Authorization": "Bearer x"})
    assert response.status_code in {401, 404}, response.text
