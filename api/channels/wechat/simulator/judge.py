"""Judges a reply as WeChat does: what the follower would see, or why it would be the notice that the account is out of
order.

Limits without an official source are those at which replies were refused in the field (see `MOST_TEXT_BYTES`).
"""

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from api.channels.wechat.accounts import WechatAccount, WechatMode
from api.channels.wechat.message_xml import Article
from api.channels.wechat.simulator.cipher import MessageCipher, UndecipherableError, signature
from api.channels.wechat.simulator.follower import FollowerMessage

OUT_OF_ORDER = "该公众号暂时无法提供服务，请稍后再试"
MOST_TEXT_BYTES = 2047
_OK = 200
_MOST_ARTICLES = 8
_KINDS = frozenset(("text", "news", "image", "voice", "video", "music", "transfer_customer_service"))
_ADDRESS = re.compile(r"https?://\S+")
_INTEGER = re.compile(r"\d{1,10}")


class Outcome(StrEnum):
    """What became of a push."""

    ANSWERED = "answered"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"


class Flaw(StrEnum):
    """Why a reply is refused, in words for the person at the simulator."""

    NO_REPLY = "连不上，或五秒内没有回复"
    NOT_200 = "状态码不是 200"
    JSON = "回复是 JSON"
    HTML = "回复是网页"
    BROKEN_XML = "不是完好的 XML"
    REPEATED_ELEMENT = "元素重复"
    MISSING_FIELD = "缺少字段"
    NOT_ENCRYPTED = "安全模式下的回复没有加密"
    WRONG_SIGNATURE = "MsgSignature 不对"
    WRONG_NONCE = "Nonce 不是推送时的 nonce"
    WRONG_TIME = "时间戳不是整数"
    UNDECIPHERABLE = "解不开"
    WRONG_RECIPIENT = "ToUserName 不是发消息的人"
    WRONG_SENDER = "FromUserName 不是公众号原始 ID"
    UNKNOWN_KIND = "没有这种 MsgType"
    EMPTY_TEXT = "文字是空的"
    LONG_TEXT = f"文字超过 {MOST_TEXT_BYTES} 字节"
    BAD_NEWS = "图文不完整"
    MANY_ARTICLES = "图文条数太多"
    WRONG_ECHO = "echostr 没有原样返回"


@dataclass(frozen=True)
class Verdict:
    """kind: the MsgType of an answer; text or articles: its content; flaw and detail: why it is rejected."""

    outcome: Outcome
    kind: str = ""
    text: str = ""
    articles: tuple[Article, ...] = ()
    flaw: Flaw | None = None
    detail: str = ""

    @property
    def reason(self) -> str:
        """Why it is rejected, for the person at the simulator; empty when it is not."""
        return "：".join(filter(None, [self.flaw, self.detail]))

    @property
    def shown(self) -> str:
        """What stands in the chat; empty after an acknowledgement."""
        if self.outcome is Outcome.REJECTED:
            return OUT_OF_ORDER
        return self.text or "\n".join(f"【{item.title}】{item.description} {item.url}" for item in self.articles)


class RejectedError(Exception):
    """A flaw found on the way through a reply."""

    def __init__(self, flaw: Flaw, detail: str = "") -> None:
        super().__init__(flaw)
        self.flaw = flaw
        self.detail = detail


@dataclass(frozen=True)
class Expected:
    """What the reply to one push must fit: the account as the platform knows it, the push's mode, nonce and message."""

    account: WechatAccount
    mode: WechatMode
    nonce: str
    message: FollowerMessage


def rejected(flaw: Flaw, detail: str = "") -> Verdict:
    """A verdict with a flaw."""
    return Verdict(Outcome.REJECTED, flaw=flaw, detail=detail)


def judge(status: int, body: bytes, expected: Expected) -> Verdict:
    """The verdict on a response. Never raises."""
    try:
        if status != _OK:
            raise RejectedError(Flaw.NOT_200, str(status))
        if body in (b"", b"success"):
            return Verdict(Outcome.ACKNOWLEDGED)
        return _answer(_opened(_parsed(body), expected), expected)
    except RejectedError as error:
        return rejected(error.flaw, error.detail)


def _parsed(body: bytes) -> Element:
    start = body.lstrip().lower()
    if start.startswith((b"{", b"[", b'"')):
        raise RejectedError(Flaw.JSON)
    if start.startswith((b"<!doctype html", b"<html")):
        raise RejectedError(Flaw.HTML)
    try:
        body.decode()
        root: Element = fromstring(body, forbid_dtd=True)
    except (UnicodeDecodeError, ParseError, DefusedXmlException) as error:
        raise RejectedError(Flaw.BROKEN_XML, type(error).__name__) from error
    if root.tag != "xml":
        raise RejectedError(Flaw.BROKEN_XML, root.tag)
    return root


