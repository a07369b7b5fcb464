"""The trained numbers a decision rests on."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.calibration import Calibration
from knowledge_base.linear_model import LinearModel
from knowledge_base.ranking import CONTEXT_FEATURES, Features, Ranker

SCOPE_FEATURES = (*CONTEXT_FEATURES, "best", "none")
"""CONTEXT_FEATURES, then the ranker's probability of the first candidate and of none."""


@dataclass(frozen=True)
class Thresholds:
    """Derived from held-out data by `fitting.py`; stored with the release.

    answer: least probability to give one entry as the answer.
    offer: least probability for an entry to be one of the choices offered.
    clarify: least sum of the offered choices' probabilities to ask back.
    in_scope: least probability of being in scope not to abstain.
    topic: least probability of the first topic to name it when no entry answers.
    ours: at most this probability by the router of being out of scope, or an entry that is probable enough to answer,
    keeps a message from being turned away.
    """

    answer: float
    offer: float
    clarify: float
    in_scope: float
    topic: float = 0.0
    ours: float = 0.0


@dataclass(frozen=True)
class Model:
    """One is trained for vectors and keywords together, one for keywords alone."""

    ranker: Ranker
    calibration: Calibration
    scope: LinearModel
    thresholds: Thresholds

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "ranker": self.ranker.to_dict(),
            "calibration": asdict(self.calibration),
            "scope": asdict(self.scope),
            "thresholds": asdict(self.thresholds),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Model":
        """Read what `to_dict` gave."""

        def fields(name: str) -> dict[str, Any]:
            return {k: tuple(v) if isinstance(v, list) else v for k, v in data[name].items()}

        return cls(
            Ranker.from_dict(data["ranker"]),
            Calibration(**fields("calibration")),
            LinearModel(**fields("scope")),
            Thresholds(**fields("thresholds")),
        )


def scope_row(features: Features, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """One row of SCOPE_FEATURES, shape (1, features). `probabilities` as the ranker gives them."""
    best = float(probabilities[:-1].max()) if len(probabilities) > 1 else 0.0
    return np.append(features.context, [best, float(probabilities[-1])])[None, :].astype(np.float32)
