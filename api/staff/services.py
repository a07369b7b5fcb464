"""What the console's pages need, made once when the application starts."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from api.pipeline.limits import MessageLimits
from api.settings import Settings
from api.staff.audit import AuditLog
from api.staff.conversations.finder import TurnFinder
from api.staff.dashboard.days import DailyStore
from api.staff.dashboard.rising import CaseWeeks
from api.staff.entries.checking import EntryChecks
from api.staff.entries.drafts import Drafts
from api.staff.entries.listing import EntryList
from api.staff.entries.live import LiveCatalogue
from api.staff.exchange.service import Exchange, open_exchange
from api.staff.jobs import Jobs
from api.staff.people.store import PeopleStore
from api.staff.publishing.history import ReleaseHistory
from api.staff.publishing.publisher import Publisher
from api.staff.publishing.questions import AskedQuestions
from api.staff.publishing.replay import Replay, Replayer
from api.staff.switches.board import SwitchBoard
from api.staff.testing.store import SavedTests
from api.staff.tickets.store import TicketStore
from api.staff.unanswered.cases import CaseStore
from api.staff.unanswered.drafting import CaseDrafts
from api.staff.unanswered.gather import Gatherer
from knowledge_base.live_release import LiveRelease
from knowledge_base.release import ReleaseStore

_SIGN_INS = "20/minute"
"""Tries of one address, whatever the accounts; an account has a lock of its own."""


@dataclass(frozen=True)
class StaffServices:
    """Everything of the console that lives as long as the application."""

    people: PeopleStore
    audit: AuditLog
    drafts: Drafts
    live: LiveCatalogue
    gatherer: Gatherer
    cases: CaseStore
    case_drafts: CaseDrafts
    turns: TurnFinder
    daily: DailyStore
    case_weeks: CaseWeeks
    entry_list: EntryList
    checks: EntryChecks
    sign_in_limits: MessageLimits
    switches: SwitchBoard
    tickets: TicketStore
    exchange: Exchange
    tests: SavedTests
    test_runs: Jobs[int]
    replayer: Replayer
    replays: Jobs[Replay]
    release_history: ReleaseHistory
    publisher: Publisher

    async def close(self) -> None:
        """End what runs beside the requests."""
        await self.exchange.close()
        await self.publisher.close()
        await self.checks.close()
        await self.replays.close()
        await self.test_runs.close()


def open_staff(
    engine: AsyncEngine, settings: Settings, release_store: ReleaseStore, releases: LiveRelease
) -> StaffServices:
    """The console's services over an engine and the releases."""
    live, tests = LiveCatalogue(engine), SavedTests(engine)
    replayer = Replayer(live, tests, AskedQuestions(engine), release_store, releases)
    return StaffServices(
        people=PeopleStore(engine),
        audit=AuditLog(engine),
        drafts=Drafts(engine),
        live=LiveCatalogue(engine),
        gatherer=Gatherer(engine),
        cases=CaseStore(engine),
        case_drafts=CaseDrafts(Drafts(engine)),
        turns=TurnFinder(engine),
        daily=DailyStore(engine),
        case_weeks=CaseWeeks(engine),
        entry_list=EntryList(engine),
        checks=EntryChecks(LiveCatalogue(engine)),
        sign_in_limits=MessageLimits(_SIGN_INS, _SIGN_INS, settings.redis_url),
        switches=SwitchBoard(engine),
        tickets=TicketStore(engine),
        exchange=open_exchange(engine),
        tests=tests,
        test_runs=Jobs(),
        replayer=replayer,
        replays=Jobs(),
        release_history=ReleaseHistory(engine),
        publisher=Publisher(live, release_store, AuditLog(engine), replayer.obstacles),
    )
