"""What people do with an entry, each with its record in the audit log; used for one entry and for many alike."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from api.services import Services
from api.staff.clock import SHANGHAI, shanghai_day, utc_now
from api.staff.entries.form import canonical, content_of
from api.staff.entries.states import EntryStateError
from api.staff.people.staff import Staff
from api.storage.catalogue_models import CatalogueEntry
from knowledge_base.topics import load_topics

Action = Callable[[Services, Staff, CatalogueEntry, int], Awaitable[None]]
_NAMED_FLAWS = 3
_REVIEW_AFTER = timedelta(days=365)


async def content_to_edit(services: Services, row: CatalogueEntry) -> dict[str, Any]:
    """What somebody who opens the entry goes on from: its work, what is live, or what was live last."""
    if row.work is not None or row.live is not None:
        return row.work or row.live or {}
    versions = await services.staff.live.versions(row.id)
    return next((version.content for version in versions if version.content), {"id": row.id})


def first_content(entry_id: str, topic: str, kind: str, title: str, questions: str = "") -> dict[str, Any]:
    """A new entry with what can be known of it."""
    today = shanghai_day(utc_now())
    office = load_topics()[topic].office if topic in load_topics() else ""
    fields = {"topic": topic, "kind": kind, "title": title, "questions": questions, "office": office}
    fields |= {"valid_from": today.isoformat(), "review_by": (today + _REVIEW_AFTER).isoformat()}
    return content_of(entry_id, fields.items())


async def save(services: Services, staff: Staff, row: CatalogueEntry, content: dict[str, Any], revision: int) -> int:
    """Save a draft; the new revision. `row` is the entry as it stood before; where nothing changes, nothing is done.

    What saves itself while somebody types is recorded once: when they take the entry up.

    Raises:
        EditConflictError: somebody else was faster.
        EntryStateError: it cannot be changed now.
    """
    if row.revision == revision and content == canonical(await content_to_edit(services, row)):
        return revision
    saved = await services.staff.drafts.save(row.id, content, revision, staff)
    if row.work is None or row.updated_by != staff.name:
        await services.staff.audit.write(staff, "entry_edited", f"entry:{row.id}", revision=saved)
    return saved


async def submit(services: Services, staff: Staff, row: CatalogueEntry, revision: int) -> None:
    """Hand a draft over for review.

    Raises:
        EntryStateError: it has defects, or is no draft.
    """
    flaws = await services.staff.checks.flaws(row.work) if row.work is not None else []
    if flaws:
        named = "；".join(flaw.message for flaw in flaws[:_NAMED_FLAWS])
        raise EntryStateError(f"还有 {len(flaws)} 处要改，改好才能提交：{named}{'……' if flaws[_NAMED_FLAWS:] else ''}")
    saved = await services.staff.drafts.submit(row.id, revision, staff)
    await services.staff.audit.write(staff, "entry_submitted", f"entry:{row.id}", revision=saved)


async def withdraw(services: Services, staff: Staff, row: CatalogueEntry, revision: int) -> None:
    """Take it back to write on. Raises as `Drafts.withdraw`."""
    saved = await services.staff.drafts.withdraw(row.id, revision, staff)
    await services.staff.audit.write(staff, "entry_withdrawn", f"entry:{row.id}", revision=saved)


async def discard(services: Services, staff: Staff, row: CatalogueEntry, revision: int) -> None:
    """Drop the draft. Raises as `Drafts.discard`."""
    await services.staff.drafts.discard(row.id, revision, staff)
    await services.staff.audit.write(staff, "draft_discarded", f"entry:{row.id}", revision=revision)


async def reject(services: Services, staff: Staff, row: CatalogueEntry, revision: int, reason: str) -> None:
    """Send it back. Raises as `Drafts.reject`."""
    saved = await services.staff.drafts.reject(row.id, revision, staff, reason)
    await services.staff.audit.write(staff, "entry_rejected", f"entry:{row.id}", revision=saved, reason=reason.strip())


def approve(publish_at: datetime | None = None) -> Action:
    """Approves; raises as `Drafts.approve`."""

    async def action(services: Services, staff: Staff, row: CatalogueEntry, revision: int) -> None:
        saved = await services.staff.drafts.approve(row.id, revision, staff, publish_at)
        at = {"publish_at": publish_at.isoformat()} if publish_at else {}
        await services.staff.audit.write(staff, "entry_approved", f"entry:{row.id}", revision=saved, **at)

    return action


def set_review_day(day: date) -> Action:
    """Sets the day by which the entry is to be reviewed, in its draft; that goes through review as any change."""

    async def action(services: Services, staff: Staff, row: CatalogueEntry, revision: int) -> None:
        content = await content_to_edit(services, row)
        await save(services, staff, row, canonical(content | {"review_by": day.isoformat()}), revision)

    return action


def publication_time(text: str) -> datetime | None:
    """A time as a browser's field gives it, on Shanghai's clocks; None for an empty one.

    Raises:
        EntryStateError: it is no time.
    """
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise EntryStateError("定时发布的时间不对，请写成 2026-07-01 09:00 这样。") from error
