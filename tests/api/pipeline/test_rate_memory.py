"""The rate limiter's memory: the same answers as the library's own, and nothing kept that has expired."""

import time
from unittest.mock import patch

from limits.aio.storage import MemoryStorage

from api.pipeline.rate_memory import SWEEP_SECONDS, SweepingMemoryStorage

NOW = 1_790_000_000.0


async def test_it_answers_as_the_librarys_own() -> None:
    answers: list[list[tuple[bool, float, int]]] = []
    for storage in (MemoryStorage(), SweepingMemoryStorage()):
        answers.append([])
        for second in (0, 1, 2, 3, 30, 59, 60.5, 61.5, 62, 62.1, 200):
            with patch.object(time, "time", return_value=NOW + second):
                taken = await storage.acquire_entry("a", 3, 60)
                answers[-1].append((taken, *await storage.get_moving_window("a", 3, 60)))
    assert answers[0] == answers[1]


async def test_more_at_once_than_the_limit_is_refused() -> None:
    storage = SweepingMemoryStorage()
    assert [await storage.acquire_entry("a", 3, 60, amount) for amount in (4, 2, 2, 1)] == [False, True, False, True]


async def test_what_has_expired_is_forgotten_in_time() -> None:
    storage = SweepingMemoryStorage()
    with patch.object(time, "time", return_value=NOW):
        for name in range(100):
            await storage.acquire_entry(str(name), 3, 1)
    with patch.object(time, "time", return_value=NOW + SWEEP_SECONDS + 1):
        await storage.acquire_entry("last", 3, 1)
    assert list(storage.events) == ["last"]


async def test_no_more_is_kept_of_a_key_than_its_limit() -> None:
    storage = SweepingMemoryStorage()
    for second in range(10):
        with patch.object(time, "time", return_value=NOW + second * 2):
            await storage.acquire_entry("a", 3, 1)
    assert len(storage.events["a"]) == 3
