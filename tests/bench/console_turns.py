"""Measure the console over a million turns: `python -m tests.bench.console_turns`. Prints figures; decides nothing.

SQLite in a temporary folder always; PostgreSQL at HUFA_BENCH_POSTGRES_URL (its tables are emptied), or one started for
the purpose where it is installed. The pages go through the application, as a signed-in person with all roles.
"""

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.app import create_app
from api.settings import Settings
from api.staff.permissions import Role
from api.storage.database import create_engine
from api.storage.models import Base
from knowledge_base.release import ReleaseStore
from knowledge_base.topics import load_topics
from tests.api import servers
from tests.api.conftest import migrate_aside
from tests.small_release import make_store

SEED = 11
DAYS = 90
TURNS_OF_CONVERSATION = 4
QUESTIONS_OF_CASE = 6
CHUNK = 20_000
PASSWORD = "for the bench only 7"
OUTCOMES = {
    "answered.entry": 55, "answered.exact": 6, "answered.chosen": 6, "answered.small_talk": 4, "clarified.choices": 9,
    "routed.topic": 6, "routed.unsure": 2, "abstained.out_of_scope": 6, "abstained.unclear": 3, "urgent.violence": 1,
    "handed_over.hotline": 1, "refused.too_long": 0.02, "failed.guard": 0.01,
}  # fmt: skip
SYLLABLES = "公司工资拖欠离婚房子孩子赔偿合同律师法院起诉仲裁公证遗产老人邻居装修押金退款保险交警事故医院诊断证明"


def question(chance: random.Random) -> str:
    """Some characters that might be asked."""
    return "".join(chance.choices(SYLLABLES, k=chance.randint(6, 30))) + chance.choice(
        ["怎么办", "可以吗", "要多久", ""]
    )


