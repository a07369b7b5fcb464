"""The smallest channel that answers as it should, built on wechatpy and on nothing of the simulator."""

import asyncio
from collections.abc import Callable
from xml.sax.saxutils import escape

import xmltodict
from fastapi import FastAPI, Request
from starlette.responses import Response
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from api.channels.wechat.accounts import WechatAccount, WechatMode

Answer = Callable[[dict[str, str]], str | bytes | Response]


def reply_xml(message: dict[str, str], kind: str, content: str, **changes: str) -> str:
    """A reply to a message; `content` holds the elements of its kind."""
    head = {
        "ToUserName": message["FromUserName"],
        "FromUserName": message["ToUserName"],
        "CreateTime": message["CreateTime"],
        "MsgType": kind,
    } | changes
    return "<xml>" + "".join(f"<{name}>{escape(value)}</{name}>" for name, value in head.items()) + content + "</xml>"


def text_reply(text: str, **changes: str) -> Answer:
    """An answer that is always this text."""
    return lambda message: reply_xml(message, "text", f"<Content>{escape(text)}</Content>", **changes)


class SmallChannel:
    """`answer` gives XML, which is encrypted where it must be, or anything else, which is sent as it is."""

    def __init__(self, account: WechatAccount, clock: Callable[[], float]) -> None:
        self.account = account
        self.answer: Answer = text_reply("您好")
        self.received: list[dict[str, str]] = []
        self.queries: list[dict[str, str]] = []
        self.hang: list[asyncio.Event] = []
        """Each delivery waits for the next of these, for ever if nobody sets it."""
        self.app = FastAPI()
        self.app.get("/channels/wechat")(self._verify)
        self.app.post("/channels/wechat")(self._receive)
        self._token = account.token.get_secret_value()
        self._crypto = WeChatCrypto(self._token, account.aes_key.get_secret_value(), account.app_id)
        self._clock = clock

    async def _verify(self, request: Request) -> Response:
        query = request.query_params
        check_signature(self._token, query["signature"], query["timestamp"], query["nonce"])
        return Response(query["echostr"], media_type="text/plain")

    async def _receive(self, request: Request) -> Response:
        query = request.query_params
        check_signature(self._token, query["signature"], query["timestamp"], query["nonce"])
        body: str | bytes = (await request.body()).decode()
        encrypted = query.get("encrypt_type") == "aes"
        assert encrypted == (self.account.mode is not WechatMode.PLAIN)
        if encrypted:
            body = self._crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        message = xmltodict.parse(body)["xml"]
        self.queries.append(dict(query))
        self.received.append(message)
        if self.hang:
            await self.hang.pop(0).wait()
        answer = self.answer(message)
        if isinstance(answer, Response):
            return answer
        if isinstance(answer, str) and encrypted:
            answer = self._crypto.encrypt_message(answer, query["nonce"], str(int(self._clock())))
        return Response(answer, media_type="application/xml")
