"""The page with the switches."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from api.services import ServicesDep
from api.staff.people.staff import Staff
from api.staff.permissions import Permission
from api.staff.switches.board import MOST_CHARACTERS, SwitchError
from api.staff.switches.scopes import label_of_scope, scopes_by_group
from api.staff.web import allowed, go, page

router = APIRouter(prefix="/staff/switches", include_in_schema=False)
Switcher = Annotated[Staff, Depends(allowed(Permission.SWITCH))]
_PAGE = "/staff/switches"


@router.get("")
async def switches_page(request: Request, services: ServicesDep, staff: Switcher) -> Response:
    """What is off, and a form to switch something off."""
    return await _page(request, services, staff)


async def _page(
    request: Request, services: ServicesDep, staff: Staff, *, problem: str = "", scope: str = "", reason: str = ""
) -> Response:
    off = await services.staff.switches.listed()
    context = {
        "off": [(row, label_of_scope(row.scope) or row.scope) for row in off],
        "scopes_off": {row.scope for row in off},
        "groups": scopes_by_group(),
        "problem": problem,
        "scope": scope,
        "reason": reason,
        "most": MOST_CHARACTERS,
    }
    return await page(request, "switches/list.html", staff, 422 if problem else 200, **context)


@router.post("/off")
async def turn_off(
    request: Request,
    services: ServicesDep,
    staff: Switcher,
    scope: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Switch a channel or a topic off."""
    try:
        kept = await services.staff.switches.turn_off(scope, reason, staff)
    except SwitchError as error:
        return await _page(request, services, staff, problem=str(error), scope=scope, reason=reason)
    await services.staff.audit.write(staff, "switched_off", f"switch:{scope}", reason=kept)
    return await go(request, _PAGE, f"“{label_of_scope(scope)}”关好了，两秒内处处生效。")


@router.post("/on")
async def turn_on(
    request: Request, services: ServicesDep, staff: Switcher, scope: Annotated[str, Form()] = ""
) -> Response:
    """Switch it on again."""
    try:
        await services.staff.switches.turn_on(scope)
    except SwitchError as error:
        return await _page(request, services, staff, problem=str(error))
    await services.staff.audit.write(staff, "switched_on", f"switch:{scope}")
    return await go(request, _PAGE, f"“{label_of_scope(scope) or scope}”打开了，两秒内处处生效。")
