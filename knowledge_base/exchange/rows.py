"""One entry as one flat row of texts, and back, without loss."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge_base.entry import Confidence, Entry, Facet, LawSource, Source
from knowledge_base.exchange.columns import CONFIDENCES, FACET_ORDER, HEADERS, KINDS, NO, YES
from knowledge_base.exchange.text import escape, escape_line, join_fields, split_fields, unescape

_LAW, _PAGE = "法律", "网页"
_ARTICLE = re.compile(r"第?\s*(\d+)\s*条?\s*(之[一二三四五六七八九十])?")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0?0:00(?::00)?)?", re.ASCII)
_BETWEEN = re.compile(r"[、，,；;\s]+")
_TEXTS = ("id", "topic", "title", "answer", "office")
_DATES = ("valid_from", "valid_until", "review_by")


@dataclass(frozen=True)
class Problem:
    """Something wrong with a row, for a clerk: the column as its header names it, and what to do."""

    column: str
    reason: str


def cells_of(entry: Entry) -> dict[str, str]:
    """The row of an entry: a text for every field of `COLUMNS`; before cells are guarded against being computed."""
    order = [facet for facet in Facet if facet in entry.facets]
    given = list(entry.facets)
    cells = {name: escape(getattr(entry, name)) for name in _TEXTS}
    cells |= {name: "" if (day := getattr(entry, name)) is None else day.isoformat() for name in _DATES}
    cells |= {facet.value: escape(entry.facets.get(facet, "")) for facet in Facet}
    return cells | {
        "kind": KINDS[entry.kind],
        "urgent": YES if entry.urgent else NO,
        "questions": "\n".join(map(escape_line, entry.questions)),
        "sources": "\n".join(map(_source_line, entry.sources)),
        FACET_ORDER: "" if given == order else "、".join(facet.label for facet in given),
        "next": "\n".join(map(escape_line, entry.next)),
        "confusable": "\n".join(join_fields(pair) for pair in entry.confusable.items()),
    }


def _source_line(source: Source) -> str:
    checked, confidence = source.checked.isoformat(), CONFIDENCES[source.confidence]
    if isinstance(source, LawSource):
        article = _ARTICLE.sub(lambda match: f"第{match[1]}条{match[2] or ''}", source.article)
        return join_fields((_LAW, source.law, article, checked, confidence, source.claim))
    day = source.date.isoformat()
    return join_fields((_PAGE, source.page, day, checked, confidence, source.claim, source.url))


def content_of(cells: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """A row's entry as plain data, to be checked by `checks.entry_of`, and what could not be read.

    A field that could not be read is left out of the data.
    """
    return _RowReader(cells).read()


class _RowReader:
    """Reads one row and gathers what is wrong with it."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells
        self._problems: list[Problem] = []

    def read(self) -> tuple[dict[str, Any], list[Problem]]:
        content: dict[str, Any] = {name: unescape(self._cell(name)) for name in _TEXTS if self._cell(name)}
        content["kind"] = self._kind()
        content["urgent"] = self._urgent()
        content["facets"] = self._facets()
        content["questions"] = [unescape(line) for line in self._lines("questions")]
        sources = [self._source(number, line) for number, line in enumerate(self._lines("sources"), start=1)]
        content["sources"] = [source for source in sources if source is not None]
        content["next"] = [unescape(line) for line in self._lines("next")]
        content["confusable"] = self._confusable()
        for name in _DATES:
            content[name] = self._date(name, self._cell(name)) if self._cell(name) else None
        required = ("kind", "valid_from", "review_by")
        return {name: value for name, value in content.items() if value is not None or name not in required}, (
            self._problems
        )

    def _cell(self, name: str) -> str:
        return self._cells.get(name, "").strip()

    def _lines(self, name: str) -> list[str]:
        return [line.strip() for line in self._cells.get(name, "").split("\n") if line.strip()]

    def _wrong(self, name: str, reason: str) -> None:
        self._problems.append(Problem(HEADERS[name], reason))

    def _kind(self) -> str | None:
        given = self._cell("kind")
        kind = next((kind for kind, label in KINDS.items() if given in (kind, label)), None)
        if given and kind is None:
            self._wrong("kind", f"只能写“问答”或“办事”，现在是“{given[:20]}”")
        return kind

    def _urgent(self) -> bool:
        given = self._cell("urgent")
        if given not in ("", YES, NO):
            self._wrong("urgent", f"只能写“是”或“否”，现在是“{given[:20]}”")
        return given == YES

    def _facets(self) -> dict[str, str]:
        texts = {facet.label: (facet.value, unescape(self._cell(facet.value))) for facet in Facet}
        order = [label for label in _BETWEEN.split(self._cell(FACET_ORDER)) if label]
        for label in order:
            if label not in texts:
                self._wrong(FACET_ORDER, f"没有“{label[:20]}”这个分项")
        ordered = [texts[label] for label in dict.fromkeys([*order, *texts]) if label in texts]
        return {name: text for name, text in ordered if text}

    def _confusable(self) -> dict[str, str | None]:
        pairs: dict[str, str | None] = {}
        for number, line in enumerate(self._lines("confusable"), start=1):
            fields = split_fields(line)
            if len(fields) != 2 or None in fields:
                self._wrong("confusable", f"第 {number} 行要写成：编号｜那条讲的是什么")
            elif fields[0] in pairs:
                self._wrong("confusable", f"第 {number} 行的编号重复了")
            else:
                pairs[str(fields[0])] = fields[1]
        return pairs

    def _date(self, name: str, text: str, where: str = "") -> str | None:
        match = _DATE.fullmatch(text)
        if match:
            try:
                return date(*map(int, match.groups())).isoformat()
            except ValueError:
                pass
        self._wrong(name, f"{where}日期要像 2026-07-17，现在是“{text[:20]}”")
        return None

    def _source(self, number: int, line: str) -> dict[str, Any] | None:
        where = f"第 {number} 条依据："
        kind, *rest = split_fields(line)
        most = {_LAW: 5, _PAGE: 6}.get(kind or "")
        if most is None:
            self._wrong("sources", f"{where}开头要写“法律｜”或“网页｜”")
            return None
        if not 4 <= len(rest) <= most or None in rest[:4]:
            self._wrong("sources", f"{where}少了或多了内容，请照说明用竖线隔开各项")
            return None
        name, place, checked, sureness = (str(field) for field in rest[:4])
        claim, url = [*rest[4:], None, None][:2]
        confidence = next((key for key, label in CONFIDENCES.items() if sureness in (key.value, label)), None)
        if confidence is None:
            self._wrong("sources", f"{where}只能写“已核对”或“网页所见”，现在是“{sureness[:20]}”")
            return None
        return self._source_data(kind == _LAW, where, (name, place, checked), confidence, (claim, url))

    def _source_data(
        self,
        is_law: bool,
        where: str,
        given: tuple[str, str, str],
        confidence: Confidence,
        more: tuple[str | None, str | None],
    ) -> dict[str, Any] | None:
        name, place, checked = given
        day = self._date("sources", checked, where)
        content = {"claim": more[0], "checked": day, "confidence": confidence.value}
        if is_law:
            match = _ARTICLE.fullmatch(place)
            if match is None:
                self._wrong("sources", f"{where}条号要像 第30条 或 第30条之一，现在是“{place[:20]}”")
            article = f"{match[1]}{match[2] or ''}" if match else None
            return {"law": name, "article": article} | content if article and day else None
        seen = self._date("sources", place, where)
        return {"page": name, "date": seen, "url": more[1]} | content if seen and day else None
