"""The platform's API: tokens, customer-service messages and the menu.

Every refusal is `{"errcode", "errmsg"}` with status 200. Sources are the pages named in `issued_tokens`, `allowances`
and `menu_rules`.
"""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.responses import JSONResponse, Response

from api.channels.wechat.simulator.faults import FaultyCalls, error
from api.channels.wechat.simulator.judge import MOST_TEXT_BYTES
from api.channels.wechat.simulator.menu_rules import as_shown, menu_errcode
from api.channels.wechat.simulator.platform_state import PlatformState, SentMessage

_SENDABLE = frozenset(("text", "image", "voice", "video", "music", "news", "mpnews", "msgmenu", "miniprogrampage"))
_MALFORMED, _WRONG_GRANT, _WRONG_APP_ID, _WRONG_SECRET = 47001, 40002, 40013, 40125
_STRANGER, _WRONG_KIND, _EMPTY, _TOO_LONG, _NO_MENU, _NOT_CERTIFIED = 40003, 40008, 44004, 45002, 46003, 48001
Json = dict[str, Any]
router = APIRouter(prefix="/cgi-bin")


class RefusedError(Exception):
    """A call that the platform does not carry out."""

    def __init__(self, errcode: int) -> None:
        super().__init__(errcode)
        self.errcode = errcode


def create_platform(state: PlatformState) -> FastAPI:
    """The API over a state that the caller keeps, and may look into and change."""
    app = FastAPI(title="微信平台模拟", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.platform = state
    app.include_router(router)
    app.add_exception_handler(RefusedError, _refused)
    app.add_middleware(FaultyCalls, faults=state.faults, calls=state.calls)
    return app


async def _refused(_: Request, problem: Exception) -> Response:
    return JSONResponse(error(problem.errcode if isinstance(problem, RefusedError) else -1))


def _state(request: Request) -> PlatformState:
    state: PlatformState = request.app.state.platform
    return state


def _authorised(request: Request) -> PlatformState:
    """The state, for a call with a good token."""
    state = _state(request)
    if code := state.tokens.errcode(request.query_params.get("access_token", "")):
        raise RefusedError(code)
    return state


async def _body(request: Request) -> Json:
    try:
        body = json.loads((await request.body()).decode())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise RefusedError(_MALFORMED)
    return body


StateDep = Annotated[PlatformState, Depends(_state)]
AuthorisedDep = Annotated[PlatformState, Depends(_authorised)]
BodyDep = Annotated[Json, Depends(_body)]


@router.post("/stable_token")
async def stable_token(state: StateDep, body: BodyDep) -> Json:
    """A token: the present one, or with `force_refresh` a new one that makes the others bad."""
    wanted = {
        "grant_type": ("client_credential", _WRONG_GRANT),
        "appid": (state.account.app_id, _WRONG_APP_ID),
        "secret": (state.account.app_secret.get_secret_value(), _WRONG_SECRET),
    }
    for name, (value, code) in wanted.items():
        if body.get(name) != value:
            raise RefusedError(code)
    for code, limit in state.token_limits.items():
        if not limit.take():
            raise RefusedError(code)
    issued = state.tokens.forced() if body.get("force_refresh") is True else state.tokens.normal()
    if isinstance(issued, int):
        raise RefusedError(issued)
    value, seconds = issued
    return {"access_token": value, "expires_in": seconds}


@router.post("/message/custom/send")
async def send(request: Request, state: AuthorisedDep, body: BodyDep) -> Json:
    """A customer-service message to one follower."""
    openid, kind = body.get("touser"), body.get("msgtype")
    if not state.account.verified:
        raise RefusedError(_NOT_CERTIFIED)
    if not isinstance(openid, str) or not state.knows(openid):
        raise RefusedError(_STRANGER)
    if not (isinstance(kind, str) and kind in _SENDABLE and isinstance(body.get(kind), dict)):
        raise RefusedError(_WRONG_KIND)
    text = body[kind].get("content", "")
    if kind == "text" and not (isinstance(text, str) and text.strip()):
        raise RefusedError(_EMPTY)
    if kind == "text" and len(text.encode()) > MOST_TEXT_BYTES:
        raise RefusedError(_TOO_LONG)
    if code := state.allowances.take(openid):
        raise RefusedError(code)
    await state.record(SentMessage(openid, kind, text, await request.body(), state.clock()))
    return _done()


@router.post("/menu/create")
async def create_menu(state: AuthorisedDep, body: BodyDep) -> Json:
    """The menu for everybody, in place of the one before."""
    if code := menu_errcode(body):
        raise RefusedError(code)
    state.menu = body
    return _done()


@router.get("/menu/get")
async def get_menu(state: AuthorisedDep) -> Json:
    """The menu that was made by the API."""
    if state.menu is None:
        raise RefusedError(_NO_MENU)
    return {"menu": state.menu}


@router.api_route("/menu/delete", methods=["GET", "POST"])
async def delete_menu(state: AuthorisedDep) -> Json:
    """No menu."""
    state.menu = None
    return _done()


@router.get("/get_current_selfmenu_info")
async def shown_menu(state: AuthorisedDep) -> Json:
    """The menu that followers see."""
    return as_shown(state.menu)


def _done() -> Json:
    return {"errcode": 0, "errmsg": "ok"}
