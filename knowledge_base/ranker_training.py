"""Train the ranker from questions whose right outcome is known, or known in part.

The loss is the negative logarithm of the probability of all acceptable outcomes together (Jin and Ghahramani 2002,
learning with multiple labels): of a situation only the topic is known, so each entry of that topic and "none of them"
is acceptable and every other entry is wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from knowledge_base.ranking import Features, Ranker

SEED = 20261123
_UNITS = 16
_EPOCHS = 40
_BATCH = 256
_LEARNING_RATE = 3e-3
_WEIGHT_DECAY = 1.0


@dataclass(frozen=True)
class Example:
    """A question asked: its features, and which outcomes are acceptable, shape (candidates + 1,), last "none"."""

    features: Features
    acceptable: NDArray[np.bool_]
    weight: float


class _Network(nn.Module):
    def __init__(self, candidate_features: int, context_features: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(candidate_features, _UNITS)
        self.output = nn.Linear(_UNITS, 1, bias=False)
        self.none = nn.Linear(context_features, 1)

    def forward(self, candidates: torch.Tensor, present: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        scores = self.output(torch.relu(self.hidden(candidates))).squeeze(-1).masked_fill(~present, -1e9)
        return torch.cat([scores, self.none(context)], dim=1)


def _padded(examples: Sequence[Example]) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]:
    """Candidates (n, most, features), which of them are present (n, most), what is acceptable (n, most + 1)."""
    most = max(len(example.features.candidates) for example in examples)
    width = examples[0].features.candidates.shape[1]
    candidates = np.zeros((len(examples), most, width), dtype=np.float32)
    present = np.zeros((len(examples), most), dtype=np.bool_)
    acceptable = np.zeros((len(examples), most + 1), dtype=np.bool_)
    for row, example in enumerate(examples):
        count = len(example.features.candidates)
        candidates[row, :count] = example.features.candidates
        present[row, :count] = True
        acceptable[row, :count] = example.acceptable[:-1]
        acceptable[row, -1] = example.acceptable[-1]
    return candidates, present, acceptable


def train_ranker(examples: Sequence[Example], seed: int = SEED) -> Ranker:
    """Train on at least one example. The same examples and seed give the same ranker."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    candidates, present, acceptable = _padded(examples)
    context = np.stack([example.features.context for example in examples])
    flat = candidates[present]
    mean, scale = flat.mean(0), flat.std(0) + 1e-6
    context_mean, context_scale = context.mean(0), context.std(0) + 1e-6
    inputs = torch.from_numpy((candidates - mean) / scale)
    contexts = torch.from_numpy((context - context_mean) / context_scale)
    presents, wanted = torch.from_numpy(present), torch.from_numpy(acceptable)
    weights = torch.tensor([example.weight for example in examples], dtype=torch.float32)
    network = _Network(candidates.shape[2], context.shape[1])
    optimiser = torch.optim.AdamW(network.parameters(), lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY)
    for _ in range(_EPOCHS):
        order = torch.randperm(len(examples))
        for batch in torch.split(order, _BATCH):
            scores = network(inputs[batch], presents[batch], contexts[batch])
            log_probability = torch.log_softmax(scores, dim=1).masked_fill(~wanted[batch], -1e9).logsumexp(1)
            loss = -(log_probability * weights[batch]).mean()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()

    def array(tensor: torch.Tensor) -> NDArray[np.float32]:
        return np.asarray(tensor.detach().numpy(), dtype=np.float32)

    return Ranker(
        mean,
        scale,
        np.ascontiguousarray(array(network.hidden.weight).T),
        array(network.hidden.bias),
        array(network.output.weight)[0],
        context_mean,
        context_scale,
        array(network.none.weight)[0],
        float(network.none.bias.item()),
    )
