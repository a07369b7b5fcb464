"""How long the console's list of entries takes with many entries, on SQLite.

    python -m tests.bench.console_lists [--entries 10000] [--times 40]

Prints the median and the 95th percentile of the list as it opens, of searches and of filters, with the reminders.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from api.staff.entries.listing import EntryFilter, EntryList
from api.staff.people.staff import SYSTEM
from api.storage.catalogue_models import CatalogueEntry
from api.storage.database import create_engine, migrate
from knowledge_base.catalogue import load_catalogue

FILTERS = {
    "opened": EntryFilter(),
    "search": EntryFilter(text="工资"),
    "search, nothing": EntryFilter(text="没有这样的标题"),
    "topic": EntryFilter(topic="公证"),
    "live": EntryFilter(state="已发布"),
    "in review": EntryFilter(state="待审"),
    "review soon": EntryFilter(due="review"),
    "oldest": EntryFilter(order="oldest"),
}
_STATES = ("draft", "in_review", "approved")


async def fill(path: Path, count: int) -> None:
    """Copies of the catalogue's entries under other ids, one in twenty with work on it."""
    entries = load_catalogue()
    engine = create_engine(f"sqlite+aiosqlite:///{path}")
    rows = []
    for number in range(count):
        entry = entries[number % len(entries)]
        content = entry.model_dump(mode="json") | {"id": f"{entry.id}-{number}"}
        has_work = number % 20 == 0
        rows.append(
            {
                "id": content["id"], "topic": entry.topic, "kind": entry.kind, "title": entry.title,
                "live": content, "live_version": 1, "work": content if has_work else None,
                "work_state": _STATES[number // 20 % 3] if has_work else None, "revision": 1, "authors": {},
                "review_by": date.today() + timedelta(days=number % 700), "valid_until": entry.valid_until,
                "updated_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number // 50), "updated_by": "某某",
            }
        )  # fmt: skip
    async with engine.begin() as connection:
        await connection.execute(insert(CatalogueEntry), rows)
    await engine.dispose()


async def measure(path: Path, times: int) -> dict[str, dict[str, float]]:
    """Milliseconds of each list with the reminders above it."""
    engine = create_engine(f"sqlite+aiosqlite:///{path}")
    entries = EntryList(engine)
    results = {}
    for name, wanted in FILTERS.items():
        taken = []
        for _ in range(times):
            begun = time.perf_counter()
            await entries.page(wanted, 1, SYSTEM)
            await entries.reminders(SYSTEM)
            taken.append((time.perf_counter() - begun) * 1000)
        taken.sort()
        results[name] = {"median_ms": round(statistics.median(taken), 1), "p95_ms": round(taken[int(times * 0.95)], 1)}
    await engine.dispose()
    return results


def main() -> None:
    """Fill a database in a temporary folder and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=40)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hufa.db"
        migrate(f"sqlite+aiosqlite:///{path}")
        asyncio.run(fill(path, given.entries))
        print(json.dumps(asyncio.run(measure(path, given.times)), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
