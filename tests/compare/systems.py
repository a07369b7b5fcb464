"""The baselines that run in this environment, and what every system gives back.

Each baseline learns from the same lines and says how sure it is; below a threshold it abstains. The threshold is the
score that keeps 95 % of the calibration part: one in ten questions of every entry, which a second training of the same
baseline, for this purpose alone, does not see. Questions that are asked in the comparison set nothing.
"""

import gc
import multiprocessing
import re
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import bm25s
import numpy as np
from numpy.typing import NDArray
from rjieba import Jieba
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from knowledge_base.normalise import normalise
from tests.compare.data import Material, Question, in_scope, split_for_calibration
from tests.compare.processes import resident_mb

KEPT_SHARE = 0.95
"""Share of the calibration part that a threshold keeps."""
_SHOWN = 3
_WARM_UP = 20
_OUTSIDE = "out_of_scope"
_WORD = re.compile(r"\w")


@dataclass(frozen=True)
class Prediction:
    """What a system says to one question.

    labels: topics, best first; entries: entry ids, best first; abstain: it says that it cannot help; answered: it gives
    the first entry as the answer; score: how sure it is that the question is one of ours, None when it does not say.
    """

    labels: tuple[str, ...]
    entries: tuple[str, ...]
    abstain: bool
    answered: bool
    score: float | None


@dataclass(frozen=True)
class Costs:
    """None where it cannot be told.

    train_seconds, train_peak_mb: one training; mean_ms, p50_ms, p99_ms: one question, on one thread; resident_mb: what
    the process holds after training or loading and asking everything; increase_mb: that less what it held before.
    """

    train_seconds: float | None = None
    train_peak_mb: float | None = None
    mean_ms: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    resident_mb: float | None = None
    increase_mb: float | None = None


@dataclass(frozen=True)
class Run:
    """One system's predictions by question id. `gives_entries` is False for a system that names topics only."""

    name: str
    title: str
    predictions: dict[str, Prediction]
    costs: Costs
    gives_entries: bool = True
    threshold: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reply:
    """What a baseline says before any threshold; labels and entries best first."""

    labels: tuple[str, ...]
    entries: tuple[str, ...]
    score: float


class Baseline(ABC):
    """Something trained on the material. Texts are normalised."""

    title: str
    gives_entries = True

    @abstractmethod
    def __init__(self, material: Material) -> None:
        """Train."""

    @abstractmethod
    def reply(self, text: str) -> Reply:
        """Answer one question."""


class _LineSearch(Baseline):
    """Scores every line of an entry; an entry is as good as its best line."""

    def __init__(self, material: Material) -> None:
        lines = [line for line in material.lines if line.entry_id is not None]
        ids = [line.entry_id or "" for line in lines]
        self._entries = list(dict.fromkeys(ids))
        numbers = {entry: number for number, entry in enumerate(self._entries)}
        self._owner = np.array([numbers[entry] for entry in ids])
        self._topics = material.topics
        self._index([line.text for line in lines])

    @abstractmethod
    def _index(self, texts: list[str]) -> None:
        """Make the lines searchable."""

    @abstractmethod
    def _scores(self, text: str) -> NDArray[np.float32]:
        """Score of every line, shape (lines,); 0 where nothing is shared."""

    def reply(self, text: str) -> Reply:
        """The entries of the best lines."""
        best = np.zeros(len(self._entries), dtype=np.float32)
        np.maximum.at(best, self._owner, self._scores(text))
        order = np.argsort(-best, kind="stable")[:_SHOWN]
        entries = tuple(self._entries[number] for number in order if best[number] > 0)
        labels = tuple(dict.fromkeys(self._topics[entry] for entry in entries))
        return Reply(labels, entries, float(best[order[0]]))


class Bm25(_LineSearch):
    """BM25 over jieba's words; every question line is a document."""

    title = "BM25 + jieba 分词"

    def _index(self, texts: list[str]) -> None:
        self._segmenter = Jieba()
        self._bm25 = bm25s.BM25()
        self._bm25.index([self._words(text) for text in texts], show_progress=False)

    def _words(self, text: str) -> list[str]:
        return [word for word in self._segmenter.cut(text) if _WORD.search(word)]

    def _scores(self, text: str) -> NDArray[np.float32]:
        known = [word for word in self._words(text) if word in self._bm25.vocab_dict]
        if not known:
            return np.zeros(len(self._owner), dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)


