"""The page of import and export, and what can be downloaded there."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.problems import ProblemError
from api.services import Services, ServicesDep
from api.staff.clock import shanghai_day, utc_now
from api.staff.people.staff import Staff
from api.staff.permissions import Permission
from api.staff.web import allowed, page
from knowledge_base.exchange.files import MAX_ROWS, WRITERS
from knowledge_base.exchange.template import template
from knowledge_base.topics import load_topics

router = APIRouter(prefix="/staff/exchange", include_in_schema=False)
Exporter = Annotated[Staff, Depends(allowed(Permission.EXPORT))]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS = {
    "xlsx": (XLSX, "Excel 工作簿（.xlsx）"),
    "csv": ("text/csv; charset=utf-8", "CSV（.csv）"),
    "jsonl": ("application/jsonl; charset=utf-8", "JSON Lines 存档（.jsonl）"),
}


def download(data: bytes, name: str, kind: str) -> Response:
    """A file to be saved, never shown or kept on the way."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, media_type=kind, headers=headers)


@router.get("")
async def exchange_page(request: Request, services: ServicesDep, staff: Exporter) -> Response:
    """What can be downloaded, and the form to upload."""
    return await show_exchange(request, services, staff)


async def show_exchange(request: Request, services: Services, staff: Staff, problem: str = "") -> Response:
    """The page, with what is wrong with an upload."""
    context: dict[str, Any] = {
        "formats": {name: label for name, (_, label) in _FORMATS.items()},
        "topics": list(load_topics()),
        "max_rows": MAX_ROWS,
        "jobs": services.staff.exchange.jobs.of(staff),
        "problem": problem,
    }
    return await page(request, "exchange/index.html", staff, 422 if problem else 200, **context)


@router.get("/template.xlsx")
async def template_file(staff: Exporter) -> Response:  # noqa: ARG001
    """The table to fill in."""
    return download(await asyncio.to_thread(template), "hufa-template.xlsx", XLSX)


@router.get("/export")
async def export_file(
    services: ServicesDep,
    staff: Exporter,
    format: str = "xlsx",
    topic: Annotated[str, Query(max_length=32)] = "",
) -> Response:
    """What is live, all of it or one topic."""
    if format not in _FORMATS:
        raise ProblemError(422, "请选择一种文件格式。")
    if topic and topic not in load_topics():
        raise ProblemError(422, "没有这个主题。")
    live = await services.staff.live.entries()
    entries = [entry for entry in live if topic in ("", entry.topic)]
    data = await asyncio.to_thread(WRITERS[f".{format}"], entries)
    await services.staff.audit.write(
        staff, "entries_exported", "catalogue", format=format, topic=topic, count=len(entries)
    )
    slug = f"-{load_topics()[topic].slug}" if topic else ""
    name = f"hufa-entries{slug}-{shanghai_day(utc_now()).isoformat()}.{format}"
    return download(data, name, _FORMATS[format][0])
