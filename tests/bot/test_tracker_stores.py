"""Rasa's stores keep the last turns, forget what is erased, and do not grow for ever. Run in Rasa's environment."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from redis import Redis

from tests.api import servers

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("tracker_stores_program.py")
MEMORY, REDIS = "RecentMemoryTrackerStore", "RecentRedisTrackerStore"

pytestmark = pytest.mark.system


def run(kind: str, port: str = "") -> dict[str, Any]:
    command = [str(ROOT / ".venv-rasa/bin/python"), str(PROGRAM), kind, port]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "bot")}  # where `rasa_command.py` lies, as when Rasa runs
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="module")
def in_memory() -> dict[str, Any]:
    return run("memory")


@pytest.fixture(scope="module")
def in_redis(redis_url: str) -> dict[str, Any]:
    return run("redis", str(urlsplit(redis_url).port))


@pytest.fixture(params=["in_memory", "in_redis"])
def outcome(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(request.getfixturevalue(request.param))


def test_the_last_turns_are_kept(outcome: dict[str, Any]) -> None:
    assert outcome["kept"] == ["第6句", "第7句", "第8句", "第9句"]


def test_the_last_message_is_still_the_last(outcome: dict[str, Any]) -> None:
    assert outcome["last"] == "第9句"


def test_what_is_erased_does_not_come_back(outcome: dict[str, Any]) -> None:
    assert outcome["erased"] == []


def test_the_active_form_stays_active_until_it_ends(outcome: dict[str, Any]) -> None:
    assert outcome["forms"] == {"never": ["guide_form"] * 10, "seventh": ["guide_form"] * 6 + [None] * 4}


def test_the_conversation_that_was_silent_longest_is_forgotten_in_memory(in_memory: dict[str, Any]) -> None:
    assert in_memory["remembered"] == ["b", "c", "long"]


def test_redis_forgets_by_time_alone(in_redis: dict[str, Any], redis_url: str) -> None:
    assert in_redis["remembered"] == ["a", "b", "c", "long"]
    with Redis.from_url(redis_url) as client:
        assert all(0 < client.ttl(key) <= 60 for key in client.scan_iter())


@pytest.mark.parametrize(("name", "store"), [("endpoints.yml", MEMORY), ("endpoints.city.yml", REDIS)])
def test_the_stores_are_those_that_are_configured(
    name: str, store: str, in_memory: dict[str, Any], in_redis: dict[str, Any]
) -> None:
    """Rasa takes its own store, with no more than a warning, when it does not find the one that is named."""
    configured = yaml.safe_load((ROOT / "bot" / name).read_text(encoding="utf-8"))["tracker_store"]
    assert configured["type"] == f"tracker_stores.{store}"
    assert {in_memory["store"], in_redis["store"]} == {MEMORY, REDIS}
