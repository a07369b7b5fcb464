"""Taking one entry offline, and going back to one of its versions. Other pages post here."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from api.services import ServicesDep
from api.staff.entries.states import EntryStateError
from api.staff.people.staff import Staff
from api.staff.permissions import Permission
from api.staff.publishing.routes import MOST_CHARACTERS, Text, reason_given
from api.staff.web import allowed, go, page

router = APIRouter(prefix="/staff/publishing", include_in_schema=False)
PublisherDep = Annotated[Staff, Depends(allowed(Permission.PUBLISH))]
EntryName = Annotated[str, Form()]
_NO_REASON = "请写明理由，别的同事会看到。"


@router.post("/offline")
async def take_offline(
    request: Request, services: ServicesDep, staff: PublisherDep, entry_id: EntryName = "", reason: Text = ""
) -> Response:
    """Citizens no longer get this entry."""
    try:
        number = await services.staff.publisher.take_offline(entry_id, staff, reason_given(reason, _NO_REASON))
    except EntryStateError as error:
        again = {"action": "/staff/publishing/offline", "entry_id": entry_id, "version": None, "reason": reason}
        return await _ask_again(request, services, staff, str(error), again)
    return await go(request, f"/staff/entries/{entry_id}", f"下线好了（发布版 {number}），几秒内市民就看不到了。")


@router.post("/restore")
async def restore(
    request: Request,
    services: ServicesDep,
    staff: PublisherDep,
    entry_id: EntryName = "",
    version: Text = "",
    reason: Text = "",
) -> Response:
    """Make an earlier version of an entry live again."""
    try:
        said = reason_given(reason, _NO_REASON)
        if not version.isascii() or not version.isdigit() or len(version) > 9:
            raise EntryStateError("没有这个版本。")
        number = await services.staff.publisher.restore(entry_id, int(version), staff, said)
    except EntryStateError as error:
        again = {"action": "/staff/publishing/restore", "entry_id": entry_id, "version": version, "reason": reason}
        return await _ask_again(request, services, staff, str(error), again)
    flash = f"已经回到第 {version} 版（发布版 {number}），几秒内生效。"
    return await go(request, f"/staff/entries/{entry_id}", flash)


async def _ask_again(
    request: Request, services: ServicesDep, staff: Staff, problem: str, form: Mapping[str, str | None]
) -> Response:
    """The same form with what was written, and what is wrong with it."""
    row = await services.staff.drafts.find(form["entry_id"] or "")
    context = {"problem": problem, "form": form, "entry": row, "most": MOST_CHARACTERS}
    return await page(request, "publishing/entry.html", staff, 422, **context)
