"""How long a turn of a guide takes: `python -m tests.bench.guides`. Prints figures; decides nothing.

Starts the real processes on ports of their own; so many citizens go through all guides at once, over HTTP.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from knowledge_base.guides.model import load_guides
from tests.system.processes import System

_MOST_TURNS = 40
_KINDS = {
    "date": "昨天",
    "amount": "三万",
    "number": "3",
    "text": "公司不发工资",
    "phone": "13812345678",
    "name": "王阿姨",
}


def _next_answer(turn: dict[str, Any], kinds: dict[str, str]) -> dict[str, str] | None:
    """Press the first button of an answer, or type what its kind of step takes; None at the end."""
    if turn["outcome"] == "guided.concluded":
        return None
    block = next(block for block in reversed(turn["reply"]) if block["type"] == "choices")
    kind = kinds.get(block["prompt"], "choice")
    if kind in _KINDS:
        return {"text": "明天" if block["prompt"] == "哪天方便？" else _KINDS[kind]}
    return {"choice": block["choices"][0]["id"]}


async def _go_through(client: httpx.AsyncClient, guide: str, kinds: dict[str, str], taken: list[float]) -> str:
    """One conversation; how its last turn ended."""
    created = (await client.post("/api/v1/conversations")).json()
    headers = {"Authorization": f"Bearer {created['token']}"}
    path = f"/api/v1/conversations/{created['conversation_id']}/messages"
    message: dict[str, str] | None = {"text": load_guides()[guide].title}
    outcome = "none"
    for _ in range(_MOST_TURNS):
        if message is None:
            return outcome
        began = time.perf_counter()
        response = await client.post(path, json={**message, "message_id": uuid4().hex}, headers=headers)
        taken.append((time.perf_counter() - began) * 1000)
        response.raise_for_status()
        turn = response.json()
        outcome = turn["outcome"]
        message = _next_answer(turn, kinds)
    return outcome


async def measure(system: System, at_once: int, rounds: int) -> None:
    """Let citizens go through every guide, so many at once, and print."""
    kinds = {step.ask: step.kind for guide in load_guides().values() for step in guide.steps}
    waiting = [guide for guide in load_guides() for _ in range(rounds)]
    taken: list[float] = []
    ended: list[str] = []
    async with httpx.AsyncClient(base_url=system.url, timeout=20, trust_env=False) as client:
        for guide in load_guides():
            await _go_through(client, guide, kinds, [])

        async def go_on() -> None:
            while waiting:
                ended.append(await _go_through(client, waiting.pop(), kinds, taken))

        began = time.perf_counter()
        await asyncio.gather(*(go_on() for _ in range(at_once)))
        seconds = time.perf_counter() - began
    cut = statistics.quantiles(taken, n=100)
    print(
        f"{len(ended)} conversations, {at_once} at once, {ended.count('guided.concluded')} concluded; {len(taken)} turns"
    )
    print(
        f"a turn: p50 {cut[49]:.0f} ms, p95 {cut[94]:.0f} ms, p99 {cut[98]:.0f} ms; {len(taken) / seconds:.1f} turns/s"
    )


def main() -> None:
    """Start everything, run, stop everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        system = System(Path(folder)).start()
        try:
            asyncio.run(measure(system, options.at_once, options.rounds))
        finally:
            system.stop()


if __name__ == "__main__":
    main()