def _leaves(parent: Element, nested: str = "") -> dict[str, str]:
    """Its children's texts by name; `nested` is the one that may have children of its own."""
    for name, times in Counter(child.tag for child in parent).items():
        if times > 1:
            raise RejectedError(Flaw.REPEATED_ELEMENT, name)
    for child in parent:
        if len(child) and child.tag != nested:
            raise RejectedError(Flaw.BROKEN_XML, child.tag)
    return {child.tag: child.text or "" for child in parent}


def _need(fields: dict[str, str], *names: str) -> list[str]:
    for name in names:
        if name not in fields:
            raise RejectedError(Flaw.MISSING_FIELD, name)
    return [fields[name] for name in names]


def _opened(root: Element, expected: Expected) -> Element:
    """The reply out of its envelope. In compatible mode a bare reply is taken as well."""
    if expected.mode is WechatMode.PLAIN:
        return root
    if root.find("Encrypt") is None:
        if expected.mode is WechatMode.SAFE:
            raise RejectedError(Flaw.NOT_ENCRYPTED)
        return root
    encrypted, given, time, nonce = _need(_leaves(root), "Encrypt", "MsgSignature", "TimeStamp", "Nonce")
    if not _INTEGER.fullmatch(time):
        raise RejectedError(Flaw.WRONG_TIME, time)
    if nonce != expected.nonce:
        raise RejectedError(Flaw.WRONG_NONCE, nonce)
    if given != signature(expected.account.token.get_secret_value(), time, nonce, encrypted):
        raise RejectedError(Flaw.WRONG_SIGNATURE)
    cipher = MessageCipher(expected.account.app_id, expected.account.aes_key.get_secret_value())
    try:
        return _parsed(cipher.decrypt(encrypted))
    except UndecipherableError as error:
        raise RejectedError(Flaw.UNDECIPHERABLE, str(error)) from error


def _answer(root: Element, expected: Expected) -> Verdict:
    fields = _leaves(root, nested=_nested(root))
    recipient, sender, time, kind = _need(fields, "ToUserName", "FromUserName", "CreateTime", "MsgType")
    if recipient != expected.message.openid:
        raise RejectedError(Flaw.WRONG_RECIPIENT)
    if sender != expected.account.original_id:
        raise RejectedError(Flaw.WRONG_SENDER)
    if not _INTEGER.fullmatch(time):
        raise RejectedError(Flaw.WRONG_TIME, time)
    if kind not in _KINDS:
        raise RejectedError(Flaw.UNKNOWN_KIND, kind)
    if kind == "text":
        return Verdict(Outcome.ANSWERED, kind, text=_text(fields))
    if kind == "news":
        return Verdict(Outcome.ANSWERED, kind, articles=_articles(root, fields, expected.message))
    return Verdict(Outcome.ANSWERED, kind, text=f"〔{kind}〕")


def _nested(root: Element) -> str:
    """The one element of a kind of reply that holds others."""
    nested = {"news": "Articles", "image": "Image", "voice": "Voice", "video": "Video", "music": "Music"}
    return nested.get(root.findtext("MsgType", ""), "TransInfo")


def _text(fields: dict[str, str]) -> str:
    (text,) = _need(fields, "Content")
    if not text.strip():
        raise RejectedError(Flaw.EMPTY_TEXT)
    size = len(text.encode())
    if size > MOST_TEXT_BYTES:
        raise RejectedError(Flaw.LONG_TEXT, str(size))
    return text


def _articles(root: Element, fields: dict[str, str], message: FollowerMessage) -> tuple[Article, ...]:
    count, _ = _need(fields, "ArticleCount", "Articles")
    items = [_leaves(item) for item in root.findall("Articles/item")]
    if not items or count != str(len(items)):
        raise RejectedError(Flaw.BAD_NEWS, count)
    if len(items) > (_MOST_ARTICLES if message.kind == "event" else 1):
        raise RejectedError(Flaw.MANY_ARTICLES, count)
    found = []
    for item in items:
        title, description, picture_url, url = _need(item, "Title", "Description", "PicUrl", "Url")
        if not (title and _ADDRESS.fullmatch(url)):
            raise RejectedError(Flaw.BAD_NEWS, title)
        found.append(Article(title, description, url, picture_url))
    return tuple(found)
