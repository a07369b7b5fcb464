"""Unanswered questions of the last weeks."""

from datetime import date, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.dashboard.report import NEEDED_DAYS, WEEK, WEEKS_BEFORE, Rise
from api.staff.days import start_of
from api.storage.catalogue_models import UnansweredCase, UnansweredQuestion

_MOST = 100


class CaseWeeks:
    """How often cases came up this week and before."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def rises(self, today: date) -> list[Rise]:
        """The cases that came up most in the last seven days."""
        tomorrow = today + timedelta(days=1)
        week = start_of(tomorrow - timedelta(days=WEEK))
        at = UnansweredQuestion.at
        now = func.sum(case((at >= week, 1), else_=0))
        before = func.sum(case((at < week, 1), else_=0))
        since = start_of(tomorrow - timedelta(days=NEEDED_DAYS))
        weeks = select(UnansweredQuestion.case_id, now.label("now"), before.label("before"))
        weeks = weeks.where(at >= since, at < start_of(tomorrow)).group_by(UnansweredQuestion.case_id)
        most = weeks.order_by((now - before / WEEKS_BEFORE).desc()).limit(_MOST).subquery()
        query = select(UnansweredCase.label, most.c.now, most.c.before).join(most, most.c.case_id == UnansweredCase.id)
        async with AsyncSession(self._engine) as session:
            return [Rise(row.label, row.now, row.before / WEEKS_BEFORE) for row in await session.execute(query)]