def rows(count: int, entries: list[str], topics: list[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Rows by table, a chunk at a time. `CHUNK` is a multiple of the turns of a conversation."""
    chance = random.Random(SEED)
    names, weights = list(OUTCOMES), list(OUTCOMES.values())
    end = datetime.now(UTC)
    reply = [{"type": "text", "text": "这是一个审核过的回答，长度和平常的差不多。" * 6}]
    gathered = 0
    for first in range(0, count, CHUNK):
        conversations, turns, feedback, cases, questions = [], [], [], [], []
        for number in range(first, min(first + CHUNK, count)):
            at = end - timedelta(days=DAYS) * (1 - number / count) - timedelta(seconds=chance.random() * 3600)
            conversation = f"{number // TURNS_OF_CONVERSATION:032x}"
            if number % TURNS_OF_CONVERSATION == 0:
                channel = chance.choice(["web", "wechat", "rest"])
                conversations.append(
                    {"id": conversation, "channel": channel, "token_hash": "", "created_at": at, "last_active_at": at,
                     "last_entry_id": None, "turn_count": TURNS_OF_CONVERSATION, "last_question": None, "abstentions": 0}
                )  # fmt: skip
            outcome = chance.choices(names, weights)[0]
            answered = outcome.startswith("answered") and outcome != "answered.small_talk"
            entry = entries[min(int(chance.expovariate(0.02)), len(entries) - 1)] if answered else None
            topic = chance.choice(topics) if answered or outcome == "routed.topic" else None
            turn = {
                "id": f"{number:032x}", "conversation_id": conversation, "number": number % TURNS_OF_CONVERSATION + 1,
                "message_id": f"{number:x}", "text": question(chance), "outcome": outcome, "topic": topic,
                "entry_id": entry, "entry_version": "0123456789ab" if entry else None, "release": 1, "confidence": 0.9,
                "scores": {}, "reply": reply, "receipt": f"{number:09x}", "duration_ms": chance.lognormvariate(2.5, 0.6),
                "created_at": at,
            }  # fmt: skip
            turns.append(turn)
            if answered and chance.random() < 0.08:
                verdict = "helpful" if chance.random() < 0.8 else "not_helpful"
                feedback.append(
                    {"turn_id": turn["id"], "verdict": verdict, "reason": None, "comment": None, "created_at": at}
                )
            if outcome.startswith("abstained"):
                case = gathered // QUESTIONS_OF_CASE + 1
                if gathered % QUESTIONS_OF_CASE == 0:
                    cases.append(
                        {"id": case, "label": turn["text"], "topic": chance.choice([None, *topics]), "status": "open",
                         "count": QUESTIONS_OF_CASE, "owner_id": None, "due": None, "reason": None, "entry_id": None,
                         "first_at": at, "last_at": at}
                    )  # fmt: skip
                gathered += 1
                questions.append(
                    {"turn_id": turn["id"], "case_id": case, "kind": "abstained", "text": turn["text"], "at": at}
                )
        yield "conversations", conversations
        yield "turns", turns
        yield "feedback", feedback
        yield "unanswered_cases", cases
        yield "unanswered_questions", questions


async def fill(engine: AsyncEngine, count: int, entries: list[str]) -> None:
    """Write the turns."""
    tables = Base.metadata.tables
    for table, some in rows(count, entries, list(load_topics())):
        if some:
            async with engine.begin() as connection:
                await connection.execute(tables[table].insert(), some)
    async with engine.begin() as connection:
        now = datetime.now(UTC)
        marks = [
            {"source": source, "read_until": now, "gathered_at": now}
            for source in ("abstained", "clarified", "rated", "tickets")
        ]
        await connection.execute(tables["unanswered_marks"].insert(), marks)
        if engine.dialect.name == "postgresql":
            await connection.execute(
                text("SELECT setval('unanswered_cases_id_seq', (SELECT max(id) FROM unanswered_cases))")
            )
            await connection.execute(text("ANALYZE"))


async def ask(browser: httpx.AsyncClient, label: str, paths: list[str], times: int) -> None:
    """Open pages in turn and print how long they took."""
    took = []
    for number in range(times):
        began = time.perf_counter()
        response = await browser.get(paths[number % len(paths)], headers={"accept": "text/html"})
        took.append((time.perf_counter() - began) * 1000)
        assert response.status_code == 200, (paths[number % len(paths)], response.status_code)
    p95 = statistics.quantiles(took, n=20)[-1]
    print(
        f"  {label:44} p50 {statistics.median(took):7.0f} ms   p95 {p95:7.0f} ms   worst {max(took):7.0f} ms",
        flush=True,
    )


async def pages(browser: httpx.AsyncClient, entries: list[str], times: int) -> None:
    """Every page, with each of its filters."""
    base = "/staff/conversations"
    day = (datetime.now(UTC) - timedelta(days=40)).date()
    cursor = f"{(datetime.now(UTC) - timedelta(days=60)).strftime('%Y-%m-%dT%H:%M:%S.%f')}_{'f' * 32}"
    lists = {
        "conversations: newest": [base],
        "conversations: deep page": [f"{base}?before={cursor}", f"{base}?after={cursor}"],
        "conversations: a day": [f"{base}?day={day}"],
        "conversations: an entry": [f"{base}?entry={name}" for name in entries[:5]],
        "conversations: an entry nobody saw": [f"{base}?entry=no.such"],
        "conversations: a family": [f"{base}?family={name}" for name in ("answered", "abstained", "refused", "failed")],
        "conversations: a topic": [f"{base}?topic={name}" for name in list(load_topics())[:5]],
        "conversations: family, topic and day": [f"{base}?family=routed&topic=工伤&day={day}"],
        "conversations: family and entry, no match": [f"{base}?family=abstained&entry={entries[0]}"],
        "conversations: family and topic, no match": [f"{base}?family=abstained&topic=工伤"],
        "one conversation": [f"{base}/{number:032x}" for number in range(5)],
        "unanswered: most asked": ["/staff/unanswered"],
        "unanswered: newest of a topic": ["/staff/unanswered?sort=newest&topic=工伤"],
        "unanswered: a kind": ["/staff/unanswered?kind=abstained", "/staff/unanswered?kind=contested"],
        "unanswered: one case": [f"/staff/unanswered/{number}" for number in range(1, 6)],
    }
    for label, paths in lists.items():
        await ask(browser, label, paths, times)
    began = time.perf_counter()
    requests = 0
    while requests < 20:
        requests += 1
        shown = await browser.get("/staff/dashboard?days=90", headers={"accept": "text/html"})
        if "没有统计完" not in shown.text:
            break
    print(
        f"  dashboard, first count of {DAYS} days: {time.perf_counter() - began:.1f} s in {requests} requests",
        flush=True,
    )
    await ask(browser, "dashboard: 30 days", ["/staff/dashboard"], times)
    await ask(browser, "dashboard: 90 days, a channel", ["/staff/dashboard?days=90&channel=web"], times)


async def measure(kind: str, url: str, count: int, times: int, store: ReleaseStore, folder: Path) -> None:
    """Fill a database and open the pages."""
    app = create_app(Settings(data_dir=folder, database_url=url), store)
    async with app.router.lifespan_context(app):
        services = app.state.services
        entries = sorted(services.releases.get().entries)
        engine = create_engine(url)
        began = time.perf_counter()
        await fill(engine, count, entries)
        print(f"{kind}: {count:,} turns written in {time.perf_counter() - began:.0f} s", flush=True)
        await services.staff.people.create("measurer", "测", frozenset(Role), PASSWORD, must_change_password=False)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bench.test", timeout=120) as browser:
            await browser.post("/staff/sign-in", data={"username": "measurer", "password": PASSWORD})
            await pages(browser, entries, times)
        await engine.dispose()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hufa-bench-") as name:
        folder = Path(name)
        store = make_store(folder / "knowledge")
        if given.only != "postgresql":
            url = f"sqlite+aiosqlite:///{folder / 'hufa.db'}"
            migrate_aside(url)
            asyncio.run(measure("SQLite", url, given.turns, given.times, store, folder))
        if given.only != "sqlite":
            there = os.environ.get("HUFA_BENCH_POSTGRES_URL", "")
            with nullcontext() if there else servers.postgres() as server:
                if server is not None:
                    server.run("CREATE DATABASE bench")
                url = there or server.url("bench")
                migrate_aside(url)
                asyncio.run(_empty(url))
                asyncio.run(measure("PostgreSQL", url, given.turns, given.times, store, folder))


async def _empty(url: str) -> None:
    engine = create_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text(f"TRUNCATE {', '.join(Base.metadata.tables)}"))
    await engine.dispose()


if __name__ == "__main__":
    main()
