"""What a guide came to, as paragraphs of plain text, for channels that show nothing else."""

from collections.abc import Iterable, Mapping
from typing import Any

from knowledge_base.wording import say

_MARKS = {"first": "option_first", "possible": "option_possible", "not_now": "option_not_now"}


def result_paragraphs(block: Mapping[str, Any]) -> list[str]:
    """The paragraphs of a result block, without its sources: conclusion, days, ways, lists, text to fill in."""
    paragraphs = [f"【{block['title']}】", block["headline"], block["text"]]
    paragraphs.append(_list(say("result_why"), (reason["text"] for reason in block["reasons"])))
    paragraphs += [f"{day['label']}：{_day(day)}\n{day['counted']}" for day in block["days"]]
    for option in block["options"]:
        rows = (f"{heading}：{text}" for heading, text in option["rows"])
        paragraphs.append("\n".join([f"▪ {option['name']}（{say(_MARKS[option['fit']])}）", *rows]))
    for section in block["sections"]:
        paragraphs.append(_list(section["title"], section["items"], "□ " if section["tick"] else "· "))
    if block["document"]:
        paragraphs += [say("result_document"), *block["document"]]
    return [paragraph for paragraph in paragraphs if paragraph]


def result_sources(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All sources of a result, each once, in the order in which they come."""
    parts = (part for name in ("reasons", "days", "options", "sections") for part in block[name])
    sources: list[dict[str, Any]] = []
    for part in parts:
        sources += [source for source in part["sources"] if source not in sources]
    return sources


def _day(day: Mapping[str, Any]) -> str:
    return chinese_day(day["day"]) if day["day"] else say("result_no_day")


def chinese_day(iso: str) -> str:
    """2026-12-08 -> 2026年12月8日."""
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def _list(title: str, items: Iterable[str], mark: str = "· ") -> str:
    lines = [f"{mark}{item}" for item in items]
    return "\n".join([f"{title}：", *lines]) if lines else ""
