"""The console's entries as they are after the start: the six of the tests' release are live."""

import pytest

from tests.api import fakes
from tests.api.conftest import Running
from tests.api.staff.conftest import Clerk
from tests.api.staff.entries.pages import Pairs, form_on, sound_content

ENTRY = fakes.ENTRIES[0]
PAGE = f"/staff/entries/{ENTRY.id}"


class Desk:
    """What several tests do with entries."""

    def __init__(self, running: Running) -> None:
        self.staff = running.services.staff

    async def revision(self, entry_id: str) -> int:
        """The entry's revision now."""
        row = await self.staff.drafts.find(entry_id)
        assert row is not None
        return row.revision

    async def write(self, clerk: Clerk, **changes: object) -> str:
        """Somebody begins a new entry without a defect; its id."""
        content = sound_content(**changes)
        await self.staff.drafts.create(content, clerk.staff)
        return str(content["id"])

    async def hand_over(self, clerk: Clerk, **changes: object) -> str:
        """Somebody writes a new entry and hands it over for review; its id."""
        entry_id = await self.write(clerk, **changes)
        await self.staff.drafts.submit(entry_id, 1, clerk.staff)
        return entry_id


@pytest.fixture
async def desk(running: Running) -> Desk:
    return Desk(running)


async def form_of(clerk: Clerk, entry_id: str) -> Pairs:
    """The editor's form as the page gives it."""
    response = await clerk.get(f"/staff/entries/{entry_id}")
    assert response.status_code == 200, response.text
    return form_on(response.text)
