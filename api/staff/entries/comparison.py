"""Two contents of an entry, field by field, with what was added and what was left out word by word."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from api.staff.entries.fields import CONFIDENCES, FACETS, FIELDS, GUIDES, KINDS, SOURCE_FIELDS
from knowledge_base.analysis import dictionary_words

Change = Literal["same", "added", "left_out"]


@dataclass(frozen=True)
class FieldChange:
    """A field that differs: its name and its text in pieces; `before` and `after` are the two texts whole."""

    label: str
    pieces: list[tuple[Change, str]]
    before: str
    after: str


def compare(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[FieldChange]:
    """The fields that differ, in the order of the editor. None is an entry that was not there."""
    old, new = readable(before or {}), readable(after or {})
    labels = [*new, *(label for label in old if label not in new)]
    ordered = sorted(labels, key=_position)
    texts = ((label, old.get(label, ""), new.get(label, "")) for label in ordered)
    return [FieldChange(label, _pieces(a, b), a, b) for label, a, b in texts if a != b]


def readable(content: dict[str, Any]) -> dict[str, str]:
    """An entry's fields as a clerk reads them, by label; empty ones are left out."""
    shown: dict[str, str] = {}
    for name, label in FIELDS.items():
        value = content.get(name)
        if name == "facets":
            shown |= {FACETS.get(facet, facet): str(text) for facet, text in (value or {}).items()}
        else:
            shown[label] = _readable(name, value)
    return {label: text for label, text in shown.items() if text}


def _position(label: str) -> int:
    """Facets stand where the field of that name stands."""
    names = list(FIELDS.values())
    return names.index(label) if label in names else names.index(FIELDS["facets"])


def _readable(name: str, value: Any) -> str:
    if not value:
        return ""
    match name:
        case "kind":
            return KINDS.get(value, str(value))
        case "urgent":
            return "是"
        case "sources":
            return "\n".join(map(_source, value))
        case "confusable":
            return "\n".join(f"{sibling}：{text}" for sibling, text in value.items())
        case "next":
            return "\n".join(GUIDES.get(target, str(target).removeprefix("entry:")) for target in value)
        case "questions":
            return "\n".join(map(str, value))
    return str(value)


def _source(source: dict[str, Any]) -> str:
    shown = {**source, "confidence": CONFIDENCES.get(str(source.get("confidence")), source.get("confidence"))}
    return "，".join(f"{label} {shown[name]}" for name, label in SOURCE_FIELDS.items() if shown.get(name))


def _words(text: str) -> list[str]:
    """The text cut into words, a line's end alone; joined they are the text again."""
    lines = text.split("\n")
    return [word for number, line in enumerate(lines) for word in (["\n"] if number else []) + dictionary_words(line)]


def _pieces(before: str, after: str) -> list[tuple[Change, str]]:
    old, new = _words(before), _words(after)
    pieces: list[tuple[Change, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(("same", "".join(old[a:b])))
            continue
        if b > a:
            pieces.append(("left_out", "".join(old[a:b])))
        if d > c:
            pieces.append(("added", "".join(new[c:d])))
    return pieces
