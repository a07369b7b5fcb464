"""The release in use is replaced in the background; a reader never waits and never gets a broken one."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from knowledge_base.live_release import LiveRelease
from knowledge_base.release import Release, ReleaseError


class _Clock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class _Store:
    """Stands for a ReleaseStore: which number is current, and what loading it does."""

    def __init__(self, number: int | None = 1) -> None:
        self.number = number
        self.looked = 0
        self.loaded = 0
        self.may_load = threading.Event()
        self.may_load.set()
        self.broken = False

    def current_number(self) -> int | None:
        self.looked += 1
        return self.number

    def load(self) -> Release:
        self.loaded += 1
        assert self.may_load.wait(5)
        if self.number is None or self.broken:
            raise ReleaseError("没有发布版")
        return Release(self.number, datetime.now(UTC), "model", None)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def store() -> _Store:
    return _Store()


@pytest.fixture
def live(store: _Store, clock: _Clock) -> LiveRelease:
    return LiveRelease(store, clock)  # type: ignore[arg-type]


def eventually(holds: Callable[[], bool]) -> bool:
    """Wait for a background thread, at most five seconds."""
    deadline = time.monotonic() + 5
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.005)
    return holds()


def publish(store: _Store, clock: _Clock, number: int) -> None:
    store.number = number
    clock.now += 1.0


def test_without_a_release_it_does_not_start(clock: _Clock) -> None:
    with pytest.raises(ReleaseError):
        LiveRelease(_Store(None), clock)  # type: ignore[arg-type]


def test_the_current_release_is_loaded_at_once(live: LiveRelease) -> None:
    assert live.get().number == 1


def test_within_half_a_second_it_does_not_look_again(live: LiveRelease, store: _Store, clock: _Clock) -> None:
    clock.now += 0.4
    live.get()
    assert store.looked == 0


def test_the_same_number_is_not_loaded_again(live: LiveRelease, store: _Store, clock: _Clock) -> None:
    clock.now += 1.0
    live.get()
    assert (store.looked, store.loaded) == (1, 1)


def test_a_newer_release_comes_into_use(live: LiveRelease, store: _Store, clock: _Clock) -> None:
    publish(store, clock, 2)
    live.get()
    assert eventually(lambda: live.get().number == 2)


def test_going_back_to_an_older_release_works_too(live: LiveRelease, store: _Store, clock: _Clock) -> None:
    for number in (2, 1):
        publish(store, clock, number)
        live.get()
        assert eventually(lambda number=number: live.get().number == number)  # type: ignore[misc]


def test_while_a_newer_one_loads_the_old_one_is_given(live: LiveRelease, store: _Store, clock: _Clock) -> None:
    store.may_load.clear()
    publish(store, clock, 2)
    given = live.get().number
    store.may_load.set()
    assert given == 1


def test_a_newer_release_is_loaded_by_one_thread_only(live: LiveRelease, store: _Store, clock: _Clock) -> None:
    store.may_load.clear()
    for _ in range(3):
        publish(store, clock, 2)
        live.get()
    loaded = store.loaded
    store.may_load.set()
    assert loaded == 2


def test_a_release_that_cannot_be_loaded_leaves_the_old_one(
    live: LiveRelease, store: _Store, clock: _Clock, caplog: pytest.LogCaptureFixture
) -> None:
    store.broken = True
    publish(store, clock, 2)
    with caplog.at_level(logging.ERROR):
        live.get()
        assert eventually(lambda: "keeping 1" in caplog.text)
    assert live.get().number == 1


def test_after_a_failure_it_tries_again(live: LiveRelease, store: _Store, clock: _Clock) -> None:
    store.broken = True
    publish(store, clock, 2)
    live.get()
    assert eventually(lambda: store.loaded == 2 and not live._loading.locked())
    store.broken = False
    publish(store, clock, 2)
    live.get()
    assert eventually(lambda: live.get().number == 2)


def test_at_first_one_release_is_known(live: LiveRelease) -> None:
    assert [release.number for release in live.known()] == [1]


def test_the_release_before_stays_known(live: LiveRelease, store: _Store, clock: _Clock) -> None:
    publish(store, clock, 2)
    live.get()
    assert eventually(lambda: [release.number for release in live.known()] == [2, 1])


def test_watching_loads_what_is_published_though_nobody_asks(store: _Store) -> None:
    live = LiveRelease(store)  # type: ignore[arg-type]
    end = live.watch()
    store.number = 2
    deadline = time.monotonic() + 30
    while live.known()[0].number != 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    end.set()
    assert live.known()[0].number == 2


def test_watching_ends(store: _Store) -> None:
    before = threading.active_count()
    LiveRelease(store).watch().set()  # type: ignore[arg-type]
    deadline = time.monotonic() + 30
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert threading.active_count() == before
