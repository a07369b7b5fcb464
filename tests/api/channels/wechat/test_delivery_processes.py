"""Once and in time over two processes that share a database, and perhaps a Redis: it does not matter which one a copy
reaches."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from api.channels.wechat import delivery as delivery_module
from api.channels.wechat import setup
from api.channels.wechat.simulator.judge import Outcome
from knowledge_base.wording import say
from tests.api.channels.wechat.conftest import HASTY, SEND, Serve, Wechat, hold, outcomes, same_answer, until

WAGES, WAGES_TITLE = "老板不发工资", "【公司拖欠工资怎么办】"
DEGREE, DEGREE_TITLE = "学历证书公证怎么办", "【学历证书公证怎么办】"
Pair = tuple[Wechat, Wechat]


@pytest.fixture(params=[False, True], ids=["no redis", "redis"])
def shared(request: pytest.FixtureRequest, database_url: str) -> dict[str, str]:
    """A database of each kind, and no Redis or one."""
    return {"database_url": database_url} | (
        {"redis_url": request.getfixturevalue("redis_url")} if request.param else {}
    )


@pytest.fixture
async def pair(serve: Serve, shared: dict[str, str]) -> AsyncIterator[Pair]:
    """Two applications with the certified account."""
    async with serve(settings=shared) as one, serve(settings=shared, beside=one) as two:
        yield one, two


async def settle(pair: Pair) -> None:
    for one in pair:
        await one.settle()


async def turns(wechat: Wechat) -> int:
    return len(await wechat.running.table("turns"))


@pytest.mark.parametrize("copies", [3, 4])
async def test_wx_31_copies_one_after_the_other(pair: Pair, copies: int) -> None:
    message = pair[0].follower().text(WAGES)
    verdicts = [await pair[n % 2].deliver(message) for n in range(copies)]
    await settle(pair)
    assert same_answer(verdicts)
    assert len(pair[0].rasa.messages + pair[1].rasa.messages) == await turns(pair[0]) == 1
    assert not pair[0].state.calls


@pytest.mark.parametrize("copies", [3, 4])
async def test_wx_31_copies_at_once(pair: Pair, copies: int) -> None:
    gates = [hold(one.rasa) for one in pair]
    message = pair[0].follower().text(WAGES)
    pushes = [asyncio.create_task(pair[n % 2].deliver(message)) for n in range(copies)]
    await until(lambda: any(gate.reached.is_set() for gate in gates))
    for gate in gates:
        gate.open()
    verdicts = await asyncio.gather(*pushes)
    await settle(pair)
    assert same_answer(verdicts)
    assert sum(gate.count for gate in gates) == await turns(pair[0]) == 1
    assert not pair[0].state.calls


@pytest.mark.parametrize("copies", [3, 4])
async def test_wx_31_copies_that_all_gave_up(pair: Pair, copies: int) -> None:
    gates = [hold(one.rasa) for one in pair]
    message = pair[0].follower().text(WAGES)
    verdicts = [await pair[n % 2].deliver(message, HASTY) for n in range(copies)]
    for gate in gates:
        gate.open()
    await settle(pair)
    verdicts += [await one.deliver(message) for one in pair]
    assert outcomes(verdicts) == [Outcome.ACKNOWLEDGED] * (copies + 2)
    assert sum(gate.count for gate in gates) == await turns(pair[0]) == 1
    assert len(pair[0].sent()) == 1


async def test_wx_33_wx_45_an_event_that_reaches_both_is_one(pair: Pair) -> None:
    subscribed = pair[0].follower().subscribe("hall-7")
    assert same_answer(await asyncio.gather(*(one.deliver(subscribed) for one in pair)))
    assert len(await pair[0].deliveries()) == 1


async def test_wx_30_what_one_process_kept_another_shows(serve: Serve, shared: dict[str, str]) -> None:
    async with (
        serve(settings=shared, verified=False) as one,
        serve(settings=shared, verified=False, beside=one) as two,
    ):
        await one.say_late(WAGES)
        assert (await two.say(DEGREE)).startswith(f"{say('wechat_late')}\n{WAGES_TITLE}")
        assert (await one.say(DEGREE)).startswith(DEGREE_TITLE)


async def test_wx_50_what_one_process_showed_another_goes_on_with(serve: Serve, shared: dict[str, str]) -> None:
    async with (
        serve(settings=shared, max_reply_bytes=400) as one,
        serve(settings=shared, max_reply_bytes=400, beside=one) as two,
    ):
        assert (await one.say(DEGREE)).endswith(say("wechat_more"))
        assert "sfj.sh.gov.cn" in await two.say("继续")
        assert await one.say("继续") == say("wechat_nothing_more")


async def test_wx_34_messages_of_a_follower_in_two_processes_are_answered_one_at_a_time(
    serve: Serve, database_url: str, redis_url: str
) -> None:
    where = {"database_url": database_url, "redis_url": redis_url}
    async with serve(settings=where) as one, serve(settings=where, beside=one) as two:
        gate = hold(one.rasa)
        first = asyncio.create_task(one.deliver(one.follower().text(WAGES)))
        await gate.reached.wait()
        second = asyncio.create_task(two.deliver(one.follower().text(DEGREE)))
        done, _ = await asyncio.wait({second}, timeout=0.2)
        assert not done
        gate.open()
        assert (await first).text.startswith(WAGES_TITLE)
        assert (await second).text.startswith(DEGREE_TITLE)


# --- a process that died, or was only slow (WX-35) --------------------------------------------------------------------


async def test_wx_35_what_a_dead_process_began_another_answers(
    serve: Serve, shared: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "_FINISH_SECONDS", 0.0)
    async with serve(settings=shared) as dead:
        gate, message = hold(dead.rasa), dead.follower().text(WAGES)
        await dead.deliver(message, HASTY)
        await gate.reached.wait()
    for task in dead.service.delivery._running.values():
        task.cancel()
    async with serve(settings=shared, beside=dead) as alive:
        monkeypatch.setattr(delivery_module, "_STALE_SECONDS", 0.0)
        assert (await alive.deliver(message)).text.startswith(WAGES_TITLE)
        assert (await turns(alive), len(alive.rasa.messages)) == (1, 1)


async def test_wx_35_what_was_taken_over_is_not_given_a_second_time(
    serve: Serve, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = {"database_url": database_url}
    async with serve(settings=where) as slow, serve(settings=where, beside=slow) as quick:
        monkeypatch.setattr(delivery_module, "_STALE_SECONDS", 0.0)
        gate, message = hold(slow.rasa), slow.follower().text(WAGES)
        await slow.deliver(message, HASTY)
        await gate.reached.wait()
        assert (await quick.deliver(message)).text.startswith(WAGES_TITLE)
        gate.open()
        await slow.settle()
        assert slow.state.calls[SEND] == 0
        assert (await quick.say(DEGREE)).startswith(DEGREE_TITLE)
