"""Customer-service messages: sent as far as the platform allows, and what becomes of a reply when it does not (WX-54)."""

from collections.abc import Callable
from typing import Any

import pytest
from fakeredis import FakeAsyncRedis

from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.api_client import WechatApi
from api.channels.wechat.customer_service import CustomerService
from api.channels.wechat.errors import WechatApiError
from api.channels.wechat.platform_call import WechatUnreachableError
from api.channels.wechat.quota import CustomerServiceQuota
from api.channels.wechat.simulator.faults import Fault
from api.channels.wechat.simulator.follower import Follower, FollowerMessage
from knowledge_base.wording import say
from tests.api.channels.wechat import pushes
from tests.api.channels.wechat.conftest import HASTY, SEND, Serve, Wechat, hold

WAGES, WAGES_TITLE = "老板不发工资", "【公司拖欠工资怎么办】"
DEGREE, DEGREE_TITLE = "学历证书公证怎么办", "【学历证书公证怎么办】"
ACCOUNT = pushes.account()
WHO = (ACCOUNT, pushes.FOLLOWER, "wx-1")


class FakeApi(WechatApi):
    """Keeps what it should send, or fails."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.error: Exception | None = None

    async def send_text(self, openid: str, text: str) -> None:
        self.sent.append((openid, text))
        if self.error is not None:
            raise self.error


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def quota() -> CustomerServiceQuota:
    return CustomerServiceQuota(FakeAsyncRedis(), lambda: 1_714_112_445.0)


@pytest.fixture
def service(api: FakeApi, quota: CustomerServiceQuota) -> CustomerService:
    return CustomerService({ACCOUNT.app_id: api}, quota)


# --- alone ------------------------------------------------------------------------------------------------------------


async def test_wx_54_the_sixth_message_is_not_sent(
    service: CustomerService, api: FakeApi, quota: CustomerServiceQuota
) -> None:
    assert not await service.send(*WHO, "too early")
    await quota.opened(ACCOUNT.app_id, "wx-1", "message")
    assert [await service.send(*WHO, str(n)) for n in range(6)] == [True] * 5 + [False]
    assert api.sent == [(pushes.FOLLOWER, str(n)) for n in range(5)]


async def test_each_account_sends_by_its_own_api(quota: CustomerServiceQuota) -> None:
    accounts: list[WechatAccount] = [ACCOUNT, pushes.account(app_id="wx0123456789abcdef")]
    apis = {account.app_id: FakeApi() for account in accounts}
    for account in accounts:
        await quota.opened(account.app_id, "wx-1", "message")
        assert await CustomerService(apis, quota).send(account, pushes.FOLLOWER, "wx-1", account.app_id)
    assert [[text for _, text in apis[account.app_id].sent] for account in accounts] == [[a.app_id] for a in accounts]


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (WechatApiError(45015, "out of time", ""), 1),
        (WechatApiError(45047, "out of count", ""), 1),
        (WechatApiError(45002, "too long", ""), 5),
        (WechatApiError(48001, "unauthorized", ""), 5),
        (WechatApiError(40164, "not in whitelist", ""), 5),
        (WechatUnreachableError("timeout", sent=True), 5),
        (WechatUnreachableError("circuit_open", sent=False), 5),
    ],
    ids=lambda value: str(getattr(value, "code", getattr(value, "reason", value))),
)
async def test_wx_54_a_refusal_is_a_failure_and_the_end_of_the_quota_when_the_platform_says_so(
    service: CustomerService, api: FakeApi, quota: CustomerServiceQuota, error: Exception, tries: int
) -> None:
    """`tries`: of six messages, how many are tried at all; none of them twice."""
    await quota.opened(ACCOUNT.app_id, "wx-1", "message")
    api.error = error
    assert [await service.send(*WHO, str(n)) for n in range(6)] == [False] * 6
    assert [text for _, text in api.sent] == [str(n) for n in range(tries)]
    api.error = None
    await quota.opened(ACCOUNT.app_id, "wx-1", "message")
    assert await service.send(*WHO, "again")


# --- what opens the quota ---------------------------------------------------------------------------------------------

Make = Callable[[Follower], FollowerMessage]
OPENINGS: dict[str, tuple[Make, int]] = {
    "text": (lambda one: one.text(WAGES), 5),
    "image": (lambda one: one.image(), 5),
    "voice": (lambda one: one.voice(), 5),
    "location": (lambda one: one.location(), 5),
    "tapped link": (lambda one: one.menu_choice(WAGES, "0c7870a1-1"), 3),
    "menu": (lambda one: one.click("key:help"), 3),
    "subscribe": (lambda one: one.subscribe(), 3),
    "subscribe by a code": (lambda one: one.subscribe("1"), 3),
    "scan": (lambda one: one.scan("1"), 3),
    "view": (lambda one: one.view("https://example.com"), 0),
    "reported location": (lambda one: one.reported_location(), 0),
    "unsubscribe": (lambda one: one.unsubscribe(), 0),
    "for another account": (lambda one: one.text(WAGES).changed(ToUserName="gh_000000000000"), 0),
}


async def take_all(wechat: Wechat) -> int:
    """Use up what a follower may be sent; how much it was."""
    count = 0
    while await wechat.quota.take(wechat.account.app_id, wechat.conversation()):
        count += 1
    return count


@pytest.mark.parametrize(("make", "count"), OPENINGS.values(), ids=OPENINGS)
async def test_wx_54_what_a_follower_does_allows_so_many(wechat: Wechat, make: Make, count: int) -> None:
    await wechat.deliver(make(wechat.follower()))
    await wechat.settle()
    assert await take_all(wechat) == count


async def test_wx_54_a_copy_of_a_push_allows_nothing_more(wechat: Wechat) -> None:
    message = wechat.follower().text(WAGES)
    await wechat.deliver(message)
    assert await take_all(wechat) == 5
    await wechat.deliver(message)
    assert await take_all(wechat) == 0


# --- in the application -----------------------------------------------------------------------------------------------


async def test_wx_54_a_late_reply_over_the_quota_waits_for_the_next_message(wechat: Wechat) -> None:
    gate = hold(wechat.rasa)
    await wechat.deliver(wechat.follower().text(WAGES), HASTY)
    await gate.reached.wait()
    assert await take_all(wechat) == 5
    gate.open()
    await wechat.settle()
    assert not wechat.state.calls
    assert (await wechat.say(DEGREE)).startswith(f"{say('wechat_late')}\n{WAGES_TITLE}")
    assert (await wechat.say(DEGREE)).startswith(DEGREE_TITLE)


@pytest.mark.parametrize(
    "fault", [{"errcode": 45015}, {"errcode": 45047}, {"errcode": 48001}, {"status": 502}], ids=str
)
async def test_wx_54_a_late_reply_that_the_platform_refuses_is_tried_once_and_shown_next(
    wechat: Wechat, fault: dict[str, Any]
) -> None:
    wechat.state.faults.next(Fault(SEND, **fault))
    await wechat.say_late(WAGES)
    assert (wechat.state.calls[SEND], wechat.sent()) == (1, [])
    assert (await wechat.say(DEGREE)).startswith(f"{say('wechat_late')}\n{WAGES_TITLE}")
    await wechat.say_late(DEGREE)
    assert len(wechat.sent()) == 1


async def test_wx_54_the_platform_is_not_asked_again_for_one_it_refused(wechat: Wechat) -> None:
    wechat.state.faults.next(Fault(SEND, errcode=45015))
    await wechat.say_late(WAGES)
    assert await take_all(wechat) == 0


async def test_wx_54_an_account_that_is_not_certified_calls_nothing(unverified: Wechat) -> None:
    await unverified.say_late(WAGES)
    await unverified.deliver(unverified.follower().unsubscribe())
    await unverified.settle()
    assert not unverified.state.calls


async def test_wx_54_without_redis_the_quota_still_holds(serve: Serve) -> None:
    async with serve(settings={"redis_url": "redis://127.0.0.1:1/0"}) as wechat:
        await wechat.deliver(wechat.follower().image())
        assert await take_all(wechat) == 5
        await wechat.say_late(WAGES)
        assert len(wechat.sent()) == 1
