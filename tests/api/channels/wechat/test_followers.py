"""Followers: known by a hash, and erased everywhere when they leave (WX-49)."""

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis

from api.channels.wechat import followers
from api.channels.wechat.followers import conversation_of
from api.channels.wechat.simulator.judge import Outcome
from api.dialogue import DialogueUnavailableError
from api.storage.wechat_deliveries import DeliveryStore
from tests.api.channels.wechat import pushes
from tests.api.channels.wechat.conftest import HASTY, SEND, Serve, Wechat, hold, until

WAGES, WAGES_TITLE = "老板不发工资", "【公司拖欠工资怎么办】"
OTHER = "oSomebodyElse"
TABLES = ("conversations", "turns", "feedback", "wechat_deliveries")


async def rows(wechat: Wechat) -> dict[str, int]:
    """How many rows each table has, as far as it has any."""
    counts = {name: len(await wechat.running.table(name)) for name in TABLES}
    return {name: count for name, count in counts.items() if count}


_SECONDS = 5.0


async def leave(wechat: Wechat, **changes: Any) -> None:
    """The follower leaves; it is acknowledged, and what follows from it is done as far as it can be."""
    verdict = await wechat.deliver(wechat.follower().unsubscribe().changed(**changes), HASTY)
    assert verdict.outcome is Outcome.ACKNOWLEDGED
    await wechat.settle()


# --- who it is --------------------------------------------------------------------------------------------------------


def test_a_follower_has_one_conversation_with_each_account() -> None:
    one, two = pushes.account(), pushes.account(app_id="wx0123456789abcdef")
    ids = [
        conversation_of(secret, account, openid)
        for secret in ("first", "second")
        for account in (one, two)
        for openid in (pushes.FOLLOWER, OTHER)
    ]
    assert len(set(ids)) == len(ids)
    assert conversation_of("first", one, pushes.FOLLOWER) == ids[0]
    assert conversation_of("first", one.model_copy(update={"name": "b"}), pushes.FOLLOWER) == ids[0]


@pytest.mark.parametrize("openid", ["oAbc", "o" * 128, "é/\n", "😀"])
def test_the_id_of_a_conversation_is_short_and_tells_nothing(openid: str) -> None:
    made = conversation_of("secret", pushes.account(), openid)
    assert made.startswith("wx-")
    assert len(made) <= 64
    assert openid not in made


async def test_wx_59_the_openid_is_stored_nowhere(serve: Serve, redis_url: str) -> None:
    async with serve(settings={"redis_url": redis_url}) as wechat:
        await wechat.say(WAGES)
        await wechat.say_late("学历证书公证怎么办")
        openid = wechat.follower().openid.encode()
        async with Redis.from_url(redis_url) as client:
            kept = [key + (await client.dump(key) or b"") for key in await client.keys()]
        kept += [repr(await wechat.running.table(name)).encode() for name in TABLES]
    assert any(WAGES.encode() in place for place in kept)
    assert any(b"quota" in place for place in kept)
    assert [place for place in kept if openid in place] == []


# --- erased -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["unsubscribe", "UNSUBSCRIBE", "Unsubscribe"])
async def test_wx_49_who_leaves_is_erased_in_the_database_and_in_rasa(wechat: Wechat, name: str) -> None:
    await wechat.say(WAGES)
    await wechat.say_late("学历证书公证怎么办")
    await leave(wechat, Event=name)
    assert await rows(wechat) == {}
    assert [request.url.path for request in wechat.rasa.forgotten] == [
        f"/conversations/{wechat.conversation()}/tracker/events"
    ]


async def test_wx_49_nobody_else_is_erased(wechat: Wechat) -> None:
    await wechat.say(WAGES, OTHER)
    before = await rows(wechat)
    await wechat.say(WAGES)
    await leave(wechat)
    assert await rows(wechat) == before
    assert (await wechat.running.table("conversations"))[0]["id"] == wechat.conversation(OTHER)