class CharacterTfidf(_LineSearch):
    """Cosine of tf-idf vectors over character 1-3-grams."""

    title = "字符 TF-IDF 余弦"

    def _index(self, texts: list[str]) -> None:
        self._vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, dtype=np.float32)
        self._matrix = self._vectoriser.fit_transform(texts)

    def _scores(self, text: str) -> NDArray[np.float32]:
        vector = self._vectoriser.transform([text])
        return np.asarray((self._matrix @ vector.T).toarray()[:, 0], dtype=np.float32)


class TopicClassifier(Baseline):
    """Logistic regression over tf-idf of jieba's words and character 1-3-grams: a topic, never an entry.

    It learns from situations too, as the project's own router does, and stands for that router alone. Lines out of
    scope are one more class; the score is the probability of all others.
    """

    title = "TF-IDF + 逻辑回归（只分主题）"
    gives_entries = False

    def __init__(self, material: Material) -> None:
        self._segmenter = Jieba()
        self._vectoriser = TfidfVectorizer(analyzer=self._terms, sublinear_tf=True, min_df=2, dtype=np.float32)
        matrix = self._vectoriser.fit_transform([line.text for line in material.lines])
        self._model = LogisticRegression(C=5.0, max_iter=100, tol=1e-3)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the last digits of the weights decide nothing
            self._model.fit(matrix, [line.topic if in_scope(line) else _OUTSIDE for line in material.lines])
        self._classes = [str(name) for name in self._model.classes_]

    def _terms(self, text: str) -> list[str]:
        words = [f"w:{word}" for word in self._segmenter.cut(text) if len(word) > 1]
        return words + [text[i : i + size] for size in (1, 2, 3) for i in range(len(text) - size + 1)]

    def reply(self, text: str) -> Reply:
        """The most probable topics."""
        found = self._model.predict_proba(self._vectoriser.transform([text]))[0]
        by_topic = dict(zip(self._classes, map(float, found), strict=True))
        outside = by_topic.pop(_OUTSIDE, 0.0)
        labels = sorted(by_topic, key=lambda topic: -by_topic[topic])[:_SHOWN]
        return Reply(tuple(labels), (), 1.0 - outside)


BASELINES: dict[str, type[Baseline]] = {
    "bm25": Bm25,
    "char-tfidf": CharacterTfidf,
    "tfidf-logistic-regression": TopicClassifier,
}


def keeping_threshold(scores: Iterable[float]) -> float:
    """The score that KEPT_SHARE of the given ones reach."""
    ordered = sorted(scores, reverse=True)
    return ordered[int(np.ceil(KEPT_SHARE * len(ordered))) - 1]


def decide(reply: Reply, threshold: float) -> Prediction:
    """Abstain below the threshold, and where nothing was found."""
    abstain = reply.score < threshold or not reply.labels
    return Prediction(reply.labels, reply.entries, abstain, not abstain and bool(reply.entries), reply.score)


def calibrate(baseline: type[Baseline], material: Material, seed: int) -> float:
    """The threshold of a baseline."""
    training, held_out = split_for_calibration(material, seed)
    trained = baseline(training)
    return keeping_threshold(trained.reply(line.text).score for line in held_out)


def latency(milliseconds: Sequence[float]) -> dict[str, float]:
    """Mean, median and 99th percentile, named as in Costs."""
    p50, p99 = np.percentile(milliseconds, [50, 99])
    return {"mean_ms": float(np.mean(milliseconds)), "p50_ms": float(p50), "p99_ms": float(p99)}


def run_baseline(name: str, material: Material, questions: Sequence[Question], seed: int) -> Run:
    """Train a baseline and ask it every question, one at a time, on one thread."""
    normalise("预热")  # loads what all systems share, which is no baseline's memory or time
    gc.collect()
    before, began = resident_mb(), time.perf_counter()
    with threadpool_limits(1):
        baseline = BASELINES[name](material)
        train_seconds = time.perf_counter() - began
        for line in material.lines[:_WARM_UP]:
            baseline.reply(line.text)
        replies, taken = {}, []
        for question in questions:
            began = time.perf_counter()
            replies[question.id] = baseline.reply(normalise(question.text))
            taken.append((time.perf_counter() - began) * 1000)
        gc.collect()
        after = resident_mb()
        threshold = calibrate(BASELINES[name], material, seed)
    return Run(
        name,
        baseline.title,
        {key: decide(reply, threshold) for key, reply in replies.items()},
        Costs(train_seconds, None, **latency(taken), resident_mb=after, increase_mb=after - before),
        baseline.gives_entries,
        threshold,
    )


def run_in_own_process(name: str, material: Material, questions: Sequence[Question], seed: int) -> Run:
    """`run_baseline` in a new process, so that no system's memory is another's."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(run_baseline, name, material, questions, seed).result()
