"""Once and in time, in one process: copies of a push, messages at once, a process that died, trouble beside."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from api.channels.wechat import delivery as delivery_module
from api.channels.wechat.envelope import Push
from api.channels.wechat.messages import read_message
from api.channels.wechat.simulator.follower import Follower, FollowerMessage
from api.channels.wechat.simulator.judge import Outcome
from api.storage.database import create_engine
from api.storage.models import WechatDelivery
from api.storage.wechat_deliveries import DeliveryStore
from tests.api.channels.wechat.conftest import HASTY, SEND, Serve, Wechat, hold, outcomes, same_answer

WAGES, WAGES_TITLE = "老板不发工资", "【公司拖欠工资怎么办】"
DEGREE, DEGREE_TITLE = "学历证书公证怎么办", "【学历证书公证怎么办】"
OTHER = "oSomebodyElse"
_LONGER_THAN_THE_WINDOW = 5.0
Make = Callable[[Follower], FollowerMessage]


# --- copies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("copies", [3, 4])
async def test_wx_31_copies_one_after_the_other_get_the_same_reply(wechat_in_each_mode: Wechat, copies: int) -> None:
    wechat = wechat_in_each_mode
    message = wechat.follower().text(WAGES)
    assert same_answer([await wechat.deliver(message) for _ in range(copies)])
    await wechat.settle()
    assert (len(wechat.rasa.messages), len(await wechat.running.table("turns"))) == (1, 1)
    assert wechat.state.calls[SEND] == 0


@pytest.mark.parametrize("copies", [3, 4])
async def test_wx_31_copies_at_once_get_the_same_reply(wechat_in_each_mode: Wechat, copies: int) -> None:
    wechat = wechat_in_each_mode
    gate, message = hold(wechat.rasa), wechat.follower().text(WAGES)
    pushes = [asyncio.create_task(wechat.deliver(message)) for _ in range(copies)]
    await gate.reached.wait()
    gate.open()
    assert same_answer(await asyncio.gather(*pushes))
    await wechat.settle()
    assert (gate.count, wechat.state.calls[SEND]) == (1, 0)


@pytest.mark.parametrize("copies", [3, 4])
async def test_wx_31_copies_that_all_gave_up_get_one_late_reply(wechat: Wechat, copies: int) -> None:
    gate, message = hold(wechat.rasa), wechat.follower().text(WAGES)
    verdicts = [await wechat.deliver(message, HASTY) for _ in range(copies)]
    gate.open()
    await wechat.settle()
    verdicts.append(await wechat.deliver(message))
    assert outcomes(verdicts) == [Outcome.ACKNOWLEDGED] * (copies + 1)
    assert (gate.count, len(wechat.sent())) == (1, 1)


async def test_wx_31_a_copy_that_still_waits_gets_the_reply_and_nothing_is_sent_besides(wechat: Wechat) -> None:
    gate, message = hold(wechat.rasa), wechat.follower().text(WAGES)
    await wechat.deliver(message, HASTY)
    waiting = asyncio.create_task(wechat.deliver(message))
    await gate.reached.wait()
    await wechat.deliver(message, HASTY)
    gate.open()
    assert (await waiting).text.startswith(WAGES_TITLE)
    await wechat.settle()
    assert (gate.count, wechat.state.calls[SEND]) == (1, 0)


async def test_wx_31_the_replies_to_all_copies_are_the_same_to_the_byte(serve: Serve) -> None:
    async with serve("plain") as wechat:
        client, message = wechat.client(), wechat.follower().text(WAGES)
        bodies = [(await client.deliver(client.request(message))).body for _ in range(3)]
    assert len(set(bodies)) == 1


async def test_wx_32_the_same_id_from_two_followers_is_two_messages(wechat: Wechat) -> None:
    first = wechat.follower().text(WAGES)
    second = wechat.follower(OTHER).text(DEGREE).changed(**{k: first.fields[k] for k in ("MsgId", "CreateTime")})
    replies = await asyncio.gather(wechat.deliver(first), wechat.deliver(second))
    assert [reply.text[:5] for reply in replies] == [WAGES_TITLE[:5], DEGREE_TITLE[:5]]


@pytest.mark.parametrize("name", ["CLICK", "click"])
async def test_wx_33_an_event_is_known_by_follower_time_name_and_key(wechat: Wechat, name: str) -> None:
    event = wechat.follower().click("entry:labour.unpaid-wages").changed(Event="CLICK")
    copy = event.changed(Event=name)
    others = [
        event.changed(FromUserName=OTHER),
        event.changed(CreateTime=int(time.time()) - 7),
        event.changed(EventKey="topic:劳动争议"),
    ]
    for one in (event, copy, *others, copy):
        await wechat.deliver(one)
    assert len(wechat.rasa.messages) == 1 + len(others)


async def test_wx_34_two_messages_in_one_second_are_both_answered_in_order(wechat: Wechat) -> None:
    gate, one = hold(wechat.rasa), wechat.follower()
    first, second = one.text(WAGES), one.text(DEGREE)
    second = second.changed(CreateTime=first.fields["CreateTime"])
    pushes = [asyncio.create_task(wechat.deliver(first))]
    await gate.reached.wait()
    pushes.append(asyncio.create_task(wechat.deliver(second)))
    gate.open()
    texts = [verdict.text for verdict in await asyncio.gather(*pushes)]
    assert [text.startswith(title) for text, title in zip(texts, (WAGES_TITLE, DEGREE_TITLE), strict=True)] == [
        True
    ] * 2
    assert [message["message"] for message in wechat.rasa.messages] == [WAGES, DEGREE]
    assert wechat.rasa.most_of_one_sender == 1


# --- a process that died (WX-35) --------------------------------------------------------------------------------------


async def claim_of_a_dead_process(wechat: Wechat, message: FollowerMessage, seconds_ago: float) -> None:
    """A push that was taken so long ago, and its reply never stored."""
    read = read_message(wechat.account, {name: str(value) for name, value in message.fields.items()})
    assert read is not None
    engine = create_engine(wechat.running.services.settings.database_url)
    await DeliveryStore(engine).claim(read.key, wechat.conversation(), 0)
    async with engine.begin() as connection:
        (row,) = await connection.execute(WechatDelivery.__table__.select())
        taken: datetime = row.claimed_at - timedelta(seconds=seconds_ago)
        await connection.execute(update(WechatDelivery).values(claimed_at=taken))
    await engine.dispose()


async def test_wx_35_a_push_whose_process_died_is_answered_to_its_next_copy(
    wechat: Wechat, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = wechat.follower().text(WAGES)
    await claim_of_a_dead_process(wechat, message, seconds_ago=9)
    monkeypatch.setattr(delivery_module, "_STALE_SECONDS", 8.0)
    assert (await wechat.deliver(message)).text.startswith(WAGES_TITLE)
    assert len(wechat.rasa.messages) == 1


async def test_wx_35_a_push_that_is_still_worked_on_is_left_alone(wechat: Wechat) -> None:
    message = wechat.follower().text(WAGES)
    await claim_of_a_dead_process(wechat, message, seconds_ago=1)
    assert (await wechat.deliver(message, HASTY)).outcome is Outcome.ACKNOWLEDGED
    assert wechat.rasa.messages == []


async def test_wx_35_work_under_way_is_finished_before_the_application_stops(serve: Serve) -> None:
    async with serve() as wechat:
        gate = hold(wechat.rasa)
        await wechat.deliver(wechat.follower().text(WAGES), HASTY)
        await gate.reached.wait()
        asyncio.get_running_loop().call_soon(gate.open)
    assert len(wechat.sent()) == 1


# --- what goes wrong beside -------------------------------------------------------------------------------------------


async def test_a_failing_clean_up_costs_nobody_the_reply(wechat: Wechat, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise OSError("the database is busy")

    monkeypatch.setattr(DeliveryStore, "forget_before", fail)
    assert (await wechat.say(WAGES)).startswith(WAGES_TITLE)


HANGING: dict[str, tuple[str, Make]] = {
    "redis, message": ("api.channels.wechat.quota.CustomerServiceQuota.opened", lambda one: one.text(WAGES)),
    "database, message": ("api.storage.wechat_deliveries.DeliveryStore.claim", lambda one: one.text(WAGES)),
    "database, unsubscribe": ("api.storage.wechat_deliveries.DeliveryStore.claim", lambda one: one.unsubscribe()),
}


@pytest.mark.parametrize(("target", "make"), HANGING.values(), ids=HANGING)
async def test_wx_30_what_hangs_does_not_keep_the_platform_waiting(
    wechat: Wechat, monkeypatch: pytest.MonkeyPatch, target: str, make: Make
) -> None:
    go_on = asyncio.Event()

    async def hang(*_: object) -> None:
        await go_on.wait()
        raise OSError("gone")

    monkeypatch.setattr(target, hang)
    push = asyncio.create_task(wechat.deliver(make(wechat.follower()), HASTY))
    answered, _ = await asyncio.wait({push}, timeout=_LONGER_THAN_THE_WINDOW)
    go_on.set()
    await push
    await wechat.settle()
    assert answered


async def test_wx_30_the_time_in_which_the_push_came_in_counts(wechat: Wechat) -> None:
    fields = {name: str(value) for name, value in wechat.follower().text(WAGES).fields.items()}
    gate = hold(wechat.rasa)
    long_ago = time.monotonic() - 2 * wechat.account.window_seconds
    assert await wechat.service.answer(wechat.account, Push(fields, None, ""), long_ago) is None
    gate.open()
