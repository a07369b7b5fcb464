"""The pages of unanswered questions."""

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from starlette.responses import Response

from api.problems import ProblemError
from api.rendering import plain_text
from api.services import Services, ServicesDep
from api.staff.days import read_day
from api.staff.entries.states import EntryStateError
from api.staff.outcomes import outcome_label
from api.staff.people.staff import Staff
from api.staff.permissions import Permission
from api.staff.unanswered.cases import PAGE, QUESTIONS_SHOWN, CaseFilter, CaseView
from api.staff.unanswered.gather import Gathered
from api.staff.unanswered.model import TO_DO, Kind, Status, UnansweredError
from api.staff.web import allowed, go, page
from knowledge_base.topics import load_topics

router = APIRouter(prefix="/staff/unanswered", include_in_schema=False)
Worker = Annotated[Staff, Depends(allowed(Permission.WORK_UNANSWERED))]
Editor = Annotated[Staff, Depends(allowed(Permission.EDIT_ENTRIES))]
CaseId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Chosen = Annotated[list[str], Form()]
_LIST = "/staff/unanswered"
_LOCK = "staff/unanswered"
_MOST_PAGES = 10_000


@router.get("")
async def list_page(
    request: Request,
    services: ServicesDep,
    staff: Worker,
    status: str = "",
    kind: str = "",
    topic: str = "",
    mine: bool = False,
    sort: str = "",
    number: Annotated[int, Query(alias="page", ge=1, le=_MOST_PAGES)] = 1,
) -> Response:
    """The cases, after what is new was gathered."""
    gathered = await _gather_when_due(services)
    wanted = CaseFilter(
        statuses=_statuses(status),
        kind=Kind(kind) if kind in set(Kind) else None,
        topic=topic,
        owner_id=staff.id if mine else None,
        newest=sort == "newest",
    )
    rows, count = await services.staff.cases.page(wanted, number)
    chosen = {"status": status, "kind": kind, "topic": topic, "sort": sort} | ({"mine": "true"} if mine else {})
    context: dict[str, Any] = {
        "rows": rows,
        "count": count,
        "size": PAGE,
        "number": number,
        "query": urlencode({name: value for name, value in chosen.items() if value}),
        "chosen": chosen,
        "statuses": list(Status),
        "kinds": list(Kind),
        "topics": list(load_topics()),
        "last": await services.staff.gatherer.last(),
        "more": gathered is not None and gathered.more,
        "today": services.staff.cases.today(),
    }
    return await page(request, "unanswered/list.html", staff, **context)


def _statuses(status: str) -> tuple[Status, ...]:
    if status == "all":
        return tuple(Status)
    return (Status(status),) if status in set(Status) else TO_DO


async def _gather_when_due(services: Services) -> Gathered | None:
    if not await services.staff.gatherer.is_due():
        return None
    async with services.order.hold(_LOCK):
        if not await services.staff.gatherer.is_due():
            return None
        return await services.staff.gatherer.gather(services.releases.get())


@router.post("/gather")
async def gather(request: Request, services: ServicesDep, staff: Worker) -> Response:
    """Gather now."""
    async with services.order.hold(_LOCK):
        gathered = await services.staff.gatherer.gather(services.releases.get())
    await services.staff.audit.write(staff, "unanswered_gathered", "unanswered", count=gathered.count)
    said = f"整理好了，新增 {gathered.count} 个问题。" if gathered.count else "没有新的问题。"
    return await go(request, _LIST, said + ("还有更早的没有整理完，请再点一次。" if gathered.more else ""))


@router.get("/{case_id}")
async def case_page(request: Request, services: ServicesDep, staff: Worker, case_id: CaseId) -> Response:
    """One case."""
    return await _case(request, services, staff, case_id)


@router.post("/{case_id}/assign")
async def assign(
    request: Request,
    services: ServicesDep,
    staff: Worker,
    case_id: CaseId,
    owner: Annotated[str, Form()] = "",
    due: Annotated[str, Form()] = "",
) -> Response:
    """Give the case to somebody, with a day by which it is to be done."""
    day = read_day(due)
    try:
        if due.strip() and day is None:
            raise UnansweredError("期限请写成 2026-05-01 这样。")
        if not re.fullmatch(r"[0-9]{0,9}", owner):
            raise UnansweredError("请从名单里选一个人。")
        await services.staff.cases.assign(case_id, int(owner) if owner else None, day)
    except UnansweredError as error:
        return await _case(request, services, staff, case_id, problem=str(error), typed={"owner": owner, "due": due})
    detail = {"owner": owner, "due": due}
    return await _done(request, services, staff, case_id, "unanswered_assigned", "记下了。", **detail)


@router.post("/{case_id}/finish")
async def finish(request: Request, services: ServicesDep, staff: Worker, case_id: CaseId) -> Response:
    """The case is dealt with."""
    try:
        await services.staff.cases.finish(case_id)
    except UnansweredError as error:
        return await _case(request, services, staff, case_id, problem=str(error))
    return await _done(request, services, staff, case_id, "unanswered_finished", "已处理。")


