"""The pages of tickets: the inbox, and one ticket with the contact data, each look at which is audited."""

from contextlib import suppress
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from api.problems import ProblemError
from api.services import ServicesDep
from api.staff.clock import shanghai_day, utc_now
from api.staff.people.staff import Staff
from api.staff.permissions import Permission
from api.staff.tickets.model import CONTACT_LABELS, PENDING, TicketKind, TicketStatus
from api.staff.tickets.store import PAGE_SIZE, TicketChange, TicketError, TicketFilter, may_own, seen_mark
from api.staff.web import allowed, go, page
from knowledge_base.topics import load_topics

router = APIRouter(prefix="/staff/tickets", include_in_schema=False)
Worker = Annotated[Staff, Depends(allowed(Permission.WORK_TICKETS))]
_PAGE = "/staff/tickets"
_PENDING, _ALL = "pending", "all"
_STATUS_CHOICES = {_PENDING: "未办结", **{status.value: status.label for status in TicketStatus}, _ALL: "全部"}
_MAX_PAGE = 100_000


@router.get("")
async def inbox(
    request: Request,
    services: ServicesDep,
    staff: Worker,
    status: str = _PENDING,
    kind: str = "",
    topic: Annotated[str, Query(max_length=32)] = "",
    mine: str = "",
    overdue: str = "",
    page_number: Annotated[str, Query(alias="page")] = "1",
) -> Response:
    """The tickets that match, newest first. What is not a filter at all is left out of account."""
    status = status if status in _STATUS_CHOICES else _PENDING
    statuses = {_PENDING: PENDING, _ALL: ()}
    wanted = TicketFilter(
        statuses=statuses[status] if status in statuses else (TicketStatus(status),),
        kind=TicketKind(kind) if kind in set(TicketKind) else None,
        topic=topic if topic in load_topics() else "",
        owner_id=staff.id if mine else None,
        due_before=shanghai_day(utc_now()) if overdue else None,
    )
    number = min(int(page_number), _MAX_PAGE) if page_number.isdecimal() else 1
    rows, count = await services.staff.tickets.page(wanted, max(number, 1))
    chosen = {"status": status, "kind": wanted.kind or "", "topic": wanted.topic, "mine": mine, "overdue": overdue}
    context: dict[str, Any] = {
        "rows": rows,
        "count": count,
        "number": max(number, 1),
        "size": PAGE_SIZE,
        "chosen": chosen,
        "query": urlencode({name: value for name, value in chosen.items() if value}),
        "statuses": _STATUS_CHOICES,
        "kinds": list(TicketKind),
        "topics": list(load_topics()),
        "pending": PENDING,
        "today": shanghai_day(utc_now()),
        "label_of_kind": lambda value: TicketKind(value).label,
        "label_of_status": lambda value: TicketStatus(value).label,
    }
    return await page(request, "tickets/inbox.html", staff, **context)


@router.get("/{code}")
async def ticket_page(request: Request, services: ServicesDep, staff: Worker, code: str) -> Response:
    """One ticket with everything; that it was looked at is written down."""
    return await _ticket_page(request, services, staff, code)


async def _ticket_page(
    request: Request, services: ServicesDep, staff: Staff, code: str, *, problem: str = "", note: str = ""
) -> Response:
    try:
        ticket, notes = await services.staff.tickets.find(code)
    except TicketError as error:
        raise ProblemError(404, str(error)) from error
    await services.staff.audit.write(staff, "ticket_viewed", f"ticket:{ticket.code}")
    members = await services.staff.people.all()
    context = {
        "ticket": ticket,
        "notes": notes,
        "kind": TicketKind(ticket.kind),
        "stands": TicketStatus(ticket.status),
        "statuses": list(TicketStatus),
        "contact": [(CONTACT_LABELS.get(name, name), value) for name, value in ticket.contact.items()],
        "owners": [member for member in members if may_own(member) or member.id == ticket.owner_id],
        "seen": seen_mark(ticket),
        "today": shanghai_day(utc_now()),
        "pending": PENDING,
        "problem": problem,
        "note": note,
    }
    return await page(request, "tickets/ticket.html", staff, 422 if problem else 200, **context)


@router.post("/{code}")
async def change_ticket(
    request: Request,
    services: ServicesDep,
    staff: Worker,
    code: str,
    seen: Annotated[str, Form(max_length=64)] = "",
    status: Annotated[str, Form()] = "",
    owner: Annotated[str, Form()] = "",
    due: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """Change status, owner and date, and add a note."""
    try:
        wanted = TicketChange(_status(status), _owner(owner), _due(due))
        if len(note) > _MAX_NOTE:
            raise TicketError(f"记录太长，最多 {_MAX_NOTE} 个字。")
        changes = await services.staff.tickets.change(code, seen, wanted, note, staff)
    except TicketError as error:
        return await _ticket_page(request, services, staff, code, problem=str(error), note=note)
    fields = {"status": wanted.status, "owner": wanted.owner_id, "due": str(wanted.due or "")}
    if changes:
        await services.staff.audit.write(staff, "ticket_changed", f"ticket:{code}", **fields)
    if note.strip():
        await services.staff.audit.write(staff, "ticket_noted", f"ticket:{code}")
    return await go(request, f"{_PAGE}/{code}", "保存好了。" if changes or note.strip() else "没有改动。")


_MAX_NOTE = 2000


def _status(given: str) -> TicketStatus:
    if given not in set(TicketStatus):
        raise TicketError("请选择状态。")
    return TicketStatus(given)


def _owner(given: str) -> int | None:
    if given and not (given.isdecimal() and len(given) < 10):
        raise TicketError("请选择负责人。")
    return int(given) if given else None


def _due(given: str) -> date | None:
    if not given:
        return None
    with suppress(ValueError):
        return date.fromisoformat(given)
    raise TicketError("期限要是一个日期，例如 2026-07-17。")
