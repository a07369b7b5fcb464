"""The links of a text as the app on a phone shows them."""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

_LINK = re.compile(r"""<a\s+href=(?P<quote>["'])(?P<address>.*?)(?P=quote)\s*>(?P<label>.*?)</a>""", re.DOTALL)
_MENU = "weixin://bizmsgmenu?"


@dataclass(frozen=True)
class Segment:
    """A stretch of text. `address` makes it a link to a page; `menu_id` a choice that says `content` when tapped."""

    text: str
    address: str = ""
    menu_id: str = ""
    content: str = ""


def segments(text: str) -> list[Segment]:
    """The text in stretches, links apart.

    Whether the app decodes %XX in a choice's words is nowhere said; it is done here, as anywhere else in addresses.
    """
    found: list[Segment] = []
    end = 0
    for link in _LINK.finditer(text):
        if link.start() > end:
            found.append(Segment(text[end : link.start()]))
        found.append(_segment(unescape(link["address"]), link["label"]))
        end = link.end()
    if end < len(text):
        found.append(Segment(text[end:]))
    return found


def _segment(address: str, label: str) -> Segment:
    if not address.startswith(_MENU):
        return Segment(label, address=address)
    pairs = (pair.partition("=") for pair in address.removeprefix(_MENU).split("&"))
    values = {name: unquote(value) for name, _, value in pairs}
    return Segment(label, menu_id=values.get("msgmenuid", ""), content=values.get("msgmenucontent", label))