@router.post("/{case_id}/dismiss")
async def dismiss(
    request: Request, services: ServicesDep, staff: Worker, case_id: CaseId, reason: Annotated[str, Form()] = ""
) -> Response:
    """Nothing is to be done, and why."""
    try:
        await services.staff.cases.dismiss(case_id, reason)
    except UnansweredError as error:
        return await _case(request, services, staff, case_id, problem=str(error), typed={"reason": reason})
    return await _done(
        request, services, staff, case_id, "unanswered_dismissed", "不再处理。同样的问题以后也归到这里。"
    )


@router.post("/{case_id}/reopen")
async def reopen(request: Request, services: ServicesDep, staff: Worker, case_id: CaseId) -> Response:
    """Work on it again."""
    try:
        await services.staff.cases.reopen(case_id)
    except UnansweredError as error:
        return await _case(request, services, staff, case_id, problem=str(error))
    return await _done(request, services, staff, case_id, "unanswered_reopened", "重新打开了。")


@router.post("/{case_id}/draft")
async def new_draft(
    request: Request,
    services: ServicesDep,
    staff: Editor,
    case_id: CaseId,
    topic: Annotated[str, Form()] = "",
    questions: Chosen = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Begin an entry with the chosen questions."""
    typed = {"topic": topic, "questions": questions}
    try:
        texts = await _texts(services, case_id, questions)
        today = services.staff.cases.today()
        entry_id = await services.staff.case_drafts.begin(case_id, topic, texts, staff, today)
        await services.staff.cases.take_up(case_id, staff, entry_id)
    except (UnansweredError, EntryStateError) as error:
        return await _case(request, services, staff, case_id, problem=str(error), typed=typed)
    await services.staff.audit.write(staff, "entry_created", f"entry:{entry_id}", case=case_id, questions=len(texts))
    return await go(request, f"/staff/entries/{entry_id}", f"草稿建好了，带来 {len(texts)} 个问法。请写答复和依据。")


@router.post("/{case_id}/add")
async def add_to_entry(
    request: Request,
    services: ServicesDep,
    staff: Editor,
    case_id: CaseId,
    entry_id: Annotated[str, Form(max_length=200)] = "",
    questions: Chosen = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Add the chosen questions to an entry's draft."""
    typed = {"entry_id": entry_id, "questions": questions}
    entry_id = entry_id.strip()
    try:
        texts = await _texts(services, case_id, questions)
        count = await services.staff.case_drafts.add(entry_id, texts, staff)
        await services.staff.cases.take_up(case_id, staff, entry_id)
    except (UnansweredError, EntryStateError) as error:
        return await _case(request, services, staff, case_id, problem=str(error), typed=typed)
    await services.staff.audit.write(staff, "entry_saved", f"entry:{entry_id}", case=case_id, questions=count)
    said = f"加了 {count} 个问法到草稿里。" if count else "这些问法条目里已经有了。"
    return await go(request, f"{_LIST}/{case_id}", f"{said}条目改好并发布以后，请回来点“已处理”。")


async def _texts(services: Services, case_id: int, turn_ids: list[str]) -> list[str]:
    """The chosen wordings, by the turns that stand for them.

    Raises:
        UnansweredError: the case cannot be worked on, or nothing was chosen.
    """
    view = await services.staff.cases.find(case_id)
    if view is None or view.case.status not in TO_DO:
        raise UnansweredError("这个问题现在不能处理，请刷新页面看看。")
    texts = list(dict.fromkeys(one.question.text for one in view.asked if one.turn.id in turn_ids))
    if not texts:
        raise UnansweredError("请至少选一个问法。")
    return texts


async def _case(
    request: Request,
    services: Services,
    staff: Staff,
    case_id: int,
    *,
    problem: str = "",
    typed: Mapping[str, object] | None = None,
) -> Response:
    view = await services.staff.cases.find(case_id)
    if view is None:
        raise ProblemError(404, "没有这个问题，可能是市民删除了对话。")
    context: dict[str, Any] = {
        "view": view,
        "state": Status(view.case.status),
        "to_do": view.case.status in TO_DO,
        "first_turns": {one.question.text: one.turn.id for one in reversed(view.asked)},
        "shown": QUESTIONS_SHOWN,
        "kind_of": Kind,
        "outcome_label": outcome_label,
        "plain_text": plain_text,
        "workers": await services.staff.cases.workers(),
        "topics": list(load_topics()),
        "near": _near(services, view),
        "problem": problem,
        "typed": typed or {},
    }
    return await page(request, "unanswered/case.html", staff, 422 if problem else 200, **context)


def _near(services: Services, view: CaseView) -> list[tuple[str, str]]:
    """Entries that the questions might belong to: id and title."""
    release = services.releases.get()
    candidates = release.decider.decide(view.case.label).candidates
    return [(one.entry_id, release.entries[one.entry_id].title) for one in candidates[:5]]


async def _done(
    request: Request, services: Services, staff: Staff, case_id: int, action: str, said: str, **detail: str
) -> Response:
    await services.staff.audit.write(staff, action, f"unanswered:{case_id}", **detail)
    return await go(request, f"{_LIST}/{case_id}", said)
