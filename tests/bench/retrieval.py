"""Measure the retrieval layer: `python -m tests.bench.retrieval`. Prints figures; decides nothing.

`decide` over the current release (every held-out question once), loading and swapping a release, publishing one edited
entry, memory over a thousand swaps, and `decide` over a synthetic catalogue of 50,000 entries. One thread.
"""

import argparse
import gc
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import faiss
import numpy as np
import torch

from knowledge_base.embedding import SentenceTransformerEncoder
from knowledge_base.entry import Entry
from knowledge_base.index import Document, Index, document_of
from knowledge_base.live_release import LiveRelease, settle
from knowledge_base.questioning import Questioner, traits_of
from knowledge_base.release import ReleaseStore
from knowledge_base.router import TopicRouter

QUESTIONS = Path(__file__).parents[1] / "evaluation" / "entries.jsonl"
SYNTHETIC = 50_000
_SEED = 11
_PASSES = 3


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _percentiles(seconds: Sequence[float]) -> str:
    cuts = statistics.quantiles(seconds, n=100)
    return f"p50 {cuts[49] * 1e3:.2f} ms, p99 {cuts[98] * 1e3:.2f} ms (n={len(seconds)})"


def _questions() -> list[str]:
    return [json.loads(line)["text"] for line in QUESTIONS.read_text(encoding="utf-8").split("\n") if line]


def _time_each(ask: Callable[[str], object], questions: Sequence[str]) -> str:
    """Of each question the median of several passes: what else the machine does at times is not what is measured."""
    for question in questions[:50]:
        ask(question)
    seconds: list[list[float]] = [[] for _ in questions]
    for _ in range(_PASSES):
        for question, times in zip(questions, seconds, strict=True):
            begin = time.perf_counter()
            ask(question)
            times.append(time.perf_counter() - begin)
    return _percentiles([statistics.median(times) for times in seconds])


def _edited(entries: Sequence[Entry]) -> list[Entry]:
    first = entries[0]
    return [first.model_copy(update={"questions": [*first.questions, "新加的一条问法在这里"]}), *entries[1:]]


def _synthetic(documents: Sequence[Document], count: int) -> list[Document]:
    """Documents made of the real ones' questions with characters of other questions in between; eight questions each."""
    generator = np.random.default_rng(_SEED)
    questions = [question for document in documents for question in document.questions]
    bodies = [document.body for document in documents]
    made = []
    for number in range(count):
        picked = generator.integers(len(questions), size=16)
        mixed = tuple(
            questions[a][: len(questions[a]) // 2] + questions[b][len(questions[b]) // 2 :]
            for a, b in zip(picked[:8], picked[8:], strict=True)
        )
        made.append(Document(f"synthetic.n{number}", mixed, bodies[int(generator.integers(len(bodies)))]))
    return made


def _measure_synthetic(store: ReleaseStore, count: int, questions: Sequence[str]) -> None:
    release = store.load()
    documents = [document_of(entry) for entry in release.entries.values()]
    models = store.folder / "models" / release.model
    template = next(iter(release.entries.values()))
    encoder = SentenceTransformerEncoder.load(str(models / "embedding"))
    del release
    made = _synthetic(documents, count)
    with tempfile.TemporaryDirectory() as folder:
        Index.build(made, encoder.encode([text for document in made for text in document.questions])).save(Path(folder))
        # what building leaves behind is not what serving takes
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as fresh:
            print(fresh.submit(_serve_synthetic, Path(folder), models, template, questions).result())


def _serve_synthetic(folder: Path, models: Path, template: Entry, questions: Sequence[str]) -> str:
    torch.set_num_threads(1)
    faiss.omp_set_num_threads(1)
    encoder = SentenceTransformerEncoder.load(str(models / "embedding"))
    router = TopicRouter.load(models)
    before = _resident_mib()
    begin = time.perf_counter()
    index = Index.load(folder)
    loaded = time.perf_counter() - begin
    entries = [template.model_copy(update={"id": document.entry_id}) for document in index.documents]
    questioner = Questioner(index, encoder, router, traits_of(entries, index))
    settle()
    figures = _time_each(questioner.ask, questions)
    after = _resident_mib()
    return (
        f"{len(entries)} made-up entries: {figures}; index loaded in {loaded:.1f} s, "
        f"memory of the process {after:.0f} MiB ({after - before:+.0f} MiB for the index)"
    )


def main() -> None:
    """Print all figures of the current release."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--swaps", type=int, default=1000)
    parser.add_argument("--synthetic", type=int, default=SYNTHETIC)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    faiss.omp_set_num_threads(1)
    store = ReleaseStore.from_environment()
    begin = time.perf_counter()
    release = LiveRelease(store).get()
    print(f"release {release.number}, {len(release.entries)} entries, loaded in {time.perf_counter() - begin:.2f} s")
    questions = _questions()
    print(f"decide: {_time_each(release.decider.decide, questions)}")

    current = store.current_number()
    entries = list(release.entries.values())
    store.publish(entries)  # the caches are filled from here on
    begin = time.perf_counter()
    store.publish(_edited(entries))
    published = time.perf_counter() - begin
    begin = time.perf_counter()
    release = store.load()
    print(f"one edited entry: published in {published:.2f} s, swapped in {time.perf_counter() - begin:.2f} s")

    marks = []
    for swap in range(arguments.swaps):
        release = store.load()
        if swap % max(arguments.swaps // 10, 1) == 0:
            gc.collect()
            marks.append(_resident_mib())
    print(f"memory over {arguments.swaps} swaps, MiB: {' '.join(f'{mark:.0f}' for mark in marks)}")
    if current is not None:
        (store.folder / "current").write_text(str(current), encoding="utf-8")
    del release
    _measure_synthetic(store, arguments.synthetic, questions[:500])


if __name__ == "__main__":
    main()
