"""Finds turns by receipt, day, entry, outcome and topic: as fast among a million as among ten.

Every list is read from an index in the order it is shown in, as far as the page goes, and never counted to the end. The
indexes of entries and topics go by outcome, and a family is several: one list is read for each outcome, and
these are merged.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.clock import aware
from api.staff.days import limits_of
from api.staff.outcomes import family_of
from api.storage.models import Conversation, Feedback, Turn
from api.storage.turn_outcomes import known_outcomes

PAGE = 50
COUNTED = 1000
"""From here on a list is said to have more than so many."""
TURNS_SHOWN = 300
_RECEIPT_CHARACTERS = 8
_CURSOR = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})_([0-9a-zA-Z-]{1,32})")


@dataclass(frozen=True)
class TurnFilter:
    """Which turns to list; empty or None means all."""

    day: date | None = None
    entry_id: str = ""
    family: str = ""
    topic: str = ""


@dataclass(frozen=True)
class Cursor:
    """A place in the list: the turn before which, or after which, a page begins."""

    at: datetime
    turn_id: str

    def __str__(self) -> str:
        return f"{aware(self.at).astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%S.%f')}_{self.turn_id}"


def read_cursor(text: str) -> Cursor | None:
    """A place as a link names it; None when it is none."""
    match = _CURSOR.fullmatch(text)
    if match is None:
        return None
    try:
        return Cursor(datetime.fromisoformat(match[1]).replace(tzinfo=UTC), match[2])
    except ValueError:
        return None


def read_receipt(text: str) -> str:
    """A receipt as it is stored, however it was typed: `k7mq 2xwd` is K7MQ-2XWD. Empty when it cannot be one."""
    code = re.sub(r"[\s\-—–－]", "", text).upper()
    if len(code) != _RECEIPT_CHARACTERS or not code.isascii() or not code.isalnum():
        return ""
    return f"{code[:4]}-{code[4:]}"


@dataclass(frozen=True)
class TurnPage:
    """A page of turns, the newest first. `older` and `newer`: where the next pages begin, None when there is none."""

    turns: Sequence[Any]
    older: Cursor | None
    newer: Cursor | None
    count: int
    """How many there are in all, `COUNTED` + 1 standing for more than `COUNTED`."""


@dataclass(frozen=True)
class ConversationView:
    """A conversation with its last turns, and what the citizen said of each, by turn id."""

    conversation: Conversation
    turns: Sequence[Turn]
    feedback: dict[str, list[Feedback]]


class TurnFinder:
    """Reads turns and conversations for people."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def by_receipt(self, receipt: str) -> Turn | None:
        """The turn with this receipt, as `read_receipt` gives it."""
        async with AsyncSession(self._engine) as session:
            found: Turn | None = await session.scalar(select(Turn).where(Turn.receipt == receipt))
            return found

    async def page(self, wanted: TurnFilter, cursor: Cursor | None = None, *, newer: bool = False) -> TurnPage:
        """Fifty turns from a place on, towards the older or the newer."""
        async with AsyncSession(self._engine) as session:
            lists = await self._lists(session, wanted)
            place = _beyond(cursor, newer) if cursor else []
            keys = await _first(session, [[*one, *place] for one in lists], PAGE + 1, newer=newer)
            shown = keys[:PAGE][::-1] if newer else keys[:PAGE]
            more = len(keys) > PAGE
            turns = await _turns(session, [key[1] for key in shown])
            count = await _count(session, lists)
        first, last = (Cursor(*shown[0]), Cursor(*shown[-1])) if shown else (None, None)
        return TurnPage(
            turns=turns,
            older=last if more or newer else None,
            newer=first if (more if newer else cursor is not None) else None,
            count=count,
        )

    async def conversation(self, conversation_id: str) -> ConversationView | None:
        """A conversation; None when there is none (any more)."""
        if "\0" in conversation_id:
            return None
        async with AsyncSession(self._engine) as session:
            found = await session.get(Conversation, conversation_id)
            if found is None:
                return None
            own = select(Turn).where(Turn.conversation_id == conversation_id)
            turns = (await session.scalars(own.order_by(Turn.number.desc()).limit(TURNS_SHOWN))).all()[::-1]
            said = select(Feedback).join(Turn).where(Turn.conversation_id == conversation_id).order_by(Feedback.id)
            feedback: dict[str, list[Feedback]] = {}
            for row in (await session.scalars(said)).all():
                feedback.setdefault(row.turn_id, []).append(row)
        return ConversationView(found, turns, feedback)

    async def _lists(self, session: AsyncSession, wanted: TurnFilter) -> list[list[ColumnElement[bool]]]:
        """The conditions of each list; together they hold every turn that is wanted, once."""
        common: list[ColumnElement[bool]] = []
        if wanted.day:
            begin, end = limits_of(wanted.day)
            common += [Turn.created_at >= begin, Turn.created_at < end]
        if wanted.entry_id:
            common.append(Turn.entry_id == wanted.entry_id)
        if wanted.topic:
            common.append(Turn.topic == wanted.topic)
        if not (wanted.family or wanted.topic or wanted.entry_id):
            return [common]
        known = await known_outcomes(session)
        outcomes = [name for name in known if not wanted.family or family_of(name) == wanted.family]
        return [[Turn.outcome == name, *common] for name in outcomes]


def _beyond(cursor: Cursor, newer: bool) -> list[ColumnElement[bool]]:
    at, turn_id = cursor.at, cursor.turn_id
    if newer:
        return [Turn.created_at >= at, or_(Turn.created_at > at, and_(Turn.created_at == at, Turn.id > turn_id))]
    return [Turn.created_at <= at, or_(Turn.created_at < at, and_(Turn.created_at == at, Turn.id < turn_id))]


async def _first(
    session: AsyncSession, lists: Sequence[Sequence[ColumnElement[bool]]], limit: int, *, newer: bool
) -> list[tuple[datetime, str]]:
    """Time and id of the first turns of the merged lists."""
    keys: list[tuple[datetime, str]] = []
    columns = (Turn.created_at, Turn.id)
    order = [column.asc() if newer else column.desc() for column in columns]
    parts = [select(*columns).where(*conditions).order_by(*order).limit(limit).subquery() for conditions in lists]
    if parts:
        merged = union_all(*(select(part) for part in parts))
        keys = [(aware(row[0]), row[1]) for row in await session.execute(merged)]
    return sorted(keys, reverse=not newer)[:limit]


async def _count(session: AsyncSession, lists: Sequence[Sequence[ColumnElement[bool]]]) -> int:
    """How many turns there are in all lists, but no more than one over `COUNTED`."""
    if not lists:
        return 0
    parts = [select(Turn.id).where(*conditions).limit(COUNTED + 1).subquery() for conditions in lists]
    some = union_all(*(select(part) for part in parts)).limit(COUNTED + 1).subquery()
    return await session.scalar(select(func.count()).select_from(some)) or 0


async def _turns(session: AsyncSession, turn_ids: Sequence[str]) -> list[Any]:
    """The turns in the order of their ids given, without their replies."""
    columns = (Turn.id, Turn.conversation_id, Turn.text, Turn.outcome, Turn.topic, Turn.entry_id, Turn.receipt)
    query = select(*columns, Turn.created_at, Conversation.channel).join(Conversation)
    rows = {row.id: row for row in await session.execute(query.where(Turn.id.in_(turn_ids)))}
    return [rows[turn_id] for turn_id in turn_ids if turn_id in rows]
