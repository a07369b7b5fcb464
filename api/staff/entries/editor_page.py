"""The page of one entry: the form, what is wrong with it, how it looks, and what may be done next."""

import asyncio
from typing import Any

from fastapi import Request
from starlette.responses import Response

from api.problems import ProblemError
from api.services import Services
from api.staff.clock import shanghai_day, utc_now
from api.staff.entries import work
from api.staff.entries.checking import Flaw
from api.staff.entries.comparison import FieldChange, compare
from api.staff.entries.fields import CONFIDENCES, FACETS, GUIDES, KINDS
from api.staff.entries.form import canonical
from api.staff.entries.preview import Preview, preview
from api.staff.entries.states import WorkState, state_of
from api.staff.people.staff import Staff
from api.staff.permissions import Permission
from api.staff.web import page
from api.storage.catalogue_models import CatalogueEntry
from knowledge_base.laws import load_laws
from knowledge_base.pages import load_pages
from knowledge_base.topics import load_topics


async def row_or_404(services: Services, entry_id: str) -> CatalogueEntry:
    """The entry's row.

    Raises:
        ProblemError: 404, there is none.
    """
    row = None if "\x00" in entry_id else await services.staff.drafts.find(entry_id)
    if row is None:
        raise ProblemError(404, "没有这个条目，可能已经放弃了。")
    return row


async def checked(services: Services, content: dict[str, Any]) -> tuple[list[Flaw], Preview]:
    """What is wrong with a content, and how it looks."""
    flaws = await services.staff.checks.flaws(content)
    today = shanghai_day(utc_now())
    shown = await asyncio.to_thread(preview, content, services.releases.get(), services.signer, today)
    return flaws, shown


async def editor_page(
    request: Request,
    services: Services,
    staff: Staff,
    row: CatalogueEntry,
    *,
    content: dict[str, Any] | None = None,
    problem: str = "",
    conflict: list[FieldChange] | None = None,
    status: int = 200,
) -> Response:
    """The page as `row` stands; with `content` it shows what somebody typed instead, so that nothing is lost.

    `conflict`: how what was typed differs from what somebody else has saved meanwhile.
    """
    if content is None:
        content = canonical(await work.content_to_edit(services, row))
    flaws, shown = await checked(services, content)
    is_open = row.work_state in (None, WorkState.DRAFT)
    changes = await asyncio.to_thread(compare, row.live, row.work) if row.work is not None else []
    named = [target.removeprefix("entry:") for target in content.get("next", [])] + list(content.get("confusable", {}))
    context = {
        "row": row,
        "content": content,
        "state": state_of(row).value,
        "may_write": staff.may(Permission.EDIT_ENTRIES) and is_open,
        "wrote": str(staff.id) in row.authors,
        "problem": problem,
        "conflict": conflict,
        "changes": changes,
        "flaws": flaws,
        "shown": shown,
        "titles": await services.staff.entry_list.titles_of(named),
        "topics": list(load_topics()),
        "kinds": KINDS,
        "laws": list(load_laws()),
        "pages": load_pages(),
        "guides": GUIDES,
        "confidences": CONFIDENCES,
        "facets": {**dict.fromkeys(content.get("facets", {}), ""), **FACETS} | FACETS,
    }
    return await page(request, "entries/editor.html", staff, status, **context)
