"""All pages about entries. Fixed paths come before those with an entry's id in them."""

from fastapi import APIRouter

from api.staff.entries import editor_routes, history_routes, list_routes, review_routes

router = APIRouter()
for part in (list_routes, review_routes, history_routes, editor_routes):
    router.include_router(part.router)
