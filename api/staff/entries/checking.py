"""What is still wrong with an entry that is being written: fields that are missing, then the linter's defects."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from api.staff.clock import Clock, shanghai_day, utc_now
from api.staff.entries.fields import FACETS, FIELD_OF_RULE, FIELDS, SOURCE_FIELDS
from api.staff.entries.live import LiveCatalogue
from knowledge_base.catalogue import Defect
from knowledge_base.entry import Entry
from knowledge_base.linter.neighbourhood import Neighbourhood

_AT_ONCE = 200
_WRONG = {
    "string_pattern_mismatch": "格式不对",
    "date_from_datetime_parsing": "不是日期，请写成 2026-07-01 这样",
    "date_parsing": "不是日期，请写成 2026-07-01 这样",
    "literal_error": "请选一个",
    "enum": "请选一个",
}
_ENDS_TOO_EARLY = "失效日早于生效日"
_EMPTY = "还没有填"
_EXAMPLES = {"article": "，写数字，例如 30 或 120之一", "id": "，例如 labour.unpaid-wages", "next": "，请写条目编号"}


@dataclass(frozen=True)
class Flaw:
    """Something to mend: in which field, and what to say of it."""

    field: str
    message: str

    @property
    def label(self) -> str:
        """The field's name."""
        return FIELDS[self.field]


def entry_of(content: dict[str, Any]) -> tuple[Entry | None, list[Flaw]]:
    """The entry, or what is missing for it to be one."""
    try:
        return Entry.model_validate(content), []
    except ValidationError as error:
        flaws = (_flaw(row, content) for row in error.errors())
        return None, list(dict.fromkeys(flaw for flaw in flaws if flaw))


def _flaw(error: ErrorDetails, content: dict[str, Any]) -> Flaw | None:
    where = error["loc"]
    if not where:
        return Flaw("valid_until", _ENDS_TOO_EARLY)
    field, names = str(where[0]), [FIELDS[str(where[0])]]
    last = str(where[-1])
    if field == "sources" and len(where) > 2:
        row = content["sources"][where[1]]
        if ("LawSource" if "law" in row else "PageSource") != where[2]:
            return None  # the row is no source of the other kind either, which says nothing
        names = [f"第 {int(where[1]) + 1} 条依据的{SOURCE_FIELDS.get(last, last)}"]
    elif field == "facets":
        names = [f"分项“{FACETS.get(str(where[1]), where[1])}”"]
    elif field in ("questions", "next") and len(where) > 1:
        names = [f"第 {int(where[1]) + 1} 行"]
    elif field == "confusable" and len(where) > 1:
        names = [f"“{where[1]}”的{'编号' if last == '[key]' else '说明'}"]
    value = error.get("input")
    said = _EMPTY if value in ("", None, [], {}) else _WRONG.get(error["type"], "不对")
    example = _EXAMPLES.get(last if field == "sources" else field, "") if said == "格式不对" else ""
    return Flaw(field, f"{names[0]}{said}{example}")


class EntryChecks:
    """Checks an entry among all that are live. What is live is read again when it changed."""

    def __init__(self, live: LiveCatalogue, clock: Clock = utc_now) -> None:
        self._live = live
        self._clock = clock
        self._edition = -1
        self._versions: dict[str, int] = {}
        self._entries: dict[str, Entry] = {}
        self._neighbourhood = Neighbourhood([])
        self._reading = asyncio.Lock()
        self._beginning: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Read what is live in the background, so that the first who opens an entry need not wait for it."""
        self._beginning = asyncio.create_task(self._warm_up())

    async def close(self) -> None:
        """End the reading that `start` began."""
        if self._beginning is not None:
            self._beginning.cancel()
            await asyncio.gather(self._beginning, return_exceptions=True)

    async def _warm_up(self) -> None:
        neighbourhood = await self._around()
        if self._entries:
            some = next(iter(self._entries.values()))
            await asyncio.to_thread(neighbourhood.defects, some, shanghai_day(self._clock()))

    async def flaws(self, content: dict[str, Any]) -> list[Flaw]:
        """Everything that keeps this content from being published; empty when nothing does."""
        entry, missing = entry_of(content)
        if entry is None:
            return missing
        today: date = shanghai_day(self._clock())
        neighbourhood, to_come = await self._around(), await self._live.to_come()
        defects = await asyncio.to_thread(neighbourhood.defects, entry, today, to_come)
        return [_from_linter(defect) for defect in defects]

    async def _around(self) -> Neighbourhood:
        async with self._reading:
            edition = await self._live.edition()
            if edition != self._edition:
                versions = await self._live.live_versions()
                same = {name for name, version in versions.items() if self._versions.get(name) == version}
                entries = {name: entry for name, entry in self._entries.items() if name in same}
                changed = [name for name in versions if name not in entries]
                for start in range(0, len(changed), _AT_ONCE):
                    contents = await self._live.contents(changed[start : start + _AT_ONCE])
                    entries |= await asyncio.to_thread(_entries, contents)
                ordered = [entries[name] for name in sorted(entries)]
                self._neighbourhood = await asyncio.to_thread(Neighbourhood, ordered, self._neighbourhood)
                self._edition, self._versions, self._entries = edition, versions, entries
            return self._neighbourhood


def _entries(contents: dict[str, dict[str, Any]]) -> dict[str, Entry]:
    return {name: Entry.model_validate(content) for name, content in contents.items()}


def _from_linter(defect: Defect) -> Flaw:
    field = FIELD_OF_RULE.get(defect.rule, "answer")
    if defect.rule == "length" and defect.message.startswith(FIELDS["title"]):
        field = "title"
    if defect.rule == "length" and defect.message.startswith(FIELDS["facets"]):
        field = "facets"
    return Flaw(field, defect.message)
