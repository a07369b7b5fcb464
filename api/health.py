"""Is it alive, is it ready, and what do its numbers say."""

import httpx
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from api.dialogue import DialogueUnavailableError
from api.services import Services, ServicesDep
from api.staff.switches.scopes import labels_of

router = APIRouter(tags=["operations"])


class Readiness(BaseModel):
    """`ready` when single questions can be answered; `parts` says what is missing for everything else.

    `switched_off`: what staff switched off; it is no reason not to be ready.
    """

    ready: bool
    release: int
    switched_off: list[str]
    parts: dict[str, str]


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """进程活着。"""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"model": Readiness}})
async def readyz(response: Response, services: ServicesDep) -> Readiness:
    """能不能接客；缺什么写在 parts 里。"""
    parts = {
        "database": await _database(services),
        "redis": await _redis(services),
        "rasa": await _rasa(services),
        "actions": await _actions(services),
    }
    ready = all(state == "ok" for state in parts.values())
    if not ready:
        response.status_code = 503
    off = labels_of((await services.staff.switches.off()).scopes)
    return Readiness(ready=ready, release=services.releases.get().number, switched_off=off, parts=parts)


async def _database(services: Services) -> str:
    try:
        await services.store.check()
    except (SQLAlchemyError, OSError):
        return "没有回应"
    return "ok"


async def _redis(services: Services) -> str:
    try:
        await services.redis.ping()
    except (RedisError, OSError):
        return "没有回应"
    return "ok"


async def _rasa(services: Services) -> str:
    try:
        await services.rasa.check()
    except DialogueUnavailableError:
        return "没有回应"
    return "ok"


async def _actions(services: Services) -> str:
    try:
        (await services.actions.get("/health")).raise_for_status()
    except httpx.HTTPError:
        return "没有回应"
    return "ok"


@router.get("/metrics", include_in_schema=False)
async def metrics() -> Response:
    """Prometheus 指标。"""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
