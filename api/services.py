"""What the routes need, made once when the application starts, and handed to them by dependencies."""

from dataclasses import dataclass
from typing import Annotated

import httpx
from fastapi import Depends, Request
from redis.asyncio import Redis

from api.channels.wechat.service import WechatService
from api.choices import ChoiceSigner
from api.dialogue import RasaClient
from api.pipeline.limits import MessageLimits
from api.pipeline.order import SenderOrder
from api.pipeline.pipeline import Pipeline
from api.settings import Settings
from api.staff.services import StaffServices
from api.storage.conversations import ConversationStore
from knowledge_base.live_release import LiveRelease


@dataclass(frozen=True)
class Services:
    """Everything that lives as long as the application."""

    settings: Settings
    store: ConversationStore
    releases: LiveRelease
    rasa: RasaClient
    actions: httpx.AsyncClient
    redis: Redis
    signer: ChoiceSigner
    order: SenderOrder
    limits: MessageLimits
    pipeline: Pipeline
    wechat: WechatService
    staff: StaffServices


async def get_services(request: Request) -> Services:
    """The services of the running application."""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]


def client_of(request: Request) -> str:
    """The client's address, for rate limits only; it is never stored."""
    return request.client.host if request.client else ""
