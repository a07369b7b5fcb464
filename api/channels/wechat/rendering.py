"""From stored blocks to the text of a WeChat message: short lines, no markdown, buttons as links and numbers.

A button is `<a href="weixin://bizmsgmenu?msgmenucontent=…&msgmenuid=…">`, in wide use and nowhere documented, so every
button has a number that can be sent instead. What the app makes of any other `<` in a text is not documented either: it
becomes the full-width `＜`, so that nothing but a button is ever read as a tag.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.result_text import result_paragraphs, result_sources
from knowledge_base.wording import say

_MARKDOWN = [
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*"), r"\1"),
    (re.compile(r"!?\[([^\[\]\n]+)\]\(([^()\s]+)\)(?=\S)"), r"\1 \2 "),
    (re.compile(r"!?\[([^\[\]\n]+)\]\(([^()\s]+)\)"), r"\1 \2"),
    (re.compile(r"<(https?://[^<>\s]+)>"), r"\1"),
    (re.compile(r"^#{1,6}[ \t]+", re.MULTILINE), ""),
    (re.compile(r"`+"), ""),
]
_ENDS_ADDRESS = re.compile(r"[%&#+\"'<>\\\s]")
_ARTICLE = re.compile(r"第(\d+)条")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Rendered:
    """A reply as text. `targets[n - 1]` is what the button with the number n stands for."""

    text: str
    targets: tuple[str, ...]


def render(blocks: Sequence[dict[str, Any]], name: Callable[[int], str]) -> Rendered:
    """Blocks as stored in `Turn.reply`, urgent notices first, as one text; `name` makes the id of a numbered button.

    Ids should be short: six buttons of 50 bytes less decide whether two thirds of the answers fit into one message.
    """
    shown: list[str] = []
    targets: list[str] = []
    last_list = None
    for block in sorted(blocks, key=lambda block: block.get("level") != "urgent"):
        if block["type"] == "choices":
            last_list = len(shown)
            shown.append(_choices(block, len(targets) + 1, name))
            targets += (choice["id"] for choice in block["choices"])
        elif block["type"] == "answer":
            shown.append(_answer(block))
        elif block["type"] == "result":
            shown.append(_result(block))
        else:
            shown.append(_inert(block["text"]) if block["type"] == "notice" else _plain(block["text"]))
    if last_list is not None:
        shown[last_list] += "\n" + say("wechat_reply_with_number")
    return Rendered("\n\n".join(shown), tuple(targets))


def _inert(text: str) -> str:
    """The text with no `<` that the app could take for the beginning of a tag."""
    return text.replace("<", "＜")


def _plain(text: str) -> str:
    """The text without what looks like markdown; a link becomes its words and the bare address."""
    for mark, replacement in _MARKDOWN:
        text = mark.sub(replacement, text)
    return _inert(text)


def _choices(block: dict[str, Any], first: int, name: Callable[[int], str]) -> str:
    lines = [
        f"{number}. {_button(_plain(choice['label']), name(number))}"
        for number, choice in enumerate(block["choices"], start=first)
    ]
    return "\n".join([_plain(block["prompt"]), *lines])


def _button(label: str, choice: str) -> str:
    """The label stands in the address as it is, which takes a third of the bytes, but for what would end it."""
    content = _ENDS_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", label)
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid={choice}">{label}</a>'


def _answer(block: dict[str, Any]) -> str:
    facets = [f"▪ {_plain(facet['label'])}：{_plain(facet['text'])}" for facet in block["facets"]]
    facts = [
        say("wechat_sources") + _sources(block["sources"]),
        say("wechat_checked") + _day(block["as_of"]),
        say("wechat_office") + _plain(block["office"]),
    ]
    if block["valid_until"]:
        facts.append(say("wechat_valid_until") + _day(block["valid_until"]))
    return "\n\n".join([f"【{_plain(block['title'])}】", _plain(block["text"]), *facets, "\n".join(facts)])


def _result(block: dict[str, Any]) -> str:
    sources = result_sources(block)
    law = [say("wechat_sources") + _sources(sources)] if sources else []
    facts = "\n".join([*law, say("wechat_checked") + _day(block["as_of"])])
    return "\n\n".join([*map(_plain, result_paragraphs(block)), facts])


def _sources(sources: Iterable[dict[str, Any]]) -> str:
    """Each law once with all its articles; then each page, its address on a line of its own."""
    articles: dict[tuple[str, str], list[str]] = {}
    for source in sources:
        articles.setdefault((source["title"], source["url"] or ""), []).append(source["article"] or "")
    named = {key: _plain(key[0] + _articles(numbers)) for key, numbers in articles.items()}
    unlinked = "；".join(name for (_, url), name in named.items() if not url)
    linked = [f"{name}\n{_inert(url)}" for (_, url), name in named.items() if url]
    return "\n".join(filter(None, [unlinked, *linked]))


def _articles(numbers: Iterable[str]) -> str:
    """第30条, 第38条 and 第120条之一 -> 第30、38条、第120条之一; the days of a page -> ，2026年1月5日."""
    given = list(dict.fromkeys(filter(None, numbers)))
    days = [_day(number) for number in given if _DAY.fullmatch(number)]
    whole = [match[1] for match in map(_ARTICLE.fullmatch, given) if match]
    others = [number for number in given if not _DAY.fullmatch(number) and not _ARTICLE.fullmatch(number)]
    law = "、".join([f"第{'、'.join(whole)}条", *others] if whole else others)
    return law + "".join(f"，{day}" for day in days)


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"
