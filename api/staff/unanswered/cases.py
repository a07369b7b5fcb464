"""Reads and changes cases of unanswered questions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.clock import Clock, shanghai_day, utc_now
from api.staff.days import start_of
from api.staff.people.staff import Staff, staff_of
from api.staff.permissions import Permission
from api.staff.unanswered.model import TO_DO, Kind, Status, UnansweredError
from api.storage.catalogue_models import UnansweredCase, UnansweredQuestion
from api.storage.models import Turn
from api.storage.staff_models import StaffMember

PAGE = 50
WEEKS = 4
QUESTIONS_SHOWN = 200
_REASON_CHARACTERS = 500
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class CaseFilter:
    """Which cases to list; None or empty means all. `statuses` are those of the model."""

    statuses: Collection[Status] = TO_DO
    kind: Kind | None = None
    topic: str = ""
    owner_id: int | None = None
    newest: bool = False


@dataclass(frozen=True)
class CaseRow:
    """A case in the list. `weeks`: its questions in each of the last four weeks, the latest last."""

    case: UnansweredCase
    owner: str | None
    weeks: tuple[int, ...]


@dataclass(frozen=True)
class Asked:
    """A question of a case, with the turn that it came from."""

    question: UnansweredQuestion
    turn: Turn


@dataclass(frozen=True)
class CaseView:
    """A case with its questions, the newest first, at most `QUESTIONS_SHOWN`; `wordings` are their different texts."""

    case: UnansweredCase
    owner: str | None
    weeks: tuple[int, ...]
    asked: Sequence[Asked]
    wordings: Sequence[str] = field(default_factory=tuple)


class CaseStore:
    """Cases in the database."""

    def __init__(self, engine: AsyncEngine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def today(self) -> date:
        """The day it is in Shanghai."""
        return shanghai_day(self._clock())

    async def page(self, wanted: CaseFilter, number: int) -> tuple[list[CaseRow], int]:
        """A page of cases and how many there are in all."""
        query = _filtered(wanted)
        first = UnansweredCase.last_at if wanted.newest else UnansweredCase.count
        async with AsyncSession(self._engine) as session:
            count = await session.scalar(select(func.count()).select_from(query.subquery())) or 0
            shown = query.add_columns(StaffMember.name)
            shown = shown.outerjoin(StaffMember, StaffMember.id == UnansweredCase.owner_id)
            shown = shown.order_by(first.desc(), UnansweredCase.id.desc()).limit(PAGE).offset((number - 1) * PAGE)
            rows = (await session.execute(shown)).all()
            weeks = await self._weeks(session, [row[0].id for row in rows])
        return [CaseRow(row[0], row[1], weeks[row[0].id]) for row in rows], count

    async def find(self, case_id: int) -> CaseView | None:
        """One case; None when there is none (any more)."""
        async with AsyncSession(self._engine) as session:
            found = await session.get(UnansweredCase, case_id)
            if found is None:
                return None
            owner = await session.get(StaffMember, found.owner_id) if found.owner_id else None
            query = (
                select(UnansweredQuestion, Turn)
                .join(Turn, Turn.id == UnansweredQuestion.turn_id)
                .where(UnansweredQuestion.case_id == case_id)
                .order_by(UnansweredQuestion.at.desc(), UnansweredQuestion.turn_id)
                .limit(QUESTIONS_SHOWN)
            )
            asked = [Asked(row[0], row[1]) for row in await session.execute(query)]
            weeks = await self._weeks(session, [case_id])
        wordings = list(dict.fromkeys(one.question.text for one in asked))
        return CaseView(found, owner.name if owner else None, weeks[case_id], asked, wordings)

    async def workers(self) -> list[Staff]:
        """Who may work on cases, by name."""
        async with AsyncSession(self._engine) as session:
            members = (await session.scalars(select(StaffMember).where(StaffMember.active))).all()
        everybody = (staff_of(member, "") for member in members)
        may = [staff for staff in everybody if staff.may(Permission.WORK_UNANSWERED)]
        return sorted(may, key=lambda staff: staff.name)

    async def assign(self, case_id: int, owner_id: int | None, due: date | None) -> None:
        """Give the case to somebody, or to nobody.

        Raises:
            UnansweredError: there is no such case or person, or the day is past.
        """
        if owner_id is not None and owner_id not in {staff.id for staff in await self.workers()}:
            raise UnansweredError("请从名单里选一个人。")
        if due is not None and due < self.today():
            raise UnansweredError("期限不能早于今天。")
        if due is not None and owner_id is None:
            raise UnansweredError("定了期限，就请选一个人来办。")
        status = Status.OPEN if owner_id is None else Status.ASSIGNED
        await self._change(case_id, TO_DO, owner_id=owner_id, due=due, status=status)

    async def take_up(self, case_id: int, staff: Staff, entry_id: str) -> None:
        """Remember in which entry the case is being answered; it is the person's own unless it is somebody's."""
        view = await self.find(case_id)
        if view is None:
            raise UnansweredError(_GONE)
        owner_id = view.case.owner_id or staff.id
        await self._change(case_id, TO_DO, owner_id=owner_id, status=Status.ASSIGNED, entry_id=entry_id)

    async def finish(self, case_id: int) -> None:
        """The case is dealt with."""
        await self._change(case_id, TO_DO, status=Status.DONE)

    async def dismiss(self, case_id: int, reason: str) -> None:
        """Nothing is to be done.

        Raises:
            UnansweredError: there is no such case, it is not to do, or there is no reason.
        """
        if not reason.strip():
            raise UnansweredError("请写明为什么不处理。")
        if len(reason) > _REASON_CHARACTERS:
            raise UnansweredError(f"理由最多 {_REASON_CHARACTERS} 个字。")
        await self._change(case_id, TO_DO, status=Status.DISMISSED, reason=reason.strip())

    async def reopen(self, case_id: int) -> None:
        """Work on the case again."""
        closed = (Status.DONE, Status.DISMISSED)
        await self._change(case_id, closed, status=Status.OPEN, reason=None, owner_id=None, due=None)

    async def _change(self, case_id: int, allowed: Collection[Status], **values: Any) -> None:
        async with AsyncSession(self._engine) as session, session.begin():
            found = await session.get(UnansweredCase, case_id, with_for_update=True)
            if found is None:
                raise UnansweredError(_GONE)
            if found.status not in allowed:
                raise UnansweredError(f"这个问题现在是“{Status(found.status).label}”，不能这样做。请刷新页面看看。")
            for name, value in values.items():
                setattr(found, name, value)

    async def _weeks(self, session: AsyncSession, case_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
        """How many questions each case got in each of the last weeks, today's being the last day of the last."""
        weeks = dict.fromkeys(case_ids, (0,) * WEEKS)
        tomorrow = self.today() + timedelta(days=1)
        begins = [start_of(tomorrow - _WEEK * back) for back in range(WEEKS, -1, -1)]
        at = UnansweredQuestion.at
        sums = [func.sum(case(((at >= begin) & (at < end), 1), else_=0)) for begin, end in pairwise(begins)]
        query = select(UnansweredQuestion.case_id, *sums).where(
            UnansweredQuestion.case_id.in_(case_ids), at >= begins[0]
        )
        for row in await session.execute(query.group_by(UnansweredQuestion.case_id)):
            weeks[row[0]] = tuple(row[1:])
        return weeks


_GONE = "这个问题已经没有了，可能是市民删除了对话。"


def _filtered(wanted: CaseFilter) -> Select[Any]:
    query = select(UnansweredCase)
    if wanted.statuses:
        query = query.where(UnansweredCase.status.in_(wanted.statuses))
    if wanted.kind:
        own = select(UnansweredQuestion.turn_id).where(UnansweredQuestion.case_id == UnansweredCase.id)
        query = query.where(own.where(UnansweredQuestion.kind == wanted.kind).exists())
    if wanted.topic:
        query = query.where(UnansweredCase.topic == wanted.topic)
    if wanted.owner_id is not None:
        query = query.where(UnansweredCase.owner_id == wanted.owner_id)
    return query
