"""The list of entries: filtered, a page at a time, and what waits for somebody. Only what a list shows is read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, RowMapping, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.clock import Clock, shanghai_day, utc_now
from api.staff.entries.fields import KINDS
from api.staff.entries.states import State, WorkState, state_of_columns
from api.staff.people.staff import Staff
from api.storage.catalogue_models import CatalogueEntry
from knowledge_base.topics import load_topics

PAGE_SIZE = 50
SOON_DAYS = 30
_LONGEST_SEARCH = 100
_LAST_PAGE = 10_000

_live = CatalogueEntry.live.is_not(None)
_idle = CatalogueEntry.work_state.is_(None)
_IN_STATE: dict[State, list[ColumnElement[bool]]] = {
    State.DRAFT: [CatalogueEntry.work_state == WorkState.DRAFT],
    State.IN_REVIEW: [CatalogueEntry.work_state == WorkState.IN_REVIEW],
    State.APPROVED: [CatalogueEntry.work_state == WorkState.APPROVED],
    State.LIVE: [_idle, _live],
    State.OFFLINE: [_idle, CatalogueEntry.live.is_(None)],
}


@dataclass(frozen=True)
class EntryFilter:
    """Which entries to show; empty means all. `due`: review soon, or end soon; `mine`: sent back to who asks."""

    text: str = ""
    topic: str = ""
    state: str = ""
    kind: str = ""
    due: str = ""
    mine: bool = False
    order: str = ""

    @classmethod
    def of_query(cls, query: Mapping[str, str]) -> Self:
        """The filter that an address names; what is not known in it is left out."""

        def one_of(name: str, allowed: object) -> str:
            value = query.get(name, "")
            return value if isinstance(allowed, tuple | dict) and value in allowed else ""

        return cls(
            text=query.get("text", "").replace("\x00", "").strip()[:_LONGEST_SEARCH],
            topic=one_of("topic", load_topics()),
            state=one_of("state", tuple(state.value for state in State)),
            kind=one_of("kind", KINDS),
            due=one_of("due", ("review", "end")),
            mine=query.get("mine") == "1",
            order=one_of("order", ("oldest",)),
        )

    @property
    def address(self) -> str:
        """The filter as an address' query."""
        given = {name: value for name, value in vars(self).items() if value}
        return urlencode({name: "1" if value is True else value for name, value in given.items()})


@dataclass(frozen=True)
class ListedEntry:
    """One line of the list."""

    id: str
    topic: str
    kind: str
    title: str
    state: State
    is_live: bool
    sent_back: bool
    revision: int
    publish_at: datetime | None
    review_by: date | None
    valid_until: date | None
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True)
class Reminder:
    """How many entries wait for something, and the list of them."""

    label: str
    count: int
    address: str


