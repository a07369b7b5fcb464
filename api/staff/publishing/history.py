"""What going back to a release would change."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.storage.catalogue_models import CatalogueEntry, ReleaseRecord


@dataclass(frozen=True)
class WayBack:
    """Entries by id and title: those that would say something else, come back, and go offline."""

    release: ReleaseRecord
    changed: tuple[tuple[str, str], ...]
    returning: tuple[tuple[str, str], ...]
    leaving: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        """How many entries it is about."""
        return len(self.changed) + len(self.returning) + len(self.leaving)


class ReleaseHistory:
    """Compares what is live with releases made before."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def way_back(self, number: int) -> WayBack | None:
        """From what is live to a release; None when no such release is remembered."""
        columns = (CatalogueEntry.id, CatalogueEntry.title, CatalogueEntry.live_version)
        query = select(*columns, CatalogueEntry.live.is_(None).label("offline")).order_by(CatalogueEntry.id)
        async with AsyncSession(self._engine) as session:
            release = await session.get(ReleaseRecord, number)
            if release is None:
                return None
            rows = (await session.execute(query)).all()
        live = {row.id: row.live_version for row in rows if not row.offline}
        titles = {row.id: row.title for row in rows}
        then = {name: version for name, version in release.versions.items() if name in titles}

        def told(ids: list[str]) -> tuple[tuple[str, str], ...]:
            return tuple((name, titles[name]) for name in ids)

        return WayBack(
            release,
            told([name for name in then if name in live and live[name] != then[name]]),
            told([name for name in then if name not in live]),
            told([name for name in live if name not in then]),
        )
