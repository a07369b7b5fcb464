"""A model trained by several processes is the model trained by one."""

from pathlib import Path

from knowledge_base.corpus import text_lines
from knowledge_base.model_training import HomeMade, train_model
from tests.small_catalogue import small_entries, small_lines


def trained(folder: Path, workers: int) -> dict[str, bytes]:
    folder.mkdir()
    texts = tuple(text_lines(small_entries()))
    train_model(folder, small_entries(), small_lines(), HomeMade(texts), workers)
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.json"))}


def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    assert trained(tmp_path / "one", 1) == trained(tmp_path / "two", 2)
