"""Compare ways to make the home-made embedding: `python -m tests.bench.embeddings [--variants NAME ...]`.

Each variant is trained with a fixed seed on the project's own lines, without a tenth of the situations, and asked what
it was not trained on: the held-out questions of entries (the right entry by its nearest question, and by the mean of
its questions), and the wordings of the situations held out (the topic of the nearest line). `--pipeline` trains each
on all lines as well, fits the ranker on the calibration questions and ranks the held-out questions with all there is.
Prints a Markdown table; docs/adr/0005-home-made-embedding-and-calibration.md quotes it.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from knowledge_base.calibration_questions import CalibrationQuestion, load_calibration
from knowledge_base.catalogue import load_catalogue
from knowledge_base.corpus import Line, Lines, build_lines, claim_lines, text_lines
from knowledge_base.embedding import SentenceTransformerEncoder, Vectors
from knowledge_base.embedding_training import SEED, train_embedding
from knowledge_base.entry import Entry
from knowledge_base.fitting import fit_model
from knowledge_base.index import Index, document_of
from knowledge_base.normalise import normalise
from knowledge_base.questioning import Asked, Questioner, traits_of
from knowledge_base.router import TopicRouter
from knowledge_base.situations import load_out_of_scope, load_situations
from tests.bench.embedding_variants import Settings, train_variant

QUESTIONS = Path(__file__).parents[1] / "evaluation" / "entries.jsonl"
MODULE = "module"
"""The variant that knowledge_base/embedding_training.py makes, whatever it is now."""
VARIANTS = {
    "base": Settings(),
    "topic 0": Settings(topic=0.0),
    "topic 0.8": Settings(topic=0.8),
    "siblings": Settings(siblings=0.5),
    "siblings in eights": Settings(siblings=0.5, group=8),
    "prototypes": Settings(prototypes=0.5),
    "prototypes twice": Settings(prototypes=1.0),
    "siblings, prototypes": Settings(siblings=0.5, prototypes=0.5),
    "siblings, prototypes twice": Settings(siblings=0.5, prototypes=1.0),
    "128 dimensions": Settings(dimensions=128),
    "512 dimensions": Settings(dimensions=512),
    "1800 steps": Settings(steps=1800),
    "temperature 0.05": Settings(temperature=0.05),
    "temperature 0.2": Settings(temperature=0.2),
    "weighed features": Settings(weigh=True),
    "transformer": Settings(layers=2, dimensions=160, clusters=96, steps=400, learning_rate=1e-3),
    "transformer, warmed up": Settings(
        layers=2, dimensions=160, clusters=96, steps=300, learning_rate=1e-3, warm_up=150
    ),
}
_HELD_OUT = 10
"""One situation in so many is held out."""
_TIMED = 300


@dataclass(frozen=True)
class Material:
    """What is learned from, and what is asked. `spoken` and `texts` are lines of entries in force."""

    entries: tuple[Entry, ...]
    spoken: tuple[Line, ...]
    texts: tuple[Line, ...]
    questions: tuple[CalibrationQuestion, ...]
    calibration: tuple[CalibrationQuestion, ...]

    def split(self, seed: int) -> tuple[list[Line], list[Line]]:
        """Spoken lines without a tenth of the situations, and the wordings of that tenth."""
        names = sorted({line.cluster for line in self.spoken if line.entry_id is None and line.in_scope})
        generator = np.random.default_rng(seed)
        taken = {names[n] for n in generator.choice(len(names), len(names) // _HELD_OUT, replace=False)}
        kept = [line for line in self.spoken if line.cluster not in taken]
        return kept, [line for line in self.spoken if line.cluster in taken]


def load_material() -> Material:
    """The catalogue of today, and all questions whose entry is in it."""
    entries = [entry for entry in load_catalogue() if entry.in_force(date.today())]
    known = {entry.id for entry in entries}
    rows = [json.loads(row) for row in QUESTIONS.read_text(encoding="utf-8").split("\n") if row]
    return Material(
        tuple(entries),
        tuple(build_lines(entries, load_situations(), load_out_of_scope())),
        tuple(text_lines(entries)),
        tuple(CalibrationQuestion(normalise(r["text"]), r["topic"], r["entry"]) for r in rows if r["entry"] in known),
        tuple(q for q in load_calibration() if q.entry_id is None or q.entry_id in known),
    )


@dataclass(frozen=True)
class Found:
    """Shares with the right entry first and among three, by nearest question and by the mean of an entry's questions."""

    nearest: tuple[float, float]
    centroid: tuple[float, float]


def _first_and_three(scores: Vectors, right: NDArray[np.int64]) -> tuple[float, float]:
    """scores: (questions, entries); right: the number of each question's entry."""
    above = (scores > scores[np.arange(len(right)), right][:, None]).sum(1)
    return float((above == 0).mean()), float((above < 3).mean())


