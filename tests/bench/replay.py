"""How long a replay before publishing takes: `python -m tests.bench.replay`. Prints figures; the bar is 30 seconds.

The last 2,000 different questions (of tests/evaluation), put to the release in use and to a candidate with one edited
entry, as the console does it, beside a loop that must stay responsive. Nothing is written to the release folder.
"""

import asyncio
import json
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.staff.entries.drafts import Drafts
from api.staff.entries.live import LiveCatalogue
from api.staff.jobs import Job
from api.staff.people.staff import Staff
from api.staff.publishing.questions import AskedQuestions
from api.staff.publishing.replay import QUESTIONS, Replay, Replayer
from api.staff.testing.store import SavedTests
from api.storage.database import create_engine, migrate
from api.storage.models import Conversation, Turn
from knowledge_base.live_release import LiveRelease
from knowledge_base.release import ReleaseStore
from knowledge_base.threads import use_one_thread

BAR_SECONDS = 30.0
_EVALUATION = Path(__file__).parents[1] / "evaluation"


def questions() -> list[str]:
    """Different questions, as many as are replayed."""
    texts: dict[str, None] = {}
    for path in sorted(_EVALUATION.glob("*.jsonl")):
        rows = filter(None, path.read_text(encoding="utf-8").split("\n"))
        texts |= dict.fromkeys(json.loads(row)["text"] for row in rows)
    return list(texts)[:QUESTIONS]


async def fill(engine: AsyncEngine, texts: list[str]) -> None:
    """Store each question as a turn."""
    now = datetime.now(UTC)
    common = {"number": 1, "outcome": "answered.entry", "scores": {}, "reply": [], "duration_ms": 1.0}
    async with AsyncSession(engine) as session, session.begin():
        session.add(Conversation(id="bench", channel="web", token_hash="", created_at=now, last_active_at=now))
        await session.flush()
        for number, text in enumerate(texts):
            name = uuid4().hex
            at = now - timedelta(seconds=number)
            session.add(
                Turn(
                    id=name,
                    conversation_id="bench",
                    message_id=name,
                    text=text,
                    receipt=name[:12],
                    created_at=at,
                    **common,
                )
            )


async def approve(engine: AsyncEngine, live: LiveCatalogue) -> str:
    """One edited entry, approved; its id."""
    drafts = Drafts(engine)
    entry = (await live.entries())[0]
    content = entry.model_dump(mode="json") | {"questions": [*entry.questions, "新加的一条问法在这里"]}
    writer, reader = (Staff(number, f"{number}", f"{number}", frozenset(), "") for number in (1, 2))
    revision = await drafts.save(entry.id, content, 1, writer)
    await drafts.approve(entry.id, await drafts.submit(entry.id, revision, writer), reader)
    return entry.id


async def longest_wait(end: asyncio.Event) -> float:
    """The longest that the loop kept somebody waiting meanwhile, in seconds."""
    longest = 0.0
    while not end.is_set():
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        longest = max(longest, time.perf_counter() - before - 0.005)
    return longest


async def measure(url: str) -> None:
    """Replay twice: what the release in use said is known the second time."""
    engine = create_engine(url)
    store = ReleaseStore.from_environment()
    releases = LiveRelease(store)
    live = LiveCatalogue(engine)
    await live.load_starter(list(releases.get().entries.values()))
    await fill(engine, questions())
    entry_id = await approve(engine, live)
    replayer = Replayer(live, SavedTests(engine), AskedQuestions(engine), store, releases)
    for name in ("first replay", "second replay"):
        end = asyncio.Event()
        watching = asyncio.create_task(longest_wait(end))
        job: Job[Replay] = Job()
        began, worked = time.perf_counter(), time.process_time()
        replay = await replayer.run([entry_id], job)
        seconds = time.perf_counter() - began
        worked = time.process_time() - worked
        end.set()
        waited = await watching
        print(
            f"{name}: {replay.asked} questions on both releases in {seconds:.1f} s (bar {BAR_SECONDS:.0f} s; "
            f"{worked:.1f} s of one core), {len(replay.changes)} answers change, longest wait of the loop {waited * 1e3:.0f} ms"
        )
    await engine.dispose()


def main() -> None:
    """Print the figures."""
    use_one_thread()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/bench.db"
        migrate(url)
        asyncio.run(measure(url))


if __name__ == "__main__":
    main()
