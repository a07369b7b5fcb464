"""As many customer-service messages as the platform allows, counted over all processes."""

import asyncio

import pytest
from fakeredis import FakeAsyncRedis, FakeServer
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from api.channels.wechat.quota import CustomerServiceQuota, Opening
from tests.api.channels.wechat.fake_platform import Clock

APP = "wxba5fad812f8e6fb9"
FOLLOWER = "wx-5f2b"
HOUR = 3600


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture(params=["redis", "no redis"])
def quota(request: pytest.FixtureRequest, server: FakeServer, clock: Clock) -> CustomerServiceQuota:
    """With Redis, and with one that is down from the start."""
    server.connected = request.param == "redis"
    return _quota(server, clock)


def _quota(server: FakeServer, clock: Clock) -> CustomerServiceQuota:
    return CustomerServiceQuota(FakeAsyncRedis(server=server), clock)


async def _taken(quota: CustomerServiceQuota, tries: int = 10) -> int:
    return sum([await quota.take(APP, FOLLOWER) for _ in range(tries)])


@pytest.mark.parametrize(
    ("how", "allowed", "seconds"), [("message", 5, 48 * HOUR), ("menu", 3, 60), ("subscribe", 3, 60), ("scan", 3, 60)]
)
async def test_wx_54_so_many_within_the_time(
    quota: CustomerServiceQuota, clock: Clock, how: Opening, allowed: int, seconds: float
) -> None:
    await quota.opened(APP, FOLLOWER, how)
    assert await quota.take(APP, FOLLOWER)
    clock.move(seconds - 0.1)
    assert await _taken(quota) == allowed - 1
    await quota.opened(APP, FOLLOWER, how)
    clock.move(seconds)
    assert await _taken(quota) == 0


async def test_wx_54_the_sixth_message_is_not_sent(quota: CustomerServiceQuota) -> None:
    await quota.opened(APP, FOLLOWER, "message")
    assert [await quota.take(APP, FOLLOWER) for _ in range(6)] == [True] * 5 + [False]


async def test_who_did_nothing_is_sent_nothing(quota: CustomerServiceQuota) -> None:
    assert not await quota.take(APP, FOLLOWER)


async def test_a_new_message_opens_a_new_window_and_does_not_add(quota: CustomerServiceQuota, clock: Clock) -> None:
    for _ in range(3):
        await quota.opened(APP, FOLLOWER, "message")
        clock.move(47 * HOUR)
    assert await _taken(quota) == 5


async def test_what_ends_first_is_used_first(quota: CustomerServiceQuota, clock: Clock) -> None:
    await quota.opened(APP, FOLLOWER, "message")
    await quota.opened(APP, FOLLOWER, "menu")
    assert await _taken(quota, 3) == 3
    clock.move(61)
    assert await _taken(quota) == 5


async def test_a_menu_click_does_not_keep_the_long_window_open(quota: CustomerServiceQuota, clock: Clock) -> None:
    await quota.opened(APP, FOLLOWER, "message")
    clock.move(48 * HOUR - 1)
    await quota.opened(APP, FOLLOWER, "menu")
    clock.move(2)
    assert await _taken(quota) == 3


async def test_when_the_platform_says_no_nothing_is_left(quota: CustomerServiceQuota) -> None:
    await quota.opened(APP, FOLLOWER, "message")
    await quota.closed(APP, FOLLOWER)
    assert not await quota.take(APP, FOLLOWER)


async def test_accounts_and_followers_are_counted_apart(quota: CustomerServiceQuota) -> None:
    await quota.opened(APP, FOLLOWER, "message")
    assert not await quota.take(APP, "wx-another")
    assert not await quota.take("wx0000000000000000", FOLLOWER)
    assert await quota.take(APP, FOLLOWER)


# --- several processes ------------------------------------------------------------------------------------------------


async def test_wx_54_two_processes_that_send_at_once_send_five(server: FakeServer, clock: Clock) -> None:
    quotas = [_quota(server, clock), _quota(server, clock)]
    await quotas[0].opened(APP, FOLLOWER, "message")
    taken = await asyncio.gather(*(quota.take(APP, FOLLOWER) for quota in quotas * 10))
    assert sum(taken) == 5


async def test_wx_54_two_processes_and_a_real_redis(redis_url: str, clock: Clock) -> None:
    clients = [Redis.from_url(redis_url) for _ in range(2)]
    quotas = [CustomerServiceQuota(client, clock) for client in clients]
    await quotas[0].opened(APP, FOLLOWER, "message")
    taken = await asyncio.gather(*(quota.take(APP, FOLLOWER) for quota in quotas * 10))
    assert sum(taken) == 5
    for client in clients:
        await client.aclose()


async def test_when_redis_goes_the_process_counts_on(server: FakeServer, clock: Clock) -> None:
    quota = _quota(server, clock)
    await quota.opened(APP, FOLLOWER, "message")
    assert await _taken(quota, 3) == 3
    server.connected = False
    assert await _taken(quota) == 2


async def test_in_redis_it_ends_by_itself(server: FakeServer, clock: Clock) -> None:
    redis = FakeAsyncRedis(server=server)
    await _quota(server, clock).opened(APP, FOLLOWER, "menu")
    assert await redis.keys("*") == [f"hufa:wechat:quota:{APP}:{FOLLOWER}".encode()]
    assert 50 < await redis.ttl(f"hufa:wechat:quota:{APP}:{FOLLOWER}") <= 60


async def test_a_process_remembers_so_many_followers_and_no_more(
    server: FakeServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.channels.wechat.quota._MOST_FOLLOWERS", 2)
    quota = _quota(server, clock)
    for follower in ("first", "second", "third"):
        await quota.opened(APP, follower, "message")
    server.connected = False
    assert [await quota.take(APP, follower) for follower in ("first", "second", "third")] == [False, True, True]


async def test_answers_are_counted(quota: CustomerServiceQuota) -> None:
    def count(answer: str) -> float:
        return REGISTRY.get_sample_value("hufa_wechat_quota_total", {"answer": answer}) or 0

    before = count("granted"), count("refused")
    await quota.opened(APP, FOLLOWER, "scan")
    await _taken(quota, 5)
    assert (count("granted") - before[0], count("refused") - before[1]) == (3, 2)