def find_entries(
    encoder: SentenceTransformerEncoder, entries: Sequence[Entry], asked: Sequence[CalibrationQuestion]
) -> Found:
    """Ask questions that have an entry of the vectors alone."""
    documents = [document_of(entry) for entry in entries]
    starts = np.cumsum([0, *(len(document.questions) for document in documents)])[:-1]
    lines = encoder.encode([question for document in documents for question in document.questions])
    means = np.add.reduceat(lines, starts, axis=0)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    number = {entry.id: n for n, entry in enumerate(entries)}
    right = np.array([number[question.entry_id] for question in asked if question.entry_id])
    vectors = encoder.encode_queries([question.text for question in asked])
    nearest = np.maximum.reduceat(vectors @ lines.T, starts, axis=1)
    return Found(_first_and_three(nearest, right), _first_and_three(vectors @ means.T, right))


def topic_accuracy(encoder: SentenceTransformerEncoder, lines: Sequence[Line], held_out: Sequence[Line]) -> float:
    """Share of held-out wordings whose nearest line has their topic."""
    vectors = encoder.encode([line.text for line in lines])
    asked = encoder.encode([line.text for line in held_out])
    nearest = np.concatenate([(part @ vectors.T).argmax(1) for part in np.array_split(asked, len(asked) // 256 + 1)])
    return float(np.mean([lines[n].topic == line.topic for n, line in zip(nearest, held_out, strict=True)]))


def milliseconds(encoder: SentenceTransformerEncoder, texts: Sequence[str]) -> float:
    """Median time of one question, on one thread."""
    torch.set_num_threads(1)
    took = []
    for text in texts[:_TIMED]:
        begin = time.perf_counter()
        encoder.encode_query(text)
        took.append(time.perf_counter() - begin)
    return float(np.median(took)) * 1000


def rank_entries(encoder: SentenceTransformerEncoder, material: Material, router: TopicRouter) -> NDArray[np.int64]:
    """The place of the right entry for each question by the ranker's probability, counted from 0.

    The ranker learns from the calibration questions alone; the folds of `training.py` are left out. A question whose
    entry is no candidate has a place behind all.
    """
    documents = [document_of(entry) for entry in material.entries]
    index = Index.build(documents, encoder.encode([text for d in documents for text in d.questions]))
    questioner = Questioner(index, encoder, router, traits_of(material.entries, index))
    with_entry = [question for question in material.calibration if question.entry_id]
    learned = questioner.ask_all(material.calibration) + questioner.ask_all(with_entry, without_entry=True)
    ranker = fit_model(learned).ranker

    def place(asked: Asked) -> int:
        ids = asked.findings.found.entry_ids
        if asked.question.entry_id not in ids:
            return len(material.entries)
        order = np.argsort(-ranker.probabilities(asked.findings.features)[:-1], kind="stable")
        return [ids[number] for number in order].index(asked.question.entry_id)

    return np.array([place(asked) for asked in questioner.ask_all(material.questions)])


def _train(name: str, lines: Sequence[Line], seed: int) -> SentenceTransformer:
    return train_embedding(lines, seed=seed) if name == MODULE else train_variant(lines, VARIANTS[name], seed)


def _encoder(name: str, lines: Sequence[Line], seed: int) -> tuple[SentenceTransformerEncoder, float]:
    begin = time.process_time()
    model = _train(name, lines, seed)
    took = time.process_time() - begin
    from_features = name == MODULE or not VARIANTS[name].layers
    return SentenceTransformerEncoder(model, name, from_features=from_features), took


def _rows(material: Material, names: Sequence[str], seeds: Sequence[int]) -> Iterator[str]:
    yield "| variant | seed | nearest question | mean vector | mean vector, calibration | topic | CPU s | ms |"
    yield "|---|---|---|---|---|---|---|---|"
    with_entry = [question for question in material.calibration if question.entry_id]
    kept, held_out = material.split(SEED)
    for name in names:
        for seed in seeds:
            encoder, took = _encoder(name, [*kept, *material.texts], seed)
            found = find_entries(encoder, material.entries, material.questions)
            second = find_entries(encoder, material.entries, with_entry)
            topic = topic_accuracy(encoder, kept, held_out)
            each = milliseconds(encoder, [question.text for question in material.questions])
            shares = [" / ".join(f"{s:.1%}" for s in x) for x in (found.nearest, found.centroid, second.centroid)]
            yield f"| {name} | {seed} | {' | '.join(shares)} | {topic:.1%} | {took:.0f} | {each:.2f} |"


def _pipeline_rows(material: Material, names: Sequence[str], seeds: Sequence[int]) -> Iterator[str]:
    yield "| variant | seed | first | among three |"
    yield "|---|---|---|---|"
    lines = Lines(material.spoken, (*material.texts, *claim_lines(material.entries)))
    router = TopicRouter.train(lines.spoken, lines.references)
    for name in names:
        for seed in seeds:
            encoder, _ = _encoder(name, [*material.spoken, *material.texts], seed)
            places = rank_entries(encoder, material, router)
            yield f"| {name} | {seed} | {(places == 0).mean():.2%} | {(places < 3).mean():.2%} |"


def main() -> None:
    """Print the table of the variants asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [MODULE, *VARIANTS]
    parser.add_argument("--variants", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--seeds", nargs="+", type=int, default=[SEED])
    parser.add_argument("--pipeline", action="store_true", help="rank with the whole search and a ranker instead")
    arguments = parser.parse_args()
    rows = _pipeline_rows if arguments.pipeline else _rows
    for row in rows(load_material(), arguments.variants, arguments.seeds):
        print(row, flush=True)


if __name__ == "__main__":
    main()
