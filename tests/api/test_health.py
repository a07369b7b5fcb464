"""Alive, ready, and what is missing."""

from pathlib import Path

import pytest

from api.app import create_app
from api.settings import Settings
from knowledge_base.release import ReleaseError, ReleaseStore
from tests.api.conftest import Running, Start
from tests.api.servers import free_port


async def test_alive(running: Running) -> None:
    response = await running.client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_ready_when_everything_answers(running: Running) -> None:
    response = await running.client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "release": 1,
        "switched_off": [],
        "parts": {"database": "ok", "redis": "ok", "rasa": "ok", "actions": "ok"},
    }


async def _missing(running: Running) -> list[str]:
    response = await running.client.get("/readyz")
    body = response.json()
    assert (response.status_code, body["ready"]) == (503, False)
    assert set(body["parts"].values()) == {"ok", "没有回应"}
    return [part for part, state in body["parts"].items() if state != "ok"]


async def test_rasa_is_missing(running: Running) -> None:
    running.rasa.down = True
    assert await _missing(running) == ["rasa"]


async def test_actions_are_missing(running: Running) -> None:
    running.actions.status = 500
    assert await _missing(running) == ["actions"]


async def test_redis_is_missing(start: Start) -> None:
    async with start(redis_url=f"redis://127.0.0.1:{free_port()}/0") as running:
        assert await _missing(running) == ["redis"]


async def test_database_is_missing(start: Start) -> None:
    async with start(database_url=f"postgresql+asyncpg://hufa@127.0.0.1:{free_port()}/hufa") as running:
        assert await _missing(running) == ["database"]


async def test_alive_although_everything_is_missing(start: Start) -> None:
    port = free_port()
    urls = {"database_url": f"postgresql+asyncpg://hufa@127.0.0.1:{port}/x", "redis_url": f"redis://127.0.0.1:{port}/0"}
    async with start(**urls) as running:
        running.rasa.down = True
        assert (await running.client.get("/healthz")).status_code == 200


async def test_ready_on_real_servers(start: Start, postgres_url: str, redis_url: str) -> None:
    async with start(database_url=postgres_url, redis_url=redis_url) as running:
        assert (await running.client.get("/readyz")).status_code == 200


async def test_an_application_loads_the_release_itself(tmp_path: Path, release_store: ReleaseStore) -> None:
    app = create_app(Settings(data_dir=tmp_path), release_store)
    async with app.router.lifespan_context(app):
        assert app.state.services.releases.get().number == 1


async def test_an_application_without_a_release_does_not_start(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path), ReleaseStore(tmp_path / "nothing"))
    with pytest.raises(ReleaseError, match="还没有发布版"):
        async with app.router.lifespan_context(app):
            pass
