"""Gathers unanswered questions into cases, a piece at a time, from where it stopped last."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.clock import Clock, aware, utc_now
from api.staff.unanswered.grouping import CaseIndex, Named, Placed, Weights
from api.staff.unanswered.model import JOINED, Kind, Status
from api.staff.unanswered.sources import SOURCES, Found
from api.storage.catalogue_models import UnansweredCase, UnansweredMark, UnansweredQuestion
from knowledge_base.release import Release

_EVERY = timedelta(minutes=1)
_AT_ONCE = 1000
"""Questions of one source in one go; what is left waits for the next."""
_LATE = timedelta(minutes=2)
"""A turn may be stored a little after the time it bears."""
_LEAST_TOPIC = 0.3
"""A topic that is less probable than this is not named."""
_IN_ONE_QUERY = 500
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_STRENGTH = list(Kind)


@dataclass(frozen=True)
class Gathered:
    """How many questions came in; `more`: there are more to come."""

    count: int
    more: bool


class Gatherer:
    """Fills the cases. Only one may work at a time: the caller holds a lock."""

    def __init__(self, engine: AsyncEngine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._release: int | None = None
        self._index: CaseIndex | None = None

    async def last(self) -> datetime | None:
        """When it was last gathered."""
        async with AsyncSession(self._engine) as session:
            last = await session.scalar(select(func.min(UnansweredMark.gathered_at)))
        return aware(last) if last else None

    async def is_due(self) -> bool:
        """Whether that is long enough ago for the page to gather again."""
        last = await self.last()
        return last is None or self._clock() - last > _EVERY

    async def gather(self, release: Release) -> Gathered:
        """Gather what is new since the last time. Doing it again changes nothing.

        The release gives the weights of words, and topics for questions whose turn has none.
        """
        now = self._clock()
        count, more = 0, False
        for source, read in SOURCES.items():
            async with AsyncSession(self._engine) as session:
                mark = await session.get(UnansweredMark, source)
                since = aware(mark.read_until) if mark else _BEGINNING
                batch = await read(session, since, now, _AT_ONCE)
            try:
                count += await self._store(batch.found, release)
            except IntegrityError:  # a conversation was erased meanwhile
                more = True
                continue
            more = more or (bool(batch.found) and batch.read_until < now - timedelta(hours=1))
            read_until = max(since, min(batch.read_until, now - _LATE))
            async with AsyncSession(self._engine) as session, session.begin():
                await session.merge(UnansweredMark(source=source, read_until=read_until, gathered_at=now))
        await self._drop_empty()
        return Gathered(count, more)

    async def _store(self, found: Sequence[Found], release: Release) -> int:
        """Put questions into cases; those that are in one already may only get a stronger kind."""
        async with AsyncSession(self._engine) as session, session.begin():
            known: dict[str, UnansweredQuestion] = {}
            for some in _batched(one.turn_id for one in found):
                rows = await session.scalars(select(UnansweredQuestion).where(UnansweredQuestion.turn_id.in_(some)))
                known |= {row.turn_id: row for row in rows}
            for one in found:
                row = known.get(one.turn_id)
                if row is not None and _STRENGTH.index(one.kind) > _STRENGTH.index(Kind(row.kind)):
                    row.kind = one.kind
            new = [one for one in found if one.turn_id not in known]
            if not new:
                return 0
            joined = select(UnansweredCase.id, UnansweredCase.label).where(UnansweredCase.status.in_(JOINED))
            cases = [Named(row.id, row.label) for row in await session.execute(joined)]
            placed, topics = await asyncio.to_thread(self._place, new, cases, release)
            await self._add(session, new, placed, topics)
        return len(new)

    def _place(
        self, new: Sequence[Found], cases: Sequence[Named], release: Release
    ) -> tuple[list[Placed], dict[int, str | None]]:
        """Where each question belongs, and the topics of those that begin a case."""
        if self._index is None or self._release != release.number:
            questions = [question for entry in release.entries.values() for question in entry.questions]
            self._index, self._release = CaseIndex(Weights(questions)), release.number
        self._index.refresh(cases)
        placed = self._index.place([one.text for one in new])
        founders = {place.founder for place in placed if place.founder is not None}
        return placed, {founder: new[founder].topic or _topic_of(new[founder].text, release) for founder in founders}

    async def _add(
        self, session: AsyncSession, new: Sequence[Found], placed: Sequence[Placed], topics: dict[int, str | None]
    ) -> None:
        begun: dict[int, UnansweredCase] = {}
        for founder in sorted(topics):
            one = new[founder]
            case = UnansweredCase(label=one.text, topic=topics[founder], status=Status.OPEN, count=0)
            case.first_at = case.last_at = one.at
            begun[founder] = case
        session.add_all(begun.values())
        await session.flush()
        touched: dict[int, list[datetime]] = {}
        for one, place in zip(new, placed, strict=True):
            case_id = begun[place.founder].id if place.founder is not None else place.case_id
            assert case_id is not None  # noqa: S101 - either a case or the founder of one
            session.add(
                UnansweredQuestion(turn_id=one.turn_id, case_id=case_id, kind=one.kind, text=one.text, at=one.at)
            )
            touched.setdefault(case_id, []).append(one.at)
        await session.flush()
        for some in _batched(touched):
            cases = select(UnansweredCase).where(UnansweredCase.id.in_(some)).order_by(UnansweredCase.id)
            for case in (await session.scalars(cases.with_for_update())).all():
                times = touched[case.id]
                case.count += len(times)
                case.first_at = min(aware(case.first_at), *times)
                case.last_at = max(aware(case.last_at), *times)

    async def _drop_empty(self) -> None:
        """A conversation that is erased while it is gathered may leave a case without questions."""
        own = select(UnansweredQuestion.turn_id).where(UnansweredQuestion.case_id == UnansweredCase.id)
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(UnansweredCase).where(~own.exists()))


def _batched(things: Iterable[Any]) -> Iterator[list[Any]]:
    every = list(things)
    return (every[begin : begin + _IN_ONE_QUERY] for begin in range(0, len(every), _IN_ONE_QUERY))


def _topic_of(text: str, release: Release) -> str | None:
    topics = release.decider.decide(text).topics
    return topics[0][0] if topics and topics[0][1] >= _LEAST_TOPIC else None
