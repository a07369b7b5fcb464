"""A follower, and the XML of everything that one can send.

Fields and their order follow the platform's pages on messages and events, in capitals and gaps as pushed there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

Value = str | int | float | Mapping[str, Any]
_MEDIA = "DevelopmentOnlyMediaId"


@dataclass(frozen=True)
class FollowerMessage:
    """One message or event. Numbers are written bare, strings as CDATA, mappings as nested elements."""

    fields: Mapping[str, Value]

    @property
    def openid(self) -> str:
        """Who sent it."""
        return str(self.fields.get("FromUserName", ""))

    @property
    def kind(self) -> str:
        """The MsgType."""
        return str(self.fields.get("MsgType", ""))

    @property
    def event(self) -> str:
        """The event's name; empty for a message."""
        return str(self.fields.get("Event", ""))

    def changed(self, **fields: Value | None) -> Self:
        """A copy with fields replaced or added, and those that are None left out."""
        merged: dict[str, Value | None] = {**self.fields, **fields}
        return type(self)({name: value for name, value in merged.items() if value is not None})

    def xml(self) -> str:
        """As the platform writes it."""
        return f"<xml>{_elements(self.fields)}</xml>"


def _elements(fields: Mapping[str, Value]) -> str:
    return "".join(f"<{name}>{_content(value)}</{name}>" for name, value in fields.items())


def _content(value: Value) -> str:
    if isinstance(value, Mapping):
        return _elements(value)
    return cdata(value) if isinstance(value, str) else str(value)


def cdata(text: str) -> str:
    """Text as a CDATA section that it cannot end."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


class Follower:
    """Makes the messages of one follower; nothing is sent."""

    def __init__(self, openid: str, original_id: str, clock: Callable[[], float], message_ids: Iterator[int]) -> None:
        """`original_id`: the account's `gh_...`; `message_ids` may be shared by followers, as the platform's are."""
        self.openid = openid
        self._original_id = original_id
        self._clock = clock
        self._message_ids = message_ids

    def message(self, kind: str, /, **fields: Value) -> FollowerMessage:
        """A message of any MsgType, its MsgId last."""
        return FollowerMessage(self._head(kind) | fields | {"MsgId": next(self._message_ids)})

    def occurrence(self, name: str, /, **fields: Value) -> FollowerMessage:
        """An event of any name; events have no MsgId."""
        return FollowerMessage(self._head("event") | {"Event": name} | fields)

    def text(self, content: str) -> FollowerMessage:
        """Something typed."""
        return self.message("text", Content=content)

    def menu_choice(self, content: str, menu_id: str) -> FollowerMessage:
        """A tapped `weixin://bizmsgmenu` link: its words as a text, with its id."""
        return self.text(content).changed(bizmsgmenuid=menu_id)

    def image(self) -> FollowerMessage:
        """A picture."""
        return self.message("image", PicUrl="http://mmbiz.qpic.cn/development-only/0", MediaId=_MEDIA)

    def voice(self, recognition: str | None = None) -> FollowerMessage:
        """Speech; `recognition` None leaves the element out, as the present documentation does."""
        made = self.message("voice", MediaId=_MEDIA, Format="amr", MediaId16K=_MEDIA)
        return made.changed(Recognition=recognition)

    def video(self) -> FollowerMessage:
        """A video."""
        return self.message("video", MediaId=_MEDIA, ThumbMediaId=_MEDIA)

    def short_video(self) -> FollowerMessage:
        """A video taken in the chat."""
        return self.message("shortvideo", MediaId=_MEDIA, ThumbMediaId=_MEDIA)

    def location(
        self, latitude: float = 31.230416, longitude: float = 121.473701, label: str = "上海市黄浦区人民大道"
    ) -> FollowerMessage:
        """A place sent by hand."""
        return self.message("location", Location_X=latitude, Location_Y=longitude, Scale=15, Label=label)

    def link(self, url: str = "https://example.com/article", title: str = "一篇文章") -> FollowerMessage:
        """A shared page."""
        return self.message("link", Title=title, Description="", Url=url)

    def mini_program(self) -> FollowerMessage:
        """A shared mini program."""
        return self.message(
            "miniprogrampage", Title="小程序", AppId="wxfedcba9876543210", PagePath="pages/index", ThumbMediaId=_MEDIA
        )

    def subscribe(self, scene: str | None = None) -> FollowerMessage:
        """Follows; by a code with a scene, when one is given."""
        if scene is None:
            return self.occurrence("subscribe", EventKey="")
        return self.occurrence("subscribe", EventKey=f"qrscene_{scene}", Ticket="DevelopmentOnlyTicket")

    def unsubscribe(self) -> FollowerMessage:
        """Follows no longer."""
        return self.occurrence("unsubscribe", EventKey="")

    def scan(self, scene: str) -> FollowerMessage:
        """Scans a code with a scene, being a follower already."""
        return self.occurrence("SCAN", EventKey=scene, Ticket="DevelopmentOnlyTicket")

    def click(self, key: str) -> FollowerMessage:
        """Taps a menu button with a key."""
        return self.occurrence("CLICK", EventKey=key)

    def view(self, url: str) -> FollowerMessage:
        """Taps a menu button that opens a page."""
        return self.occurrence("VIEW", EventKey=url, MenuId=512345678)

    def reported_location(self, latitude: float = 31.230416, longitude: float = 121.473701) -> FollowerMessage:
        """Where the phone is; sent every five seconds while a chat is open."""
        return self.occurrence("LOCATION", Latitude=latitude, Longitude=longitude, Precision=65.0)

    def scan_in_menu(self, result: str) -> FollowerMessage:
        """Scans by a menu button: an event with nested elements."""
        code: Mapping[str, Value] = {"ScanType": "qrcode", "ScanResult": result}
        return self.occurrence("scancode_waitmsg", EventKey="scan", ScanCodeInfo=code)

    def _head(self, kind: str) -> dict[str, Value]:
        return {
            "ToUserName": self._original_id,
            "FromUserName": self.openid,
            "CreateTime": int(self._clock()),
            "MsgType": kind,
        }
