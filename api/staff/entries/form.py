"""From the fields of the editor's form to an entry's content, fit to be published or not."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from api.staff.entries.fields import FACETS, FIELDS
from knowledge_base.entry import Entry

Pairs = Iterable[tuple[str, str]]
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_SOURCE_KINDS = {
    "law": ("law", "article", "claim", "checked", "confidence"),
    "page": ("page", "date", "url", "claim", "checked", "confidence"),
}
_FILLED_IN_ADVANCE = {"checked", "confidence"}
_MAY_BE_MISSING = {"claim", "url"}
MOST_CHARACTERS = {"title": 200, "office": 100}
"""Of one text; the linter's limits are narrower, these only keep out what was pasted by mistake."""
_MOST_CHARACTERS, _MOST_ROWS = 4000, 500


def content_of(entry_id: str, fields: Pairs) -> dict[str, Any]:
    """The content as `Entry.model_dump(mode="json")` gives it where it is an entry, else the same with what is missing
    left empty. Rows follow each other: `source_kind` begins one, `confusable_id` another. Unknown fields are left out.
    """
    given = [(name, _UNWANTED.sub("", value.replace("\r\n", "\n")).strip()) for name, value in fields]
    last = dict(given)
    content: dict[str, Any] = {"id": entry_id}
    content |= {name: last.get(name, "") for name in ("topic", "kind", "title", "answer")}
    content["urgent"] = last.get("urgent") == "true"
    facets = [(name.removeprefix("facet_"), text) for name, text in given if name.startswith("facet_") and text]
    content["facets"] = {name: text for name, text in facets if name in FACETS}
    content["questions"] = [line for line in map(str.strip, last.get("questions", "").split("\n")) if line]
    content["sources"] = list(_sources(given))
    content["next"] = [_target(value) for name, value in given if name == "next" and value]
    content["confusable"] = _confusable(given)
    content |= {name: last.get(name, "") for name in ("office", "valid_from")}
    content["valid_until"] = last.get("valid_until") or None
    content["review_by"] = last.get("review_by", "")
    return canonical(content)


def canonical(content: dict[str, Any]) -> dict[str, Any]:
    """The content in the one form that an entry has in the database, if it is an entry."""
    try:
        return Entry.model_validate(content).model_dump(mode="json")
    except ValidationError:
        return content


def _target(value: str) -> str:
    return value if value.startswith(("entry:", "guide:")) else f"entry:{value}"


def _sources(given: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    rows: list[dict[str, str]] = []
    for name, value in given:
        if name == "source_kind":
            rows.append({"kind": value})
        elif name.startswith("source_") and rows:
            rows[-1][name.removeprefix("source_")] = value
    for row in rows:
        wanted = _SOURCE_KINDS.get(row["kind"], ())
        if any(row.get(name) for name in wanted if name not in _FILLED_IN_ADVANCE):
            yield {name: row.get(name) or (None if name in _MAY_BE_MISSING else "") for name in wanted}


def _confusable(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Siblings by id; what was written twice for one is kept."""
    rows: list[list[str]] = []
    for name, value in given:
        if name == "confusable_id":
            rows.append([value, ""])
        elif name == "confusable_text" and rows:
            rows[-1][1] = value
    siblings: dict[str, str] = {}
    for sibling, text in rows:
        if sibling or text:
            siblings[sibling] = "；".join(filter(None, [siblings.get(sibling), text]))
    return siblings


def too_long(content: dict[str, Any]) -> list[str]:
    """What is too long to be kept at all, in Chinese."""
    problems = []
    for name, value in content.items():
        most = MOST_CHARACTERS.get(name, _MOST_CHARACTERS)
        if any(len(text) > most for text in _texts(value)):
            problems.append(f"“{FIELDS[name]}”太长了，一段最多 {most} 字。")
        if isinstance(value, list | dict) and len(value) > _MOST_ROWS:
            problems.append(f"“{FIELDS[name]}”太多了，最多 {_MOST_ROWS} 行。")
    return problems


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
