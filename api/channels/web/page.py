"""The citizen's page at `/`: rendered here, works by form post alone, better with a little script."""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, FastAPI, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from api.channels.rest import erase_everywhere
from api.feedback import take_feedback
from api.pipeline.limits import TooManyMessagesError
from api.pipeline.turn import Inbound
from api.problems import ProblemError
from api.rendering import public_blocks
from api.result_files import result_file
from api.same_site import refuse_other_sites
from api.services import Services, ServicesDep, client_of
from api.staff.switches.scopes import Off
from api.staff.tickets.model import CONTESTED_REASON
from api.storage.conversations import UnknownConversationError
from api.storage.models import Turn
from knowledge_base.wording import say

_FOLDER = Path(__file__).parent
_COOKIE = "hufa_conversation"
_COOKIE_SECONDS = 60 * 60 * 24 * 30
_COOKIE_FORM = re.compile(r"[0-9a-f]{32}\.[A-Za-z0-9_-]{43}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9._:\-]{1,128}")
_SHOWN_TURNS = 50
_STARTERS = (
    ("没拿到工资", "labour.unpaid-wages"),
    ("要离婚", "family.agreed-divorce"),
    ("亲人去世", "inheritance.no-will"),
    ("被车撞了", "traffic.scene-first-steps"),
    ("被家里人打", "family.domestic-violence"),
    ("钱要不回来", "debt.friend-not-repay"),
    ("不服罚款", "reconsideration.fine-where"),
    ("要办公证", "notary.education-certificate"),
    ("请不起律师", "legal-aid.conditions"),
)
"""The big buttons of the first screen: a situation in life and the entry it leads to."""

router = APIRouter(include_in_schema=False)
_templates = Jinja2Templates(directory=_FOLDER / "templates")


@dataclass(frozen=True)
class _TurnView:
    """A turn as the template shows it."""

    id: str
    text: str
    blocks: list[dict[str, Any]]
    receipt: str
    can_rate: bool


def install(app: FastAPI) -> None:
    """Add the page and its static files to the application."""
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=_FOLDER / "static"), name="static")


def _view(turn: Turn, services: Services) -> _TurnView:
    blocks = public_blocks(turn, services.signer)
    rated = any(block["type"] in ("answer", "result") for block in blocks)
    return _TurnView(turn.id, turn.text, blocks, turn.receipt, rated)


def _starters(services: Services, off: Off) -> list[dict[str, str]]:
    release = services.releases.get()
    found = ((label, name, release.in_force(name)) for label, name in _STARTERS)
    shown = ((label, name) for label, name, entry in found if entry and not off.topic(entry.topic))
    return [{"id": services.signer.sign(f"entry:{name}"), "label": label} for label, name in shown]


def _new_cookie() -> str:
    """An id and a token for a conversation that is made with its first message.

    It is handed out with the page, so that a first message sent again after a lost reply meets the same conversation.
    """
    return f"{uuid4().hex}.{secrets.token_urlsafe(32)}"


def _set_cookie(response: Response, cookie: str, request: Request) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(_COOKIE, cookie, _COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure)


async def _open_conversation(request: Request, services: Services) -> tuple[str, str]:
    """The conversation of the cookie, made now if this is its first message. Returns its id and the cookie."""
    cookie = request.cookies.get(_COOKIE, "")
    if not _COOKIE_FORM.fullmatch(cookie):
        cookie = _new_cookie()
    conversation_id, _, token = cookie.partition(".")
    await services.store.ensure(conversation_id, "web", token)
    if not await services.store.opens(conversation_id, token):
        cookie = _new_cookie()
        conversation_id, _, token = cookie.partition(".")
        await services.store.ensure(conversation_id, "web", token)
    return conversation_id, cookie


async def _conversation(request: Request, services: Services) -> str | None:
    """The conversation that the cookie opens."""
    conversation_id, _, token = request.cookies.get(_COOKIE, "").partition(".")
    if conversation_id and await services.store.opens(conversation_id, token):
        return conversation_id
    return None


def _is_script(request: Request) -> bool:
    return request.headers.get("x-requested-with") == "fetch"


