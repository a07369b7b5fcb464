"""The console's routes as the application has them, so that tests cover those to come as well."""

import re
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from api.staff.console import FILES
from api.staff.permissions import Permission

MADE_UP = "999999"
"""Stands for any path parameter: no row has this number, and no entry this name."""
FOR_EVERYBODY = frozenset(("/staff", "/staff/sign-in", "/staff/sign-out", "/staff/password"))
"""What needs no permission: signing in and out, one's own password, and the first page."""


@dataclass(frozen=True)
class ConsoleRoute:
    """One method of one route. `permission` is what its dependency `allowed(...)` asks for."""

    method: str
    template: str
    permission: Permission | None

    @property
    def path(self) -> str:
        """The path with made-up values."""
        return re.sub(r"\{[^}]+\}", MADE_UP, self.template)

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


def console_routes(app: FastAPI) -> list[ConsoleRoute]:
    """All routes under `/staff` but its files."""
    found = []
    for route in iter_route_contexts(app.routes):
        if not (route.path or "").startswith("/staff") or route.path == FILES:
            continue
        permission = _permission(route.dependant)
        found += [ConsoleRoute(method, route.path or "", permission) for method in sorted(route.methods or ())]
    return found


def _permission(dependant: Dependant) -> Permission | None:
    own = getattr(dependant.call, "permission", None)
    if isinstance(own, Permission):
        return own
    return next((found for one in dependant.dependencies if (found := _permission(one))), None)
