"""Customer-service messages: who may be sent how many, and what."""

import asyncio
import json
from typing import Any

import pytest

from api.channels.wechat.simulator.follower import FollowerMessage
from tests.api.channels.wechat.simulator.conftest import World

HOURS_48 = 48 * 3600


async def send(world: World, content: str = "好", /, **changes: Any) -> int:
    token, _ = world.state.tokens.normal()
    body = {"touser": world.follower().openid, "msgtype": "text", "text": {"content": content}} | changes
    raw = json.dumps(body, ensure_ascii=False).encode()
    answer = await world.api.post("/message/custom/send", params={"access_token": token}, content=raw)
    assert answer.status_code == 200
    return int(answer.json()["errcode"])


async def test_a_message_is_recorded_as_it_came(world: World) -> None:
    world.state.seen(world.follower().text("x"))
    assert await send(world, "可以申请仲裁") == 0
    (sent,) = world.state.sent_to(world.follower().openid)
    assert (sent.kind, sent.text, sent.at) == ("text", "可以申请仲裁", world.clock.now)
    assert "可以申请仲裁".encode() in sent.raw
    assert world.state.sent_to("oOther") == []


async def test_five_after_a_message_within_48_hours(world: World) -> None:
    world.state.seen(world.follower().text("x"))
    assert [await send(world) for _ in range(6)] == [0] * 5 + [45047]
    world.state.seen(world.follower().image())
    world.clock.now += HOURS_48 - 1
    assert await send(world) == 0
    world.clock.now += 1
    assert await send(world) == 45015


TAPS = ["subscribe", "scan", "click", "menu_choice"]


def tap(world: World, name: str) -> FollowerMessage:
    one = world.follower()
    made = {
        "subscribe": one.subscribe(),
        "scan": one.scan("1"),
        "click": one.click("key:help"),
        "menu_choice": one.menu_choice("a", "b"),
    }
    return made[name]


@pytest.mark.parametrize("name", TAPS)
async def test_three_after_a_tap_within_a_minute(world: World, name: str) -> None:
    world.state.seen(tap(world, name))
    assert [await send(world) for _ in range(4)] == [0] * 3 + [45047]
    world.state.seen(tap(world, name))
    world.clock.now += 60
    assert await send(world) == 45015


async def test_allowances_add_up_and_the_one_that_ends_first_is_spent_first(world: World) -> None:
    world.state.seen(world.follower().text("x"))
    world.state.seen(world.follower().click("key:help"))
    assert [await send(world) for _ in range(3)] == [0] * 3
    world.clock.now += 60
    assert [await send(world) for _ in range(6)] == [0] * 5 + [45047]


@pytest.mark.parametrize("event", ["VIEW", "LOCATION", "dance"])
async def test_other_events_allow_nothing(world: World, event: str) -> None:
    world.state.seen(world.follower().occurrence(event))
    assert await send(world) == 45015


async def test_after_unfollowing_nothing_can_be_sent(world: World) -> None:
    world.state.seen(world.follower().text("x"))
    world.state.seen(world.follower().unsubscribe())
    assert await send(world) == 45015


async def test_a_stranger_gets_nothing(world: World) -> None:
    assert await send(world) == 40003


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"touser": None}, 40003),
        ({"msgtype": "dance"}, 40008),
        ({"msgtype": ["text"]}, 40008),
        ({"msgtype": "text", "text": "好"}, 40008),
        ({"text": {}}, 44004),
        ({"text": {"content": ""}}, 44004),
        ({"text": {"content": 1}}, 44004),
        ({"text": {"content": "好" * 683}}, 45002),
        ({"text": {"content": "好" * 682}}, 0),
        ({"msgtype": "news", "news": {"articles": []}}, 0),
    ],
)
async def test_what_is_wrong_with_a_message_is_said(world: World, changes: dict[str, Any], code: int) -> None:
    world.state.seen(world.follower().text("x"))
    assert await send(world, **changes) == code
    assert len(world.state.sent) == (code == 0)


async def test_an_account_that_is_not_certified_may_not_send(world: World) -> None:
    world.state.seen(world.follower().text("x"))
    world.state.account = world.account.model_copy(update={"verified": False})
    assert await send(world) == 48001


async def test_a_test_can_wait_for_what_is_sent(world: World) -> None:
    world.state.seen(world.follower().text("x"))
    waiting = asyncio.create_task(world.state.wait_for_sent(2, world.follower().openid))
    await send(world, "一")
    await asyncio.sleep(0)
    assert not waiting.done()
    await send(world, "二")
    assert [message.text for message in await waiting] == ["一", "二"]
    assert len(await world.state.wait_for_sent(1)) == 2
