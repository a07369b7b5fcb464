"""The application factory: everything is made here, in order, and closed in reverse."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from fakeredis import FakeAsyncRedis
from fastapi import FastAPI, Request
from redis.asyncio import Redis
from starlette.responses import Response

from api import health
from api.channels import rasa_rest, rest
from api.channels.web import page
from api.channels.wechat import channel as wechat_channel
from api.channels.wechat.accounts import SERVER_PATH, WechatAccount
from api.channels.wechat.configuration import load_accounts
from api.channels.wechat.setup import Parts, open_wechat
from api.choices import ChoiceSigner
from api.dialogue import Dialogue, RasaClient
from api.middleware import BodyLimit, SecurityHeaders
from api.pipeline import steps
from api.pipeline.contact import Contact
from api.pipeline.limits import MessageLimits, TooManyMessagesError
from api.pipeline.order import SenderOrder
from api.pipeline.pipeline import Pipeline
from api.pipeline.switched import ChannelSwitch, TopicSwitch
from api.pipeline.tickets import Tickets
from api.problems import install_problem_handlers, problem_response
from api.services import Services
from api.settings import Settings
from api.staff import console
from api.staff.entries.starter import fill_empty_catalogue
from api.staff.people.first import first_administrator
from api.staff.services import open_staff
from api.storage.conversations import ConversationStore, UnknownConversationError
from api.storage.database import create_engine
from knowledge_base.live_release import LiveRelease
from knowledge_base.release import ReleaseStore
from knowledge_base.urgency import detect
from knowledge_base.wording import say

_CONNECT_SECONDS = 0.5
_REDIS_SECONDS = 1.0


def create_app(settings: Settings, release_store: ReleaseStore) -> FastAPI:
    """The application over given settings and releases. Nothing is opened before it starts.

    Raises:
        WechatConfigurationError: a WeChat account is not set up as it must be.
    """
    accounts = load_accounts(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.services = await _open_services(settings, release_store, accounts, stack)
            yield

    app = FastAPI(
        title="沪法问答",
        description="上海公共法律服务问答：只用审核过的条目回答，每个回答都有依据。",
        version="0.1.0",
        lifespan=lifespan,
        redoc_url=None,
    )
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, exempt=SERVER_PATH, larger=console.larger_limit)
    app.add_middleware(SecurityHeaders)
    install_problem_handlers(app)
    app.add_exception_handler(TooManyMessagesError, _too_many)
    app.add_exception_handler(UnknownConversationError, _unknown)
    app.include_router(rest.router)
    app.include_router(rasa_rest.router)
    app.include_router(wechat_channel.router)
    app.include_router(health.router)
    page.install(app)
    console.install(app)
    return app


async def _too_many(_: Request, error: Exception) -> Response:
    seconds = error.seconds if isinstance(error, TooManyMessagesError) else 1
    return problem_response(429, say("rate_limited", seconds=seconds), {"Retry-After": str(seconds)})


async def _unknown(_: Request, __: Exception) -> Response:
    return problem_response(404, "没有这个会话，可能已经删除了。")


async def _open_services(
    settings: Settings, release_store: ReleaseStore, accounts: Mapping[str, WechatAccount], stack: AsyncExitStack
) -> Services:
    engine = create_engine(settings.database_url)
    stack.push_async_callback(engine.dispose)
    redis: Redis = (
        Redis.from_url(settings.redis_url, socket_timeout=_REDIS_SECONDS) if settings.redis_url else FakeAsyncRedis()
    )
    stack.push_async_callback(redis.aclose)
    timeout = httpx.Timeout(settings.dialogue_timeout_seconds, connect=_CONNECT_SECONDS)
    connections = httpx.Limits(max_connections=64, max_keepalive_connections=32)
    rasa_http = httpx.AsyncClient(base_url=settings.rasa_url, timeout=timeout, limits=connections, trust_env=False)
    actions_http = httpx.AsyncClient(base_url=settings.actions_url, timeout=timeout, trust_env=False)
    await stack.enter_async_context(rasa_http)
    await stack.enter_async_context(actions_http)

    releases = LiveRelease(release_store)
    stack.callback(releases.watch().set)
    await asyncio.to_thread(detect, "")  # reads its model now, not while the first citizen waits
    store = ConversationStore(engine)
    stack.push_async_callback(store.close)
    staff = open_staff(engine, settings, release_store, releases)
    stack.push_async_callback(staff.close)
    signer = ChoiceSigner(settings.secret_key.get_secret_value())
    rasa = RasaClient(rasa_http, settings.rasa_token.get_secret_value())
    limits = MessageLimits(settings.rate_per_sender, settings.rate_per_client, settings.redis_url)
    order = SenderOrder(redis)
    pipeline = Pipeline(
        [
            steps.Once(store),
            steps.Allow(limits),
            steps.InOrder(order, store),
            steps.Normalise(),
            steps.Mask(),
            steps.Urgent(),
            steps.Length(settings.max_text_characters),
            steps.Choose(signer, releases),
            ChannelSwitch(staff.switches),
            Tickets(staff.tickets),
            Contact(),
            steps.Converse(Dialogue(rasa, releases)),
            TopicSwitch(staff.switches, releases),
            steps.Guard(releases),
            steps.Record(store, staff.tickets),
        ]
    )
    secret_key = settings.secret_key.get_secret_value()
    parts = Parts(
        engine, redis, rasa, order, pipeline, store, signer, limits, releases, staff.switches, secret_key,
        settings.public_url,
    )  # fmt: skip
    wechat = await open_wechat(accounts, parts, stack)
    await first_administrator(staff.people, settings)
    await fill_empty_catalogue(staff.live, releases.get())
    staff.checks.start()
    staff.publisher.start()
    return Services(
        settings, store, releases, rasa, actions_http, redis, signer, order, limits, pipeline, wechat, staff
    )
