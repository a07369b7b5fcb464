"""What training writes into a folder: the same whatever the number of processes, and less without an embedding."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge_base import embedding_training
from knowledge_base.corpus import Line
from knowledge_base.embedding import SentenceTransformerEncoder
from knowledge_base.model_training import Given, HomeMade, train_model
from knowledge_base.training import EncoderFactory
from tests.knowledge_base.conftest import Parts
from tests.small_catalogue import small_calibration, small_entries, small_lines, small_teaching_lines

LINES = small_teaching_lines()
HOME_MADE = HomeMade(LINES.references)
DECISION_MODELS = ("hybrid.json", "keywords.json")
_FEW_STEPS = 40


class _Quick(HomeMade):
    """In whichever process it arrives, embeddings are trained in few steps."""

    def __reduce__(self) -> tuple[Callable[[tuple[Line, ...]], HomeMade], tuple[tuple[Line, ...]]]:
        return _arrive, (self.texts,)


def _arrive(texts: tuple[Line, ...]) -> HomeMade:
    embedding_training._STEPS = _FEW_STEPS
    return _Quick(texts)


def train(folder: Path, make_encoder: EncoderFactory | None, workers: int = 1) -> Path:
    folder.mkdir()
    train_model(folder, small_entries(), LINES, small_calibration(), make_encoder, workers)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def by_workers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Folders trained by one process and by two."""
    folder = tmp_path_factory.mktemp("workers")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedding_training, "_STEPS", _FEW_STEPS)
        quick = _Quick(LINES.references)
        return train(folder / "one", quick, 1), train(folder / "two", quick, 2)


def numbers(data: object) -> Iterator[float]:
    """All numbers in a JSON value, in their order."""
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list):
        for value in data:
            yield from numbers(value)
    elif isinstance(data, int | float):
        yield float(data)


def test_the_number_of_workers_changes_neither_embedding_nor_router(by_workers: tuple[Path, Path]) -> None:
    one, two = (
        {name: data for name, data in files(folder).items() if name not in DECISION_MODELS} for folder in by_workers
    )
    assert one == two


@pytest.mark.parametrize("name", DECISION_MODELS)
def test_the_number_of_workers_changes_a_decision_model_by_rounding_at_most(
    by_workers: tuple[Path, Path], name: str
) -> None:
    """Keyword search numbers its terms anew in every process, and sums follow that order."""
    one, two = (list(numbers(json.loads((folder / name).read_text(encoding="utf-8")))) for folder in by_workers)
    assert one == pytest.approx(two, rel=1e-3, abs=1e-4)


def test_a_given_encoder_is_not_written(parts: Parts, tmp_path: Path) -> None:
    names = set(files(train(tmp_path / "given", Given(parts.encoder))))
    assert names == {"hybrid.json", "keywords.json", "router.json", "router.npz"}


def test_a_given_encoder_stays_in_this_process(parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge_base.model_training.ProcessPoolExecutor", lambda *_, **__: pytest.fail("sent"))
    assert "hybrid.json" in files(train(tmp_path / "given", Given(parts.encoder), workers=2))


def test_without_an_embedding_there_is_no_model_for_vectors(tmp_path: Path) -> None:
    assert set(files(train(tmp_path / "keywords", None))) == {"keywords.json", "router.json", "router.npz"}


def test_keywords_are_fitted_alike_whatever_the_encoder(parts: Parts, tmp_path: Path) -> None:
    given, alone = train(tmp_path / "given", Given(parts.encoder)), train(tmp_path / "alone", None)
    assert files(given)["keywords.json"] == files(alone)["keywords.json"]


def test_a_given_encoder_answers_every_fold(parts: Parts) -> None:
    assert Given(parts.encoder)(small_lines()) is parts.encoder


def test_a_home_made_encoder_learns_from_the_lines_of_the_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_training, "_STEPS", 5)
    one, other = (HOME_MADE(lines).encode(["工资公司"]) for lines in (small_lines(), small_lines()[:60]))
    assert isinstance(HOME_MADE(small_lines()), SentenceTransformerEncoder) and (one != other).any()
