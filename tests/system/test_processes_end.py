"""A process that dies: answers go on, and the manager leaves nothing behind."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.system.citizen import Citizen, blocks
from tests.system.processes import System

pytestmark = pytest.mark.system
_GONE_SECONDS = 30


@pytest.fixture
def own_system(tmp_path: Path) -> Iterator[System]:
    running = System(tmp_path).start()
    yield running
    running.stop()


def _all_gone(system: System) -> bool:
    deadline = time.monotonic() + _GONE_SECONDS
    while time.monotonic() < deadline:
        if not any(system.pids().values()):
            return True
        time.sleep(0.2)
    return False


def test_interrupt_ends_all(own_system: System) -> None:
    assert all(own_system.pids().values())
    own_system.stop()
    assert _all_gone(own_system), own_system.pids()


def test_when_one_is_killed_the_others_are_not_left_behind(own_system: System) -> None:
    os.kill(own_system.pids()["actions"][0], signal.SIGKILL)
    assert _all_gone(own_system), own_system.pids()
    assert own_system.manager.wait(_GONE_SECONDS) != 0


@pytest.mark.parametrize("part", ["rasa", "actions"])
def test_questions_are_answered_while_a_part_hangs(own_system: System, part: str) -> None:
    with httpx.Client(base_url=own_system.url, timeout=30, trust_env=False) as client:
        citizen = Citizen(client)
        stopped = own_system.pids()[part]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            turn = citizen.ask("公司拖欠我三个月工资怎么办")
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
    assert turn["entry"]["id"] == "labour.unpaid-wages"
    assert "对话程序正在恢复" in blocks(turn, "text")[-1]["text"]
