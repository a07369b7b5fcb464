"""So many messages a minute, and nobody is turned away because the store is down."""

import asyncio

import pytest

from api.pipeline.limits import MessageLimits, TooManyMessagesError
from tests.api.servers import free_port


@pytest.fixture(params=["memory", "redis"])
def store_url(request: pytest.FixtureRequest) -> str:
    url: str = "" if request.param == "memory" else request.getfixturevalue("redis_url")
    return url


async def test_up_to_the_rate_and_no_further(store_url: str) -> None:
    limits = MessageLimits("3/minute", "100/minute", store_url)
    for _ in range(3):
        await limits.count("sender", "client")
    with pytest.raises(TooManyMessagesError):
        await limits.count("sender", "client")


async def test_it_says_when_to_try_again(store_url: str) -> None:
    limits = MessageLimits("1/minute", "100/minute", store_url)
    await limits.count("sender", "")
    with pytest.raises(TooManyMessagesError) as caught:
        await limits.count("sender", "")
    assert 1 <= caught.value.seconds <= 60


async def test_after_the_window_it_goes_on(store_url: str) -> None:
    limits = MessageLimits("1/second", "100/minute", store_url)
    await limits.count("sender", "")
    with pytest.raises(TooManyMessagesError) as caught:
        await limits.count("sender", "")
    assert caught.value.seconds == 1
    await asyncio.sleep(1.05)
    await limits.count("sender", "")


async def test_each_sender_has_a_rate_of_its_own(store_url: str) -> None:
    limits = MessageLimits("1/minute", "100/minute", store_url)
    await limits.count("one", "client")
    await limits.count("two", "client")


async def test_all_senders_of_a_client_share_its_rate(store_url: str) -> None:
    limits = MessageLimits("100/minute", "2/minute", store_url)
    await limits.count("one", "client")
    await limits.count("two", "client")
    with pytest.raises(TooManyMessagesError):
        await limits.count("three", "client")
    await limits.count("three", "another client")


async def test_an_unknown_client_has_no_rate(store_url: str) -> None:
    limits = MessageLimits("100/minute", "1/minute", store_url)
    await limits.count("one", "")
    await limits.count("two", "")


async def test_a_sender_and_a_client_of_one_name_are_counted_apart(store_url: str) -> None:
    limits = MessageLimits("1/minute", "1/minute", store_url)
    await limits.count("same", "same")


async def test_many_at_once_are_counted_exactly(store_url: str) -> None:
    limits = MessageLimits("5/minute", "100/minute", store_url)
    results = await asyncio.gather(*(limits.count("sender", "") for _ in range(12)), return_exceptions=True)
    assert [type(result) for result in results if result is not None] == [TooManyMessagesError] * 7


async def test_two_processes_share_their_counts(redis_url: str) -> None:
    first, second = (MessageLimits("2/minute", "100/minute", redis_url) for _ in range(2))
    await first.count("sender", "")
    await second.count("sender", "")
    with pytest.raises(TooManyMessagesError):
        await first.count("sender", "")


async def test_when_the_store_is_down_nobody_is_turned_away() -> None:
    limits = MessageLimits("1/minute", "1/minute", f"redis://127.0.0.1:{free_port()}/0")
    for _ in range(3):
        await asyncio.wait_for(limits.count("sender", "client"), 10)


@pytest.mark.parametrize("rate", ["", "many", "3/fortnight"])
def test_a_rate_that_makes_no_sense_is_refused_at_the_start(rate: str) -> None:
    with pytest.raises(ValueError, match=r"string|granularity"):
        MessageLimits(rate, "1/minute")
