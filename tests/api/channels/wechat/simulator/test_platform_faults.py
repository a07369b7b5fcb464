"""The platform fails in every way that it is told to, and only as often."""

import asyncio

import httpx
import pytest

from api.channels.wechat.simulator.faults import Fault
from api.channels.wechat.simulator.platform import create_platform
from api.channels.wechat.simulator.server import serving
from tests.api.channels.wechat.simulator.conftest import World
from tests.system.processes import free_port


async def send(world: World) -> httpx.Response:
    token, _ = world.state.tokens.normal()
    body = {"touser": world.follower().openid, "msgtype": "text", "text": {"content": "好"}}
    return await world.api.post("/message/custom/send", params={"access_token": token}, json=body)


@pytest.fixture
def world(world: World) -> World:
    world.state.seen(world.follower().text("x"))
    return world


async def test_the_next_calls_get_an_errcode(world: World) -> None:
    world.state.faults.next(Fault(errcode=-1), calls=2)
    assert [(await send(world)).json()["errcode"] for _ in range(3)] == [-1, -1, 0]
    assert world.state.calls["message/custom/send"] == 3
    assert len(world.state.sent) == 1


async def test_the_next_call_gets_a_status(world: World) -> None:
    world.state.faults.next(Fault(status=502))
    assert [(await send(world)).status_code for _ in range(2)] == [502, 200]


async def test_only_calls_of_the_path_go_wrong(world: World) -> None:
    world.state.faults.next(Fault("stable_token", errcode=40164))
    assert (await send(world)).json()["errcode"] == 0
    assert (await world.api.post("/stable_token", json={})).json()["errcode"] == 40164


async def test_faults_can_be_cleared(world: World) -> None:
    world.state.faults.next(Fault(errcode=-1), calls=9)
    world.state.faults.clear()
    assert (await send(world)).json()["errcode"] == 0


async def test_a_slow_call_is_answered_when_the_wait_is_over(world: World) -> None:
    entered, gate = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        entered.set()
        await gate.wait()

    world.state.faults.next(Fault(wait=wait))
    waiting = asyncio.create_task(send(world))
    await entered.wait()
    assert (await send(world)).json()["errcode"] == 0
    assert not waiting.done()
    gate.set()
    assert (await waiting).json()["errcode"] == 0


async def test_a_dropped_call_is_an_error_of_the_connection(world: World) -> None:
    world.state.faults.next(Fault(drop=True))
    with pytest.raises(httpx.RemoteProtocolError):
        await send(world)
    assert world.state.sent == []


@pytest.mark.parametrize("fault", [Fault(drop=True), Fault(status=500), Fault(errcode=-1)])
async def test_a_call_may_take_effect_although_its_answer_is_lost(world: World, fault: Fault) -> None:
    after = Fault(errcode=fault.errcode, status=fault.status, drop=fault.drop, after_effect=True)
    world.state.faults.next(after)
    try:
        answer = await send(world)
    except httpx.RemoteProtocolError:
        assert fault.drop
    else:
        assert answer.status_code == 500 or answer.json()["errcode"] == -1
    assert len(world.state.sent) == 1


async def test_a_call_over_a_real_connection_is_dropped_too(world: World) -> None:
    port = free_port()
    world.state.faults.next(Fault(drop=True))
    async with (
        serving(create_platform(world.state), port),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/cgi-bin", trust_env=False) as world.api,
    ):
        with pytest.raises(httpx.RemoteProtocolError):
            await send(world)
        assert (await send(world)).json()["errcode"] == 0
