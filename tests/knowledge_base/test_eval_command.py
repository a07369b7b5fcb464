"""`python -m knowledge_base eval`: predictions for a file, a report on held-out questions, and what it refuses."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from knowledge_base.__main__ import app
from knowledge_base.release import ReleaseStore
from tests.small_catalogue import WAGES

ENTRY = {"id": "1", "text": "公司拖欠工资怎么办", "entry": WAGES, "topic": "劳动争议"}
Run = Callable[..., Result]
FOREIGN = {"id": "2", "text": "公司拖欠工资啊怎么办", "label": "继承"}


def write(path: Path, *rows: object) -> str:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def own(tmp_path: Path) -> str:
    folder = tmp_path / "own"
    folder.mkdir()
    write(folder / "entries.jsonl", ENTRY)
    write(folder / "near_misses.jsonl")
    write(folder / "out_of_scope.jsonl")
    return str(folder)


@pytest.fixture
def run(small_store: ReleaseStore, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("HUFA_KNOWLEDGE_DIR", str(small_store.folder))

    def _run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["eval", *arguments])

    return _run


def test_predictions_are_written_for_a_file(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "p.jsonl"
    assert run("--questions", write(tmp_path / "q.jsonl", ENTRY), "--out", str(out)).exit_code == 0
    row = json.loads(out.read_text(encoding="utf-8"))
    assert (row["id"], row["entries"], row["decision"]) == ("1", [WAGES], "answer")


def test_the_own_questions_are_reported(run: Run, own: str) -> None:
    done = run("--own", own)
    assert done.exit_code == 0 and "首选条目" in done.output


def test_files_of_others_are_reported_beside_them(run: Run, own: str, tmp_path: Path) -> None:
    done = run("--own", own, "--topics", write(tmp_path / "t.jsonl", FOREIGN))
    assert "外部主题问题（1 题）" in done.output


@pytest.mark.parametrize(("option", "quoted"), [([], False), (["--with-text"], True)])
def test_a_page_quotes_others_only_when_asked_to(
    run: Run, own: str, tmp_path: Path, option: list[str], quoted: bool
) -> None:
    page = tmp_path / "page.html"
    run("--own", own, "--topics", write(tmp_path / "t.jsonl", FOREIGN), "--html", str(page), *option)
    assert (FOREIGN["text"] in page.read_text(encoding="utf-8")) is quoted


@pytest.mark.parametrize("option", ["--questions", "--out"])
def test_questions_and_out_go_together(run: Run, tmp_path: Path, option: str) -> None:
    assert run(option, write(tmp_path / "q.jsonl", ENTRY)).exit_code == 2


def test_a_bad_file_is_told_in_one_line(run: Run, own: str, tmp_path: Path) -> None:
    done = run("--own", own, "--oos", write(tmp_path / "o.jsonl", {"id": "1", "text": "下雨吗"}))
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1) and "o.jsonl 第 1 行" in done.stderr
