"""What the console's pages need, made once when the application starts."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from api.pipeline.limits import MessageLimits
from api.settings import Settings
from api.staff.audit import AuditLog
from api.staff.entries.drafts import Drafts
from api.staff.entries.live import LiveCatalogue
from api.staff.people.store import PeopleStore
from api.staff.switches.board import SwitchBoard

_SIGN_INS = "20/minute"
"""Tries of one address, whatever the accounts; an account has a lock of its own."""


@dataclass(frozen=True)
class StaffServices:
    """Everything of the console that lives as long as the application."""

    people: PeopleStore
    audit: AuditLog
    drafts: Drafts
    live: LiveCatalogue
    sign_in_limits: MessageLimits
    switches: SwitchBoard


def open_staff(engine: AsyncEngine, settings: Settings) -> StaffServices:
    """The console's services over an engine."""
    return StaffServices(
        people=PeopleStore(engine),
        audit=AuditLog(engine),
        drafts=Drafts(engine),
        live=LiveCatalogue(engine),
        sign_in_limits=MessageLimits(_SIGN_INS, _SIGN_INS, settings.redis_url),
        switches=SwitchBoard(engine),
    )
