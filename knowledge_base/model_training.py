"""Train a model: embedding, topic router and decision models, side by side where there are several cores."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.calibration_questions import CalibrationQuestion
from knowledge_base.corpus import Line, Lines
from knowledge_base.embedding import Encoder, SentenceTransformerEncoder
from knowledge_base.embedding_training import save_embedding, train_embedding
from knowledge_base.entry import Entry
from knowledge_base.files import write_json
from knowledge_base.fitting import fit_model
from knowledge_base.progress import progress_printer
from knowledge_base.router import TopicRouter
from knowledge_base.threads import use_one_thread
from knowledge_base.training import EncoderFactory, ask_calibration, ask_folds


@dataclass(frozen=True)
class HomeMade:
    """Trains the project's own embedding for each fold; `texts` are the sentences of the answers."""

    texts: tuple[Line, ...]

    def __call__(self, training: Sequence[Line]) -> Encoder:
        """The encoder of a fold that may see these lines."""
        return SentenceTransformerEncoder(train_embedding([*training, *self.texts]), "fold", from_features=True)


@dataclass(frozen=True)
class Given:
    """Answers every fold with the deployer's encoder."""

    encoder: Encoder

    def __call__(self, training: Sequence[Line]) -> Encoder:  # noqa: ARG002
        """The given encoder, whatever the fold."""
        return self.encoder


def train_model(
    folder: Path,
    entries: Sequence[Entry],
    lines: Lines,
    calibration: Sequence[CalibrationQuestion],
    make_encoder: EncoderFactory | None,
    workers: int,
) -> None:
    """Train everything a release rests on and write it into a folder.

    `workers` processes work side by side; a given encoder is never sent to another process. The result does not depend
    on their number.
    """
    show = progress_printer("校准把握程度")
    with _executor(workers if isinstance(make_encoder, HomeMade) else 1) as executor:
        if executor:
            parts = executor.submit(_train_parts, folder, lines, make_encoder)
            folds = ask_folds(entries, lines, make_encoder, show, executor)
            parts.result()
        else:
            _train_parts(folder, lines, make_encoder)
            folds = ask_folds(entries, lines, make_encoder, show)
        encoder: Encoder | None = None
        if isinstance(make_encoder, HomeMade):
            encoder = SentenceTransformerEncoder.load(str(folder / "embedding"))
        elif isinstance(make_encoder, Given):
            encoder = make_encoder.encoder
        asked = ask_calibration(entries, calibration, encoder, TopicRouter.load(folder))
        jobs = {"keywords": [*folds.keywords, *asked.keywords]}
        if encoder is not None:
            jobs["hybrid"] = [*folds.hybrid, *asked.hybrid]
        if executor:
            fits = {name: executor.submit(fit_model, rows) for name, rows in jobs.items()}
            models = {name: fit.result() for name, fit in fits.items()}
        else:
            models = {name: fit_model(rows) for name, rows in jobs.items()}
    for name, model in models.items():
        write_json(folder / f"{name}.json", model.to_dict())


def _train_parts(folder: Path, lines: Lines, make_encoder: EncoderFactory | None) -> None:
    """The embedding, where it is home-made, and the router."""
    if isinstance(make_encoder, HomeMade):
        progress = progress_printer("训练向量模型")
        save_embedding(train_embedding([*lines.spoken, *make_encoder.texts], progress=progress), folder / "embedding")
    TopicRouter.train(lines.spoken, lines.references).save(folder)


@contextmanager
def _executor(workers: int) -> Iterator[Executor | None]:
    """A pool of new processes (a forked copy of a process with threads may hang), or None for one worker."""
    if workers < 2:
        yield None
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), use_one_thread) as pool:
        yield pool
