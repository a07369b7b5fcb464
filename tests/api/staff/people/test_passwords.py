"""Rules for passwords, and their hashes."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from hypothesis import given, settings
from hypothesis import strategies as st

from api.staff.people import passwords
from api.staff.people.passwords import (
    LEAST_CHARACTERS,
    MOST_CHARACTERS,
    hash_password,
    matches,
    objection,
    one_time_password,
)


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "至少 12 个字符"),
        ("short one 7", "至少 12 个字符"),
        ("x" * 129, "最多 128 个字符"),
        ("aaaaaaaaaaaa", "重复的字符太多"),
        ("abababababab", "重复的字符太多"),
        ("            ", "重复的字符太多"),
        ("my wangming 42", "不要有登录名"),
        ("MY WANGMING 42", "不要有登录名"),
        ("password12345", "太常见"),
        ("Password123456", "太常见"),
        ("ＰＡＳＳＷＯＲＤ１２３４５", "太常见"),
        ("qwertyqwerty1", "太常见"),
        ("admin12348hufa", "太常见"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, says: str) -> None:
    assert says in (objection(password, "wangming") or "")


@pytest.mark.parametrize(
    "password",
    [
        "twelve chars",
        "梧桐树下一只猫在睡觉看着车",
        "correct horse battery",
        "x7$" * 40 + "abcd",
        "pass word 1 2 3 4 5",
        "🌳🐈 sleeps under",
    ],
)
def test_a_long_password_of_any_kind_will_do(password: str) -> None:
    assert objection(password, "wangming") is None


@given(st.text(max_size=140), st.from_regex(r"[a-z]{3,10}", fullmatch=True))
def test_what_is_accepted_keeps_the_rules(password: str, username: str) -> None:
    if objection(password, username) is None:
        assert LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS
        assert username not in password.lower()


def test_one_time_passwords_keep_the_rules_and_differ() -> None:
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert [objection(password, "wangming") for password in made] == [None] * 200


async def test_hashes_are_argon2id_with_a_salt_of_their_own() -> None:
    first, second = await hash_password("correct horse battery"), await hash_password("correct horse battery")
    assert first.startswith("$argon2id$") and first != second and "correct" not in first


def test_the_hasher_of_the_service_costs_what_the_rfc_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the tests' cheap hashes
    parameters = extract_parameters(PasswordHasher().hash("x"))
    own = passwords._hasher
    assert (own.type, own.time_cost, own.memory_cost) == (Type.ID, parameters.time_cost, parameters.memory_cost)
    assert (own.time_cost, own.memory_cost) >= (3, 64 * 1024)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("correct horse battery", True),
        ("ｃorrect horse battery", True),
        ("correct horse batter", False),
        ("Correct horse battery", False),
        ("correct horse battery ", False),
        ("", False),
        ("\x00", False),
        ("x" * 100_000, False),
    ],
)
async def test_only_the_password_matches(typed: str, right: bool) -> None:
    assert await matches(await hash_password("correct horse battery"), typed) is right


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
async def test_without_a_hash_nothing_matches(stored: str | None) -> None:
    assert await matches(stored, "correct horse battery") is False


async def test_an_unknown_name_costs_as_much_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted by what is verified, not by the clock: once either way, against a hash of the same cost."""
    verified: list[str] = []
    hasher = passwords._hasher

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            verified.append(stored)
            return hasher.verify(stored, password)

        def hash(self, password: str) -> str:
            return hasher.hash(password)

    stored = await hash_password("correct horse battery")
    monkeypatch.setattr(passwords, "_hasher", Counting())
    await matches(stored, "x")
    await matches(None, "x")
    assert len(verified) == 2
    assert extract_parameters(verified[0]) == extract_parameters(verified[1])


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200))
async def test_what_was_set_matches(password: str) -> None:
    assert await matches(await hash_password(password), password)
