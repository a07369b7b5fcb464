"""Fixtures for the knowledge base: one small real release, its parts, and a tiny foreign embedding model."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split

from knowledge_base.decision import Decider
from knowledge_base.decision_model import Model
from knowledge_base.embedding import SentenceTransformerEncoder
from knowledge_base.index import Index
from knowledge_base.release import ReleaseStore
from knowledge_base.router import TopicRouter
from tests.small_catalogue import small_entries, small_lines
from tests.small_release import small_release, small_store

__all__ = ["small_release", "small_store"]

NEVER = 1.1
"""A threshold that no probability reaches."""


@dataclass(frozen=True)
class Parts:
    """What the small release is made of, read from its folders."""

    index: Index
    encoder: SentenceTransformerEncoder
    router: TopicRouter
    model: Model
    keywords_model: Model

    def decider(self, *, with_vectors: bool = True, **limits: float) -> Decider:
        """A decider over the small catalogue whose thresholds are replaced by `limits`; nothing is let in as clearly ours."""
        trained = self.model if with_vectors else self.keywords_model
        model = replace(trained, thresholds=replace(trained.thresholds, **{"ours": -1.0, **limits}))
        return Decider(small_entries(), self.index, self.encoder if with_vectors else None, self.router, model)


@pytest.fixture(scope="session")
def parts(small_store: ReleaseStore) -> Parts:
    release = small_store.folder / "releases" / "1"
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    models = small_store.folder / "models" / manifest["model"]
    return Parts(
        Index.load(release),
        SentenceTransformerEncoder.load(str(models / "embedding")),
        TopicRouter.load(models),
        Model.from_dict(json.loads((models / "hybrid.json").read_text(encoding="utf-8"))),
        Model.from_dict(json.loads((models / "keywords.json").read_text(encoding="utf-8"))),
    )


def save_foreign_model(folder: Path, seed: int = 1, dimensions: int = 24) -> None:
    """Save a sentence-transformers model that is not ours: a random vector a character, of plain text."""
    characters = sorted({character for line in small_lines() for character in line.text})
    vocabulary = {"[UNK]": 0} | {character: number for number, character in enumerate(characters, start=1)}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split(Regex("."), "isolated")
    weights = np.random.default_rng(seed).normal(size=(len(vocabulary), dimensions)).astype(np.float32)
    static = StaticEmbedding(tokenizer, embedding_weights=weights)
    SentenceTransformer(modules=[static, Normalize()], device="cpu").save_pretrained(
        str(folder), create_model_card=False
    )


@pytest.fixture(scope="session")
def foreign_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("foreign-model")
    save_foreign_model(folder)
    return folder
