"""The pages of an import: upload, preview with a choice for each row, progress, result."""

import asyncio
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from starlette.responses import JSONResponse, Response

from api.problems import ProblemError
from api.services import ServicesDep
from api.staff.exchange.jobs import ImportJob, RowStatus, Stage, TooManyImportsError
from api.staff.exchange.problem_sheet import problem_sheet
from api.staff.exchange.routes import XLSX, download, show_exchange
from api.staff.people.staff import Staff
from api.staff.permissions import Permission
from api.staff.web import allowed, go, page, wants_json
from knowledge_base.exchange.errors import UnreadableFileError
from knowledge_base.exchange.files import check_file

router = APIRouter(prefix="/staff/exchange/imports", include_in_schema=False)
Importing = Annotated[Staff, Depends(allowed(Permission.IMPORT))]
PAGE_SIZE = 100
_PAGE = "/staff/exchange"
_GONE = (
    "这里找不到这次导入。可能是过了一小时、服务重启过，或者是由另一台服务处理的。"
    "已经存好的草稿不会丢，请重新上传文件，没变化的会自动跳过。"
)


@router.post("")
async def upload(
    request: Request,
    services: ServicesDep,
    staff: Importing,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Take a file and begin to read it; what is plainly wrong with it is told at once."""
    name = (file.filename or "").replace("\0", "")[-120:] if file is not None else ""
    if file is None or not name:
        return await show_exchange(request, services, staff, "请先选择一个文件。")
    data = await file.read()
    try:
        await asyncio.to_thread(check_file, name, data)
        if name.lower().endswith((".yml", ".yaml")):
            raise UnreadableFileError("不认识这种文件。请上传 .xlsx、.csv 或 .jsonl 文件。")
        job = services.staff.exchange.jobs.open(staff, name)
    except (UnreadableFileError, TooManyImportsError) as error:
        return await show_exchange(request, services, staff, str(error))
    services.staff.exchange.jobs.run(services.staff.exchange.previewer.preview(job, data))
    return await go(request, f"{_PAGE}/imports/{job.id}")


async def own_job(job_id: str, services: ServicesDep, staff: Importing) -> ImportJob:
    """The import, for the person who began it.

    Raises:
        ProblemError: 404, the same for one that never was, one that is gone, and another's.
    """
    job = services.staff.exchange.jobs.find(job_id, staff)
    if job is None:
        raise ProblemError(404, _GONE)
    return job


OwnJob = Annotated[ImportJob, Depends(own_job)]


@router.get("/{job_id}")
async def import_page(
    request: Request,
    staff: Importing,
    job: OwnJob,
    show: str = "",
    page_number: str = "1",
) -> Response:
    """How far it is; then the preview; then what came of it. A script asks for the progress alone."""
    if wants_json(request):
        return JSONResponse({"works": job.works, "done": job.done, "total": job.total, "stage": job.stage})
    return await _show(request, staff, job, show, page_number)


async def _show(
    request: Request, staff: Staff, job: ImportJob, show: str, page_number: str, problem: str = ""
) -> Response:
    job = replace(job)  # reading goes on while the page is made
    shown = RowStatus(show) if show in set(RowStatus) else None
    rows = [row for row in job.rows if shown in (None, row.status)]
    last = max(1, -(-len(rows) // PAGE_SIZE))
    number = min(max(int(page_number), 1), last) if page_number.isdecimal() and len(page_number) < 10 else 1
    context = {
        "job": job,
        "counts": job.counts(),
        "rows": rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        "count": len(rows),
        "number": number,
        "last": last,
        "show": shown or "",
        "size": PAGE_SIZE,
        "chosen": sum(row.chosen for row in job.rows),
        "new": sum(row.chosen and row.status is RowStatus.NEW for row in job.rows),
        "imported": sum(row.imported for row in job.rows),
        "advised": sum(bool(row.advice) for row in job.rows),
        "problem": problem,
    }
    return await page(request, "exchange/import.html", staff, 422 if problem else 200, **context)


@router.post("/{job_id}")
async def choose(
    request: Request,
    services: ServicesDep,
    staff: Importing,
    job: OwnJob,
    shown: Annotated[list[int], Form()] = [],  # noqa: B006 - FastAPI copies it
    take: Annotated[list[int], Form()] = [],  # noqa: B006 - FastAPI copies it
    show: Annotated[str, Form(max_length=20)] = "",
    do: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Keep what was chosen on a page of the preview; then show other rows, or carry the import out.

    `do` is `start`, `all`, `none`, the number of a page, or `show:` with a status; the last works after the import too.
    """
    if do.startswith("show:"):
        show, do = do.removeprefix("show:"), "1"
    elif job.stage is not Stage.READY:
        return await go(request, f"{_PAGE}/imports/{job.id}", "这次导入已经开始，选择不能再改。")
    seen, taken = set(shown), set(take)
    for row in job.rows:
        if row.content is None or job.stage is not Stage.READY:
            continue
        if do in ("all", "none"):
            row.chosen = do == "all"
        elif row.number in seen:
            row.chosen = row.number in taken
    if do == "start":
        chosen = services.staff.exchange.importer.begin(job)
        if not chosen:
            return await _show(request, staff, job, show, "1", "一条也没有选。请先勾上要导入的。")
        services.staff.exchange.jobs.run(services.staff.exchange.importer.carry_out(job, chosen))
        return await go(request, f"{_PAGE}/imports/{job.id}")
    status = f"show={RowStatus(show).value}&" if show in set(RowStatus) else ""
    number = do if do.isdecimal() else "1"
    return await go(request, f"{_PAGE}/imports/{job.id}?{status}page_number={number}")


@router.post("/{job_id}/discard")
async def discard(request: Request, services: ServicesDep, staff: Importing, job: OwnJob) -> Response:  # noqa: ARG001
    """Forget the import; nothing is changed."""
    if job.works:
        return await go(request, f"{_PAGE}/imports/{job.id}", "正在处理，请等它做完。")
    services.staff.exchange.jobs.drop(job)
    return await go(request, _PAGE, "这次导入已放弃，没有改动任何条目。" if job.stage is Stage.READY else "已清除。")


@router.get("/{job_id}/problems.xlsx")
async def problems_file(staff: Importing, job: OwnJob) -> Response:  # noqa: ARG001
    """Everything that did not go in or should be mended."""
    return download(await asyncio.to_thread(problem_sheet, list(job.rows)), "hufa-import-problems.xlsx", XLSX)
