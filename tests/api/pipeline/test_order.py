"""One message of a sender at a time; different senders side by side."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from fakeredis import FakeAsyncRedis
from redis.asyncio import Redis

from api.pipeline import order as order_module
from api.pipeline.order import SenderOrder
from tests.api.servers import free_port

SPAN = 0.03


class _Watch:
    """Holds for a moment and notes how many hold at once and in which order they came."""

    def __init__(self) -> None:
        self.now = 0
        self.most = 0
        self.came: list[Any] = []

    async def hold(self, order: SenderOrder, sender: str, name: Any = None) -> None:
        async with order.hold(sender):
            self.came.append(name)
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(SPAN)
            self.now -= 1


@pytest.fixture
async def make_redis(redis_url: str) -> AsyncIterator[Callable[[], Redis]]:
    """Makes clients of one Redis, as two processes have them."""
    made: list[Redis] = []

    def make() -> Redis:
        made.append(Redis.from_url(redis_url))
        return made[-1]

    yield make
    for client in made:
        await client.aclose()


async def test_one_at_a_time_in_the_order_of_arrival() -> None:
    order, watch = SenderOrder(FakeAsyncRedis()), _Watch()
    await asyncio.gather(*(watch.hold(order, "a", number) for number in range(6)))
    assert (watch.most, watch.came) == (1, list(range(6)))


async def test_different_senders_side_by_side() -> None:
    order, watch = SenderOrder(FakeAsyncRedis()), _Watch()
    await asyncio.gather(*(watch.hold(order, f"sender {number}") for number in range(6)))
    assert watch.most == 6


async def test_an_error_lets_the_next_one_in() -> None:
    order, watch = SenderOrder(FakeAsyncRedis()), _Watch()
    with pytest.raises(RuntimeError):
        async with order.hold("a"):
            raise RuntimeError
    await asyncio.wait_for(watch.hold(order, "a"), 1)


async def test_a_client_that_gives_up_waiting_lets_the_next_one_in() -> None:
    order, watch = SenderOrder(FakeAsyncRedis()), _Watch()
    async with order.hold("a"):
        waiting = asyncio.create_task(watch.hold(order, "a"))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await asyncio.wait_for(watch.hold(order, "a"), 1)


async def test_no_lock_is_kept_for_a_sender_that_went() -> None:
    order = SenderOrder(FakeAsyncRedis())
    for number in range(20):
        async with order.hold(f"sender {number}"):
            pass
    assert len(order._local) == 0


async def test_without_redis_the_order_holds_in_the_process() -> None:
    client = Redis.from_url(f"redis://127.0.0.1:{free_port()}/0")
    order, watch = SenderOrder(client), _Watch()
    await asyncio.wait_for(asyncio.gather(*(watch.hold(order, "a", number) for number in range(3))), 20)
    assert (watch.most, watch.came) == (1, [0, 1, 2])
    await client.aclose()


async def test_two_processes_take_turns(make_redis: Callable[[], Redis]) -> None:
    first, second, watch = SenderOrder(make_redis()), SenderOrder(make_redis()), _Watch()
    await asyncio.gather(*(watch.hold(order, "a") for order in (first, second) * 3))
    assert (watch.most, len(watch.came)) == (1, 6)


async def test_two_processes_serve_different_senders_side_by_side(make_redis: Callable[[], Redis]) -> None:
    first, second, watch = SenderOrder(make_redis()), SenderOrder(make_redis()), _Watch()
    await asyncio.gather(watch.hold(first, "a"), watch.hold(second, "b"))
    assert watch.most == 2


async def test_nothing_stays_in_redis(make_redis: Callable[[], Redis]) -> None:
    client = make_redis()
    await _Watch().hold(SenderOrder(client), "a")
    assert await client.keys("*") == []


async def test_a_process_that_died_does_not_block_for_ever(
    make_redis: Callable[[], Redis], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_module, "_HELD_SECONDS", 0.3)
    dead = SenderOrder(make_redis()).hold("a")
    await dead.__aenter__()
    await asyncio.wait_for(_Watch().hold(SenderOrder(make_redis()), "a"), 2)
    await dead.__aexit__(None, None, None)


async def test_a_lock_that_ran_out_is_not_taken_from_the_next_holder(
    make_redis: Callable[[], Redis], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_module, "_HELD_SECONDS", 0.1)
    slow = SenderOrder(make_redis()).hold("a")
    await slow.__aenter__()
    await asyncio.sleep(0.15)
    monkeypatch.setattr(order_module, "_HELD_SECONDS", 30)
    client = make_redis()
    async with SenderOrder(client).hold("a"):
        await slow.__aexit__(None, None, None)
        assert await client.keys("*") == [b"hufa:order:a"]
