"""Closed, open, half-open."""

import asyncio

import pytest

from api.channels.wechat.breaker import CircuitBreaker, back_off
from api.channels.wechat.errors import WechatApiError
from api.channels.wechat.platform_call import WechatUnreachableError
from tests.api.channels.wechat.fake_platform import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(0)


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(clock, failures=3, pause_seconds=30)


def _fail(breaker: CircuitBreaker, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(WechatUnreachableError, match="timeout"), breaker.guard():
            raise WechatUnreachableError("timeout", sent=True)


def _succeed(breaker: CircuitBreaker) -> None:
    with breaker.guard():
        pass


def _assert_open(breaker: CircuitBreaker) -> None:
    with pytest.raises(WechatUnreachableError, match="circuit_open") as caught:
        _succeed(breaker)
    assert caught.value.sent is False


def test_it_opens_after_failures_in_a_row(breaker: CircuitBreaker) -> None:
    _fail(breaker, 3)
    _assert_open(breaker)


def test_a_success_between_starts_the_count_again(breaker: CircuitBreaker) -> None:
    _fail(breaker, 2)
    _succeed(breaker)
    _fail(breaker, 2)
    _succeed(breaker)


def test_a_refusal_is_an_answer(breaker: CircuitBreaker) -> None:
    _fail(breaker, 2)
    with pytest.raises(WechatApiError), breaker.guard():
        raise WechatApiError(45015, "", "")
    _fail(breaker, 2)
    _succeed(breaker)


def test_it_stays_open_until_the_pause_is_over(breaker: CircuitBreaker, clock: Clock) -> None:
    _fail(breaker, 3)
    clock.move(29.9)
    _assert_open(breaker)
    clock.move(0.1)
    _succeed(breaker)
    _succeed(breaker)


def test_half_open_one_call_tries_for_all(breaker: CircuitBreaker, clock: Clock) -> None:
    _fail(breaker, 3)
    clock.move(30)
    with breaker.guard():
        _assert_open(breaker)
    _succeed(breaker)


def test_a_failed_try_opens_it_again(breaker: CircuitBreaker, clock: Clock) -> None:
    _fail(breaker, 3)
    clock.move(30)
    _fail(breaker)
    _assert_open(breaker)
    clock.move(30)
    _succeed(breaker)


def test_a_try_that_was_called_off_leaves_it_to_the_next(breaker: CircuitBreaker, clock: Clock) -> None:
    _fail(breaker, 3)
    clock.move(30)
    with pytest.raises(asyncio.CancelledError), breaker.guard():
        raise asyncio.CancelledError
    _succeed(breaker)


@pytest.mark.parametrize(("failures", "seconds"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (10_000, 60)])
def test_back_off_doubles_up_to_a_minute(failures: int, seconds: float) -> None:
    assert back_off(failures) == seconds