async def _render(
    request: Request, services: Services, *, error: str | None = None, draft: str = "", status: int = 200
) -> Response:
    conversation_id = await _conversation(request, services)
    turns = await services.store.turns(conversation_id, _SHOWN_TURNS) if conversation_id else []
    off = await services.staff.switches.off()
    paused = off.channel("web")
    context = {
        "turns": [_view(turn, services) for turn in turns],
        "starters": [] if paused else _starters(services, off),
        "paused": say("switched_off") if paused else None,
        "message_id": uuid4().hex,
        "max_characters": services.settings.max_text_characters,
        "error": error,
        "draft": draft,
        "public_url": services.settings.public_url.rstrip("/"),
    }
    response = _templates.TemplateResponse(request, "page.html", context, status, {"Cache-Control": "no-store"})
    if not _COOKIE_FORM.fullmatch(request.cookies.get(_COOKIE, "")):
        _set_cookie(response, _new_cookie(), request)
    return response


@router.get("/")
async def show_page(request: Request, services: ServicesDep) -> Response:
    """The page with the conversation so far."""
    return await _render(request, services)


@router.post("/ask")
async def ask(
    request: Request,
    services: ServicesDep,
    message_id: Annotated[str, Form(max_length=128)] = "",
    text: Annotated[str | None, Form(max_length=20_000)] = None,
    choice: Annotated[str | None, Form(max_length=300)] = None,
) -> Response:
    """One message or pressed button. A script gets the turn as HTML, a plain form is led back to the page."""
    refuse_other_sites(request)
    conversation_id, cookie = await _open_conversation(request, services)
    inbound = Inbound(
        channel="web",
        sender=conversation_id,
        message_id=message_id if _MESSAGE_ID.fullmatch(message_id) else uuid4().hex,
        text=None if choice else text or "",
        choice=choice or None,
        client=client_of(request),
    )
    try:
        turn = await services.pipeline.run(inbound)
    except (TooManyMessagesError, UnknownConversationError) as error:
        if _is_script(request):
            raise
        seconds = error.seconds if isinstance(error, TooManyMessagesError) else 0
        text_key = say("rate_limited", seconds=seconds) if seconds else say("failed")
        status = 429 if seconds else 404
        return await _render(request, services, error=text_key, draft=text or "", status=status)
    if _is_script(request):
        response: Response = _templates.TemplateResponse(request, "turn.html", {"turn": _view(turn, services)})
    else:
        response = RedirectResponse(f"/#turn-{turn.id}", 303)
    _set_cookie(response, cookie, request)
    return response


@router.get("/turns/{turn_id}/{name}")
async def take_away(request: Request, services: ServicesDep, turn_id: str, name: str) -> Response:
    """A file of a result in the cookie's own conversation."""
    conversation_id = await _conversation(request, services)
    turn = await services.store.turn(conversation_id, turn_id) if conversation_id else None
    file = result_file(turn, name) if turn is not None else None
    if file is None:
        raise ProblemError(404, "没有找到这个文件，会话可能已经删除了。")
    return file.response()


@router.post("/feedback")
async def feedback(
    request: Request,
    services: ServicesDep,
    turn_id: Annotated[str, Form(max_length=64)],
    verdict: Annotated[str, Form(pattern="^(helpful|not_helpful)$")],
    reason: Annotated[str | None, Form(pattern=f"^{CONTESTED_REASON}$")] = None,
) -> Response:
    """Was it of use? A script gets 204, a plain form is led back."""
    refuse_other_sites(request)
    conversation_id = await _conversation(request, services)
    if conversation_id is None or not await take_feedback(services, conversation_id, turn_id, verdict, reason, None):
        raise ProblemError(404, "没有找到这一轮对话。")
    return Response(status_code=204) if _is_script(request) else RedirectResponse(f"/?thanks=1#turn-{turn_id}", 303)


@router.post("/erase")
async def erase(request: Request, services: ServicesDep) -> Response:
    """Erase the conversation everywhere and forget it in the browser."""
    refuse_other_sites(request)
    conversation_id = await _conversation(request, services)
    if conversation_id is not None:
        try:
            await erase_everywhere(conversation_id, services)
        except ProblemError as error:
            return await _render(request, services, error=error.detail, status=error.status)
    response = RedirectResponse("/", 303)
    response.delete_cookie(_COOKIE)
    return response
