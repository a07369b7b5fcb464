"""The application with an account made up for development, and beside it the platform, followers and a held-up Rasa."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from api import app as app_module
from api.channels.wechat import delivery as delivery_module
from api.channels.wechat import setup
from api.channels.wechat.accounts import WechatAccount, WechatMode
from api.channels.wechat.followers import conversation_of
from api.channels.wechat.quota import CustomerServiceQuota
from api.channels.wechat.service import WechatService
from api.channels.wechat.simulator.development import DEVELOPMENT_ONLY_OPENID, development_account
from api.channels.wechat.simulator.follower import Follower, FollowerMessage
from api.channels.wechat.simulator.judge import Outcome, Verdict
from api.channels.wechat.simulator.platform import create_platform
from api.channels.wechat.simulator.platform_state import PlatformState, SentMessage
from api.channels.wechat.simulator.push import PushClient
from tests.api import fakes
from tests.api.channels.wechat.fake_platform import Clock, FakePlatform
from tests.api.conftest import Running, Start

URL = "http://hufa.test/channels/wechat"
HASTY = "hasty"
"""The name under which the same account is served with a window that nothing can be in time for."""
SEND = "message/custom/send"
_NEVER = 3600.0
_PATIENCE = 60.0
_MOMENT = 0.01


@dataclass
class Gate:
    """Where messages to Rasa wait until it is opened."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    count: int = 0

    def open(self) -> None:
        """Let all go on, and those to come."""
        self.opened.set()


def hold(rasa: fakes.FakeRasa, wanted: Callable[[dict[str, Any]], bool] = lambda _: True) -> Gate:
    """Let Rasa answer the messages that are wanted when the gate is opened, and not before."""
    gate, answered = Gate(), rasa._message

    async def held(body: dict[str, Any]) -> httpx.Response:
        if wanted(body):
            gate.count += 1
            gate.reached.set()
            await gate.opened.wait()
        return await answered(body)

    rasa._message = held  # type: ignore[method-assign]
    return gate


@dataclass
class Wechat:
    """One running application and what is around it. `account` is the platform's idea of the account."""

    running: Running
    account: WechatAccount
    state: PlatformState
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(24_523_156_432_156_789))

    @property
    def service(self) -> WechatService:
        """The channel."""
        return self.running.services.wechat

    @property
    def rasa(self) -> fakes.FakeRasa:
        """Rasa."""
        return self.running.rasa

    def follower(self, openid: str = DEVELOPMENT_ONLY_OPENID) -> Follower:
        """Somebody who follows the account."""
        return Follower(openid, self.account.original_id, time.time, self.ids)

    def conversation(self, openid: str = DEVELOPMENT_ONLY_OPENID) -> str:
        """The id of a follower's conversation."""
        return conversation_of(fakes.SECRET_KEY, self.account, openid)

    @property
    def quota(self) -> CustomerServiceQuota:
        """The followers' allowances, as this process counts them."""
        return self.service.eraser._quota

    def client(self, name: str = "") -> PushClient:
        """The platform's side; with `HASTY`, of the path with the tiny window."""
        url = f"{URL}/{name}" if name else URL
        return PushClient(
            url, self.account, self.running.client, time.time, seconds=2 * _PATIENCE, seen=self.state.seen
        )

    async def deliver(self, message: FollowerMessage, name: str = "") -> Verdict:
        """Push once; what the platform makes of the reply."""
        self.state.seen(message)
        client = self.client(name)
        return (await client.deliver(client.request(message))).verdict

    async def say(self, text: str, openid: str = DEVELOPMENT_ONLY_OPENID) -> str:
        """Type something; the text of the reply."""
        verdict = await self.deliver(self.follower(openid).text(text))
        assert verdict.outcome is Outcome.ANSWERED, verdict
        return verdict.text

    async def say_late(self, text: str, openid: str = DEVELOPMENT_ONLY_OPENID) -> FollowerMessage:
        """Type something that is answered too late, and wait until that is done."""
        gate, message = hold(self.rasa), self.follower(openid).text(text)
        assert (await self.deliver(message, HASTY)).outcome is Outcome.ACKNOWLEDGED
        gate.open()
        await self.settle()
        return message

    async def settle(self) -> None:
        """Wait until nothing is under way any more."""
        await self.service.delivery.finish(_PATIENCE)
        await self.service.eraser.finish(_PATIENCE)

    def sent(self, openid: str = DEVELOPMENT_ONLY_OPENID) -> list[SentMessage]:
        """The customer-service messages that a follower got."""
        return self.state.sent_to(openid)

    async def deliveries(self) -> list[dict[str, Any]]:
        """The stored pushes."""
        return await self.running.table("wechat_deliveries")


async def until(condition: Callable[[], bool] | Callable[[], Awaitable[bool]]) -> None:
    """Wait until something has happened."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            happened = condition()
            if happened if isinstance(happened, bool) else await happened:
                return
            await asyncio.sleep(0.005)


def outcomes(verdicts: Sequence[Verdict]) -> list[Outcome]:
    """What became of each push."""
    return [verdict.outcome for verdict in verdicts]


def same_answer(verdicts: Sequence[Verdict]) -> bool:
    """Whether each push got the same answer."""
    return verdicts[0].outcome is Outcome.ANSWERED and set(verdicts) == {verdicts[0]}


Serve = Callable[..., AbstractAsyncContextManager[Wechat]]


@pytest.fixture
def serve(start: Start, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Starts an application with the account in a mode, with fields of it changed; `settings` are the application's.

    `beside`: another application whose platform and database it shares.
    """

    @asynccontextmanager
    async def serving(
        mode: WechatMode = WechatMode.SAFE,
        *,
        beside: Wechat | None = None,
        settings: dict[str, Any] | None = None,
        **changes: Any,
    ) -> AsyncIterator[Wechat]:
        account = development_account(mode).model_copy(update={"window_seconds": _PATIENCE} | changes)
        hasty = account.model_copy(update={"name": HASTY, "window_seconds": _MOMENT})
        state = beside.state if beside else PlatformState(account, time.time)
        transport = httpx.ASGITransport(create_platform(state))
        monkeypatch.setattr(delivery_module, "_STALE_SECONDS", _NEVER)
        monkeypatch.setattr(app_module, "load_accounts", lambda _: {"": account, HASTY: hasty})
        monkeypatch.setattr(setup, "platform_client", lambda: httpx.AsyncClient(transport=transport))
        async with start(**(settings or {})) as running:
            yield Wechat(running, account, state, beside.ids if beside else itertools.count(24_523_156_432_156_789))

    return serving


@pytest.fixture
async def wechat(serve: Serve) -> AsyncIterator[Wechat]:
    """The application with a certified account in safe mode."""
    async with serve() as one:
        yield one


@pytest.fixture
async def unverified(serve: Serve) -> AsyncIterator[Wechat]:
    """The application with an account that may not send customer-service messages."""
    async with serve(verified=False) as one:
        yield one


@pytest.fixture(params=list(WechatMode))
async def wechat_in_each_mode(serve: Serve, request: pytest.FixtureRequest) -> AsyncIterator[Wechat]:
    """The application with the account in each mode."""
    async with serve(request.param) as one:
        yield one


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until it is moved."""
    return Clock()


@pytest.fixture
def platform(clock: Clock) -> FakePlatform:
    """The platform's API as a table of prepared answers."""
    return FakePlatform(clock)
