"""Reading and writing conversations, on SQLite and on PostgreSQL."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.storage.conversations import ConversationStore, new_receipt
from api.storage.models import Turn


@pytest.fixture
def store(engine: AsyncEngine) -> ConversationStore:
    return ConversationStore(engine)


def make_turn(conversation_id: str, **changes: Any) -> Turn:
    fields: dict[str, Any] = {
        "id": uuid4().hex,
        "conversation_id": conversation_id,
        "message_id": uuid4().hex,
        "text": "老板不发工资",
        "outcome": "answered.entry",
        "topic": "劳动争议",
        "entry_id": "labour.unpaid-wages",
        "entry_version": "0123456789ab",
        "release": 3,
        "confidence": 0.9,
        "scores": {"in_scope": 0.8, "labour.unpaid-wages": 0.9},
        "reply": [{"type": "text", "text": "你好，“世界”🙂"}],
        "receipt": new_receipt(),
        "duration_ms": 1.5,
        "created_at": datetime.now(UTC),
    }
    return Turn(**(fields | changes))


async def count(engine: AsyncEngine, table: str) -> int:
    async with engine.connect() as connection:
        return (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608


# --- conversations ----------------------------------------------------------------------------------------------------


async def test_a_new_conversation_opens_with_its_token_only(store: ConversationStore) -> None:
    name, token = await store.create("rest")
    other, other_token = await store.create("rest")
    assert await store.opens(name, token)
    assert await store.opens(other, other_token)
    tries = [(name, other_token), (name, ""), (name, token[:-1]), (name, token + "x"), ("nobody", token), ("", "")]
    assert [pair for pair in tries if await store.opens(*pair)] == []


async def test_the_token_itself_is_not_stored(store: ConversationStore, engine: AsyncEngine) -> None:
    name, token = await store.create("rest")
    found = await store.find(name)
    assert found is not None
    assert token not in str(vars(found))
    assert len(found.token_hash) == 64


async def test_tokens_cannot_be_guessed(store: ConversationStore) -> None:
    made = [await store.create("rest") for _ in range(20)]
    assert len({token for _, token in made}) == 20
    assert all(len(token) >= 43 for _, token in made)


async def test_a_conversation_with_an_id_and_token_from_outside(store: ConversationStore) -> None:
    await store.ensure("from-a-cookie", "web", "the token")
    assert await store.opens("from-a-cookie", "the token")


async def test_ensuring_again_changes_nothing(store: ConversationStore) -> None:
    await store.ensure("a", "web", "the token")
    await store.ensure("a", "rest", "another token")
    assert await store.opens("a", "the token")
    assert not await store.opens("a", "another token")


async def test_ensuring_at_the_same_time_makes_one(store: ConversationStore, engine: AsyncEngine) -> None:
    await asyncio.gather(*(store.ensure("a", "web", "the token") for _ in range(10)))
    assert await count(engine, "conversations") == 1


async def test_nobody_is_found(store: ConversationStore) -> None:
    assert await store.find("nobody") is None


@pytest.mark.parametrize("name", ["\x00", "a\x00b", "'; DROP TABLE turns; --", "%", "工", "x" * 200])
async def test_strange_names_are_nobody(store: ConversationStore, name: str) -> None:
    assert await store.find(name) is None
    assert not await store.opens(name, "token")
    assert await store.turn_by_message(name, name) is None
    assert not await store.add_feedback(name, name, "helpful", None, None)


# --- turns ------------------------------------------------------------------------------------------------------------


async def test_a_turn_comes_back_as_it_was_stored(store: ConversationStore) -> None:
    name, _ = await store.create("rest")
    turn = make_turn(name)
    await store.record(turn)
    (found,) = await store.turns(name)
    fields = ["id", "text", "outcome", "topic", "entry_id", "entry_version", "release", "confidence", "scores"]
    fields += ["reply", "receipt", "duration_ms", "message_id"]
    assert {field: getattr(found, field) for field in fields} == {field: getattr(turn, field) for field in fields}
    assert found.created_at.replace(tzinfo=UTC) == turn.created_at


async def test_turns_are_numbered_and_come_in_order(store: ConversationStore) -> None:
    name, _ = await store.create("rest")
    for text_ in "abcde":
        await store.record(make_turn(name, text=text_))
    turns = await store.turns(name)
    assert [(turn.number, turn.text) for turn in turns] == list(enumerate("abcde", start=1))
    assert [turn.text for turn in await store.turns(name, 2)] == ["d", "e"]


async def test_turns_are_those_of_the_conversation(store: ConversationStore) -> None:
    first, _ = await store.create("rest")
    second, _ = await store.create("rest")
    await store.record(make_turn(first))
    assert await store.turns(second) == []


async def test_the_conversation_moves_on(store: ConversationStore) -> None:
    name, _ = await store.create("rest")
    await store.record(make_turn(name, entry_id="a.b"))
    turn = make_turn(name, entry_id=None)
    await store.record(turn)
    found = await store.find(name)
    assert found is not None
    assert (found.turn_count, found.last_entry_id) == (2, "a.b")
    assert found.last_active_at.replace(tzinfo=UTC) == turn.created_at


async def _stands(store: ConversationStore, name: str) -> tuple[str | None, int]:
    found = await store.find(name)
    assert found is not None
    return found.last_question, found.abstentions


async def test_a_new_conversation_stands_nowhere(store: ConversationStore) -> None:
    name, _ = await store.create("rest")
    assert await _stands(store, name) == (None, 0)


async def test_where_a_citizen_is_in_a_guide_stays_until_it_changes(store: ConversationStore) -> None:
    name, _ = await store.create("rest")
    there = {"guide": "deadline", "answers": {"matter": "labour"}, "status": "asking", "day": "2026-11-24"}
    seen = []
    for guide in (None, there, None, {**there, "status": "concluded"}):
        await store.record(make_turn(name), guide=guide)
        conversation, _ = await store.find_with_turn(name, "no such message")
        assert conversation is not None
        seen.append(conversation.guide)
    assert seen == [None, there, there, {**there, "status": "concluded"}]


async def test_the_question_stays_until_there_is_another(store: ConversationStore) -> None:
    name, _ = await store.create("rest")
    seen = []
    for question in ("老板不发工资", None, "离婚要冷静期吗"):
        await store.record(make_turn(name), question=question)
        seen.append((await _stands(store, name))[0])
    assert seen == ["老板不发工资", "老板不发工资", "离婚要冷静期吗"]


async def test_abstentions_in_a_row_are_counted_and_anything_else_begins_anew(store: ConversationStore) -> None:
    name, _ = await store.create("rest")
    seen = []
    for abstained in (True, True, True, False, True):
        await store.record(make_turn(name), abstained=abstained)
        seen.append((await _stands(store, name))[1])
    assert seen == [1, 2, 3, 0, 1]


async def test_a_copy_of_a_message_counts_once(store: ConversationStore) -> None:
    name, _ = await store.create("rest")
    for _ in range(3):
        await store.record(make_turn(name, message_id="m"), question="工资", abstained=True)
    assert await _stands(store, name) == ("工资", 1)


async def test_a_turn_that_fails_does_not_move_where_the_conversation_stands(store: ConversationStore) -> None:
    name, _ = await store.create("rest")
    await store.record(make_turn(name, receipt="AAAA-AAAA"), question="工资", abstained=True)
    with pytest.raises(IntegrityError):
        await store.record(make_turn(name, receipt="AAAA-AAAA"), question="离婚", abstained=True)
    assert await _stands(store, name) == ("工资", 1)


async def test_the_same_message_again_gives_the_first_turn(store: ConversationStore, engine: AsyncEngine) -> None:
    name, _ = await store.create("rest")
    first = await store.record(make_turn(name, message_id="m"))
    second = await store.record(make_turn(name, message_id="m", text="another"))
    assert (second.id, second.text) == (first.id, first.text)
    found = await store.find(name)
    assert found is not None
    assert (await count(engine, "turns"), found.turn_count) == (1, 1)


async def test_many_copies_at_once_are_one_turn(store: ConversationStore, engine: AsyncEngine) -> None:
    name, _ = await store.create("rest")
    stored = await asyncio.gather(*(store.record(make_turn(name, message_id="m")) for _ in range(10)))
    assert len({turn.id for turn in stored}) == 1
    assert await count(engine, "turns") == 1


async def test_many_messages_at_once_get_a_number_each(store: ConversationStore) -> None:
    name, _ = await store.create("rest")
    await asyncio.gather(*(store.record(make_turn(name)) for _ in range(10)))
    assert [turn.number for turn in await store.turns(name)] == list(range(1, 11))


async def test_the_same_message_id_of_another_conversation_is_another_message(store: ConversationStore) -> None:
    first, _ = await store.create("rest")
    second, _ = await store.create("rest")
    one = await store.record(make_turn(first, message_id="m"))
    two = await store.record(make_turn(second, message_id="m"))
    assert one.id != two.id
    found = await store.turn_by_message(second, "m")
    assert found is not None
    assert found.id == two.id


async def test_a_receipt_is_given_once(store: ConversationStore) -> None:
    name, _ = await store.create("rest")
    await store.record(make_turn(name, receipt="AAAA-AAAA"))
    with pytest.raises(IntegrityError):
        await store.record(make_turn(name, receipt="AAAA-AAAA"))


async def test_a_turn_that_fails_does_not_move_the_conversation_on(store: ConversationStore) -> None:
    name, _ = await store.create("rest")
    await store.record(make_turn(name, receipt="AAAA-AAAA"))
    with pytest.raises(IntegrityError):
        await store.record(make_turn(name, receipt="AAAA-AAAA", entry_id="c.d"))
    found = await store.find(name)
    assert found is not None
    assert (found.turn_count, found.last_entry_id) == (1, "labour.unpaid-wages")


# --- feedback and erasure ---------------------------------------------------------------------------------------------


async def test_feedback_for_an_own_turn_only(store: ConversationStore, engine: AsyncEngine) -> None:
    mine, _ = await store.create("rest")
    other, _ = await store.create("rest")
    turn = await store.record(make_turn(mine))
    assert await store.add_feedback(mine, turn.id, "helpful", "clear", "谢谢")
    assert not await store.add_feedback(other, turn.id, "helpful", None, None)
    assert not await store.add_feedback(mine, "nobody", "helpful", None, None)
    assert await count(engine, "feedback") == 1


async def test_erasing_takes_everything_of_one_and_nothing_of_another(
    store: ConversationStore, engine: AsyncEngine
) -> None:
    mine, token = await store.create("rest")
    other, _ = await store.create("rest")
    for name in (mine, other):
        turn = await store.record(make_turn(name))
        await store.add_feedback(name, turn.id, "helpful", None, None)
    await store.erase(mine)
    assert await store.find(mine) is None
    assert not await store.opens(mine, token)
    assert await store.turns(mine) == []
    assert [await count(engine, table) for table in ("conversations", "turns", "feedback")] == [1, 1, 1]
    assert len(await store.turns(other)) == 1


async def test_erasing_nobody_is_no_error(store: ConversationStore) -> None:
    await store.erase("nobody")


async def test_the_check_passes(store: ConversationStore) -> None:
    await store.check()


def test_receipts_can_be_read_out_on_the_phone() -> None:
    receipts = {new_receipt() for _ in range(500)}
    assert len(receipts) == 500
    assert all(re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", receipt) for receipt in receipts)
