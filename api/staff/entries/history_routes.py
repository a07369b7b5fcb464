"""The versions of an entry, and what differs between any two."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.services import ServicesDep
from api.staff.entries.comparison import compare
from api.staff.entries.editor_page import row_or_404
from api.staff.entries.list_routes import Viewer
from api.staff.web import page
from api.storage.catalogue_models import CatalogueEntry, EntryVersion

router = APIRouter(prefix="/staff/entries/{entry_id}", include_in_schema=False)
_WORK = "work"


@router.get("/history")
async def history(
    request: Request, services: ServicesDep, staff: Viewer, entry_id: str, a: str = "", b: str = ""
) -> Response:
    """All versions; `a` and `b` are the two to compare: numbers, or `work` for what is being written."""
    row = await row_or_404(services, entry_id)
    versions = await services.staff.live.versions(entry_id)
    contents = _contents(row, versions)
    newest = list(contents)
    after = b if b in contents else next(iter(newest), "")
    before = a if a in contents else next((key for key in newest if key != after), "")
    compared = before and after and before != after
    changes = await asyncio.to_thread(compare, contents[before], contents[after]) if compared else []
    context: dict[str, Any] = {"row": row, "versions": versions, "before": before, "after": after, "work": _WORK}
    return await page(request, "entries/history.html", staff, changes=changes, compared=compared, **context)


def _contents(row: CatalogueEntry, versions: list[EntryVersion]) -> dict[str, dict[str, Any] | None]:
    """Everything that can be compared, newest first."""
    written: dict[str, dict[str, Any] | None] = {_WORK: row.work} if row.work is not None else {}
    return written | {str(version.number): version.content for version in versions}