async def test_wx_18_who_left_another_account_is_not_erased(wechat: Wechat) -> None:
    await wechat.say(WAGES)
    before = await rows(wechat)
    await leave(wechat, ToUserName="gh_000000000000")
    assert (await rows(wechat), wechat.rasa.forgotten) == (before, [])


async def test_wx_49_copies_and_strangers_leave_nothing_behind(wechat: Wechat) -> None:
    message = wechat.follower().unsubscribe()
    verdicts = [await wechat.deliver(message) for _ in range(2)]
    verdicts += await asyncio.gather(*(wechat.deliver(message) for _ in range(3)))
    await wechat.settle()
    assert {verdict.outcome for verdict in verdicts} == {Outcome.ACKNOWLEDGED}
    assert await rows(wechat) == {}


async def test_wx_49_who_comes_back_begins_anew(wechat: Wechat) -> None:
    await wechat.say(WAGES)
    await leave(wechat)
    assert (await wechat.say("1")).startswith(WAGES_TITLE) is False
    assert len(await wechat.running.table("turns")) == 1


# --- erased in the end ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["down", "refuses"])
async def test_wx_49_while_rasa_is_down_the_erasure_is_tried_again(wechat: Wechat, how: str) -> None:
    await wechat.say(WAGES)
    wechat.rasa.down, wechat.rasa.forgets = how == "down", False
    await leave(wechat)
    await wechat.service.eraser.sweep()
    assert [row["state"] for row in await wechat.deliveries()].count("erasing") == 1
    wechat.rasa.down, wechat.rasa.forgets = False, True
    await wechat.service.eraser.sweep()
    assert await rows(wechat) == {}


async def test_wx_49_the_erasure_is_tried_again_by_itself(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followers, "_SWEEP_SECONDS", 0.01)
    async with serve() as wechat:
        wechat.rasa.forgets = False
        await leave(wechat)
        await until(lambda: len(wechat.rasa.forgotten) > 2)
        assert await rows(wechat) == {"wechat_deliveries": 1}
        wechat.rasa.forgets = True

        async def erased() -> bool:
            return await rows(wechat) == {}

        await until(erased)


async def test_wx_49_an_erasure_survives_the_process(serve: Serve) -> None:
    async with serve() as before:
        await before.say(WAGES)
        before.rasa.forgets = False
        await leave(before)
    async with serve(beside=before) as after:
        await until(lambda: len(after.rasa.forgotten) == 1)
        await after.service.eraser.sweep()
        assert await rows(after) == {}


