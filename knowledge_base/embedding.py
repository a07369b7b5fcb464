"""Sentence vectors: the home-made default model, or any sentence-transformers model a deployer names."""

import hashlib
import logging
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from knowledge_base.analysis import features
from knowledge_base.embedding_training import FEATURES_MARK
from knowledge_base.progress import progress_printer

Vectors = NDArray[np.float32]
_log = logging.getLogger(__name__)
_BATCH = 256
_CACHE_FACTOR, _CACHE_FLOOR = 4, 20_000
"""The cache forgets texts that are no longer asked for once it holds so many times what is."""


class Encoder(Protocol):
    """Turns texts into vectors of length one."""

    name: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Normalised texts in, float32 array of shape (len(texts), dimensions) out."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Normalised questions in, float32 array of shape (len(texts), dimensions) out."""
        ...

    def encode_query(self, text: str) -> Vectors:
        """One question in, float32 array of shape (dimensions,) out."""
        ...


class SentenceTransformerEncoder:
    """A sentence-transformers model by name or folder.

    A folder with our mark is the home-made model and is fed with features; any other model is fed with plain text, the
    question with `query_instruction` before it.
    """

    def __init__(
        self, model: SentenceTransformer, name: str, *, from_features: bool, query_instruction: str = ""
    ) -> None:
        self._model = model.eval()
        self.name = name
        self._from_features = from_features
        self._query_instruction = query_instruction

    @classmethod
    def load(cls, name_or_folder: str, query_instruction: str = "") -> "SentenceTransformerEncoder":
        """Load a model.

        Raises:
            ModelUnavailableError: the model cannot be loaded; the message says which and why.
        """
        folder = Path(name_or_folder)
        mark = folder / FEATURES_MARK
        try:
            model = SentenceTransformer(name_or_folder, device="cpu", local_files_only=folder.exists())
        except Exception as error:
            raise ModelUnavailableError(f"向量模型“{name_or_folder}”无法加载：{error}") from error
        name = fingerprint(folder) if folder.is_dir() else name_or_folder
        return cls(model, name, from_features=mark.exists(), query_instruction=query_instruction)

    def _inputs(self, texts: Sequence[str]) -> list[str]:
        return [" ".join(features(text)) for text in texts] if self._from_features else list(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode`. Shows progress where there are many texts."""
        return self._encode(self._inputs(texts))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode_queries`."""
        return self._encode([self._query_instruction + text for text in self._inputs(texts)])

    def _encode(self, inputs: Sequence[str]) -> Vectors:
        show = progress_printer("向量") if len(inputs) > 4 * _BATCH and not self._from_features else None
        parts = []
        for start in range(0, len(inputs), _BATCH):
            batch = list(inputs[start : start + _BATCH])
            parts.append(self._model.encode(batch, show_progress_bar=False))
            if show:
                show(min(start + _BATCH, len(inputs)), len(inputs))
        return _of_length_one(np.concatenate(parts))

    def encode_query(self, text: str) -> Vectors:
        """See `Encoder.encode_query`."""
        query = self._query_instruction + self._inputs([text])[0]
        vector = self._model.encode(query, show_progress_bar=False)
        return _of_length_one(np.asarray(vector))


def _of_length_one(vectors: NDArray[np.floating[Any]]) -> Vectors:
    """In 32 bits: the model may compute in 16, too few for that. A vector of nothing stays nothing."""
    wide = vectors.astype(np.float32)
    return np.asarray(wide / np.maximum(np.linalg.norm(wide, axis=-1, keepdims=True), 1e-9), dtype=np.float32)


class ModelUnavailableError(RuntimeError):
    """The embedding model cannot be loaded."""


def fingerprint(folder: Path) -> str:
    """Sixteen hex digits over the weights and the vocabulary of a saved model."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".safetensors", ".bin"} or path.name in {"tokenizer.json", FEATURES_MARK}:
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class CachedEncoder:
    """An encoder that remembers vectors by (model, text), so that one edited entry embeds one entry.

    The cache is one .npz file; a cache of another model is left alone (the model's name is in the file name).
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self.name = encoder.name
        digest = hashlib.sha256(encoder.name.encode()).hexdigest()[:16]
        self._path = folder / f"vectors-{digest}.npz"

    def encode(self, texts: Sequence[str], *, keep: bool = True) -> Vectors:
        """See `Encoder.encode`; only texts not seen before are embedded. Without `keep` they are not remembered."""
        known = self._read()
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known |= dict(zip(missing, self._encoder.encode(missing), strict=True))
        if missing and keep:
            if len(known) > _CACHE_FACTOR * len(texts) + _CACHE_FLOOR:
                known = {text: known[text] for text in dict.fromkeys(texts)}
            self._write(known)
        return np.stack([known[text] for text in texts])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode_queries`; questions are never kept."""
        return self._encoder.encode_queries(texts)

    def encode_query(self, text: str) -> Vectors:
        """See `Encoder.encode_query`; questions of citizens are never kept."""
        return self._encoder.encode_query(text)

    def _write(self, known: dict[str, Vectors]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(f".{os.getpid()}.new")
        with temporary.open("wb") as file:
            np.savez(file, texts=np.array(list(known), dtype=np.str_), vectors=np.stack(list(known.values())))
        temporary.replace(self._path)

    def _read(self) -> dict[str, Vectors]:
        if not self._path.exists():
            return {}
        try:
            with np.load(self._path) as stored:
                return dict(zip(stored["texts"].tolist(), stored["vectors"], strict=True))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            _log.warning("embedding cache %s unreadable, rebuilt: %s", self._path.name, error)
            return {}
