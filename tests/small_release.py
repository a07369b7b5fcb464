"""One small real release for all tests: the real training code, few steps, the small catalogue."""

from pathlib import Path

import pytest

from knowledge_base import embedding_training, trained_models
from knowledge_base.release import Release, ReleaseStore
from knowledge_base.trained_models import EmbeddingChoice
from tests.small_catalogue import small_calibration, small_entries, small_out_of_scope, small_situations

_FEW_STEPS = 40


def train_small(patch: pytest.MonkeyPatch) -> None:
    """Make `ReleaseStore.ensure` learn from the small catalogue's lines, in few steps."""
    patch.setattr(embedding_training, "_STEPS", _FEW_STEPS)
    patch.setattr(trained_models, "load_situations", small_situations)
    patch.setattr(trained_models, "load_out_of_scope", small_out_of_scope)
    patch.setattr(trained_models, "load_calibration", small_calibration)


def make_store(folder: Path, embedding: EmbeddingChoice | None = None) -> ReleaseStore:
    """A store with a release of the small catalogue, built unless it is there."""
    store = ReleaseStore(folder, embedding)
    with pytest.MonkeyPatch.context() as patch:
        train_small(patch)
        store.ensure(small_entries())
    return store


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> ReleaseStore:
    """The shared store: read it, never build into it."""
    return make_store(tmp_path_factory.getbasetemp() / "small-knowledge")


@pytest.fixture(scope="session")
def small_release(small_store: ReleaseStore) -> Release:
    """The shared release, loaded."""
    return small_store.load()
