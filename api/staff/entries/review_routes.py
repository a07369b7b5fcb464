"""Taking back, approving, sending back and dropping what is written."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from api.services import Services, ServicesDep
from api.staff.entries import work
from api.staff.entries.editor_page import editor_page, row_or_404
from api.staff.entries.list_routes import Editor, Reviewer
from api.staff.entries.states import EntryStateError
from api.staff.people.staff import Staff
from api.staff.web import go
from api.storage.catalogue_models import CatalogueEntry

Revision = Annotated[int, Form(ge=0, lt=10**9)]

router = APIRouter(prefix="/staff/entries/{entry_id}", include_in_schema=False)


@router.post("/withdraw")
async def withdraw(
    request: Request, services: ServicesDep, staff: Editor, entry_id: str, revision: Revision
) -> Response:
    """Take it back to write on."""
    return await _do(request, services, staff, entry_id, revision, work.withdraw, "已经撤回，可以接着改。")


@router.post("/approve")
async def approve(
    request: Request,
    services: ServicesDep,
    staff: Reviewer,
    entry_id: str,
    revision: Revision,
    publish_at: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Approve; with a time on Shanghai's clocks it is published by itself then."""

    async def action(services: Services, staff: Staff, row: CatalogueEntry, revision: int) -> None:
        await work.approve(work.publication_time(publish_at))(services, staff, row, revision)

    said = "已经通过，到时候会自动发布。" if publish_at.strip() else "已经通过，请到“发布”页发布。"
    return await _do(request, services, staff, entry_id, revision, action, said)


@router.post("/reject")
async def reject(
    request: Request,
    services: ServicesDep,
    staff: Reviewer,
    entry_id: str,
    revision: Revision,
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Send it back with a reason."""

    async def action(services: Services, staff: Staff, row: CatalogueEntry, revision: int) -> None:
        await work.reject(services, staff, row, revision, reason)

    return await _do(request, services, staff, entry_id, revision, action, "已经退回给编辑。")


@router.post("/discard")
async def discard(
    request: Request, services: ServicesDep, staff: Editor, entry_id: str, revision: Revision
) -> Response:
    """Drop the draft; what is live stays, and an entry that was never live goes."""
    row = await row_or_404(services, entry_id)
    stays = row.live_version is not None
    said = "草稿已经放弃，发布的内容没有变。" if stays else "草稿已经放弃，这个条目没有了。"
    path = f"/staff/entries/{entry_id}" if stays else "/staff/entries"
    return await _do(request, services, staff, entry_id, revision, work.discard, said, path)


async def _do(
    request: Request,
    services: Services,
    staff: Staff,
    entry_id: str,
    revision: int,
    action: work.Action,
    said: str,
    path: str = "",
) -> Response:
    row = await row_or_404(services, entry_id)
    try:
        await action(services, staff, row, revision)
    except EntryStateError as error:
        row = await row_or_404(services, entry_id)
        return await editor_page(request, services, staff, row, problem=str(error), status=422)
    return await go(request, path or f"/staff/entries/{entry_id}", said)
