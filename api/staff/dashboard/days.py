"""The figures of each day: a finished day is counted once and kept in the database, today is counted anew."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.clock import Clock, shanghai_day, utc_now
from api.staff.dashboard.figures import Day, Figures, from_json
from api.staff.days import limits_of
from api.storage.models import Conversation, Feedback, Turn
from api.storage.staff_models import DailyFigures

_STRAGGLERS = timedelta(minutes=10)
"""A day is finished so long after its end: a turn may be stored a little after the time it bears."""
_FRESH = timedelta(seconds=30)
"""So long the figures of today are shown again before they are counted anew."""
_MOST_TURNS = 100_000
"""After so many turns a request stops counting days that are not kept yet; the next goes on."""
_KEPT_DAYS = 200


@dataclass(frozen=True)
class Days:
    """The figures of days in a row, the oldest first; `missing` is how many are still to be counted."""

    days: dict[date, Day]
    missing: int


class DailyStore:
    """Counts and keeps the figures."""

    def __init__(self, engine: AsyncEngine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._finished: dict[date, Day] = {}
        self._open: dict[date, tuple[datetime, Day]] = {}
        self._counting = asyncio.Lock()

    def today(self) -> date:
        """The day it is in Shanghai."""
        return shanghai_day(self._clock())

    async def last(self, count: int) -> Days:
        """The last so many days, today among them."""
        today = self.today()
        wanted = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
        async with self._counting:
            await self._load([day for day in wanted if day not in self._finished])
            counted = await self._count_missing(wanted)
        empty: Day = {}
        return Days({day: counted.get(day, empty) for day in wanted}, len(wanted) - len(counted))

    async def _load(self, wanted: Sequence[date]) -> None:
        """Read the kept figures."""
        if not wanted:
            return
        query = select(DailyFigures).where(DailyFigures.day >= wanted[0], DailyFigures.day <= wanted[-1])
        async with AsyncSession(self._engine) as session:
            rows = (await session.scalars(query)).all()
        for row in rows:
            self._finished[row.day] = {channel: from_json(stored) for channel, stored in row.figures.items()}
        for day in sorted(self._finished)[:-_KEPT_DAYS]:
            del self._finished[day]

    async def _count_missing(self, wanted: Sequence[date]) -> dict[date, Day]:
        """The figures of the days, those that are not there yet counted, the latest first."""
        async with AsyncSession(self._engine) as session:
            first = await session.scalar(select(func.min(Turn.created_at)))
        since = shanghai_day(first) if first else None
        counted: dict[date, Day] = {}
        seen = 0
        for day in reversed(wanted):
            if day in self._finished:
                counted[day] = self._finished[day]
            elif since is None or day < since:
                counted[day] = {}
            elif seen < _MOST_TURNS:
                counted[day] = await self._figures(day)
                seen += sum(figures.turns for figures in counted[day].values())
        return counted

    async def _figures(self, day: date) -> Day:
        now = self._clock()
        at, known = self._open.get(day, (None, {}))
        if at is not None and now - at < _FRESH:
            return known
        async with AsyncSession(self._engine) as session:
            figures = await _count(session, day)
        if now >= limits_of(day)[1] + _STRAGGLERS:
            self._open.pop(day, None)
            self._finished[day] = figures
            stored = {channel: one.to_json() for channel, one in figures.items()}
            async with AsyncSession(self._engine) as session, session.begin():
                await session.merge(DailyFigures(day=day, figures=stored, made_at=now))
        else:
            self._open = {day: (now, figures)} | {kept: self._open[kept] for kept in self._open if kept != day}
        return figures


async def _count(session: AsyncSession, day: date) -> Day:
    """Count a day's turns, and the ratings that were given on it."""
    begin, end = limits_of(day)
    turns = select(Conversation.channel, Turn.outcome, Turn.topic, Turn.entry_id, Turn.duration_ms)
    turns = turns.join(Turn, Turn.conversation_id == Conversation.id)
    rows = (await session.execute(turns.where(Turn.created_at >= begin, Turn.created_at < end))).all()
    ratings = select(Feedback.turn_id, Feedback.verdict, Conversation.channel)
    ratings = ratings.join(Turn, Turn.id == Feedback.turn_id).join(Conversation)
    between = (Feedback.created_at >= begin, Feedback.created_at < end)
    rated = (await session.execute(ratings.where(*between).order_by(Feedback.id))).all()
    return await asyncio.to_thread(_add_up, rows, rated)


def _add_up(rows: Sequence[Any], rated: Sequence[Any]) -> Day:
    figures: Day = {}
    for channel, outcome, topic, entry_id, duration_ms in rows:
        figures.setdefault(channel, Figures()).count(outcome, topic, entry_id, duration_ms)
    for verdict, channel in {turn_id: (verdict, channel) for turn_id, verdict, channel in rated}.values():
        figures.setdefault(channel, Figures()).ratings[verdict] += 1
    return figures
