"""Saved tests in the database: questions in folders, with what they should get and what the last run said."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.privacy.masking import mask
from api.staff.clock import Clock, utc_now
from api.staff.people.staff import Staff
from api.staff.testing.expectation import Expectation, Side, meets
from api.storage.catalogue_models import SavedTest
from knowledge_base.normalise import clean, letters

HIT_TEST_FOLDER = "命中测试"
MOST_CHARACTERS = 500


class UnfitTestError(ValueError):
    """A test that cannot be saved; the message is for the person who wrote it."""


@dataclass(frozen=True)
class SavedContent:
    """What a person writes of a test."""

    folder: str
    question: str
    expected: str
    entry_id: str = ""
    must_not_change: bool = False


@dataclass(frozen=True)
class Folder:
    """A folder and how its tests stand."""

    name: str
    count: int


class SavedTests:
    """Reads and writes saved tests."""

    def __init__(self, engine: AsyncEngine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    async def folders(self) -> list[Folder]:
        """All folders by name."""
        query = select(SavedTest.folder, func.count()).group_by(SavedTest.folder).order_by(SavedTest.folder)
        async with AsyncSession(self._engine) as session:
            return [Folder(name, count) for name, count in await session.execute(query)]

    async def all(self, folder: str = "") -> Sequence[SavedTest]:
        """The tests of a folder, or all, oldest first."""
        query = select(SavedTest).order_by(SavedTest.folder, SavedTest.id)
        if folder:
            query = query.where(SavedTest.folder == folder)
        async with AsyncSession(self._engine) as session:
            return (await session.scalars(query)).all()

    async def find(self, test_id: int) -> SavedTest | None:
        """One test."""
        async with AsyncSession(self._engine) as session:
            return await session.get(SavedTest, test_id)

    async def add(self, content: SavedContent, staff: Staff) -> int:
        """Save a new test; its id. The question is masked. Raises UnfitTestError as `checked`."""
        row = SavedTest(created_by=staff.name, created_at=self._clock())
        _fill(row, checked(content))
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            session.add(row)
        return row.id

    async def change(self, test_id: int, content: SavedContent) -> None:
        """Write a test anew; what the last run said no longer counts.

        Raises:
            UnfitTestError: as `checked`, or the test is gone.
        """
        content = checked(content)
        async with AsyncSession(self._engine) as session, session.begin():
            row = await session.get(SavedTest, test_id)
            if row is None:
                raise UnfitTestError("这个测试已经删掉了。")
            _fill(row, content)
            row.result, row.run_at = None, None

    async def delete(self, test_id: int) -> None:
        """Remove a test; nothing when it is gone already."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(SavedTest).where(SavedTest.id == test_id))

    async def record(self, results: dict[int, Side]) -> None:
        """Remember what a run said, by the tests' ids."""
        now = self._clock()
        async with AsyncSession(self._engine) as session, session.begin():
            for row in await session.scalars(select(SavedTest).where(SavedTest.id.in_(results))):
                side = results[row.id]
                passed = meets(side, Expectation(row.expected_kind), row.expected_entry_id)
                row.result, row.run_at = {"passed": passed, **side.as_json()}, now


def checked(content: SavedContent) -> SavedContent:
    """The content as it is stored: cleaned, and the question masked.

    Raises:
        UnfitTestError: something is missing or too long.
    """
    question, folder = mask(clean(content.question)), " ".join(content.folder.split())
    entry_id = content.entry_id.strip()
    if not letters(question):
        raise UnfitTestError("请写要问的问题。")
    if len(question) > MOST_CHARACTERS:
        raise UnfitTestError(f"问题最多 {MOST_CHARACTERS} 个字，现在有 {len(question)} 个。")
    if not folder or len(folder) > 80:
        raise UnfitTestError("请写放在哪个文件夹，最多 80 个字。")
    if content.expected not in set(Expectation):
        raise UnfitTestError("请选应当怎样。")
    if Expectation(content.expected).needs_entry and not entry_id:
        raise UnfitTestError(f"“{Expectation(content.expected).label}”要写是哪个条目的编号。")
    if len(entry_id) > 120:
        raise UnfitTestError("条目编号太长了，请核对。")
    return SavedContent(folder, question, content.expected, entry_id, content.must_not_change)


def _fill(row: SavedTest, content: SavedContent) -> None:
    row.folder, row.question = content.folder, content.question
    row.expected_kind, row.expected_entry_id = content.expected, content.entry_id or None
    row.must_not_change = content.must_not_change
