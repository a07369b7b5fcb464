"""The server URL of the Official Accounts: `GET|POST /channels/wechat[/<name>]`.

Whatever happens, the platform gets valid XML or `success` in time: anything else it shows to the citizen as
"该公众号暂时无法提供服务".
"""

import logging
import time
from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from api.channels.wechat.accounts import SERVER_PATH, WechatAccount
from api.channels.wechat.delivery import text_of
from api.channels.wechat.envelope import Push, open_push, seal, verify_url
from api.channels.wechat.errors import MalformedMessageError, RefusedPushError
from api.channels.wechat.message_xml import MOST_BYTES, Article, news_xml, text_xml
from api.channels.wechat.service import WechatService
from api.metrics import WECHAT_PUSHES
from api.services import ServicesDep
from api.storage.models import WechatDelivery
from knowledge_base.wording import say

_SUCCESS = "success"
_log = logging.getLogger(__name__)
router = APIRouter(tags=["wechat"], include_in_schema=False)


@router.get(SERVER_PATH)
@router.get(SERVER_PATH + "/{name}")
async def verify(request: Request, services: ServicesDep, name: str = "") -> Response:
    """微信平台验证服务器地址。"""
    account = services.wechat.accounts.get(name)
    if account is None:
        return PlainTextResponse("", 404)
    try:
        return PlainTextResponse(verify_url(account, _query(request), time.time()))
    except RefusedPushError as error:
        return _refused(error)


@router.post(SERVER_PATH)
@router.post(SERVER_PATH + "/{name}")
async def receive(request: Request, services: ServicesDep, name: str = "") -> Response:
    """收微信平台推送的一条消息或一个事件。"""
    started = time.monotonic()
    account = services.wechat.accounts.get(name)
    if account is None:
        return PlainTextResponse("", 404)
    try:
        push = open_push(account, _query(request), await _body(request), time.time())
    except RefusedPushError as error:
        return _refused(error)
    except MalformedMessageError as error:
        WECHAT_PUSHES.labels("malformed").inc()
        _log.warning("wechat: a push could not be read: %s", error)
        return PlainTextResponse(_SUCCESS)
    return await _respond(services.wechat, account, push, started)


async def _respond(service: WechatService, account: WechatAccount, push: Push, started: float) -> Response:
    try:
        delivery = await service.answer(account, push, started)
        xml = _xml(account, push.fields, delivery) if delivery else b""
    except Exception:
        _log.exception("wechat: a push could not be answered")
        xml = _apology(account, push.fields)
    if not xml:
        return PlainTextResponse(_SUCCESS)
    return Response(seal(account, push, xml, time.time()), media_type="application/xml")


def _xml(account: WechatAccount, fields: Mapping[str, str], delivery: WechatDelivery) -> bytes:
    openid = fields["FromUserName"]
    if delivery.articles:
        articles = [Article(**article) for article in delivery.articles]
        return news_xml(openid, account.original_id, delivery.created, articles)
    text = text_of(delivery)
    return text_xml(openid, account.original_id, delivery.created, text) if text else b""


def _apology(account: WechatAccount, fields: Mapping[str, str]) -> bytes:
    """Said to a person who asked something; an event is only acknowledged."""
    openid = fields.get("FromUserName", "")
    if not openid or fields.get("MsgType", "").lower() == "event":
        return b""
    return text_xml(openid, account.original_id, int(time.time()), say("failed"))


def _refused(error: RefusedPushError) -> Response:
    WECHAT_PUSHES.labels("refused").inc()
    _log.warning("wechat: a push was refused: %s", error.reason)
    return PlainTextResponse("", 403)


def _query(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.url.query, keep_blank_values=True)


async def _body(request: Request) -> bytes:
    """The body, or a little more than the limit of it: whoever reads it refuses what is too long."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            break
    return body
