"""The pages about publishing: what waits, replay, publication, releases."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import JSONResponse, Response

from api.problems import ProblemError
from api.services import ServicesDep
from api.staff.entries.states import EntryStateError
from api.staff.jobs import Job
from api.staff.people.staff import Staff
from api.staff.permissions import Permission
from api.staff.publishing.publisher import PublicationBlockedError
from api.staff.publishing.replay import Replay
from api.staff.web import allowed, go, page, wants_json

router = APIRouter(prefix="/staff/publishing", include_in_schema=False)
Reader = Annotated[Staff, Depends(allowed(Permission.VIEW_ENTRIES))]
PublisherDep = Annotated[Staff, Depends(allowed(Permission.PUBLISH))]
_PAGE = "/staff/publishing"
_NOTHING_CHOSEN = "请先勾选要发布的条目。"
_NOTHING_APPROVED = "选中的条目都不是“待发布”了，可能刚刚有人发布或撤回。请重新选。"
_REPLAY_FIRST = "试跑的结果已经不在了，请重新试跑再发布。"
_REPLAY_AGAIN = "试跑以后，选中的条目又有改动。请重新试跑，再发布。"
_NO_NOTE = "请写一句说明：这次发布改了什么。"
_NO_REPLAY = "没有这次试跑，可能服务重启过。请回到“发布”页重新试跑。"
MOST_CHARACTERS = 500
Text = Annotated[str, Form()]


def reason_given(text: str, missing: str) -> str:
    """What somebody wrote as a reason or a note.

    Raises:
        EntryStateError: nothing (`missing` says so), or too much.
    """
    if not text.strip():
        raise EntryStateError(missing)
    if len(text.strip()) > MOST_CHARACTERS:
        raise EntryStateError(f"最多写 {MOST_CHARACTERS} 个字，现在有 {len(text.strip())} 个。")
    return text.strip()


@router.get("")
async def publishing_page(request: Request, services: ServicesDep, staff: Reader) -> Response:
    """What waits to be published, and the releases."""
    return await _publishing(request, services, staff)


async def _publishing(
    request: Request, services: ServicesDep, staff: Staff, *, problem: str = "", chosen: list[str] | None = None
) -> Response:
    context = {
        "waiting": await services.staff.live.approved(),
        "held": services.staff.publisher.held,
        "releases": await services.staff.live.releases(),
        "current": services.staff.publisher.current_number(),
        "chosen": chosen,
        "problem": problem,
    }
    return await page(request, "publishing/list.html", staff, 422 if problem else 200, **context)


@router.post("/replay")
async def start_replay(
    request: Request,
    services: ServicesDep,
    staff: PublisherDep,
    entry_ids: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Begin to replay the chosen entries; the next page says how far it is."""
    if not entry_ids:
        return await _publishing(request, services, staff, problem=_NOTHING_CHOSEN, chosen=[])
    replayer = services.staff.replayer
    revisions = await replayer.revisions(entry_ids)
    if not revisions:
        return await _publishing(request, services, staff, problem=_NOTHING_APPROVED, chosen=entry_ids)
    job = services.staff.replays.start(lambda job: replayer.run(revisions, job))
    await services.staff.audit.write(staff, "replay_started", "entries", entries=sorted(revisions))
    return await go(request, f"{_PAGE}/replay/{job.id}")


@router.get("/replay/{job_id}")
async def replay_page(request: Request, services: ServicesDep, staff: PublisherDep, job_id: str) -> Response:
    """How far a replay is, and then what came of it, with the form to publish."""
    job = services.staff.replays.find(job_id)
    if job is None:
        raise ProblemError(404, _NO_REPLAY)
    if wants_json(request):
        return JSONResponse({"finished": job.finished, "percent": job.percent})
    return await _replay(request, staff, job)


async def _replay(request: Request, staff: Staff, job: Job[Replay], *, problem: str = "", note: str = "") -> Response:
    context = {"job": job, "replay": job.result, "problem": problem, "note": note, "most": MOST_CHARACTERS}
    return await page(request, "publishing/replay.html", staff, 422 if problem else 200, **context)


@router.post("")
async def publish(
    request: Request,
    services: ServicesDep,
    staff: PublisherDep,
    replay_id: Annotated[str, Form(max_length=64)] = "",
    note: Text = "",
) -> Response:
    """Publish just what was replayed."""
    job = services.staff.replays.find(replay_id)
    if job is None or job.result is None:
        return await _publishing(request, services, staff, problem=_REPLAY_FIRST)
    replay = job.result
    if await services.staff.replayer.revisions(replay.revisions) != replay.revisions:
        return await _publishing(request, services, staff, problem=_REPLAY_AGAIN, chosen=list(replay.revisions))
    try:
        said = reason_given(note, _NO_NOTE)
    except EntryStateError as error:
        return await _replay(request, staff, job, problem=str(error), note=note)
    try:
        number = await services.staff.publisher.publish(list(replay.revisions), staff, said)
    except PublicationBlockedError as error:
        names = sorted(replay.revisions)
        await services.staff.audit.write(staff, "publication_blocked", "entries", entries=names)
        return await _replay(request, staff, job, problem=str(error), note=note)
    except EntryStateError as error:
        return await _publishing(request, services, staff, problem=str(error))
    if number is None:
        return await _publishing(request, services, staff, problem=_NOTHING_APPROVED)
    return await go(request, _PAGE, f"发布好了：发布版 {number}，{len(replay.revisions)} 个条目。几秒内生效。")


@router.get("/releases/{number}")
async def release_page(request: Request, services: ServicesDep, staff: PublisherDep, number: int) -> Response:
    """What going back to a release would change, and the form to do it."""
    return await _release(request, services, staff, number)


async def _release(
    request: Request, services: ServicesDep, staff: Staff, number: int, *, problem: str = "", reason: str = ""
) -> Response:
    way_back = await services.staff.release_history.way_back(number) if 0 < number < 2**31 else None
    if way_back is None:
        raise ProblemError(404, "没有这个发布版的记录。")
    context = {"way_back": way_back, "problem": problem, "reason": reason, "most": MOST_CHARACTERS}
    return await page(request, "publishing/release.html", staff, 422 if problem else 200, **context)


@router.post("/releases/{number}")
async def restore_release(
    request: Request, services: ServicesDep, staff: PublisherDep, number: int, reason: Text = ""
) -> Response:
    """Make everything as it was in a release."""
    if not 0 < number < 2**31:
        raise ProblemError(404, "没有这个发布版的记录。")
    try:
        said = reason_given(reason, "请写明为什么要回到这一版。")
        made = await services.staff.publisher.restore_release(number, staff, said)
    except EntryStateError as error:
        return await _release(request, services, staff, number, problem=str(error), reason=reason)
    return await go(request, _PAGE, f"已经整体回到发布版 {number} 的内容，新的发布版是 {made}。几秒内生效。")
