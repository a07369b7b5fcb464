"""What imports are made with, in one place."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from api.staff.audit import AuditLog
from api.staff.entries.drafts import Drafts
from api.staff.exchange.carrying_out import Importer
from api.staff.exchange.jobs import ImportJobs
from api.staff.exchange.preview import Previewer


@dataclass(frozen=True)
class Exchange:
    """The imports under way, what reads them, and what carries them out."""

    jobs: ImportJobs
    previewer: Previewer
    importer: Importer

    async def close(self) -> None:
        """End what runs beside the requests."""
        await self.jobs.close()


def open_exchange(engine: AsyncEngine) -> Exchange:
    """Everything over an engine."""
    jobs = ImportJobs()
    return Exchange(jobs, Previewer(engine, jobs), Importer(Drafts(engine), AuditLog(engine)))
