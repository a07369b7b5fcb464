"""Ask questions that the models asked had not seen: what the ranker and the thresholds are made from (`fitting.py`).

Three folds leave situations and out-of-scope lines out of embedding, router and index, and ask them there: of a
situation only the topic is known, so it teaches the ranker which entries are wrong. The calibration questions, by
people who had not seen the entries' questions, are asked of the models that serve; each is asked a second time of a
catalogue without its entry, which teaches what "no entry answers this" looks like.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import KFold

from knowledge_base.calibration_questions import CalibrationQuestion
from knowledge_base.corpus import Line, Lines
from knowledge_base.embedding import Encoder
from knowledge_base.entry import Entry
from knowledge_base.index import Index, document_of, keep_questions
from knowledge_base.progress import Progress
from knowledge_base.questioning import Asked, Questioner, traits_of
from knowledge_base.router import TopicRouter

FOLDS = 3
SEED = 7
_MOST_ASKED = {"situation": 1500, "question": 300, "outside": 1500}
"""Held-out lines of a kind that are asked in a fold: enough for a small ranker, and the time stays bounded."""
EncoderFactory = Callable[[Sequence[Line]], Encoder]


@dataclass(frozen=True)
class AskedBoth:
    """Questions asked with vectors and keywords together (empty without an embedding), and with keywords alone."""

    hybrid: list[Asked]
    keywords: list[Asked]


def splits(lines: Sequence[Line]) -> Iterator[tuple[list[Line], list[Line]]]:
    """Entry questions are held out one by one; the wordings of a situation are held out together."""
    units: dict[str, list[Line]] = {}
    for number, line in enumerate(lines):
        units.setdefault(f"{line.cluster}/{number}" if line.entry_id else line.cluster, []).append(line)
    groups = list(units.values())
    for training, held_out in KFold(FOLDS, shuffle=True, random_state=SEED).split(groups):
        yield [x for g in training for x in groups[g]], [x for g in held_out for x in groups[g]]


def _sample(held_out: Sequence[Line]) -> list[Line]:
    """At random no more than `_MOST_ASKED` of each kind."""
    generator = np.random.default_rng(SEED)
    kinds: dict[str, list[Line]] = {kind: [] for kind in _MOST_ASKED}
    for line in held_out:
        kinds["question" if line.entry_id else "situation" if line.in_scope else "outside"].append(line)
    chosen = []
    for kind, lines in kinds.items():
        size = min(len(lines), _MOST_ASKED[kind])
        chosen += [lines[number] for number in sorted(generator.choice(len(lines), size, replace=False))]
    return chosen


def _run_fold(
    entries: Sequence[Entry],
    training: Sequence[Line],
    held_out: Sequence[Line],
    references: Sequence[Line],
    make_encoder: EncoderFactory | None,
) -> AskedBoth:
    router = TopicRouter.train(training, references)
    kept = {(line.entry_id, line.text) for line in training if line.entry_id}
    documents = keep_questions([document_of(entry) for entry in entries], kept)
    questions = [CalibrationQuestion(line.text, line.topic, line.entry_id, lesson=True) for line in _sample(held_out)]
    plain = Index.build(documents, None)
    traits = traits_of(entries, plain)
    keywords = Questioner(plain, None, router, traits).ask_all(questions)
    if make_encoder is None:
        return AskedBoth([], keywords)
    encoder = make_encoder(training)
    index = plain.with_vectors(encoder.encode([text for d in documents for text in d.questions]))
    return AskedBoth(Questioner(index, encoder, router, traits).ask_all(questions), keywords)


def ask_folds(
    entries: Sequence[Entry],
    lines: Lines,
    make_encoder: EncoderFactory | None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> AskedBoth:
    """Ask the held-out lines of every fold.

    `make_encoder` makes the encoder for a fold from the lines it may see (a given model ignores them). With an
    `executor` the folds run side by side, and `make_encoder` must be something that can be pickled.
    """
    jobs = [
        (entries, training, held_out, lines.references, make_encoder) for training, held_out in splits(lines.spoken)
    ]
    results: Iterable[AskedBoth]
    if executor:
        futures: list[Future[AskedBoth]] = [executor.submit(_run_fold, *job) for job in jobs]
        results = (future.result() for future in futures)
    else:
        results = (_run_fold(*job) for job in jobs)
    folds = []
    for fold in results:
        folds.append(fold)
        if progress:
            progress(len(folds), FOLDS)
    return AskedBoth([a for fold in folds for a in fold.hybrid], [a for fold in folds for a in fold.keywords])


def ask_calibration(
    entries: Sequence[Entry],
    questions: Sequence[CalibrationQuestion],
    encoder: Encoder | None,
    router: TopicRouter,
) -> AskedBoth:
    """Ask the calibration questions of the models that serve; those with an entry also of a catalogue without it.

    Questions whose entry is not among the entries are left out.
    """
    known = {entry.id for entry in entries}
    questions = [q for q in questions if q.entry_id is None or q.entry_id in known]
    documents = [document_of(entry) for entry in entries]
    plain = Index.build(documents, None)
    traits = traits_of(entries, plain)

    def ask(questioner: Questioner) -> list[Asked]:
        return questioner.ask_all(questions) + questioner.ask_all(
            [q for q in questions if q.entry_id], without_entry=True
        )

    keywords = ask(Questioner(plain, None, router, traits))
    if encoder is None:
        return AskedBoth([], keywords)
    index = plain.with_vectors(encoder.encode([text for d in documents for text in d.questions]))
    return AskedBoth(ask(Questioner(index, encoder, router, traits)), keywords)
