"""Late replies: sent by an account that may, kept for the next message by one that may not, and shown once."""

import asyncio

from api.channels.wechat.simulator.faults import Fault
from knowledge_base.wording import say
from tests.api.channels.wechat.conftest import HASTY, SEND, Serve, Wechat, hold, same_answer, until

WAGES, WAGES_TITLE = "老板不发工资", "【公司拖欠工资怎么办】"
DEGREE, DEGREE_TITLE = "学历证书公证怎么办", "【学历证书公证怎么办】"
ARBITRATION_TITLE = "【怎么申请劳动仲裁】"
OTHER = "oSomebodyElse"


async def test_wx_30_a_late_reply_is_sent_by_a_certified_account(wechat: Wechat) -> None:
    expected = await wechat.say(WAGES, OTHER)
    await wechat.say_late(WAGES)
    (sent,) = wechat.sent()
    assert sent.text.partition("<a")[0] == expected.partition("<a")[0]
    assert say("wechat_late") not in await wechat.say(DEGREE)
    assert len(wechat.sent()) == 1


async def test_wx_30_a_late_reply_waits_for_the_next_message_of_an_account_that_is_not(unverified: Wechat) -> None:
    await unverified.say_late(WAGES)
    assert (await unverified.say(DEGREE, OTHER)).startswith(DEGREE_TITLE)
    both = await unverified.say(DEGREE)
    assert both.startswith(f"{say('wechat_late')}\n{WAGES_TITLE}")
    assert f"\n\n{DEGREE_TITLE}" in both
    assert (await unverified.say(DEGREE)).startswith(DEGREE_TITLE)
    assert not unverified.state.calls


async def test_wx_30_several_late_replies_are_shown_in_order(unverified: Wechat) -> None:
    await unverified.say_late(WAGES)
    await unverified.say_late(DEGREE)
    shown = (await unverified.deliver(unverified.follower().image())).text
    assert 0 < shown.index(WAGES_TITLE) < shown.index(DEGREE_TITLE) < shown.index(say("wechat_only_text"))


async def test_wx_30_the_same_late_reply_is_shown_to_every_copy_of_the_next_message(unverified: Wechat) -> None:
    await unverified.say_late(WAGES)
    message = unverified.follower().image()
    assert same_answer([await unverified.deliver(message) for _ in range(3)])


async def test_wx_30_wx_50_a_long_late_reply_goes_on_after_continue(serve: Serve) -> None:
    for verified in (True, False):
        async with serve(verified=verified, max_reply_bytes=400) as wechat:
            one = "oVerified" if verified else "oUnverified"
            await wechat.say_late(DEGREE, one)
            shown = wechat.sent(one)[0].text if verified else await wechat.say("谢谢", one)
            assert DEGREE_TITLE in shown
            assert len(shown.encode()) <= 400
            assert shown.endswith(say("wechat_more"))
            assert "sfj.sh.gov.cn" in await wechat.say("继续", one)


async def test_wx_50_the_numbers_of_a_late_reply_can_be_answered(wechat: Wechat) -> None:
    await wechat.say_late(WAGES)
    assert (await wechat.say("1")).startswith(ARBITRATION_TITLE)


async def test_wx_50_the_numbers_of_a_late_reply_hold_beside_a_reply_without_any(unverified: Wechat) -> None:
    await unverified.say_late(WAGES)
    shown = (await unverified.deliver(unverified.follower().image())).text
    assert "1. <a" in shown
    assert (await unverified.say("1")).startswith(ARBITRATION_TITLE)


async def test_danger_is_answered_before_what_came_late(unverified: Wechat) -> None:
    """Design, step 6: safety numbers first, always."""
    alone = (await unverified.say("我老公正在打我，救命", OTHER))[:20]
    await unverified.say_late(WAGES)
    assert (await unverified.say("我老公正在打我，救命")).startswith(alone)


# --- shown once -------------------------------------------------------------------------------------------------------


async def test_wx_30_a_late_reply_is_shown_to_one_of_several_messages_at_once(unverified: Wechat) -> None:
    await unverified.say_late(WAGES)
    pictures = [unverified.follower().image() for _ in range(5)]
    replies = await asyncio.gather(*map(unverified.deliver, pictures))
    assert sum(WAGES_TITLE in reply.text for reply in replies) == 1


async def test_wx_50_a_part_is_shown_to_one_of_several_continues_at_once(serve: Serve) -> None:
    async with serve(max_reply_bytes=400) as wechat:
        await wechat.say(DEGREE)
        more = [wechat.follower().text("继续") for _ in range(5)]
        replies = await asyncio.gather(*map(wechat.deliver, more))
        assert sum("sfj.sh.gov.cn" in reply.text for reply in replies) == 1


async def test_wx_30_what_is_being_sent_is_not_shown_with_the_next_message_too(wechat: Wechat) -> None:
    go_on = asyncio.Event()
    wechat.state.faults.next(Fault(SEND, wait=go_on.wait))
    gate = hold(wechat.rasa)
    await wechat.deliver(wechat.follower().text(WAGES), HASTY)
    gate.open()
    await until(lambda: wechat.state.calls[SEND] == 1)
    shown = await wechat.say(DEGREE)
    go_on.set()
    await wechat.settle()
    assert WAGES_TITLE in wechat.sent()[0].text
    assert WAGES_TITLE not in shown
