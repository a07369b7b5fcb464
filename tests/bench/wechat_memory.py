"""Memory over many WeChat messages: `python -m tests.bench.wechat_memory`. Prints figures; decides nothing.

Starts the real processes on ports of their own with the development account in safe mode and pushes messages of every
kind, as fast as they are answered, from followers who also come and go. Twenty times on the way it reads how much memory
each process holds. Half an hour for 50,000 messages on two cores. Loopback only; the environment as for `make bench`.
"""

import argparse
import asyncio
import itertools
import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from api.channels.wechat.simulator.follower import Follower, FollowerMessage
from api.channels.wechat.simulator.platform import create_platform
from api.channels.wechat.simulator.platform_state import PlatformState
from api.channels.wechat.simulator.push import PushClient
from api.channels.wechat.simulator.server import serving
from tests.bench.separate_processes import SeparateProcesses
from tests.bench.wechat_load import questions
from tests.bench.wechat_system import WechatSystem, wechat_system

MARKS = 20
WARM_UP_MARKS = 4
"""A fifth of the messages, until every cache is full."""
COMES_AND_GOES = 500
"""Every so many messages a follower leaves, and is back at the next of that follower."""


def messages_of(follower: Follower, texts: Iterator[str]) -> Iterator[FollowerMessage]:
    """What a follower sends, one after another, for ever: mostly questions."""
    while True:
        yield from (follower.text(next(texts)) for _ in range(4))
        yield follower.text("继续")
        yield follower.voice(next(texts))
        yield follower.text("1")
        yield from (follower.text(next(texts)) for _ in range(3))
        yield follower.image()
        yield follower.location()


def resident_mib(pid: int) -> float:
    """Memory of a process that is in use, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class Run:
    """Followers who send at once, and what the processes hold meanwhile."""

    def __init__(self, processes: SeparateProcesses, client: PushClient, messages: int) -> None:
        self._processes = processes
        self._client = client
        self._messages = messages
        self._sent = itertools.count(1)
        self.marks: list[dict[str, float]] = []
        self.unanswered = 0

    async def send_all(self, followers: list[Follower], at_once: int) -> None:
        """Let so many followers send at once, in turns, until all is sent."""
        texts = itertools.cycle(questions())
        waiting = [(follower, messages_of(follower, texts)) for follower in followers]

        async def send_on() -> None:
            while (number := next(self._sent)) <= self._messages:
                follower, messages = waiting.pop(0)
                if number % COMES_AND_GOES == 0:
                    await self._push(follower.unsubscribe())
                    await self._push(follower.subscribe())
                await self._push(next(messages))
                waiting.append((follower, messages))
                if number % (self._messages // MARKS) == 0:
                    self._mark(number)

        await asyncio.gather(*(send_on() for _ in range(at_once)))

    async def _push(self, message: FollowerMessage) -> None:
        exchange = await self._client.push(message)
        self.unanswered += bool(exchange.verdict.flaw)

    def _mark(self, number: int) -> None:
        pids = self._processes.system.pids()
        self.marks.append({name: sum(map(resident_mib, of)) for name, of in pids.items()})
        held = "  ".join(f"{name} {mib:.0f} MiB" for name, mib in self.marks[-1].items())
        print(f"{number} 条　{held}", flush=True)


def report(run: Run, seconds: float, messages: int) -> None:
    """Print how far memory strays from its median once warm."""
    print(f"{messages} 条消息，{messages / seconds:.1f} 条/秒，没有合格回复的 {run.unanswered} 条")
    warm = run.marks[WARM_UP_MARKS:]
    for name in warm[0]:
        held = [mark[name] for mark in warm]
        median = statistics.median(held)
        low, high = (min(held) / median - 1) * 100, (max(held) / median - 1) * 100
        print(f"{name}：中位数 {median:.0f} MiB，最低 {low:+.1f} %，最高 {high:+.1f} %")


async def measure(system: WechatSystem, options: argparse.Namespace) -> None:
    """Serve the platform, send everything and print."""
    account, processes = system.account, system.processes
    state, ids = PlatformState(account, time.time), itertools.count(time.time_ns() // 1000)
    openids = (f"oDevelopmentOnlyMemory{number:06d}" for number in range(options.followers))
    followers = [Follower(openid, account.original_id, time.time, ids) for openid in openids]
    async with serving(create_platform(state), system.platform_port), httpx.AsyncClient(trust_env=False) as http:
        client = PushClient(f"{processes.system.url}/channels/wechat", account, http, time.time, seen=state.seen)
        run = Run(processes, client, options.messages)
        began = time.monotonic()
        await run.send_all(followers, options.at_once)
        report(run, time.monotonic() - began, options.messages)


def main() -> None:
    """Start everything, run, stop everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--followers", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=8)
    options = parser.parse_args()
    with wechat_system() as system:
        asyncio.run(measure(system, options))


if __name__ == "__main__":
    main()