async def test_wx_49_one_who_cannot_be_erased_yet_does_not_hold_up_the_others(
    wechat: Wechat, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat.rasa.forgets = False
    for openid in ("oA", OTHER, "oB"):
        await wechat.deliver(wechat.follower(openid).unsubscribe())
    await wechat.settle()
    wechat.rasa.forgets = True
    client = wechat.running.services.rasa
    forget = client.forget

    async def forget_some(sender: str) -> None:
        if sender == wechat.conversation(OTHER):
            raise DialogueUnavailableError("not_forgotten")
        await forget(sender)

    monkeypatch.setattr(client, "forget", forget_some)
    await wechat.service.eraser.sweep()
    assert [row["conversation_id"] for row in await wechat.deliveries()] == [wechat.conversation(OTHER)]


async def test_wx_49_who_leaves_while_the_database_is_away_is_erased_later(
    wechat: Wechat, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wechat.say(WAGES)

    async def fail(*_: object) -> None:
        raise OSError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(DeliveryStore, "claim", fail)
        await leave(wechat)
    await wechat.service.eraser.sweep()
    await wechat.settle()
    assert await rows(wechat) == {}


# --- while something is under way -------------------------------------------------------------------------------------


@pytest.mark.parametrize("forgets", [True, False], ids=["erased at once", "not erased yet"])
async def test_wx_49_what_comes_late_is_not_sent_to_one_who_left(wechat: Wechat, forgets: bool) -> None:
    wechat.rasa.forgets = forgets
    gate = hold(wechat.rasa)
    await wechat.deliver(wechat.follower().text(WAGES), HASTY)
    await gate.reached.wait()
    assert (await wechat.deliver(wechat.follower().unsubscribe(), HASTY)).outcome is Outcome.ACKNOWLEDGED
    gate.open()
    await wechat.settle()
    assert wechat.state.calls[SEND] == 0


async def test_wx_49_what_comes_late_is_not_sent_to_one_who_left_in_another_process(serve: Serve) -> None:
    async with serve() as one, serve(beside=one) as two:
        two.rasa.forgets = False
        gate = hold(one.rasa)
        await one.deliver(one.follower().text(WAGES), HASTY)
        await gate.reached.wait()
        await leave(two)
        gate.open()
        await one.settle()
        assert one.state.calls[SEND] == 0


async def test_wx_49_no_message_is_allowed_to_one_who_left(wechat: Wechat) -> None:
    await wechat.say(WAGES)
    await leave(wechat)
    assert not await wechat.quota.take(wechat.account.app_id, wechat.conversation())


async def test_wx_49_a_message_that_waited_does_not_bring_back_who_left(wechat: Wechat) -> None:
    gate = hold(wechat.rasa)
    await wechat.deliver(wechat.follower().text(WAGES), HASTY)
    await gate.reached.wait()
    await wechat.deliver(wechat.follower().text("学历证书公证怎么办"), HASTY)
    await wechat.deliver(wechat.follower().unsubscribe(), HASTY)
    gate.open()
    await wechat.settle()
    assert await rows(wechat) == {}


async def test_wx_49_who_leaves_just_as_a_message_is_looked_at_is_not_brought_back(
    wechat: Wechat, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = wechat.service.delivery._dispatcher._deliveries
    has_left, asked = deliveries.has_left, []

    async def has_left_and_then_leaves(key: str) -> bool:
        found = await has_left(key)
        asked.append(key)
        if len(asked) == 1:
            await wechat.deliver(wechat.follower().unsubscribe(), HASTY)
            await wechat.service.eraser.finish(_SECONDS)
        return found

    monkeypatch.setattr(deliveries, "has_left", has_left_and_then_leaves)
    await wechat.deliver(wechat.follower().text(WAGES))
    await wechat.settle()
    assert asked
    assert await rows(wechat) == {}


async def test_wx_49_a_copy_in_another_process_does_not_bring_back_who_left(serve: Serve) -> None:
    async with serve() as one, serve(beside=one) as two:
        gate, message = hold(one.rasa), one.follower().text(WAGES)
        await one.deliver(message, HASTY)
        await gate.reached.wait()
        assert (await two.deliver(message, HASTY)).outcome is Outcome.ACKNOWLEDGED  # and goes on waiting
        await two.deliver(one.follower().unsubscribe(), HASTY)
        await two.service.eraser.finish(60)
        gate.open()
        await one.settle()
        await two.settle()
        assert await rows(one) == {}


async def test_wx_49_who_comes_back_during_the_erasure_is_answered(
    wechat: Wechat, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wechat.say(WAGES)
    client, began, go_on = wechat.running.services.rasa, asyncio.Event(), asyncio.Event()
    forget = client.forget

    async def slowly(sender: str) -> None:
        began.set()
        await go_on.wait()
        await forget(sender)

    monkeypatch.setattr(client, "forget", slowly)
    await wechat.deliver(wechat.follower().unsubscribe(), HASTY)
    await began.wait()
    await wechat.deliver(wechat.follower().subscribe())
    asked = asyncio.create_task(wechat.deliver(wechat.follower().text(WAGES)))
    await asyncio.wait({asked}, timeout=0.2)
    go_on.set()
    assert (await asked).text.startswith(WAGES_TITLE)
