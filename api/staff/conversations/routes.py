"""The pages of conversations. Whoever opens one leaves a record in the audit log."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request
from jinja2 import Environment, FileSystemLoader
from starlette.responses import RedirectResponse, Response

from api.channels import web
from api.problems import ProblemError
from api.services import ServicesDep
from api.staff.channels import CHANNEL_LABELS
from api.staff.conversations.finder import COUNTED, TURNS_SHOWN, TurnFilter, read_cursor, read_receipt
from api.staff.days import read_day
from api.staff.outcomes import families, outcome_label
from api.staff.people.staff import Staff
from api.staff.permissions import Permission
from api.staff.web import allowed, page
from knowledge_base.topics import load_topics

router = APIRouter(prefix="/staff/conversations", include_in_schema=False)
Viewer = Annotated[Staff, Depends(allowed(Permission.VIEW_CONVERSATIONS))]
_LIST = "/staff/conversations"
_GONE = "没有这次对话，可能是市民删除了。"
_VERDICTS = {"helpful": "有用", "not_helpful": "没用"}
_citizens_page = Environment(
    loader=FileSystemLoader(Path(str(web.__file__)).with_name("templates")), autoescape=True
).get_template("blocks.html")
"""What citizens' pages show blocks with."""


@router.get("")
async def list_page(
    request: Request,
    services: ServicesDep,
    staff: Viewer,
    receipt: str = "",
    day: str = "",
    entry: str = "",
    family: str = "",
    topic: str = "",
    before: str = "",
    after: str = "",
) -> Response:
    """Turns, the newest first; a receipt leads straight to its turn."""
    typed = {"receipt": receipt, "day": day, "entry": entry.strip(), "family": family, "topic": topic}
    problem = ""
    if receipt.strip():
        turn = await services.staff.turns.by_receipt(read_receipt(receipt))
        if turn is not None:
            return RedirectResponse(f"{_LIST}/{quote(turn.conversation_id, safe='')}#turn-{turn.id}", 303)
        problem = "没有这个回执号。请核对：8 个字母和数字，没有 0、1、I、O。市民删除过对话的，也查不到。"
    wanted_day = read_day(day)
    if day.strip() and wanted_day is None:
        problem = "日期请写成 2026-05-01 这样。"
    wanted = TurnFilter(wanted_day, _storable(entry.strip()), _storable(family), _storable(topic))
    cursor = read_cursor(before or after)
    found = None if problem else await services.staff.turns.page(wanted, cursor, newer=bool(after) and not before)
    context: dict[str, Any] = {
        "found": found,
        "counted": COUNTED,
        "typed": typed,
        "query": urlencode({name: value for name, value in typed.items() if value and name != "receipt"}),
        "families": families(),
        "topics": list(load_topics()),
        "titles": {name: one.title for name, one in services.releases.get().entries.items()},
        "outcome_label": outcome_label,
        "channels": CHANNEL_LABELS,
        "problem": problem,
    }
    return await page(request, "conversations/list.html", staff, 422 if problem else 200, **context)


@router.get("/{conversation_id:path}")
async def conversation_page(request: Request, services: ServicesDep, staff: Viewer, conversation_id: str) -> Response:
    """A conversation, as the citizen saw it."""
    view = await services.staff.turns.conversation(conversation_id)
    if view is None:
        raise ProblemError(404, _GONE)
    await services.staff.audit.write(staff, "conversation_viewed", f"conversation:{conversation_id}")
    context: dict[str, Any] = {
        "view": view,
        "shown": TURNS_SHOWN,
        "citizens": _citizens_page.module,
        "outcome_label": outcome_label,
        "channels": CHANNEL_LABELS,
        "verdicts": _VERDICTS,
    }
    return await page(request, "conversations/one.html", staff, **context)


def _storable(text: str) -> str:
    """PostgreSQL takes no NUL."""
    return text.replace("\0", "")
