"""A page that looks like a phone: the chat of one follower, for a browser on this machine."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

from api.channels.wechat.simulator.chat import Chat
from api.channels.wechat.simulator.links import Segment
from api.channels.wechat.simulator.platform_state import PlatformState
from api.middleware import SecurityHeaders

_STATIC = Path(__file__).parent / "static"
router = APIRouter()


class Typed(BaseModel):
    """What was typed, commands included."""

    text: Annotated[str, Field(max_length=20_000)]


class Tapped(BaseModel):
    """A choice that was tapped."""

    content: str
    menu_id: str


def create_page(chat: Chat, state: PlatformState) -> FastAPI:
    """The page with its scripts, and what it asks for. `state` has the menu."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.chat, app.state.platform = chat, state
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_middleware(SecurityHeaders)
    return app


def _chat(request: Request) -> Chat:
    chat: Chat = request.app.state.chat
    return chat


ChatDep = Annotated[Chat, Depends(_chat)]


@router.get("/")
async def show_page() -> Response:
    """The page."""
    return FileResponse(_STATIC / "phone.html")


@router.get("/lines")
async def lines(request: Request, chat: ChatDep, after: int = 0) -> dict[str, Any]:
    """The lines behind a number, and the menu at the foot."""
    new = [asdict(line) for line in chat.lines[max(after, 0) :]]
    return {"lines": new, "menu": (request.app.state.platform.menu or {}).get("button", [])}


@router.post("/enter", status_code=204)
async def enter(chat: ChatDep, typed: Typed) -> None:
    """Send what was typed; answered when the platform is done with it."""
    await chat.enter(typed.text)


@router.post("/tap", status_code=204)
async def tap(chat: ChatDep, tapped: Tapped) -> None:
    """Tap a choice."""
    await chat.tap(Segment(tapped.content, menu_id=tapped.menu_id, content=tapped.content))
