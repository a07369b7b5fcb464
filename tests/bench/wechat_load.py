"""Many followers at once, and the action server goes away twice: `python -m tests.bench.wechat_load`.

Starts the real processes on ports of their own with the development account in safe mode, pushes held-out questions as
the platform does (five seconds, up to three more times), stops the action server with SIGTERM and later with SIGKILL,
starts it again each time, and counts what became of every message. With `--hang 8` it also stands still for so long:
with HUFA_DIALOGUE_TIMEOUT_SECONDS=9 answers are then late. Loopback only; the environment as for `make bench`.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import signal
import statistics
import time
from collections import deque
from dataclasses import dataclass

import httpx

from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.simulator.follower import Follower
from api.channels.wechat.simulator.platform import create_platform
from api.channels.wechat.simulator.platform_state import PlatformState
from api.channels.wechat.simulator.push import PushClient
from api.channels.wechat.simulator.server import serving
from tests.bench.separate_processes import SeparateProcesses
from tests.bench.wechat_ledger import Ledger
from tests.bench.wechat_system import WechatSystem, wechat_system
from tests.system.processes import ROOT

LATE_SECONDS = 60.0
"""A message without any answer for so long is lost."""
STRAY_SECONDS = 6.0
"""How long to wait at the end for second answers that should not come."""
NAMES = {
    "sent": "发出的消息",
    "in_time": "五秒内回复",
    "later": "之后用客服消息回复",
    "lost": "没有任何回复",
    "twice": "回复了两次",
    "rejected": "回复不合格",
    "unheard": "推送始终没有回应",
    "repeated": "推送过不止一次",
}


@dataclass(frozen=True)
class Load:
    """followers at once, messages a second, seconds; how long the action server is away each time, and hangs."""

    followers: int
    rate: float
    seconds: float
    away: float
    hang: float


def questions() -> list[str]:
    """Held-out questions, in a fixed order."""
    lines = (ROOT / "tests/evaluation/entries.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


class Crowd:
    """Followers who ask one thing after another. Nobody asks before the last message is settled."""

    def __init__(self, load: Load, client: PushClient, account: WechatAccount, ledger: Ledger) -> None:
        ids = itertools.count(time.time_ns() // 1000)
        openids = (f"oDevelopmentOnlyLoad{number:08d}" for number in range(load.followers))
        self._idle = deque(Follower(openid, account.original_id, time.time, ids) for openid in openids)
        self._load = load
        self._client = client
        self._ledger = ledger
        self.nobody_idle = 0

    async def ask_on(self) -> None:
        """Ask at the rate until the time is over and all is settled."""
        texts = itertools.cycle(questions())
        began = time.monotonic()
        async with asyncio.TaskGroup() as under_way:
            for number in range(int(self._load.rate * self._load.seconds)):
                await asyncio.sleep(began + number / self._load.rate - time.monotonic())
                if self._idle:
                    under_way.create_task(self._ask(self._idle.popleft(), next(texts)))
                else:
                    self.nobody_idle += 1

    async def _ask(self, follower: Follower, text: str) -> None:
        asked = self._ledger.ask(follower.openid, text)
        began = time.perf_counter()
        asked.exchange = await self._client.push(follower.text(text))
        asked.seconds = time.perf_counter() - began
        if not asked.in_time:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asked.came.wait(), LATE_SECONDS)
        self._idle.append(follower)


async def disturb(processes: SeparateProcesses, load: Load) -> None:
    """Take the action server away twice, once politely, and let it hang; evenly over the time."""
    began = time.monotonic()
    kinds = [signal.SIGTERM, signal.SIGKILL] + [signal.SIGSTOP] * (load.hang > 0)
    for number, how in enumerate(kinds, 1):
        await asyncio.sleep(began + load.seconds * number / (len(kinds) + 1) - time.monotonic())
        print(f"动作服务停下（{how.name}）", flush=True)
        if how is signal.SIGSTOP:
            processes.signal("actions", how)
            await asyncio.sleep(load.hang)
            processes.signal("actions", signal.SIGCONT)
        else:
            await asyncio.to_thread(processes.stop, "actions", how)
            await asyncio.sleep(load.away)
            processes.start("actions")
        print("动作服务恢复", flush=True)


async def run(system: WechatSystem, load: Load) -> None:
    """Serve the platform, make the load and print what became of it."""
    account, processes = system.account, system.processes
    ledger, state = Ledger(), PlatformState(account, time.time)
    state.listeners.append(ledger.late)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=load.followers)
    async with (
        serving(create_platform(state), system.platform_port),
        httpx.AsyncClient(trust_env=False, limits=limits) as http,
    ):
        client = PushClient(f"{processes.system.url}/channels/wechat", account, http, time.time, seen=state.seen)
        print(f"服务地址验证：{(await client.verify_url()).reason or '通过'}", flush=True)
        crowd = Crowd(load, client, account, ledger)
        disturbance = asyncio.create_task(disturb(processes, load))
        await crowd.ask_on()
        await disturbance
        await asyncio.sleep(STRAY_SECONDS)
    report(ledger, state, crowd.nobody_idle)


def report(ledger: Ledger, state: PlatformState, nobody_idle: int) -> None:
    """Print the figures."""
    for name, count in ledger.counts().items():
        print(f"{NAMES[name]:　<12s}{count:7d}")
    for flaw, count in ledger.flaws().items():
        print(f"  其中：{flaw} {count}")
    for asked in [asked for asked in ledger.asked if asked.twice][:3]:
        print(f"  回复两次的例子：{asked.text[:30]}　当场 {asked.in_time}，之后 {len(asked.late)} 条")
    if nobody_idle:
        print(f"没有空闲的关注者而没发的：{nobody_idle}（加大 --followers）")
    print(f"微信接口调用：{dict(state.calls)}")
    if len(taken := ledger.latencies()) > 1:
        cut = statistics.quantiles(taken, n=100)
        print(f"五秒内回复的用时　p50 {cut[49]:.0f} ms　p99 {cut[98]:.0f} ms　最长 {taken[-1]:.0f} ms")


def main() -> None:
    """Start everything, run, stop everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--followers", type=int, default=200)
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--away", type=float, default=15.0)
    parser.add_argument("--hang", type=float, default=0.0)
    load = Load(**vars(parser.parse_args()))
    with wechat_system() as system:
        asyncio.run(run(system, load))


if __name__ == "__main__":
    main()
