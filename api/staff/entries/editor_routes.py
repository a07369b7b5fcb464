"""The editor: a form that saves itself, checks itself and shows what a citizen would get."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from starlette.responses import JSONResponse, Response

from api.services import ServicesDep
from api.staff.clock import utc_now
from api.staff.entries import work
from api.staff.entries.comparison import compare
from api.staff.entries.editor_page import checked, editor_page, row_or_404
from api.staff.entries.fields import KINDS
from api.staff.entries.form import content_of, too_long
from api.staff.entries.list_routes import Editor, Viewer
from api.staff.entries.states import EditConflictError, EntryStateError
from api.staff.web import go, local_time, page, templates
from knowledge_base.entry import EntryId
from knowledge_base.topics import load_topics

_ID: TypeAdapter[str] = TypeAdapter(EntryId)
_LONGEST_ID = 120

router = APIRouter(prefix="/staff/entries", include_in_schema=False)


class Typed(BaseModel):
    """What the page's script sends: the fields of the form in order, and the revision they rest on."""

    revision: int
    fields: list[tuple[str, str]] = Field(max_length=5000)


@router.get("/new")
async def new_page(
    request: Request,
    staff: Editor,
    topic: str = "",
    title: str = "",
    questions: str = "",
) -> Response:
    """The first step of a new entry; other pages may hand over a topic, a title and questions (one a line)."""
    return await page(request, "entries/new.html", staff, **_new(topic, "", "question", title, questions))


def _new(topic: str, ending: str, kind: str, title: str, questions: str, problem: str = "") -> dict[str, Any]:
    given = {"topic": topic, "ending": ending, "kind": kind, "title": title, "questions": questions, "problem": problem}
    return {**given, "topics": load_topics(), "kinds": KINDS}


@router.post("/new")
async def create(
    request: Request,
    services: ServicesDep,
    staff: Editor,
    topic: Annotated[str, Form()] = "",
    ending: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    questions: Annotated[str, Form()] = "",
) -> Response:
    """Begin an entry and go on to its editor. `ending` is the part of the id after the topic's."""
    problem = ""
    entry_id = f"{load_topics()[topic].slug}.{ending.strip()}" if topic in load_topics() else ""
    content = work.first_content(entry_id, topic, kind, title, questions)
    if not entry_id:
        problem = "请选一个主题。"
    elif not content["title"]:
        problem = "请写标题。"
    elif not _is_id(entry_id):
        problem = "编号的后半段只能用英文小写字母、数字和横线，例如 unpaid-wages。"
    else:
        problem = "".join(too_long(content))
    if not problem:
        try:
            await services.staff.drafts.create(content, staff)
        except EntryStateError as error:
            problem = str(error)
    if problem:
        return await page(
            request, "entries/new.html", staff, 422, **_new(topic, ending, kind, title, questions, problem)
        )
    await services.staff.audit.write(staff, "entry_created", f"entry:{entry_id}")
    return await go(request, f"/staff/entries/{entry_id}", "建好了，接着往下填。写的内容会自己保存。")


def _is_id(text: str) -> bool:
    try:
        return len(_ID.validate_python(text)) <= _LONGEST_ID
    except ValidationError:
        return False


@router.get("/{entry_id}")
async def show(request: Request, services: ServicesDep, staff: Viewer, entry_id: str) -> Response:
    """The entry's page."""
    return await editor_page(request, services, staff, await row_or_404(services, entry_id))


@router.post("/{entry_id}")
async def save(request: Request, services: ServicesDep, staff: Editor, entry_id: str) -> Response:
    """Save the form, and with `then=submit` hand it over for review."""
    row = await row_or_404(services, entry_id)
    form = await request.form()
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    given = dict(fields)
    content = content_of(entry_id, fields)
    if problems := too_long(content):
        return await editor_page(request, services, staff, row, content=content, problem="".join(problems), status=422)
    try:
        revision = await work.save(services, staff, row, content, _number(given.get("revision", "")))
        if given.get("then") == "submit":
            row = await row_or_404(services, entry_id)
            await work.submit(services, staff, row, revision)
            return await go(request, f"/staff/entries/{entry_id}", "已经提交，等另一位同事审核。")
    except EditConflictError as error:
        now = error.row
        theirs = compare(now.work or now.live, content)
        shown: dict[str, Any] = {"content": content, "problem": str(error), "conflict": theirs}
        return await editor_page(request, services, staff, now, status=409, **shown)
    except EntryStateError as error:
        row = await row_or_404(services, entry_id)
        return await editor_page(request, services, staff, row, content=content, problem=str(error), status=422)
    return await go(request, f"/staff/entries/{entry_id}", "保存好了。")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@router.put("/{entry_id}")
async def save_by_itself(
    request: Request, services: ServicesDep, staff: Editor, entry_id: str, typed: Typed
) -> Response:
    """Save while somebody types. 409 with both versions when another person was faster."""
    row = await row_or_404(services, entry_id)
    content = content_of(entry_id, typed.fields)
    if problems := too_long(content):
        return JSONResponse({"detail": "".join(problems)}, 422)
    try:
        revision = await work.save(services, staff, row, content, typed.revision)
    except EditConflictError as error:
        now = error.row
        shown = {"conflict": compare(now.work or now.live, content), "row": now, "request": request}
        html = templates.get_template("entries/_conflict.html").render(shown)
        return JSONResponse({"detail": str(error), "revision": now.revision, "conflict": html}, 409)
    except EntryStateError as error:
        return JSONResponse({"detail": str(error)}, 422)
    return JSONResponse({"revision": revision, "saved_at": local_time(utc_now())[-5:]})


@router.post("/{entry_id}/check")
async def check(services: ServicesDep, staff: Editor, entry_id: str, typed: Typed) -> Response:  # noqa: ARG001
    """What is wrong with what is typed, and how it looks; nothing is saved."""
    content = content_of((await row_or_404(services, entry_id)).id, typed.fields)
    if problems := too_long(content):
        return JSONResponse({"detail": "".join(problems)}, 422)
    flaws, shown = await checked(services, content)
    context = {"flaws": flaws, "shown": shown}
    parts = {name: templates.get_template(f"entries/_{name}.html").render(context) for name in ("flaws", "wechat")}
    return JSONResponse({**parts, "web": shown.web, "count": len(flaws)})
