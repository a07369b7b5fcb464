"""Signing in and out, one's own password, and the list of people."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from starlette.responses import Response

from api.pipeline.limits import TooManyMessagesError
from api.same_site import refuse_other_sites
from api.services import Services, ServicesDep, client_of
from api.staff.people.passwords import one_time_password
from api.staff.people.sessions import SESSION_HOURS, SignInRefusal
from api.staff.people.staff import NOBODY, Staff
from api.staff.people.store import PeopleError
from api.staff.permissions import Permission, Role
from api.staff.web import COOKIE, SIGN_IN, SignedIn, allowed, go, page, safe_path

router = APIRouter(prefix="/staff", include_in_schema=False)
Manager = Annotated[Staff, Depends(allowed(Permission.MANAGE_PEOPLE))]
StaffId = Annotated[int, Path(ge=1, le=2**31 - 1)]
_PEOPLE = "/staff/people"


@router.get("/sign-in")
async def sign_in_page(
    request: Request, next: Annotated[str, Query(max_length=2000)] = "", changed: bool = False
) -> Response:
    """The form. `changed`: the password was changed just now."""
    return await _sign_in_form(request, next, changed=changed)


async def _sign_in_form(
    request: Request, next: str, *, username: str = "", problem: str = "", status: int = 200, changed: bool = False
) -> Response:
    shown = {"next": safe_path(next), "username": username[:80], "problem": problem, "changed": changed}
    return await page(request, "people/sign_in.html", None, status, **shown)


@router.post("/sign-in")
async def sign_in(
    request: Request,
    services: ServicesDep,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Sign in. Whatever session the browser had is ended first: a session is never taken over."""
    refuse_other_sites(request)
    try:
        await services.staff.sign_in_limits.count("", client_of(request))
    except TooManyMessagesError as error:
        problem = f"这里登录得太频繁了，请过 {error.seconds} 秒再试。"
        response = await _sign_in_form(request, next, username=username, problem=problem, status=429)
        response.headers["Retry-After"] = str(error.seconds)
        return response
    people = services.staff.people
    if before := request.cookies.get(COOKIE):
        await people.sign_out(before)
    outcome = await people.sign_in(username, password)
    if isinstance(outcome, SignInRefusal):
        # Who has no account may have typed a password here.
        name = "?" if outcome is SignInRefusal.UNKNOWN else username.strip().lower()
        await services.staff.audit.write(NOBODY, "sign_in_refused", f"staff:{name}", why=outcome.value)
        return await _sign_in_form(request, next, username=username, problem=outcome.text, status=401)
    staff = await people.find(outcome)
    if staff is not None:
        await services.staff.audit.write(staff, "signed_in", f"staff:{staff.username}")
    response = await go(request, safe_path(next))
    response.set_cookie(
        COOKIE,
        outcome,
        max_age=SESSION_HOURS * 3600,
        path="/staff",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https" or services.settings.environment == "production",
    )
    return response


@router.post("/sign-out")
async def sign_out(request: Request, services: ServicesDep, staff: SignedIn) -> Response:
    """End the session."""
    await services.staff.people.sign_out(request.cookies.get(COOKIE, ""))
    await services.staff.audit.write(staff, "signed_out", f"staff:{staff.username}")
    response = await go(request, SIGN_IN)
    response.delete_cookie(COOKIE, path="/staff")
    return response


@router.get("/password")
async def password_page(request: Request, staff: SignedIn) -> Response:
    """The form for one's own password."""
    return await page(request, "people/password.html", staff, problem="")


