"""A follower, the platform and a channel that answers as it should, all in one process, on a clock that stands."""

import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from api.channels.wechat.accounts import WechatAccount, WechatMode
from api.channels.wechat.simulator.development import DEVELOPMENT_ONLY_OPENID, development_account
from api.channels.wechat.simulator.follower import Follower
from api.channels.wechat.simulator.platform import create_platform
from api.channels.wechat.simulator.platform_state import PlatformState
from api.channels.wechat.simulator.push import PushClient
from tests.api.channels.wechat.simulator.small_channel import SmallChannel

URL = "http://hufa.test/channels/wechat"


@dataclass
class Clock:
    """Stands until it is moved."""

    now: float = 1_714_112_445.0

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    """Everything a test needs. `channel.answer` may be replaced."""

    account: WechatAccount
    clock: Clock
    channel: SmallChannel
    state: PlatformState
    http: httpx.AsyncClient
    api: httpx.AsyncClient
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(24_523_156_432_156_789))

    def follower(self, openid: str = DEVELOPMENT_ONLY_OPENID) -> Follower:
        return Follower(openid, self.account.original_id, self.clock, self.ids)

    def client(self, seconds: float = 5.0, retries: int = 3) -> PushClient:
        return PushClient(
            URL, self.account, self.http, self.clock, seconds=seconds, retries=retries, seen=self.state.seen
        )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_world(clock: Clock) -> Callable[[WechatMode], World]:
    def make(mode: WechatMode = WechatMode.SAFE) -> World:
        account = development_account(mode)
        channel = SmallChannel(account, clock)
        state = PlatformState(account, clock)
        http = httpx.AsyncClient(transport=httpx.ASGITransport(channel.app))
        api = httpx.AsyncClient(
            transport=httpx.ASGITransport(create_platform(state)), base_url="http://api.test/cgi-bin"
        )
        return World(account, clock, channel, state, http, api)

    return make


@pytest.fixture
async def world(make_world: Callable[[WechatMode], World]) -> AsyncIterator[World]:
    made = make_world(WechatMode.SAFE)
    async with made.http, made.api:
        yield made
