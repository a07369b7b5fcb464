import asyncio

import httpx

from tests.api.channels.wechat.simulator.conftest import World
from tests.api.channels.wechat.simulator.transport import DetachedTransport


async def test_a_server_that_was_given_up_comes_to_its_end(world: World) -> None:
    slow, done = asyncio.Event(), []

    def answer(_: dict[str, str]) -> bytes:
        done.append(1)
        return b"success"

    world.channel.answer, world.channel.hang = answer, [slow, slow]
    transport = DetachedTransport(world.channel.app)
    async with httpx.AsyncClient(transport=transport) as world.http:
        exchange = await world.client(seconds=0.05, retries=1).push(world.follower().text("x"))
        assert [delivery.status for delivery in exchange.deliveries] == [None, None]
        assert done == []
        slow.set()
        await transport.finish()
    assert done == [1, 1]
