"""Put the channel together over the services of the application."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.api_client import WechatApi
from api.channels.wechat.breaker import CircuitBreaker
from api.channels.wechat.customer_service import CustomerService
from api.channels.wechat.delivery import Delivery
from api.channels.wechat.dispatch import Dispatcher
from api.channels.wechat.followers import Eraser
from api.channels.wechat.quota import CustomerServiceQuota
from api.channels.wechat.service import WechatService
from api.channels.wechat.tokens import TokenHolder
from api.choices import ChoiceSigner
from api.dialogue import RasaClient
from api.pipeline.limits import MessageLimits
from api.pipeline.order import SenderOrder
from api.pipeline.pipeline import Pipeline
from api.staff.switches.board import SwitchBoard
from api.storage.conversations import ConversationStore
from api.storage.wechat_deliveries import DeliveryStore
from knowledge_base.live_release import LiveRelease

_FINISH_SECONDS = 5.0
_PLATFORM_SECONDS = 10.0


@dataclass(frozen=True)
class Parts:
    """What the channel takes from the application."""

    engine: AsyncEngine
    redis: Redis
    rasa: RasaClient
    order: SenderOrder
    pipeline: Pipeline
    conversations: ConversationStore
    signer: ChoiceSigner
    limits: MessageLimits
    releases: LiveRelease
    switches: SwitchBoard
    secret_key: str
    public_url: str


def platform_client() -> httpx.AsyncClient:
    """An HTTP client for the platform's API."""
    return httpx.AsyncClient(timeout=_PLATFORM_SECONDS, trust_env=False)


async def open_wechat(accounts: Mapping[str, WechatAccount], parts: Parts, stack: AsyncExitStack) -> WechatService:
    """The channel for these accounts; without any it answers nothing. What it opens is closed with the stack."""
    http = await stack.enter_async_context(platform_client())
    deliveries = DeliveryStore(parts.engine)
    quota = CustomerServiceQuota(parts.redis, time.time)
    apis = {
        account.app_id: WechatApi(
            account, http, TokenHolder(account, http, parts.redis, time.time), CircuitBreaker(time.monotonic)
        )
        for account in accounts.values()
    }
    dispatcher = Dispatcher(
        parts.pipeline, parts.conversations, deliveries, parts.signer, parts.limits, parts.releases, parts.switches,
        parts.public_url,
    )  # fmt: skip
    sender = CustomerService(apis, quota)
    eraser = Eraser(parts.order, parts.rasa, parts.conversations, deliveries, quota)
    delivery = Delivery(dispatcher, deliveries, parts.order, quota, sender.send, eraser.erase)
    if accounts:
        sweeping = asyncio.create_task(eraser.keep_sweeping())
        stack.callback(sweeping.cancel)
        stack.push_async_callback(eraser.finish, _FINISH_SECONDS)
        stack.push_async_callback(delivery.finish, _FINISH_SECONDS)
    return WechatService(accounts, parts.secret_key, delivery, eraser)
