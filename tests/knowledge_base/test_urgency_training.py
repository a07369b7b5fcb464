"""The lines the classifier of urgent messages learns from, and where its model is kept."""

import subprocess
import sys
from pathlib import Path

import pytest

from knowledge_base import urgency_training
from knowledge_base.normalise import match_key
from knowledge_base.urgency_model import UrgencyModel
from knowledge_base.urgency_rules import UrgencyKind
from knowledge_base.urgency_training import HARMLESS, UNCLEAR, UrgentLine, load_or_train, read_lines, training_lines

CORPORA = Path(__file__).parents[1] / "corpora"
FILES = [*UrgencyKind, "domestic_violence", HARMLESS, UNCLEAR]
FEW = [UrgentLine(f"{kind}老公打我", kind, 2.0) for kind in UrgencyKind] + [UrgentLine("怎么离婚", None, 1.0)]


def test_each_line_stands_in_one_file_once() -> None:
    keys = [match_key(line) for name in FILES for line in read_lines(name)]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def test_no_line_of_the_corpora_is_learned_from() -> None:
    paths = [*(CORPORA / "urgent").glob("*.txt"), CORPORA / "harmless.txt"]
    held_out = {match_key(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()}
    assert sorted(held_out & {match_key(line) for name in FILES for line in read_lines(name)}) == []


def test_there_are_lines_of_every_kind_and_the_catalogue_is_harmless() -> None:
    lines = training_lines()
    assert len({line.text for line in lines}) == len(lines)
    assert all(sum(line.kind is kind for line in lines) >= 400 for kind in UrgencyKind)
    assert sum(line.kind is None and line.weight < 1 for line in lines) > 10_000
    unclear = set(read_lines(UNCLEAR))
    assert not any(line.text in unclear for line in lines)


@pytest.fixture
def few_lines(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Training is of a few lines, and counted."""
    trained: list[int] = []

    def lines() -> list[UrgentLine]:
        trained.append(1)
        return FEW

    monkeypatch.setattr(urgency_training, "training_lines", lines)
    return trained


def test_a_model_is_trained_once_and_then_read(few_lines: list[int], tmp_path: Path) -> None:
    first = load_or_train(tmp_path)
    assert (load_or_train(tmp_path).weights == first.weights).all()
    assert len(few_lines) == 1
    assert len(list((tmp_path / "urgency").glob("*.npz"))) == 1


def test_old_models_go_but_not_all(few_lines: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        monkeypatch.setattr(urgency_training, "_digest", lambda number=number: f"model{number}")
        load_or_train(tmp_path)
    kept = {path.stem for path in (tmp_path / "urgency").glob("*.npz")}
    assert len(kept) == 3
    assert "model4" in kept


def test_where_nothing_can_be_written_the_model_is_trained_all_the_same(few_lines: list[int], tmp_path: Path) -> None:
    (tmp_path / "urgency").write_text("no folder", encoding="utf-8")
    assert isinstance(load_or_train(tmp_path), UrgencyModel)
    assert len(few_lines) == 1


def test_serving_does_not_load_what_trains() -> None:
    code = (
        "import sys; from knowledge_base.urgency import detect; detect('老公打我'); "
        "print([name for name in ('sklearn', 'scipy', 'torch') if name in sys.modules])"
    )
    load_or_train()
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
