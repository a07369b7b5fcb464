"""Replay: what citizens asked last, put to the release in use and to the one that a publication would make."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from api.staff.clock import Clock, shanghai_day, utc_now
from api.staff.entries.live import LiveCatalogue
from api.staff.jobs import Job
from api.staff.publishing.changes import Change, broken_tests, changes_between, doubled_questions
from api.staff.publishing.questions import AskedQuestions
from api.staff.testing.deciding import Advance, decide_all, no_progress
from api.staff.testing.expectation import Side
from api.staff.testing.store import SavedTests
from knowledge_base.live_release import LiveRelease
from knowledge_base.release import Release, ReleaseStore

QUESTIONS = 2000
"""So many different questions of citizens are asked again."""
Revisions = dict[str, int]
"""What a replay rests on: the revision of each entry that was chosen."""


@dataclass(frozen=True)
class Replay:
    """What came of it. `obstacles` forbid the publication; `asked` and `tests` are how many questions there were."""

    revisions: Revisions
    titles: tuple[str, ...]
    asked: int
    tests: int
    changes: tuple[Change, ...]
    obstacles: tuple[str, ...]


class Replayer:
    """Compares what is live with what would be."""

    def __init__(
        self,
        live: LiveCatalogue,
        tests: SavedTests,
        asked: AskedQuestions,
        store: ReleaseStore,
        releases: LiveRelease,
        clock: Clock = utc_now,
    ) -> None:
        self._live = live
        self._tests = tests
        self._asked = asked
        self._store = store
        self._releases = releases
        self._clock = clock
        self._known_of: tuple[int, date] | None = None
        self._known: dict[str, Side] = {}

    async def revisions(self, entry_ids: Collection[str]) -> Revisions:
        """Those of the entries that are approved, and as they stand now."""
        return {row.id: row.revision for row in await self._live.approved() if row.id in entry_ids}

    async def run(self, entry_ids: Collection[str], job: Job[Replay], limit: int = QUESTIONS) -> Replay:
        """Ask everything of both. `job` is told how far it is."""
        approved = [row for row in await self._live.approved() if row.id in entry_ids]
        revisions = {row.id: row.revision for row in approved}
        questions = await self._asked.latest(limit)
        tests = await self._tests.all()
        texts = list(dict.fromkeys([*questions, *(test.question for test in tests)]))
        job.total = 2 * len(texts) + 1

        def advance(count: int) -> None:
            job.done += count

        entries = await self._live.candidate(revisions)
        candidate = await asyncio.to_thread(self._store.candidate, entries)
        advance(1)
        before = await self._before(texts, advance)
        job.done = len(texts) + 1  # what was known already did not count
        after = await decide_all(candidate, texts, advance)
        guarding = [test for test in tests if test.must_not_change]
        obstacles = await asyncio.to_thread(doubled_questions, entries, revisions.keys(), self._today())
        return Replay(
            revisions,
            tuple(row.title for row in approved),
            len(questions),
            len(tests),
            changes_between(before, after, {test.question for test in guarding}),
            (*broken_tests(guarding, before, after), *obstacles),
        )

    async def obstacles(self, entry_ids: Collection[str]) -> tuple[str, ...]:
        """Only what forbids a publication: tests that must not change, and questions that two entries have."""
        entries = await self._live.candidate(entry_ids)
        doubled = await asyncio.to_thread(doubled_questions, entries, entry_ids, self._today())
        guarding = [test for test in await self._tests.all() if test.must_not_change]
        if not guarding:
            return doubled
        texts = [test.question for test in guarding]
        candidate = await asyncio.to_thread(self._store.candidate, entries)
        before, after = await self._before(texts), await decide_all(candidate, texts)
        return (*broken_tests(guarding, before, after), *doubled)

    async def _before(self, texts: Sequence[str], advance: Advance = no_progress) -> dict[str, Side]:
        """How the release in use meets the questions; what was asked of it before today is not asked again."""
        release: Release = self._releases.get()
        if self._known_of != (release.number, self._today()):
            self._known_of, self._known = (release.number, self._today()), {}
        known = self._known
        known |= await decide_all(release, [text for text in texts if text not in known], advance)
        return {text: known[text] for text in texts}

    def _today(self) -> date:
        return shanghai_day(self._clock())