@router.post("/password")
async def change_password(
    request: Request,
    services: ServicesDep,
    staff: SignedIn,
    current: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Change one's own password; every session ends, this one too."""
    problem = await _change_password(services, staff, current, password, again)
    if problem:
        return await page(request, "people/password.html", staff, 422, problem=problem)
    await services.staff.audit.write(staff, "password_changed", f"staff:{staff.username}")
    response = await go(request, f"{SIGN_IN}?changed=1")
    response.delete_cookie(COOKIE, path="/staff")
    return response


async def _change_password(services: Services, staff: Staff, current: str, password: str, again: str) -> str:
    """Why it was not done; empty when it was. Guesses are counted, as somebody may have left a browser open."""
    people = services.staff.people
    try:
        await services.staff.sign_in_limits.count(f"password:{staff.id}", "")
    except TooManyMessagesError as error:
        return f"试得太频繁了，请过 {error.seconds} 秒再试。"
    if not await people.has_password(staff.id, current):
        return "现在的密码不对。"
    if password != again:
        return "两次输入的新密码不一样。"
    if password == current:
        return "新密码要和现在的不一样。"
    try:
        await people.set_password(staff.id, password, must_change=False)
    except PeopleError as error:
        return str(error)
    return ""


@router.get("/people")
async def people_page(request: Request, services: ServicesDep, staff: Manager) -> Response:
    """Everybody, and a form for somebody new."""
    return await _people(request, services, staff)


async def _people(
    request: Request,
    services: ServicesDep,
    staff: Staff,
    *,
    problem: str = "",
    shown_password: str = "",
    typed: dict[str, Any] | None = None,
) -> Response:
    """The page; `typed` is what was filled in for somebody new, or for the account `typed["id"]`, and was refused."""
    context = {
        "members": await services.staff.people.all(),
        "roles": list(Role),
        "problem": problem,
        "shown_password": shown_password,
        "typed": typed or {},
    }
    return await page(request, "people/list.html", staff, 422 if problem else 200, **context)


def _roles(names: list[str]) -> frozenset[Role]:
    return frozenset(Role(name) for name in names if name in set(Role))


@router.post("/people")
async def create_person(
    request: Request,
    services: ServicesDep,
    staff: Manager,
    username: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    roles: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Make an account with a password that is shown once."""
    password = one_time_password()
    wanted, kept_name = _roles(roles), username.strip().lower()
    try:
        await services.staff.people.create(username, name, wanted, password, must_change_password=True)
    except PeopleError as error:
        typed = {"username": username, "name": name, "roles": wanted}
        return await _people(request, services, staff, problem=str(error), typed=typed)
    await services.staff.audit.write(staff, "person_created", f"staff:{kept_name}", roles=sorted(wanted))
    return await _people(request, services, staff, shown_password=f"{kept_name}　{password}")


@router.post("/people/{staff_id}")
async def change_person(
    request: Request,
    services: ServicesDep,
    staff: Manager,
    staff_id: StaffId,
    name: Annotated[str, Form()] = "",
    roles: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
    active: Annotated[bool, Form()] = False,
) -> Response:
    """Change name, roles, and whether the account may be used."""
    wanted = _roles(roles)
    try:
        username = await services.staff.people.change(staff_id, name=name, roles=wanted, active=active)
    except PeopleError as error:
        typed = {"id": staff_id, "name": name, "roles": wanted, "active": active}
        return await _people(request, services, staff, problem=str(error), typed=typed)
    await services.staff.audit.write(staff, "person_changed", f"staff:{username}", roles=sorted(wanted), active=active)
    return await go(request, _PEOPLE, f"{username} 改好了。")


@router.post("/people/{staff_id}/password")
async def reset_password(request: Request, services: ServicesDep, staff: Manager, staff_id: StaffId) -> Response:
    """Give somebody a new password for once, and unlock the account."""
    if staff_id == staff.id:
        return await _people(request, services, staff, problem="自己的密码请点右上角的“改密码”。")
    password = one_time_password()
    try:
        username = await services.staff.people.set_password(staff_id, password, must_change=True)
    except PeopleError as error:
        return await _people(request, services, staff, problem=str(error))
    await services.staff.audit.write(staff, "password_reset", f"staff:{username}")
    return await _people(request, services, staff, shown_password=f"{username}　{password}")
