import shutil
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.requirements_of_tests import missing
from tests.system.citizen import Citizen
from tests.system.processes import ROOT, System


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    if not (ROOT / "var/rasa/current").exists() or not (ROOT / "var/knowledge/current").exists():
        pytest.fail("没有训练好的模型：请用 make test 运行，它会先训练。")
    running = System(tmp_path_factory.mktemp("system")).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system with releases of its own: what is published here must not reach other tests."""
    folder = tmp_path_factory.mktemp("console")
    shutil.copytree(ROOT / "var/knowledge", folder / "knowledge")
    system = System(folder, HUFA_KNOWLEDGE_DIR=str(folder / "knowledge")).start()
    yield system
    system.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests: a thread holds one running Playwright."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        missing("chromium")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        running = playwright.chromium.launch(executable_path=executable, args=flags)
        yield running
        running.close()


@pytest.fixture
def citizen(system: System) -> Iterator[Citizen]:
    with httpx.Client(base_url=system.url, timeout=20, trust_env=False) as client:
        yield Citizen(client)
