"""The console over a store of its own, which is published into, with nothing going on in the background."""

import asyncio
import time
from typing import Any

import pytest

from api.staff.permissions import Role
from api.staff.publishing.publisher import Publisher
from api.staff.services import StaffServices
from knowledge_base.live_release import LiveRelease
from knowledge_base.release import ReleaseStore
from tests.api import fakes
from tests.api.conftest import Running
from tests.api.staff.conftest import Clerk, Hire

ENTRY = fakes.ENTRIES[0]
OTHER = fakes.ENTRIES[1]


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Publisher, "start", lambda _: None)


@pytest.fixture
def live_release(own_store: ReleaseStore) -> LiveRelease:
    return LiveRelease(own_store)


@pytest.fixture
def services(running: Running) -> StaffServices:
    return running.services.staff


async def in_use(running: Running, number: int) -> None:
    """Wait until a release is served: it is loaded in the background."""

    def wait() -> None:
        while running.services.releases.get().number != number:
            time.sleep(0.02)

    await asyncio.to_thread(wait)


class Desk:
    """An editor and a reviewer who agree."""

    def __init__(self, services: StaffServices, editor: Clerk, reviewer: Clerk) -> None:
        self.services = services
        self.editor = editor
        self.reviewer = reviewer

    async def approve(self, entry: Any = ENTRY, publish_at: Any = None, **changes: Any) -> int:
        """Write a change of an entry and approve it; the revision."""
        row = await self.services.drafts.find(entry.id)
        content = entry.model_dump(mode="json") | changes
        if row is None:
            revision = await self.services.drafts.create(content, self.editor.staff)
        else:
            revision = await self.services.drafts.save(entry.id, content, row.revision, self.editor.staff)
        revision = await self.services.drafts.submit(entry.id, revision, self.editor.staff)
        return await self.services.drafts.approve(entry.id, revision, self.reviewer.staff, publish_at)

    async def title(self, entry_id: str = ENTRY.id) -> str | None:
        """The title that is live in the database."""
        return next((entry.title for entry in await self.services.live.entries() if entry.id == entry_id), None)


@pytest.fixture
async def desk(services: StaffServices, hire: Hire) -> Desk:
    return Desk(services, await hire("bian", Role.EDITOR), await hire("shen", Role.REVIEWER))
