"""Messages a second and latency through everything, beside bare Rasa REST in the same run: `make bench`.

Prints three measurements of the running system: one message at a time, sixteen conversations at once, and the same
messages sent to Rasa's own REST channel (which calls the same action server). Loopback only, bounded in count.
"""

import asyncio
import itertools
import json
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import httpx

from tests.system.processes import ROOT, System

CONVERSATIONS = 16
TURNS_PER_CONVERSATION = 10
"""Then a new conversation begins, as citizens' do; Rasa reads the whole conversation at every message."""
MESSAGES = 1200
SINGLE_MESSAGES = 200
WARM_UP = 60
BARS = {"messages_per_second": 40.0, "single_p50_ms": 40.0}
Send = Callable[[int, str], Awaitable[None]]


def questions() -> list[str]:
    """Held-out questions and out-of-scope lines, in a fixed order."""
    rows = []
    for name in ("entries", "near_misses", "out_of_scope"):
        text = (ROOT / "tests/evaluation" / f"{name}.jsonl").read_text(encoding="utf-8")
        rows += [json.loads(line)["text"] for line in text.splitlines()]
    return rows[::2] + rows[1::2]


async def measure(send: Send, texts: list[str], conversations: int) -> tuple[float, list[float]]:
    """Send all texts over so many conversations at once. Returns messages a second and each message's milliseconds."""
    queue = iter(texts)
    taken: list[float] = []

    async def talk(number: int) -> None:
        for text in queue:
            began = time.perf_counter()
            await send(number, text)
            taken.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(talk(number) for number in range(conversations)))
    return len(taken) / (time.perf_counter() - began), taken


def open_api(client: httpx.AsyncClient, system: System) -> Send:
    """A sender over the public API with a conversation for each number. Opening one counts as time of its message."""
    opened: dict[int, dict[str, str]] = {}
    turns = Counter[int]()

    async def send(number: int, text: str) -> None:
        if turns[number] % TURNS_PER_CONVERSATION == 0:
            opened[number] = (await client.post(f"{system.url}/api/v1/conversations")).json()
        turns[number] += 1
        conversation = opened[number]
        response = await client.post(
            f"{system.url}/api/v1/conversations/{conversation['conversation_id']}/messages",
            json={"text": text, "message_id": uuid4().hex},
            headers={"Authorization": f"Bearer {conversation['token']}"},
        )
        response.raise_for_status()
        assert response.json()["reply"]

    return send


def open_rasa(client: httpx.AsyncClient, system: System) -> Send:
    """A sender over Rasa's own REST channel."""
    run = uuid4().hex
    turns = Counter[int]()

    async def send(number: int, text: str) -> None:
        sender = f"{run}-{number}-{turns[number] // TURNS_PER_CONVERSATION}"
        turns[number] += 1
        body = {"sender": sender, "message": text}
        response = await client.post(f"{system.rasa_url}/webhooks/rest/webhook", json=body)
        response.raise_for_status()
        assert response.json()

    return send


def describe(name: str, rate: float, taken: list[float]) -> None:
    """Print one measurement."""
    cut = statistics.quantiles(taken, n=100)
    print(f"{name:34s} {rate:7.1f} 条/秒   p50 {cut[49]:6.1f} ms   p95 {cut[94]:6.1f} ms   p99 {cut[98]:6.1f} ms")


async def run(system: System) -> None:
    """Measure everything and print it with the bars."""
    pool = list(itertools.islice(itertools.cycle(questions()), MESSAGES))
    limits = httpx.Limits(max_connections=CONVERSATIONS, max_keepalive_connections=CONVERSATIONS)
    async with httpx.AsyncClient(timeout=60, trust_env=False, limits=limits) as client:
        api, rasa = open_api(client, system), open_rasa(client, system)
        await measure(api, pool[:WARM_UP], CONVERSATIONS)
        await measure(rasa, pool[:WARM_UP], CONVERSATIONS)
        single_rate, single = await measure(api, pool[:SINGLE_MESSAGES], 1)
        rate, taken = await measure(api, pool, CONVERSATIONS)
        bare_rate, bare = await measure(rasa, pool, CONVERSATIONS)
        bare_single_rate, bare_single = await measure(rasa, pool[:SINGLE_MESSAGES], 1)
    describe("整个系统，一次一条", single_rate, single)
    describe(f"整个系统，{CONVERSATIONS} 个会话同时", rate, taken)
    describe("裸 Rasa REST，一次一条", bare_single_rate, bare_single)
    describe(f"裸 Rasa REST，{CONVERSATIONS} 个会话同时", bare_rate, bare)
    print(f"整个系统 / 裸 Rasa：{rate / bare_rate:.2f}")
    print(f"指标：≥ {BARS['messages_per_second']:.0f} 条/秒 -> {rate:.1f}   "
          f"单条 p50 ≤ {BARS['single_p50_ms']:.0f} ms -> {statistics.median(single):.1f}")  # fmt: skip


def main() -> None:
    """Start the system, measure, stop it."""
    with tempfile.TemporaryDirectory() as folder:
        system = System(Path(folder)).start()
        try:
            asyncio.run(run(system))
        finally:
            system.stop()


if __name__ == "__main__":
    main()
