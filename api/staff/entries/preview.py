"""How an entry that is being written would look to a citizen: on the web page, and in WeChat."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from pydantic import ValidationError

from api.channels.web import page as citizens_page
from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.parts import split
from api.channels.wechat.rendering import render
from api.choices import ChoiceSigner
from api.rendering import public_blocks
from api.storage.models import Turn
from knowledge_base.entry import Confidence, Entry, PageSource
from knowledge_base.release import Release
from knowledge_base.replies import reply_with_entry
from knowledge_base.topics import load_topics
from knowledge_base.wording import say

_FOLDERS = (Path(__file__).parents[1] / "templates", Path(citizens_page.__file__).with_name("templates"))
_templates = Environment(loader=FileSystemLoader(_FOLDERS), autoescape=True)
_BUTTON = re.compile(r'<a href="[^"]*">(.*?)</a>')
_NOTHING_YET = "（还没有填）"


@dataclass(frozen=True)
class WechatPart:
    """One WeChat message as pieces of text; `True` marks a piece that can be tapped."""

    pieces: list[tuple[str, bool]]


@dataclass(frozen=True)
class Preview:
    """`web` is a whole HTML document. `whole`: nothing had to be put in where something is missing."""

    web: str
    wechat: list[WechatPart]
    whole: bool


def preview(content: dict[str, Any], release: Release, signer: ChoiceSigner, today: date) -> Preview:
    """The entry in both channels; what is missing is marked as such."""
    entry, whole = _completed(content, today)
    entry = entry.model_copy(update={"topic": next(iter(load_topics()))})  # not shown, and a draft's may be any text
    reply = reply_with_entry(entry, release, "answered.entry")
    blocks = [block.model_dump(mode="json") for block in reply.blocks]
    turn = {
        "id": "preview",
        "text": entry.questions[0] if entry.questions else entry.title,
        "blocks": public_blocks(Turn(reply=blocks), signer),
        "receipt": "",
        "can_rate": False,
    }
    web = _templates.get_template("entries/preview.html").render(turn=turn)
    return Preview(web, _wechat(blocks), whole)


def _wechat(blocks: list[dict[str, Any]]) -> list[WechatPart]:
    text, more = render(blocks, str).text, "\n\n" + say("wechat_more")
    limit = int(WechatAccount.model_fields["max_reply_bytes"].default)
    if len(text.encode()) <= limit:
        return [WechatPart(_pieces(text))]
    *first, last = split(text, limit - len(more.encode()))
    return [*(WechatPart(_pieces(part + more)) for part in first), WechatPart(_pieces(last))]


def _pieces(text: str) -> list[tuple[str, bool]]:
    """Every second piece between the buttons is the words of one."""
    return [(piece, number % 2 == 1) for number, piece in enumerate(_BUTTON.split(text)) if piece]


def _completed(content: dict[str, Any], today: date) -> tuple[Entry, bool]:
    """The entry; where it is none yet, with something in every field that is missing or wrong."""
    try:
        return Entry.model_validate(content), True
    except ValidationError as error:
        wrong = {str(row["loc"][0]) for row in error.errors() if row["loc"]} or {"valid_until"}
    stand_ins: Mapping[str, Any] = {
        "id": _PLAINEST["id"],
        "kind": "question",
        "facets": {},
        "questions": [],
        "sources": _sound_sources(content, today),
        "next": [],
        "confusable": {},
        "valid_from": today,
        "valid_until": None,
        "review_by": today,
    }
    patched = content | {name: stand_ins.get(name, _NOTHING_YET) for name in wrong}
    try:
        return Entry.model_validate(patched), False
    except ValidationError:  # the dates contradict each other only once the others are there
        return Entry.model_validate(patched | {"valid_until": None}), False


def _sound_sources(content: dict[str, Any], today: date) -> list[Any]:
    """The sources that are filled in already, else one that says that there is none."""
    sound = []
    for row in content.get("sources") or []:
        try:
            sound += Entry.model_validate(_PLAINEST | {"sources": [row]}).sources
        except ValidationError:
            continue
    return sound or [PageSource(page="（还没有填依据）", date=today, checked=today, confidence=Confidence.PAGE)]


_PLAINEST: dict[str, Any] = {
    "id": "a.a",
    "topic": _NOTHING_YET,
    "kind": "question",
    "title": _NOTHING_YET,
    "answer": _NOTHING_YET,
    "questions": [],
    "office": _NOTHING_YET,
    "valid_from": "2000-01-01",
    "review_by": "2000-01-01",
}
