"""A catalogue to import into, and files to import."""

import asyncio
from collections.abc import Sequence

import pytest

from api.staff.entries.live import LiveCatalogue
from knowledge_base.entry import Entry
from knowledge_base.exchange.files import WRITERS
from tests.api import fakes
from tests.api.conftest import Running
from tests.api.staff.conftest import Clerk

PATH = "/staff/exchange/imports"


@pytest.fixture(autouse=True)
async def catalogue(running: Running) -> LiveCatalogue:
    await running.services.staff.live.load_starter(fakes.ENTRIES)
    return running.services.staff.live


def entry(**changes: object) -> Entry:
    """The first entry of the catalogue, changed."""
    return Entry.model_validate(fakes.ENTRIES[0].model_dump() | changes)


def new(number: int = 1, **changes: object) -> Entry:
    """An entry that the catalogue has not."""
    return entry(id=f"labour.new-{number}", title=f"新条目{number}", **changes)


def sheet(entries: Sequence[Entry], suffix: str = ".xlsx") -> bytes:
    """A file with entries."""
    return WRITERS[suffix](entries)


async def at_rest(clerk: Clerk, path: str) -> str:
    """The page of an import once nothing goes on any more."""
    while True:
        state = await clerk.json("GET", path)
        assert state.status_code == 200, state.text
        if not state.json()["works"]:
            return (await clerk.get(path)).text
        await asyncio.sleep(0.02)


async def upload(clerk: Clerk, data: bytes, name: str = "a.xlsx") -> tuple[str, str]:
    """Send a file; the import's path and the preview."""
    response = await clerk.post(PATH, follow=False, files={"file": (name, data)})
    assert response.status_code == 303, response.text
    path = response.headers["location"]
    return path, await at_rest(clerk, path)


async def import_all(clerk: Clerk, data: bytes, name: str = "a.xlsx") -> str:
    """Send a file and import what the preview proposes; the result's page."""
    path, _ = await upload(clerk, data, name)
    await clerk.post(path, follow=False, do="start")
    return await at_rest(clerk, path)
