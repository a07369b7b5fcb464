"""What followers get while the channel or a topic is off."""

from collections.abc import Callable

import pytest

from api.channels.wechat.simulator.follower import Follower, FollowerMessage
from api.staff.people.staff import SYSTEM
from knowledge_base.wording import say
from tests.api.channels.wechat.conftest import Wechat

WAGES = "老板不发工资"


async def switch_off(wechat: Wechat, scope: str) -> None:
    await wechat.running.services.staff.switches.turn_off(scope, "查错", SYSTEM)


@pytest.mark.parametrize("text", [WAGES, "继续", "1", ""])
async def test_whatever_is_typed_the_channel_says_that_it_is_off(wechat: Wechat, text: str) -> None:
    await switch_off(wechat, "channel:wechat")
    assert await wechat.say(text) == say("switched_off")


@pytest.mark.parametrize(
    "make",
    [
        lambda one: one.subscribe(),
        lambda one: one.click("key:help"),
        lambda one: one.click("gone"),
        lambda one: one.voice(),
        lambda one: one.location(),
    ],
    ids=["subscribe", "click", "unknown-click", "voice", "location"],
)
async def test_whatever_is_sent_the_channel_says_that_it_is_off(
    wechat: Wechat, make: Callable[[Follower], FollowerMessage]
) -> None:
    await switch_off(wechat, "channel:wechat")
    assert (await wechat.deliver(make(wechat.follower()))).text == say("switched_off")


async def test_danger_gets_its_numbers_first(wechat: Wechat) -> None:
    await switch_off(wechat, "channel:wechat")
    text = await wechat.say("老公打我我该怎么办")
    assert "110" in text.split(say("switched_off"))[0]


async def test_a_topic_that_is_off_is_named(wechat: Wechat) -> None:
    await switch_off(wechat, "topic:劳动争议")
    assert await wechat.say(WAGES) == say("switched_off_topic", topic="劳动争议")


async def test_the_welcome_offers_nothing_of_a_topic_that_is_off(wechat: Wechat) -> None:
    await switch_off(wechat, "topic:劳动争议")
    text = (await wechat.deliver(wechat.follower().subscribe())).text
    assert text.startswith(say("wechat_welcome")) and "拖欠工资" not in text and "法律援助" in text
