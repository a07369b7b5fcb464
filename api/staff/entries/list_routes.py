"""The list of entries, and what can be done with many at once."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import JSONResponse, Response

from api.services import Services, ServicesDep
from api.staff.entries import work
from api.staff.entries.fields import KINDS
from api.staff.entries.listing import PAGE_SIZE, EntryFilter
from api.staff.entries.states import EditConflictError, EntryStateError, State
from api.staff.people.staff import Staff
from api.staff.permissions import Permission
from api.staff.web import allowed, go, page
from knowledge_base.topics import load_topics

Viewer = Annotated[Staff, Depends(allowed(Permission.VIEW_ENTRIES))]
Editor = Annotated[Staff, Depends(allowed(Permission.EDIT_ENTRIES))]
Reviewer = Annotated[Staff, Depends(allowed(Permission.REVIEW_ENTRIES))]
Chosen = Annotated[list[str], Form(default_factory=list, max_length=PAGE_SIZE)]
Back = Annotated[str, Form(max_length=2000)]
_LIST = "/staff/entries"

router = APIRouter(prefix=_LIST, include_in_schema=False)


@router.get("")
async def list_page(
    request: Request, services: ServicesDep, staff: Viewer, number: Annotated[str, Query(alias="page")] = "1"
) -> Response:
    """The list, filtered."""
    wanted = EntryFilter.of_query(request.query_params)
    shown = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    rows, count = await services.staff.entry_list.page(wanted, shown, staff)
    reminders = await services.staff.entry_list.reminders(staff)
    context: dict[str, Any] = {
        "wanted": wanted,
        "rows": rows,
        "count": count,
        "number": max(shown, 1),
        "size": PAGE_SIZE,
    }
    context |= {"topics": list(load_topics()), "states": list(State), "kinds": KINDS, "reminders": reminders}
    return await page(request, "entries/list.html", staff, **context)


@router.get("/choices")
async def choices(services: ServicesDep, staff: Viewer, text: str = "") -> Response:  # noqa: ARG001
    """Entries whose title or id contains a text, for fields that name one."""
    found = await services.staff.entry_list.titles(text.replace("\x00", "")[:100])
    return JSONResponse([{"id": entry_id, "title": title} for entry_id, title in found])


@router.post("/bulk/submit")
async def submit_many(
    request: Request,
    services: ServicesDep,
    staff: Editor,
    entry: Chosen,
    back: Back = "",
) -> Response:
    """Hand drafts over for review."""
    return await _each(request, services, staff, entry, work.submit, back)


@router.post("/bulk/withdraw")
async def withdraw_many(
    request: Request,
    services: ServicesDep,
    staff: Editor,
    entry: Chosen,
    back: Back = "",
) -> Response:
    """Take entries back from review."""
    return await _each(request, services, staff, entry, work.withdraw, back)


@router.post("/bulk/approve")
async def approve_many(
    request: Request,
    services: ServicesDep,
    staff: Reviewer,
    entry: Chosen,
    back: Back = "",
) -> Response:
    """Approve entries."""
    return await _each(request, services, staff, entry, work.approve(), back)


@router.post("/bulk/review-by")
async def set_review_day_of_many(
    request: Request,
    services: ServicesDep,
    staff: Editor,
    entry: Chosen,
    review_by: Annotated[str, Form(max_length=40)] = "",
    back: Back = "",
) -> Response:
    """Give entries a new day of review, each as a draft."""
    with suppress(ValueError):
        return await _each(request, services, staff, entry, work.set_review_day(date.fromisoformat(review_by)), back)
    return await go(request, _back(back), "没有做：请先选好复核日期。")


async def _each(
    request: Request, services: Services, staff: Staff, chosen: Iterable[str], action: work.Action, back: str
) -> Response:
    """Do it with every chosen entry (`id:revision`) and say how each went."""
    done, failed = 0, []
    for choice in dict.fromkeys(chosen):
        entry_id, _, revision = choice.rpartition(":")
        row = await services.staff.drafts.find(entry_id) if revision.isascii() and revision.isdigit() else None
        if row is None:
            failed.append(f"{entry_id or choice}（没有这个条目）")
            continue
        try:
            await action(services, staff, row, int(revision[:9]))
            done += 1
        except EditConflictError as conflict:
            failed.append(f"{row.title}（{conflict.row.updated_by}刚刚改过，请看过再做）")
        except EntryStateError as error:
            failed.append(f"{row.title}（{str(error).removesuffix('。')}）")
    if not done and not failed:
        said = "没有做：请先在左边选中条目。"
    else:
        said = f"{done} 条成功" + (f"，{len(failed)} 条没有：{'；'.join(failed)}" if failed else "") + "。"
    return await go(request, _back(back), said)


def _back(query: str) -> str:
    """The list as it was filtered."""
    address = EntryFilter.of_query(dict(parse_qsl(query))).address
    return f"{_LIST}?{address}" if address else _LIST
