"""Tokens as `stable_token` issues them, and what they open."""

from typing import Any

import pytest

from tests.api.channels.wechat.simulator.conftest import World

ASK = {"grant_type": "client_credential", "appid": "wx0123456789abcdef", "secret": "DevelopmentOnlySecret"}
HOURS_2, MINUTES_5 = 7200, 300


async def token(world: World, **changes: Any) -> dict[str, Any]:
    answer = await world.api.post("/stable_token", json=ASK | changes)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def errcode(world: World, access_token: str) -> int:
    """46003 (there is no menu) is what a good token gets."""
    answer = await world.api.get("/menu/get", params={"access_token": access_token} if access_token else {})
    return int(answer.json()["errcode"])


async def test_a_token_is_long_lasts_two_hours_and_stays_the_same(world: World) -> None:
    first = await token(world)
    assert len(first["access_token"]) == 512
    assert first["expires_in"] == HOURS_2
    world.clock.now += 1000
    assert await token(world) == {"access_token": first["access_token"], "expires_in": HOURS_2 - 1000}
    assert await errcode(world, first["access_token"]) == 46003
    assert world.state.calls["stable_token"] == 2


async def test_in_the_last_five_minutes_a_new_one_is_given_and_both_are_good_for_five(world: World) -> None:
    old = (await token(world))["access_token"]
    world.clock.now += HOURS_2 - MINUTES_5 - 1
    assert (await token(world))["access_token"] == old
    world.clock.now += 100
    new = (await token(world))["access_token"]
    assert new != old
    world.clock.now += MINUTES_5 - 1
    assert [await errcode(world, one) for one in (old, new)] == [46003, 46003]
    world.clock.now += 1
    assert [await errcode(world, one) for one in (old, new)] == [42001, 46003]


async def test_a_token_expires(world: World) -> None:
    only = (await token(world))["access_token"]
    world.clock.now += HOURS_2
    assert await errcode(world, only) == 42001
    assert (await token(world))["access_token"] != only
    assert await errcode(world, only) == 40001


async def test_a_forced_refresh_makes_the_old_one_bad_at_once(world: World) -> None:
    old = (await token(world))["access_token"]
    new = (await token(world, force_refresh=True))["access_token"]
    assert [await errcode(world, one) for one in (old, new)] == [40001, 46003]
    assert (await token(world))["access_token"] == new


async def test_forcing_within_30_seconds_refreshes_nothing(world: World) -> None:
    first = (await token(world, force_refresh=True))["access_token"]
    world.clock.now += 29
    assert (await token(world, force_refresh=True))["access_token"] == first
    world.clock.now += 1
    assert (await token(world, force_refresh=True))["access_token"] != first


async def test_forcing_is_possible_20_times_a_day(world: World) -> None:
    for _ in range(20):
        assert "access_token" in await token(world, force_refresh=True)
        world.clock.now += 30
    assert (await token(world, force_refresh=True))["errcode"] == 45009
    assert "access_token" in await token(world)
    world.clock.now += 86_400
    assert "access_token" in await token(world, force_refresh=True)


async def test_a_revoked_token_is_bad(world: World) -> None:
    old = (await token(world))["access_token"]
    world.state.tokens.revoke()
    assert await errcode(world, old) == 40001


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"grant_type": "x"}, 40002), ({"appid": "wx0"}, 40013), ({"secret": "x"}, 40125), ({"secret": None}, 40125)],
)
async def test_a_wrong_request_gets_no_token(world: World, changes: dict[str, Any], code: int) -> None:
    assert (await token(world, **changes))["errcode"] == code


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff"])
async def test_a_body_that_is_no_json_object_is_refused(world: World, body: bytes) -> None:
    answer = await world.api.post("/stable_token", content=body)
    assert (answer.status_code, answer.json()["errcode"]) == (200, 47001)


@pytest.mark.parametrize(("seconds", "code"), [(60, 45011), (86_400, 45009)])
async def test_too_many_calls_are_refused(world: World, seconds: float, code: int) -> None:
    limit = world.state.token_limits[code]
    while limit.take():
        pass
    assert (await token(world))["errcode"] == code
    world.clock.now += seconds
    assert "access_token" in await token(world)


@pytest.mark.parametrize(("given", "code"), [("", 41001), ("x", 40001)])
async def test_without_a_good_token_nothing_opens(world: World, given: str, code: int) -> None:
    assert await errcode(world, given) == code
