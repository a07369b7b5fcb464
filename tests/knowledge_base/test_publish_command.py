"""`python -m knowledge_base publish`: seconds, with the model that is there, and never what has a defect."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from knowledge_base import __main__ as command
from knowledge_base.entry import Entry
from knowledge_base.linter import Defect
from knowledge_base.published import Origin
from knowledge_base.release import ReleaseStore
from tests.small_catalogue import make_entry, small_entries
from tests.small_release import train_small

EDITED = [make_entry(answer="先向劳动监察投诉。"), *small_entries()[1:]]


@pytest.fixture
def store(small_store: ReleaseStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseStore:
    """A copy of the small release to publish into."""
    shutil.copytree(small_store.folder, tmp_path / "knowledge")
    monkeypatch.setenv("HUFA_KNOWLEDGE_DIR", str(tmp_path / "knowledge"))
    return ReleaseStore(tmp_path / "knowledge")


def catalogue(monkeypatch: pytest.MonkeyPatch, entries: list[Entry], defects: list[Defect]) -> None:
    monkeypatch.setattr(command, "read_catalogue", lambda: (entries, []))
    monkeypatch.setattr(command, "lint", lambda *_: defects)


def test_an_edited_entry_is_published(store: ReleaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue(monkeypatch, EDITED, [])
    result = CliRunner().invoke(command.app, ["publish"])
    assert (result.exit_code, result.stdout) == (0, f"发布版 2，条目 {len(EDITED)}\n")
    assert store.load().entries[EDITED[0].id].answer == "先向劳动监察投诉。"


def test_what_has_a_defect_is_not_published(store: ReleaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue(monkeypatch, EDITED, [Defect("labour.unpaid-wages", "schema", "少了依据")])
    result = CliRunner().invoke(command.app, ["publish"])
    assert result.exit_code == 1 and "少了依据" in result.stderr
    assert store.current_number() == 1


def test_what_the_console_published_is_replaced_only_when_told_to(
    store: ReleaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.publish(EDITED, Origin.DATABASE)
    catalogue(monkeypatch, small_entries(), [])
    result = CliRunner().invoke(command.app, ["publish"])
    assert (result.exit_code, store.current_number()) == (1, 2) and "工作台" in result.stderr
    assert CliRunner().invoke(command.app, ["publish", "--over-database"]).exit_code == 0
    assert store.load().entries[EDITED[0].id] == small_entries()[0]


def test_a_build_says_whose_entries_are_published(store: ReleaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.publish(EDITED, Origin.DATABASE)
    monkeypatch.setattr(command, "load_catalogue", small_entries)
    train_small(monkeypatch)
    result = CliRunner().invoke(command.app, ["build"])
    assert result.stdout == "发布版 2，条目是工作台发布的\n"


def test_without_a_model_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUFA_KNOWLEDGE_DIR", str(tmp_path))
    catalogue(monkeypatch, EDITED, [])
    result = CliRunner().invoke(command.app, ["publish"])
    assert result.exit_code == 1 and "build" in result.stderr
