"""Who did what when: the audit log to search, to check and to take along."""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from starlette.responses import Response

from api.services import Services, ServicesDep
from api.staff.audit import AuditFilter
from api.staff.audit_words import action_label, action_labels, actions_labelled, detail_label, subject_label
from api.staff.clock import SHANGHAI
from api.staff.people.staff import NOBODY, SYSTEM, Staff
from api.staff.permissions import Permission
from api.staff.web import allowed, local_time, page
from api.storage.staff_models import AuditRecord

router = APIRouter(prefix="/staff/audit", include_in_schema=False)
Auditor = Annotated[Staff, Depends(allowed(Permission.VIEW_AUDIT))]
_PAGE_SIZE = 50
_YEARS = range(2000, 2101)
_COLUMNS = ("编号", "时间", "谁", "做了什么", "对象", "说明", "校验码")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WITHOUT_ACCOUNT = {"system": SYSTEM.name, "nobody": NOBODY.name}


@dataclass(frozen=True)
class Search:
    """What is typed into the form, as it came."""

    text: str
    action: str
    person: str
    since: str
    until: str

    @property
    def query(self) -> str:
        """The search as a query string."""
        return urlencode({name: value for name, value in vars(self).items() if value})

    def filter(self) -> AuditFilter:
        """What to look for.

        Raises:
            ValueError: a day is none; the message is for the person who searches.
        """
        since, until = _day(self.since), _day(self.until)
        if since and until and since > until:
            raise ValueError("“从”要早于“到”。")
        text = self.text.replace("\x00", "").strip()
        return AuditFilter(
            text=text,
            or_actions=actions_labelled(text) if text else frozenset(),
            action=self.action if self.action in action_labels() else "",
            staff_id=int(self.person) if self.person.isdecimal() and len(self.person) < 9 else None,
            staff_name=_WITHOUT_ACCOUNT.get(self.person, ""),
            since=_midnight(since) if since else None,
            until=_midnight(until + timedelta(days=1)) if until else None,
        )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year not in _YEARS:
        raise ValueError("日期请写成 2026-07-01 这样。")
    return day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def _search(
    text: Annotated[str, Query(max_length=200)] = "",
    action: Annotated[str, Query(max_length=60)] = "",
    person: Annotated[str, Query(max_length=20)] = "",
    since: Annotated[str, Query(max_length=20)] = "",
    until: Annotated[str, Query(max_length=20)] = "",
) -> Search:
    return Search(text, action, person, since, until)


SearchDep = Annotated[Search, Depends(_search)]


@router.get("")
async def audit_page(
    request: Request, services: ServicesDep, staff: Auditor, search: SearchDep, page: str = "1"
) -> Response:
    """Fifty records, newest first."""
    return await _page(request, services, staff, search, int(page) if page.isdecimal() and len(page) < 9 else 1)


async def _page(
    request: Request, services: Services, staff: Staff, search: Search, number: int = 1, **context: Any
) -> Response:
    problem = ""
    try:
        wanted = search.filter()
    except ValueError as error:
        problem, wanted = str(error), AuditFilter()
    log = services.staff.audit
    count = await log.count(wanted)
    number = min(max(number, 1), max(-(-count // _PAGE_SIZE), 1))
    records = await log.find(wanted, _PAGE_SIZE, (number - 1) * _PAGE_SIZE)
    context |= {
        "rows": [_Row.of(record) for record in records],
        "count": count,
        "page": number,
        "size": _PAGE_SIZE,
        "search": search,
        "actions": action_labels(),
        "people": await _people(services),
        "problem": problem,
    }
    return await page(request, "audit/list.html", staff, 422 if problem else 200, **context)


async def _people(services: Services) -> list[tuple[str, str]]:
    members = [(str(one.id), f"{one.name}（{one.username}）") for one in await services.staff.people.all()]
    return [*members, *_WITHOUT_ACCOUNT.items()]


@router.post("/check")
async def check(request: Request, services: ServicesDep, staff: Auditor) -> Response:
    """Whether every record still fits the chain."""
    log = services.staff.audit
    broken = await log.first_broken()
    last = await log.last()
    await log.write(staff, "audit_checked", "audit:chain", broken=broken)
    return await _page(request, services, staff, _search(), checked=True, broken=broken, last=last)


@router.get("/export")
async def export(request: Request, services: ServicesDep, staff: Auditor, search: SearchDep) -> Response:
    """What was searched for, as a table for Excel."""
    try:
        wanted = search.filter()
    except ValueError:
        return await _page(request, services, staff, search)
    await services.staff.audit.write(staff, "audit_exported", "audit:export")
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return StreamingResponse(
        _csv(services.staff.audit.each(wanted)), media_type="text/csv; charset=utf-8", headers=headers
    )


@dataclass(frozen=True)
class _Row:
    """A record in the console's words."""

    number: int
    at: datetime
    who: str
    action: str
    subject: str
    detail: str
    hash: str

    @classmethod
    def of(cls, record: AuditRecord) -> "_Row":
        action, subject = action_label(record.action), subject_label(record.subject)
        detail = detail_label(record.detail)
        return cls(record.number, record.at, record.staff_name, action, subject, detail, record.hash)


async def _csv(records: AsyncIterator[AuditRecord]) -> AsyncIterator[str]:
    yield "\ufeff" + _line(_COLUMNS)
    async for record in records:
        row = _Row.of(record)
        yield _line((str(row.number), local_time(row.at), row.who, row.action, row.subject, row.detail, row.hash))


def _line(cells: Iterable[str]) -> str:
    """A line of the table. What a spreadsheet would calculate is marked as text."""
    written = io.StringIO()
    csv.writer(written).writerow("'" + cell if cell.startswith(_FORMULA) else cell for cell in cells)
    return written.getvalue()
