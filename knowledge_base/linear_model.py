"""Logistic regression over a few standardised features, served with numpy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class LinearModel:
    """`mean`, `scale` and `weights` have one number a feature."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    def probability(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """rows: (n, features). Returns (n,) probabilities."""
        scores = ((rows - np.array(self.mean)) / np.array(self.scale)) @ np.array(self.weights) + self.bias
        return np.asarray(1 / (1 + np.exp(-scores)), dtype=np.float64)

    @classmethod
    def fit(
        cls, rows: NDArray[np.float32], labels: NDArray[np.int64], weights: NDArray[np.float64] | None = None
    ) -> "LinearModel":
        """Fit on rows (n, features), labels (n,) of 0 and 1, and optional example weights (n,)."""
        from sklearn.linear_model import LogisticRegression  # slow to import, and serving never fits

        mean, scale = rows.mean(0, dtype=np.float64), np.maximum(rows.std(0, dtype=np.float64), 1e-3)
        model = LogisticRegression(C=1.0, max_iter=1000).fit((rows - mean) / scale, labels, sample_weight=weights)
        return cls(
            tuple(mean.tolist()), tuple(scale.tolist()), tuple(model.coef_[0].tolist()), float(model.intercept_[0])
        )
