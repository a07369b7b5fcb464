"""Messages as XML: pushes are read without trust, replies written so that they are read as they were meant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.expatreader import create_parser

from api.channels.wechat.errors import MalformedMessageError

MOST_BYTES = 64 * 1024
_MOST_ELEMENTS = 500
"""Far more than any push has; parsing stops there."""
_ENCODING = re.compile(r"""\ufeff?<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"']*)["']""")
# XML 1.0, production 2: what may stand in a document; the rest cannot be escaped either.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OTHER_NAMES = {"MsgID": "MsgId"}
"""Voice messages and finished template jobs were documented with the other spelling."""


@dataclass(frozen=True)
class Article:
    """One item of a news reply."""

    title: str
    description: str
    url: str
    picture_url: str


class _Children(ContentHandler):
    """Collects the children of the root without building a tree, and stops early at what no message has."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self._seen: set[str] = set()
        self._elements = 0
        self._depth = 0
        self._pieces: list[str] = []
        self._has_children = False

    def startElement(self, name: str, _attributes: AttributesImpl) -> None:  # noqa: N802 - SAX calls it so
        self._depth += 1
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise MalformedMessageError("too many elements")
        if self._depth == 1 and name != "xml":
            raise MalformedMessageError("another root")
        if self._depth == 2:
            self._begin(_OTHER_NAMES.get(name, name))
        else:
            self._has_children = True

    def _begin(self, name: str) -> None:
        if name in self._seen:
            raise MalformedMessageError("repeated element")
        self._seen.add(name)
        self._pieces = []
        self._has_children = False

    def characters(self, content: str) -> None:
        if self._depth == 2:
            self._pieces.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX calls it so
        if self._depth == 2 and not self._has_children:
            self.texts[_OTHER_NAMES.get(name, name)] = "".join(self._pieces)
        self._depth -= 1


def parse_message(body: bytes) -> dict[str, str]:
    """The children of `<xml>` and their text; `MsgID` is read as `MsgId`, numbers stay text (ids have 64 bits).

    Children that have children (`ScanCodeInfo`, `SendPicsInfo`) are left out. Nothing outside `body` is ever read.

    Raises:
        MalformedMessageError: more than 64 KiB, not UTF-8 or declared otherwise, a document type or an entity of its
            own, not well-formed, another root, a child that stands there twice, hundreds of elements (WX-20 to WX-23).
    """
    if len(body) > MOST_BYTES:
        raise MalformedMessageError("too long")
    children = _Children()
    # Without namespaces: each name would be expanded, and a long one with many attributes takes 250 MB.
    parser = create_parser(namespaceHandling=False, forbid_dtd=True)
    parser.setContentHandler(children)
    try:
        text = body.decode()
        parser.feed(text)  # given text, the parser does not choose an encoding itself
        parser.close()
    except MalformedMessageError:
        raise
    except (SAXException, ValueError) as error:  # defusedxml's refusals are ValueErrors
        raise MalformedMessageError("not well-formed") from error
    declared = _ENCODING.match(text)
    if declared and declared[1].lower() != "utf-8":
        raise MalformedMessageError("another encoding")
    return children.texts


def text_xml(to: str, sender: str, created: int, text: str) -> bytes:
    """A text reply to the follower `to` from the account `sender` (`gh_...`), created at a Unix time."""
    return _reply(to, sender, created, "text", _element("Content", text))


def news_xml(to: str, sender: str, created: int, articles: Sequence[Article]) -> bytes:
    """A reply of articles. The platform shows one after a message, up to eight after a menu click."""
    items = "".join(
        "<item>"
        + _element("Title", article.title)
        + _element("Description", article.description)
        + _element("PicUrl", article.picture_url)
        + _element("Url", article.url)
        + "</item>"
        for article in articles
    )
    return _reply(
        to, sender, created, "news", f"<ArticleCount>{len(articles)}</ArticleCount><Articles>{items}</Articles>"
    )


def envelope_xml(encrypted: str, signature: str, created: int, nonce: str) -> bytes:
    """What an encrypted reply travels in (WX-17)."""
    parts = _element("Encrypt", encrypted) + _element("MsgSignature", signature)
    return f"<xml>{parts}<TimeStamp>{created}</TimeStamp>{_element('Nonce', nonce)}</xml>".encode()


def _reply(to: str, sender: str, created: int, kind: str, content: str) -> bytes:
    address = _element("ToUserName", to) + _element("FromUserName", sender)
    return f"<xml>{address}<CreateTime>{created}</CreateTime>{_element('MsgType', kind)}{content}</xml>".encode()


def _element(tag: str, text: str) -> str:
    """The text as CDATA that cannot be left (WX-24). Dropping comes first: it may bring `]]` and `>` together.

    A carriage return becomes a line feed, which is what a parser would read.
    """
    legal = _ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return f"<{tag}><![CDATA[{legal.replace(']]>', ']]]]><![CDATA[>')}]]></{tag}>"
