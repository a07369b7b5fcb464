"""What a push means: the fields of the platform's XML as one message of a follower."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from api.channels.wechat.accounts import WechatAccount

_MOST_ID = 128


class Kind(StrEnum):
    """How a push is met."""

    TEXT = "text"
    VOICE = "voice"
    LOCATION = "location"
    UNREADABLE = "unreadable"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    SCAN = "scan"
    CLICK = "click"
    IGNORED = "ignored"


_MESSAGES = {"text": Kind.TEXT, "voice": Kind.VOICE, "location": Kind.LOCATION}
_EVENTS = {
    "subscribe": Kind.SUBSCRIBE,
    "unsubscribe": Kind.UNSUBSCRIBE,
    "scan": Kind.SCAN,
    "click": Kind.CLICK,
}
"""By the event's name in lower case: the platform writes CLICK and subscribe. All others need no answer."""


@dataclass(frozen=True)
class Message:
    """One message or event.

    openid: the follower, kept in memory only; key: the same for every delivery of the push, different for any other;
    text: what was written, or recognised from speech; menu_id: the choice a tapped link stands for; event_key: what an
    event names.
    """

    kind: Kind
    openid: str
    key: str
    text: str = ""
    menu_id: str = ""
    event_key: str = ""


def read_message(account: WechatAccount, fields: Mapping[str, str]) -> Message | None:
    """A push as a message; None when it says too little, or is not addressed to this account (WX-18, WX-23)."""
    openid, sort = fields.get("FromUserName", ""), fields.get("MsgType", "").lower()
    if not (openid and sort) or len(openid) > _MOST_ID or fields.get("ToUserName") != account.original_id:
        return None
    if sort == "event":
        name = fields.get("Event", "").lower()
        event_key = fields.get("EventKey", "")
        key = _key(account.app_id, openid, fields.get("CreateTime", ""), "event", name, event_key)
        return Message(_EVENTS.get(name, Kind.IGNORED), openid, key, event_key=event_key)
    # ids of messages collide between followers
    key = _key(account.app_id, openid, fields.get("CreateTime", ""), "message", fields.get("MsgId", ""))
    text = fields.get("Content" if sort == "text" else "Recognition", "")
    menu_id = fields.get("bizmsgmenuid", "") if sort == "text" else ""
    return Message(_MESSAGES.get(sort, Kind.UNREADABLE), openid, key, text=text, menu_id=menu_id)


def _key(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
