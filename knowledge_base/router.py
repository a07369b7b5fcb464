"""The topic router: which of the 34 topics a question is about, or none of them.

Multinomial logistic regression over tf-idf of words, character 1-3-grams and concepts. Trained with scikit-learn,
served with numpy alone: one question is a sum of a few dozen rows.
"""

import json
import warnings
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from knowledge_base.analysis import features
from knowledge_base.corpus import GOVERNMENT, OUT_OF_SCOPE, Line

_INVERSE_REGULARISATION = 2.0
_MAX_ITERATIONS = 60
_MIN_COUNT = 3
"""Features that fewer lines have are left out: half of all, and they measure as nothing but time."""
_QUESTION_WEIGHT, _REFERENCE_WEIGHT = 0.5, 0.5
"""How much a question of an entry and a sentence of its texts count against the wording of a situation."""


@dataclass(frozen=True)
class TopicBelief:
    """What the router believes: probabilities by class name, summing to one, OUT_OF_SCOPE and GOVERNMENT among them."""

    probabilities: dict[str, float]

    @property
    def out_of_scope(self) -> float:
        """Probability that the assistant cannot help with it, other offices' business included."""
        return self.probabilities.get(OUT_OF_SCOPE, 0.0) + self.government

    @property
    def government(self) -> float:
        """Probability that it is other offices' business."""
        return self.probabilities.get(GOVERNMENT, 0.0)

    def within_scope(self) -> dict[str, float]:
        """Probabilities of the topics, given that it is about one of them."""
        inside = max(1.0 - self.out_of_scope, 1e-9)
        return {t: p / inside for t, p in self.probabilities.items() if t not in (OUT_OF_SCOPE, GOVERNMENT)}

    def favouring(self, topics: Collection[str], factor: float) -> "TopicBelief":
        """The belief with the odds of these topics times a factor; being out of scope keeps its probability."""
        raised = {t: p * factor if t in topics else p for t, p in self.within_scope().items()}
        inside = (1.0 - self.out_of_scope) / max(sum(raised.values()), 1e-9)
        return TopicBelief(self.probabilities | {t: p * inside for t, p in raised.items()})

    def ranked(self) -> list[tuple[str, float]]:
        """`within_scope`, most probable first."""
        return sorted(self.within_scope().items(), key=lambda pair: -pair[1])


class TopicRouter:
    """A trained router. `weights` has shape (features, classes), `idf` (features,), `bias` (classes,)."""

    def __init__(
        self,
        classes: list[str],
        vocabulary: dict[str, int],
        idf: NDArray[np.float32],
        weights: NDArray[np.float32],
        bias: NDArray[np.float32],
    ) -> None:
        self.classes = classes
        self._vocabulary = vocabulary
        self._idf = idf
        self._weights = weights
        self._bias = bias

    @classmethod
    def train(cls, lines: Sequence[Line], references: Sequence[Line] = ()) -> "TopicRouter":
        """Train on lines as people say them, and on `references`: sentences of answers and sources. Deterministic."""
        vectoriser = TfidfVectorizer(analyzer=features, sublinear_tf=True, min_df=_MIN_COUNT, dtype=np.float32)
        every = [*lines, *references]
        matrix = vectoriser.fit_transform([line.text for line in every])
        weights = [_QUESTION_WEIGHT if line.entry_id else 1.0 for line in lines]
        weights += [_REFERENCE_WEIGHT] * len(references)
        model = LogisticRegression(C=_INVERSE_REGULARISATION, max_iter=_MAX_ITERATIONS, tol=1e-4)
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", ConvergenceWarning
            )  # stopping early is the regularisation that measured best
            model.fit(matrix, [line.topic for line in every], sample_weight=weights)
        return cls(
            [str(name) for name in model.classes_],
            {feature: int(column) for feature, column in vectoriser.vocabulary_.items()},
            vectoriser.idf_.astype(np.float32),
            np.ascontiguousarray(model.coef_.T, dtype=np.float32),
            model.intercept_.astype(np.float32),
        )

    def believe(self, terms: Sequence[str]) -> TopicBelief:
        """The belief about one question, given as `features` of its normalised text."""
        counts = Counter(self._vocabulary[term] for term in terms if term in self._vocabulary)
        scores = self._bias
        if counts:
            columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
            frequency = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
            values = (1 + np.log(frequency)) * self._idf[columns]
            values /= np.linalg.norm(values)
            scores = values @ self._weights[columns] + self._bias
        odds = np.exp(scores - scores.max())
        return TopicBelief(dict(zip(self.classes, (odds / odds.sum()).tolist(), strict=True)))

    def save(self, folder: Path) -> None:
        """Write into an existing folder."""
        np.savez(folder / "router.npz", idf=self._idf, weights=self._weights, bias=self._bias)
        names = {"classes": self.classes, "vocabulary": self._vocabulary}
        (folder / "router.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "TopicRouter":
        """Read what `save` wrote."""
        names = json.loads((folder / "router.json").read_text(encoding="utf-8"))
        with np.load(folder / "router.npz") as stored:
            return cls(names["classes"], names["vocabulary"], stored["idf"], stored["weights"], stored["bias"])
