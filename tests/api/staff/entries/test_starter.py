"""The catalogue that comes with the software, in an empty database."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from api.staff.entries.live import LiveCatalogue
from api.staff.entries.starter import fill_empty_catalogue
from knowledge_base.live_release import LiveRelease
from tests.api import fakes
from tests.api.conftest import Running
from tests.api.staff.conftest import Clerk
from tests.api.staff.entries.conftest import ENTRY


async def test_the_application_starts_with_what_the_release_holds(running: Running) -> None:
    live = running.services.staff.live
    assert set(await live.live_versions()) == {entry.id for entry in fakes.ENTRIES}
    first = (await live.releases())[-1]
    assert first.versions == {entry.id: 1 for entry in fakes.ENTRIES}


async def test_of_several_processes_that_start_at_once_one_fills_it(
    engine: AsyncEngine, live_release: LiveRelease
) -> None:
    catalogues = [LiveCatalogue(engine) for _ in range(3)]
    await asyncio.gather(*(fill_empty_catalogue(live, live_release.get()) for live in catalogues))
    assert len(await catalogues[0].versions(ENTRY.id)) == 1
    assert [record.number for record in await catalogues[0].releases()] == [live_release.get().number]


async def test_what_was_changed_since_stays(running: Running, reviewer: Clerk, live_release: LiveRelease) -> None:
    live = running.services.staff.live
    await live.take_offline(ENTRY.id, reviewer.staff, "过时了")
    await fill_empty_catalogue(live, live_release.get())
    assert ENTRY.id not in await live.live_versions()
