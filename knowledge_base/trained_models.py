"""Trained models under `<knowledge folder>/models/<name>/`: embedding, router and ranking, trained for given lines.

A model's name says what it was trained from: the code and data of training, and every line. `recipe.txt` in its folder
says the same without the lines of the entries: what a clerk publishes makes a model older, not wrong.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge_base.calibration_questions import load_calibration
from knowledge_base.corpus import Lines, build_lines, claim_lines, text_lines
from knowledge_base.decision_model import Model
from knowledge_base.embedding import CachedEncoder, ModelUnavailableError, SentenceTransformerEncoder
from knowledge_base.entry import Entry
from knowledge_base.files import digest, folder_in_making, read_json
from knowledge_base.lexicon import lexicon_files
from knowledge_base.router import TopicRouter
from knowledge_base.situations import load_out_of_scope, load_situations

FORMAT = 6
"""Raised when what is stored, or how it is trained, changes."""
_TRAINED_BY = (
    "analysis", "calibration", "calibration_questions", "contrasts", "corpus", "decision_model", "embedding_training",
    "facet_detection", "fitting", "index", "keyword_search", "linear_model", "messages", "model_training",
    "normalise", "questioning", "ranker_training", "ranking", "router", "sound_alikes", "threads", "topics", "training",
)  # fmt: skip
_DATA = ("contrasts.yml", "facets.yml", "topics.yml")
_HOME_MADE, _KEYWORDS_ONLY = "home-made", "keywords-only"
_RECIPE = "recipe.txt"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EmbeddingChoice:
    """Which embedding to use: empty for the home-made one, else a sentence-transformers name or folder."""

    name_or_folder: str = ""
    query_instruction: str = ""


@dataclass(frozen=True)
class Parts:
    """A trained model, loaded; `encoder` is None where keywords serve alone."""

    name: str
    encoder: CachedEncoder | None
    router: TopicRouter
    model: Model


class TrainedModels:
    """Trains models and loads them."""

    def __init__(self, folder: Path, embedding: EmbeddingChoice, workers: int) -> None:
        """`folder` is the knowledge folder, `workers` is how many processes train side by side."""
        self._folder = folder
        self._embedding = embedding
        self._workers = workers
        self._loaded: Parts | None = None

    def train(self, entries: Sequence[Entry]) -> str:
        """Train embedding, router and ranking for these entries unless they are there. Returns the model's name.

        An entry and its successor ask the same: only the one that holds today teaches, while the index has both.
        """
        entries = [entry for entry in entries if entry.in_force(date.today())]
        spoken = build_lines(entries, load_situations(), load_out_of_scope())
        calibration = load_calibration()
        texts = text_lines(entries)
        lines = Lines(tuple(spoken), (*texts, *claim_lines(entries)))
        given, identity = self._given_encoder()
        name = digest(
            [str(FORMAT), identity, *map(repr, spoken), *map(repr, lines.references), *map(repr, calibration), *_code()]
        )
        target = self._of(name)
        if target.exists():
            return name
        from knowledge_base.model_training import Given, HomeMade, train_model  # training libraries load slowly

        factory: Given | HomeMade | None = None
        if identity != _KEYWORDS_ONLY:
            factory = Given(given) if given is not None else HomeMade(tuple(texts))
        with folder_in_making(target) as folder:
            train_model(folder, entries, lines, calibration, factory, self._workers)
            (folder / _RECIPE).write_text(self._recipe(identity), encoding="utf-8")
        return name

    def is_of_today(self, name: str) -> bool:
        """Whether a model was trained as one would be trained now, whatever the entries were."""
        path = self._of(name) / _RECIPE
        return path.exists() and path.read_text(encoding="utf-8") == self._recipe(self._given_encoder()[1])

    def _recipe(self, identity: str) -> str:
        spoken = build_lines((), load_situations(), load_out_of_scope())
        return digest([str(FORMAT), identity, *map(repr, spoken), *map(repr, load_calibration()), *_code()])

    def has_vectors(self, name: str) -> bool:
        """Whether a model was trained with an embedding, and not for keywords alone."""
        return (self._of(name) / "hybrid.json").exists()

    def load(self, name: str, *, with_encoder: bool) -> Parts:
        """A trained model. Remembered: a release that only changes entries is swapped in without loading it."""
        if self._loaded is None or (self._loaded.name, self._loaded.encoder is not None) != (name, with_encoder):
            encoder = self.encoder(name) if with_encoder else None
            model = Model.from_dict(read_json(self._of(name) / ("hybrid.json" if encoder else "keywords.json")))
            self._loaded = Parts(name, encoder, TopicRouter.load(self._of(name)), model)
        return self._loaded

    def encoder(self, name: str) -> CachedEncoder | None:
        """The encoder of a trained model; None, with an error in the log, when it cannot be loaded."""
        given, identity = self._given_encoder()
        if identity != _HOME_MADE:
            return given
        try:
            encoder = SentenceTransformerEncoder.load(str(self._of(name) / "embedding"))
        except ModelUnavailableError as error:
            _log.error("%s 现在只用关键词检索。", error)
            return None
        return CachedEncoder(encoder, self._folder / "vectors")

    def _of(self, name: str) -> Path:
        return self._folder / "models" / name

    def _given_encoder(self) -> tuple[CachedEncoder | None, str]:
        """The deployer's encoder, if one is named, and what the embedding is: part of a trained model's name.

        A model that cannot be loaded is told, and keywords serve alone until it is back.
        """
        if not self._embedding.name_or_folder:
            return None, _HOME_MADE
        try:
            encoder = SentenceTransformerEncoder.load(self._embedding.name_or_folder, self._embedding.query_instruction)
        except ModelUnavailableError as error:
            _log.error("%s 现在只用关键词检索。", error)
            return None, _KEYWORDS_ONLY
        cached = CachedEncoder(encoder, self._folder / "vectors")
        return cached, f"{encoder.name} {self._embedding.query_instruction}"


def _code() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in _trained_by()]


def _trained_by() -> list[Path]:
    """The files that a trained model depends on besides the lines it learned from."""
    names = [f"{name}.py" for name in _TRAINED_BY] + list(_DATA)
    return [Path(__file__).with_name(name) for name in names] + lexicon_files()
