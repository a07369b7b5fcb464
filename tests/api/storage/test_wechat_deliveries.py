"""Claims of pushes and the replies to them, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from api.storage.models import WechatDelivery
from api.storage.wechat_deliveries import DeliveryStore, Draft, State

NEVER = 3600.0
ARTICLES: tuple[dict[str, str], ...] = ({"title": "网页版 😀", "description": "", "url": "https://hufa.example/"},)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def store(engine: AsyncEngine) -> DeliveryStore:
    """The store on an empty database of each kind."""
    return DeliveryStore(engine)


async def change(engine: AsyncEngine, key: str, **values: Any) -> None:
    """Change a row, past the store."""
    async with engine.begin() as connection:
        await connection.execute(update(WechatDelivery).where(WechatDelivery.key == key).values(**values))


async def find(engine: AsyncEngine, key: str) -> WechatDelivery | None:
    """A row, past the store."""
    async with async_sessionmaker(engine)() as session:
        return await session.get(WechatDelivery, key)


async def put(engine: AsyncEngine, key: str, state: State, hours_ago: float = 0.0, **values: Any) -> None:
    """A delivery that stands so, made so long ago."""
    conversation_id = values.pop("conversation_id", "wx-1")
    await DeliveryStore(engine).claim(key, conversation_id, NEVER)
    await change(engine, key, state=state, created_at=NOW - timedelta(hours=hours_ago), **values)


def keys(found: Sequence[WechatDelivery]) -> list[str]:
    return [delivery.key for delivery in found]


# --- claims -----------------------------------------------------------------------------------------------------------


async def test_wx_31_a_push_belongs_to_the_first_who_claims_it(store: DeliveryStore) -> None:
    (first, fresh), (second, found) = [await store.claim("a", "wx-1", NEVER) for _ in range(2)]
    assert (first, second) == (True, False)
    assert (fresh.state, found.state, found.conversation_id) == (State.RUNNING, State.RUNNING, "wx-1")
    assert fresh.created == found.created


async def test_wx_31_of_many_claims_at_once_one_is_granted(store: DeliveryStore) -> None:
    claims = await asyncio.gather(*(store.claim("a", "wx-1", NEVER) for _ in range(12)))
    assert sum(ours for ours, _ in claims) == 1


async def test_wx_32_another_push_is_another_claim(store: DeliveryStore) -> None:
    assert [(await store.claim(key, "wx-1", NEVER))[0] for key in ("a", "b")] == [True, True]


@pytest.mark.parametrize(("seconds", "taken"), [(7, False), (9, True)])
async def test_wx_35_a_claim_of_long_ago_is_taken_over(
    store: DeliveryStore, engine: AsyncEngine, seconds: int, taken: bool
) -> None:
    _, first = await store.claim("a", "wx-1", NEVER)
    await change(engine, "a", claimed_at=datetime.now(UTC) - timedelta(seconds=seconds))
    ours, found = await store.claim("a", "wx-1", 8.0)
    assert (ours, found.created) == (taken, first.created)


async def test_wx_35_of_many_who_take_over_at_once_one_does(store: DeliveryStore, engine: AsyncEngine) -> None:
    await store.claim("a", "wx-1", NEVER)
    await change(engine, "a", claimed_at=datetime.now(UTC) - timedelta(hours=2))
    claims = await asyncio.gather(*(store.claim("a", "wx-1", NEVER) for _ in range(12)))
    assert sum(ours for ours, _ in claims) == 1


@pytest.mark.parametrize("state", [state for state in State if state is not State.RUNNING])
async def test_wx_35_what_has_a_reply_is_never_taken_over(
    store: DeliveryStore, engine: AsyncEngine, state: State
) -> None:
    await put(engine, "a", state, claimed_at=NOW - timedelta(days=2))
    ours, found = await store.claim("a", "wx-1", 0.0)
    assert (ours, found.state) == (False, state)


# --- replies ----------------------------------------------------------------------------------------------------------


async def test_wx_31_the_reply_is_stored_as_it_was(store: DeliveryStore, engine: AsyncEngine) -> None:
    await store.claim("a", "wx-1", NEVER)
    draft = Draft("答😀𠮷\n" * 500, "其余", ARTICLES, ("entry:a", "topic:劳动争议"))
    stored_here, stored = await store.answer("a", draft)
    assert (stored_here, stored is not None) == (True, True)
    _, found = await store.claim("a", "wx-1", 0.0)
    assert (found.state, found.text, found.rest) == (State.ANSWERED, draft.text, draft.rest)
    assert (tuple(found.articles), tuple(found.targets)) == (draft.articles, draft.targets)


async def test_wx_31_the_first_reply_counts(store: DeliveryStore) -> None:
    await store.claim("a", "wx-1", NEVER)
    await store.answer("a", Draft("first"))
    stored_here, second = await store.answer("a", Draft("second"))
    assert second is not None
    assert (stored_here, second.state, second.text) == (False, State.ANSWERED, "first")


async def test_wx_31_of_replies_at_once_one_counts(store: DeliveryStore) -> None:
    for key in "abcdef":
        await store.claim(key, "wx-1", NEVER)
        replies = await asyncio.gather(*(store.answer(key, Draft(str(n))) for n in range(8)))
        assert sum(stored_here for stored_here, _ in replies) == 1
        assert len({stored.text for _, stored in replies if stored}) == 1


@pytest.mark.parametrize("state", [State.SENDING, State.WAITING, State.SENT, State.ERASING])
async def test_a_reply_does_not_change_what_has_gone_on(
    store: DeliveryStore, engine: AsyncEngine, state: State
) -> None:
    await put(engine, "a", state, text="before")
    stored_here, found = await store.answer("a", Draft("after"))
    assert found is not None
    assert (stored_here, found.state, found.text) == (False, state, "before")


@pytest.mark.parametrize("erased", [False, True])
async def test_wx_49_nothing_is_kept_of_one_who_left(store: DeliveryStore, engine: AsyncEngine, erased: bool) -> None:
    await put(engine, "a", State.RUNNING, hours_ago=2)
    await put(engine, "left", State.ERASING, hours_ago=1)
    if erased:
        await store.erase("wx-1")
    assert await store.answer("a", Draft("late")) == (False, None)
    assert await find(engine, "a") is None


@pytest.mark.parametrize("values", [{"hours_ago": 3}, {"hours_ago": 1, "conversation_id": "wx-2"}])
async def test_wx_49_one_who_came_back_and_everybody_else_is_answered(
    store: DeliveryStore, engine: AsyncEngine, values: dict[str, Any]
) -> None:
    await put(engine, "left", State.ERASING, **values)
    await put(engine, "a", State.RUNNING, hours_ago=2)
    assert (await store.answer("a", Draft("hello")))[0]


@pytest.mark.parametrize(
    ("values", "left"),
    [({"hours_ago": 1}, True), ({"hours_ago": 3}, False), ({"hours_ago": 1, "conversation_id": "wx-2"}, False)],
)
async def test_wx_49_whether_the_follower_left_after_a_push(
    store: DeliveryStore, engine: AsyncEngine, values: dict[str, Any], left: bool
) -> None:
    assert await store.has_left("a")  # erased, or never there
    await put(engine, "a", State.RUNNING, hours_ago=2)
    assert not await store.has_left("a")
    await put(engine, "left", State.ERASING, **values)
    assert await store.has_left("a") == left


async def test_wx_49_a_push_that_came_before_leaving_and_is_claimed_after_it(
    store: DeliveryStore, engine: AsyncEngine
) -> None:
    await put(engine, "left", State.ERASING, hours_ago=1)
    await store.claim("a", "wx-1", NEVER, NOW - timedelta(hours=2))
    await store.claim("b", "wx-1", NEVER)
    assert [await store.has_left(key) for key in ("a", "b")] == [True, False]


async def test_wx_49_a_push_that_was_erased_is_not_claimed_again(store: DeliveryStore) -> None:
    with pytest.raises(LookupError):
        await store.claim_again("a", NEVER)


async def test_wx_50_what_a_reply_shows_of_others_is_used_up(store: DeliveryStore, engine: AsyncEngine) -> None:
    await put(engine, "long", State.ANSWERED, text="part", rest="rest", targets=["entry:a"])
    await put(engine, "late", State.WAITING, text="late")
    await store.claim("a", "wx-1", NEVER)
    await store.answer("a", Draft("rest", used=("long", "late")))
    for key, text in (("long", "part"), ("late", "late")):
        used = await find(engine, key)
        assert used is not None
        assert (used.state, used.text, used.rest) == (State.SENT, text, "")


async def test_wx_50_a_reply_that_does_not_count_uses_nothing_up(store: DeliveryStore, engine: AsyncEngine) -> None:
    await put(engine, "long", State.ANSWERED, text="part", rest="rest")
    await put(engine, "a", State.SENT)
    await store.answer("a", Draft("rest", used=("long",)))
    long = await find(engine, "long")
    assert long is not None
    assert (long.state, long.rest) == (State.ANSWERED, "rest")


async def test_a_push_is_moved_on_once(store: DeliveryStore, engine: AsyncEngine) -> None:
    await put(engine, "a", State.ANSWERED)
    moved = await asyncio.gather(*(store.move("a", State.ANSWERED, State.WAITING) for _ in range(8)))
    assert sum(moved) == 1
    assert not await store.move("b", State.ANSWERED, State.WAITING)
    found = await find(engine, "a")
    assert found is not None
    assert found.state == State.WAITING


# --- what is shown ----------------------------------------------------------------------------------------------------


async def test_wx_30_what_waits_comes_oldest_first(store: DeliveryStore, engine: AsyncEngine) -> None:
    for number, (state, conversation_id) in enumerate(
        [(State.WAITING, "wx-1"), (State.WAITING, "wx-2"), (State.WAITING, "wx-1"), *((s, "wx-1") for s in State)]
    ):
        await put(engine, f"{number}", state, hours_ago=number, conversation_id=conversation_id)
    waiting = 3 + list(State).index(State.WAITING)
    assert keys(await store.waiting("wx-1")) == [str(waiting), "2", "0"]


@pytest.mark.parametrize(("minutes", "waits"), [(1, False), (3, True)])
async def test_wx_30_what_a_dead_process_was_sending_waits(
    store: DeliveryStore, engine: AsyncEngine, minutes: int, waits: bool
) -> None:
    await put(engine, "a", State.SENDING, claimed_at=datetime.now(UTC) - timedelta(minutes=minutes))
    assert keys(await store.waiting("wx-1")) == (["a"] if waits else [])


LAST: list[tuple[dict[str, Any], bool]] = [
    *(({"state": state}, state in {State.ANSWERED, State.SENT}) for state in State),
    ({"state": State.ANSWERED, "text": ""}, False),
    ({"state": State.ANSWERED, "conversation_id": "wx-2"}, False),
    ({"state": State.ANSWERED, "hours_ago": 3.0}, False),
]


@pytest.mark.parametrize(("values", "counts"), LAST)
async def test_wx_50_the_last_reply_is_the_newest_that_was_shown(
    store: DeliveryStore, engine: AsyncEngine, values: dict[str, Any], counts: bool
) -> None:
    assert await store.last_shown("wx-1") is None
    await put(engine, "older", State.SENT, hours_ago=2, text="older")
    await put(engine, "newer", **({"text": "newer", "hours_ago": 1.0} | values))
    last = await store.last_shown("wx-1")
    assert last is not None
    assert last.key == ("newer" if counts else "older")


async def test_wx_41_a_reply_is_found_by_the_beginning_of_its_key(store: DeliveryStore, engine: AsyncEngine) -> None:
    await put(engine, "0c7870a1aa", State.SENT, hours_ago=2)
    await put(engine, "0c7870a1bb", State.ANSWERED, hours_ago=1)
    await put(engine, "0c7870a1cc", State.ANSWERED, conversation_id="wx-2")
    await put(engine, "ff7870a1dd", State.ANSWERED)
    for begins, key in (("0c7870a1", "0c7870a1bb"), ("ff7870a1", "ff7870a1dd")):
        found = await store.shown("wx-1", begins)
        assert found is not None
        assert found.key == key
    assert await store.shown("wx-1", "7870a1aa") is None


# --- erased and forgotten ---------------------------------------------------------------------------------------------


async def test_wx_49_whom_to_erase_and_erasing(store: DeliveryStore, engine: AsyncEngine) -> None:
    await put(engine, "a", State.ERASING, hours_ago=4)
    await put(engine, "b", State.ERASING, hours_ago=2)
    await put(engine, "c", State.WAITING, hours_ago=3)
    await put(engine, "d", State.ANSWERED, hours_ago=1)  # came back
    await put(engine, "e", State.ERASING, hours_ago=4, conversation_id="wx-2")
    await put(engine, "f", State.WAITING, hours_ago=4, conversation_id="wx-3")
    assert sorted(await store.to_erase()) == ["wx-1", "wx-2"]
    for conversation_id in ("wx-1", "wx-3", "wx-9"):
        await store.erase(conversation_id)
    assert [key for key in "abcdef" if await find(engine, key)] == ["d", "e", "f"]
    assert await store.to_erase() == ["wx-2"]


@pytest.mark.parametrize("state", list(State))
async def test_wx_35_only_what_is_over_is_forgotten(store: DeliveryStore, engine: AsyncEngine, state: State) -> None:
    await put(engine, "old", state, hours_ago=2)
    await put(engine, "new", state, hours_ago=1)
    await store.forget_before(NOW - timedelta(hours=1))
    kept = ["old", "new"] if state in {State.SENDING, State.WAITING, State.ERASING} else ["new"]
    assert [key for key in ("old", "new") if await find(engine, key)] == kept
