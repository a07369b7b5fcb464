"""Signing in and out, one's own password, and the list of people."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from api.problems import ProblemError
from api.services import ServicesDep, client_of
from api.staff.people.passwords import one_time_password
from api.staff.people.staff import NOBODY, Staff
from api.staff.people.store import SESSION_HOURS, PeopleError, SignInRefusal
from api.staff.permissions import Permission, Role
from api.staff.web import COOKIE, OWN_PAGE, SIGN_IN, SignedIn, allowed, go, page, safe_path

router = APIRouter(prefix="/staff", include_in_schema=False)
Manager = Annotated[Staff, Depends(allowed(Permission.MANAGE_PEOPLE))]
_PEOPLE = "/staff/people"


@router.get("/sign-in")
async def sign_in_page(request: Request, next: str = "") -> Response:
    """The form."""
    return await page(request, "people/sign_in.html", None, next=safe_path(next), problem="", username="")


@router.post("/sign-in")
async def sign_in(
    request: Request,
    services: ServicesDep,
    username: Annotated[str, Form(max_length=80)] = "",
    password: Annotated[str, Form(max_length=400)] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Sign in. Whatever session the browser had is ended first: a session is never taken over."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise ProblemError(403, "请从工作台自己的登录页登录。")
    await services.staff.sign_in_limits.count("", client_of(request))
    if before := request.cookies.get(COOKIE):
        await services.staff.people.sign_out(before)
    outcome = await services.staff.people.sign_in(username, password)
    if isinstance(outcome, SignInRefusal):
        await services.staff.audit.write(NOBODY, "sign_in_refused", f"staff:{username[:40]}", why=outcome.name)
        shown = {"next": safe_path(next), "problem": outcome.value, "username": username[:80]}
        return await page(request, "people/sign_in.html", None, 401, **shown)
    staff = await services.staff.people.find(outcome)
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
    current: Annotated[str, Form(max_length=400)] = "",
    password: Annotated[str, Form(max_length=400)] = "",
    again: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Change one's own password; every session ends, this one too."""
    people = services.staff.people
    problem = ""
    if not await people.has_password(staff.id, current):
        problem = "现在的密码不对。"
    elif password != again:
        problem = "两次输入的新密码不一样。"
    elif password == current:
        problem = "新密码要和现在的不一样。"
    else:
        try:
            await people.set_password(staff.id, password, must_change=False)
        except PeopleError as error:
            problem = str(error)
    if problem:
        return await page(request, "people/password.html", staff, 422, problem=problem)
    await services.staff.audit.write(staff, "password_changed", f"staff:{staff.username}")
    response = await go(request, SIGN_IN)
    response.delete_cookie(COOKIE, path="/staff")
    return response


@router.get("/people")
async def people_page(request: Request, services: ServicesDep, staff: Manager) -> Response:
    """Everybody, and a form for somebody new."""
    return await _people(request, services, staff)


async def _people(
    request: Request, services: ServicesDep, staff: Staff, *, problem: str = "", shown_password: str = ""
) -> Response:
    members = await services.staff.people.all()
    status = 422 if problem else 200
    context = {"members": members, "roles": list(Role), "problem": problem, "shown_password": shown_password}
    return await page(request, "people/list.html", staff, status, **context)


def _roles(names: list[str]) -> frozenset[Role]:
    return frozenset(Role(name) for name in names if name in set(Role))


@router.post("/people")
async def create_person(
    request: Request,
    services: ServicesDep,
    staff: Manager,
    username: Annotated[str, Form(max_length=80)] = "",
    name: Annotated[str, Form(max_length=80)] = "",
    roles: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Make an account with a password that is shown once."""
    password = one_time_password()
    try:
        await services.staff.people.create(username, name, _roles(roles), password, must_change_password=True)
    except PeopleError as error:
        return await _people(request, services, staff, problem=str(error))
    await services.staff.audit.write(staff, "person_created", f"staff:{username.strip().lower()}", roles=sorted(roles))
    return await _people(request, services, staff, shown_password=f"{username.strip().lower()}　{password}")


@router.post("/people/{staff_id}")
async def change_person(
    request: Request,
    services: ServicesDep,
    staff: Manager,
    staff_id: int,
    name: Annotated[str, Form(max_length=80)] = "",
    roles: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
    active: Annotated[bool, Form()] = False,
) -> Response:
    """Change name, roles, and whether the account may be used."""
    try:
        await services.staff.people.change(staff_id, name=name, roles=_roles(roles), active=active)
    except PeopleError as error:
        return await _people(request, services, staff, problem=str(error))
    await services.staff.audit.write(staff, "person_changed", f"staff:{staff_id}", roles=sorted(roles), active=active)
    return await go(request, _PEOPLE, "改好了。")


@router.post("/people/{staff_id}/password")
async def reset_password(request: Request, services: ServicesDep, staff: Manager, staff_id: int) -> Response:
    """Give somebody a new password for once, and unlock the account."""
    if staff_id == staff.id:
        raise ProblemError(422, f"自己的密码请在“改密码”里改（{OWN_PAGE}）。")
    password = one_time_password()
    try:
        await services.staff.people.set_password(staff_id, password, must_change=True)
    except PeopleError as error:
        return await _people(request, services, staff, problem=str(error))
    await services.staff.audit.write(staff, "password_reset", f"staff:{staff_id}")
    return await _people(request, services, staff, shown_password=password)
