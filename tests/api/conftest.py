"""A small real release, databases, a Redis, and the running application with stand-ins for Rasa and the actions."""

import os
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from redis import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api import app as app_module
from api.services import Services
from api.settings import Settings
from api.storage.database import create_engine, migrate
from api.storage.models import Base
from knowledge_base import embedding_training, trained_models
from knowledge_base.live_release import LiveRelease
from knowledge_base.release import ReleaseStore
from tests.api import fakes, servers


@pytest.fixture(scope="session")
def release_store(tmp_path_factory: pytest.TempPathFactory) -> ReleaseStore:
    """Six entries, trained with the real code in a few steps."""
    store = ReleaseStore(tmp_path_factory.mktemp("knowledge"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedding_training, "_STEPS", 30)
        patch.setattr(trained_models, "load_situations", lambda: fakes.SITUATIONS)
        patch.setattr(trained_models, "load_out_of_scope", lambda: fakes.OUT_OF_SCOPE)
        patch.setattr(trained_models, "load_calibration", lambda: fakes.CALIBRATION)
        store.ensure(fakes.ENTRIES)
    return store


@pytest.fixture(scope="session")
def live_release(release_store: ReleaseStore) -> LiveRelease:
    """The release, loaded."""
    return LiveRelease(release_store)


# --- databases and Redis ----------------------------------------------------------------------------------------------


def migrate_aside(url: str, revision: str = "head") -> None:
    """Migrations run a loop of their own, and the tests have one in this thread."""
    errors: list[Exception] = []

    def run() -> None:
        try:
            migrate(url, revision)
        except Exception as error:  # handed to the test's thread
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    migrate_aside(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[servers.Postgres]:
    """One PostgreSQL for all tests, with a migrated database."""
    with servers.postgres() as server:
        server.run("CREATE DATABASE hufa")
        migrate_aside(server.url("hufa"))
        yield server


@pytest.fixture
def sqlite_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """A fresh SQLite database."""
    shutil.copy(empty_sqlite, tmp_path / "hufa.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'hufa.db'}"


@pytest.fixture
def postgres_url(postgres_server: servers.Postgres) -> str:
    """The PostgreSQL database, emptied: ten times as fast as a new one."""
    postgres_server.run(f"TRUNCATE {', '.join(Base.metadata.tables)}", database="hufa")
    return postgres_server.url("hufa")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once of each kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on an empty database of each kind."""
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One Redis for all tests; its URL."""
    with servers.redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The Redis, emptied."""
    with Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


# --- the running application ------------------------------------------------------------------------------------------


class Conversation:
    """A citizen with a REST client."""

    def __init__(self, client: httpx.AsyncClient, conversation_id: str, token: str) -> None:
        self.client = client
        self.id = conversation_id
        self.token = token
        self.path = f"/api/v1/conversations/{conversation_id}"
        self.headers = {"Authorization": f"Bearer {token}"}

    async def post(self, body: Any, path: str = "/messages") -> httpx.Response:
        """Post JSON."""
        return await self.client.post(self.path + path, json=body, headers=self.headers)

    async def say(self, text: str, message_id: str | None = None) -> dict[str, Any]:
        """Say something; the turn as JSON."""
        response = await self.post({"text": text, "message_id": message_id or uuid4().hex})
        assert response.status_code == 200, response.text
        turn: dict[str, Any] = response.json()
        return turn

    async def press(self, choice: str) -> dict[str, Any]:
        """Press a button; the turn as JSON."""
        response = await self.post({"choice": choice, "message_id": uuid4().hex})
        assert response.status_code == 200, response.text
        turn: dict[str, Any] = response.json()
        return turn

    async def history(self) -> dict[str, Any]:
        """The whole conversation."""
        response = await self.client.get(self.path, headers=self.headers)
        assert response.status_code == 200, response.text
        conversation: dict[str, Any] = response.json()
        return conversation


@dataclass
class Running:
    """The application while it runs. `client` keeps no cookies of other tests."""

    app: FastAPI
    client: httpx.AsyncClient
    rasa: fakes.FakeRasa
    actions: fakes.FakeActions

    @property
    def services(self) -> Services:
        """What the application opened."""
        services: Services = self.app.state.services
        return services

    def browser(self, **options: Any) -> httpx.AsyncClient:
        """A client with cookies of its own."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, **({"base_url": "http://hufa.test"} | options))

    async def conversation(self) -> Conversation:
        """A new conversation by the public API."""
        created = (await self.client.post("/api/v1/conversations")).json()
        return Conversation(self.client, created["conversation_id"], created["token"])

    async def table(self, name: str) -> list[dict[str, Any]]:
        """All rows of a table, past the application."""
        engine = create_engine(self.services.settings.database_url)
        async with engine.connect() as connection:
            rows = [dict(row._mapping) for row in await connection.execute(Base.metadata.tables[name].select())]
        await engine.dispose()
        return rows


@pytest.fixture
def own_store(release_store: ReleaseStore, tmp_path: Path) -> ReleaseStore:
    """The store as one that a test may publish into. Its files are linked: what is written is replaced, never changed."""
    shutil.copytree(release_store.folder, tmp_path / "knowledge", copy_function=os.link)
    return ReleaseStore(tmp_path / "knowledge")


Start = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture
def start(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    live_release: LiveRelease,
    own_store: ReleaseStore,
    request: pytest.FixtureRequest,
) -> Start:
    """Starts an application with given settings, by default on SQLite, with rates that no test reaches."""

    @asynccontextmanager
    async def running(**changes: Any) -> AsyncIterator[Running]:
        rasa, actions = fakes.FakeRasa(live_release.get()), fakes.FakeActions()
        monkeypatch.setattr(app_module, "httpx", fakes.outgoing(rasa, actions))
        monkeypatch.setattr(app_module, "LiveRelease", lambda _: live_release)  # loaded once, not for every test
        given: dict[str, Any] = {
            "data_dir": tmp_path,
            "rasa_url": fakes.RASA_URL,
            "actions_url": fakes.ACTIONS_URL,
            "secret_key": fakes.SECRET_KEY,
            "rasa_token": fakes.RASA_TOKEN,
            "rate_per_sender": "100000/minute",
            "rate_per_client": "100000/minute",
        }
        given |= changes
        if "database_url" not in given:
            given["database_url"] = request.getfixturevalue("sqlite_url")
        app = app_module.create_app(Settings(**given), own_store)
        async with app.router.lifespan_context(app):
            one = Running(app, httpx.AsyncClient(), rasa, actions)
            async with one.browser() as one.client:
                yield one

    return running


@pytest.fixture
async def running(start: Start) -> AsyncIterator[Running]:
    """The application with the usual settings."""
    async with start() as one:
        yield one


@pytest.fixture
async def running_on_each(start: Start, database_url: str) -> AsyncIterator[Running]:
    """The application on a database of each kind."""
    async with start(database_url=database_url) as one:
        yield one


@pytest.fixture
async def talk(running: Running) -> Conversation:
    """A conversation by the public API."""
    return await running.conversation()