class EntryList:
    """Reads lists of entries."""

    def __init__(self, engine: AsyncEngine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    async def page(self, wanted: EntryFilter, page: int, staff: Staff) -> tuple[list[ListedEntry], int]:
        """One page (the first is 1) and how many there are in all."""
        conditions = self._conditions(wanted)
        async with AsyncSession(self._engine) as session:
            if wanted.mine:
                conditions.append(CatalogueEntry.id.in_(await _sent_back_to(session, staff)))
            count = await session.scalar(select(func.count()).select_from(CatalogueEntry).where(*conditions))
            changed = CatalogueEntry.updated_at.asc() if wanted.order == "oldest" else CatalogueEntry.updated_at.desc()
            start = (min(max(page, 1), _LAST_PAGE) - 1) * PAGE_SIZE
            ids = select(CatalogueEntry.id).where(*conditions).order_by(changed, CatalogueEntry.id)
            shown = list(await session.scalars(ids.limit(PAGE_SIZE).offset(start)))
            rows = {row.id: row for row in await session.execute(_columns().where(CatalogueEntry.id.in_(shown)))}
        return [_listed(rows[entry_id]._mapping) for entry_id in shown if entry_id in rows], count or 0

    async def titles(self, text: str, limit: int = 12) -> list[tuple[str, str]]:
        """Ids and titles that contain a text, for choosing one."""
        query = select(CatalogueEntry.id, CatalogueEntry.title).where(*self._conditions(EntryFilter(text=text)))
        async with AsyncSession(self._engine) as session:
            rows = await session.execute(query.order_by(CatalogueEntry.id).limit(limit))
            return [(row.id, row.title) for row in rows]

    async def titles_of(self, entry_ids: Collection[str]) -> dict[str, str]:
        """The titles of those entries that there are."""
        query = select(CatalogueEntry.id, CatalogueEntry.title).where(CatalogueEntry.id.in_(entry_ids))
        async with AsyncSession(self._engine) as session:
            return {row.id: row.title for row in await session.execute(query)}

    async def reminders(self, staff: Staff) -> list[Reminder]:
        """What waits for somebody, also where it is nothing."""
        filters = {state.value: EntryFilter(state=state) for state in (State.IN_REVIEW, State.APPROVED)}
        filters |= {"30 天内要复核": EntryFilter(due="review"), "30 天内失效": EntryFilter(due="end")}
        async with AsyncSession(self._engine) as session:
            counts = {
                label: await session.scalar(
                    select(func.count()).select_from(CatalogueEntry).where(*self._conditions(wanted))
                )
                for label, wanted in filters.items()
            }
            sent_back = len(await _sent_back_to(session, staff))
        found = [Reminder(name, counts[name] or 0, f"/staff/entries?{f.address}") for name, f in filters.items()]
        mine = Reminder("退回给我的", sent_back, f"/staff/entries?{EntryFilter(mine=True).address}")
        return [found[0], mine, *found[1:]]

    def _conditions(self, wanted: EntryFilter) -> list[ColumnElement[bool]]:
        conditions = list(_IN_STATE[State(wanted.state)]) if wanted.state else []
        if wanted.text:
            conditions.append(
                CatalogueEntry.title.icontains(wanted.text, autoescape=True)
                | CatalogueEntry.id.icontains(wanted.text, autoescape=True)
            )
        if wanted.topic:
            conditions.append(CatalogueEntry.topic == wanted.topic)
        if wanted.kind:
            conditions.append(CatalogueEntry.kind == wanted.kind)
        if wanted.due:
            soon = shanghai_day(self._clock()) + timedelta(days=SOON_DAYS)
            column = CatalogueEntry.review_by if wanted.due == "review" else CatalogueEntry.valid_until
            conditions += [column <= soon, _live]
        return conditions


def _columns() -> Select[*tuple[object, ...]]:
    return select(
        CatalogueEntry.id,
        CatalogueEntry.topic,
        CatalogueEntry.kind,
        CatalogueEntry.title,
        CatalogueEntry.work_state,
        case((_live, 1), else_=0).label("is_live"),
        case((CatalogueEntry.rejection.is_not(None), 1), else_=0).label("sent_back"),
        CatalogueEntry.revision,
        CatalogueEntry.publish_at,
        CatalogueEntry.review_by,
        CatalogueEntry.valid_until,
        CatalogueEntry.updated_at,
        CatalogueEntry.updated_by,
    )


def _listed(row: RowMapping) -> ListedEntry:
    columns: dict[str, Any] = {str(name): value for name, value in row.items()}
    is_live, work_state = bool(columns.pop("is_live")), columns.pop("work_state")
    sent_back = bool(columns.pop("sent_back"))
    state = state_of_columns(str(work_state) if work_state else None, is_live=is_live)
    return ListedEntry(**columns, state=state, is_live=is_live, sent_back=sent_back)


async def _sent_back_to(session: AsyncSession, staff: Staff) -> list[str]:
    """Who wrote on a draft stands in JSON, which is not searched; few drafts are sent back at any time."""
    query = select(CatalogueEntry.id, CatalogueEntry.authors).where(
        CatalogueEntry.work_state == WorkState.DRAFT, CatalogueEntry.rejection.is_not(None)
    )
    return [row.id for row in await session.execute(query) if str(staff.id) in row.authors]
