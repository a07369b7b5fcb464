"""`python -m knowledge_base export` and `import`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from knowledge_base.__main__ import app
from knowledge_base.catalogue import load_catalogue
from knowledge_base.exchange.catalogue_files import write_catalogue
from knowledge_base.exchange.files import WRITERS
from knowledge_base.release import ReleaseStore
from tests.small_catalogue import make_entry, small_entries


def by_version(folder: Path) -> set[str]:
    return {entry.version for entry in load_catalogue(folder)}


VERSIONS = {entry.version for entry in small_entries()}


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    return result.exit_code, result.output


def test_the_release_is_exported_as_catalogue_files_that_read_back(
    small_store: ReleaseStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUFA_KNOWLEDGE_DIR", str(small_store.folder))
    assert run("export", "--out", tmp_path / "out")[0] == 0
    assert by_version(tmp_path / "out") == VERSIONS


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_file_is_exported_and_imported_again(
    suffix: str, small_store: ReleaseStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUFA_KNOWLEDGE_DIR", str(small_store.folder))
    assert run("export", "--out", tmp_path / f"all{suffix}")[0] == 0
    code, said = run("import", tmp_path / f"all{suffix}", "--out", tmp_path / "back")
    assert code == 0 and f"条目 {len(VERSIONS)}，有错 0" in said
    assert by_version(tmp_path / "back") == VERSIONS


def test_nothing_is_written_when_a_row_is_bad(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(make_entry().model_dump_json() + '\n{"id": "labour.x"}\n', encoding="utf-8")
    code, said = run("import", tmp_path / "a.jsonl", "--out", tmp_path / "back")
    assert code == 1 and "第 2 行 labour.x [标题] 没有填" in said
    assert not (tmp_path / "back").exists()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("a: [", encoding="utf-8")
    assert run("import", tmp_path / "a.yml")[0] == 1
    (tmp_path / "b.yml").write_text("a: 1", encoding="utf-8")
    assert "条目列表" in run("import", tmp_path / "b.yml")[1]


def test_without_a_release_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUFA_KNOWLEDGE_DIR", str(tmp_path))
    code, said = run("export", "--out", tmp_path / "x.yml")
    assert code == 1 and "build" in said


def test_an_unknown_kind_of_file_is_refused(
    small_store: ReleaseStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUFA_KNOWLEDGE_DIR", str(small_store.folder))
    assert run("export", "--out", tmp_path / "x.doc")[0] == 1


def test_a_topic_never_becomes_a_path(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="主题"):
        write_catalogue([make_entry(topic="../../x")], tmp_path)
