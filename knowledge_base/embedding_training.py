"""Train the default sentence embedding from the project's own lines: offline, seeded, about half a minute on two cores.

A bag of words and character n-grams (sentence-transformers' StaticEmbedding) is trained with the supervised contrastive
loss of Khosla et al. 2020 (arXiv:2004.11362), once with the cluster of a line as its label and once with its topic.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from torch import nn
from torch.nn import functional

from knowledge_base.analysis import features
from knowledge_base.corpus import Line
from knowledge_base.progress import Progress

DIMENSIONS = 256
SEED = 20261123
_STEPS = 700
_CLUSTERS_PER_BATCH = 160
_LINES_PER_CLUSTER = 2
_TEMPERATURE = 0.1
_TOPIC_WEIGHT = 0.4
_FEATURE_DROPOUT = 0.15
_LEARNING_RATE = 0.02
_MIN_COUNT = 2
_UNKNOWN = "[UNK]"


def _vocabulary(texts: list[list[str]]) -> dict[str, int]:
    counts = Counter(feature for text in texts for feature in set(text))
    kept = sorted(feature for feature, count in counts.items() if count >= _MIN_COUNT)
    return {_UNKNOWN: 0} | {feature: number for number, feature in enumerate(kept, start=1)}


def _supervised_contrastive(vectors: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Mean loss over the rows that have another row with their label.

    vectors: (n, DIMENSIONS) float32 of length one; labels: (n,) int64.
    """
    itself = torch.eye(len(labels), dtype=torch.bool)
    similar = (vectors @ vectors.T / _TEMPERATURE).masked_fill(itself, float("-inf"))
    log_probability = similar - similar.logsumexp(dim=1, keepdim=True)
    positive = (labels[:, None] == labels[None, :]) & ~itself
    counts = positive.sum(1)
    with_positive = counts > 0
    sums = log_probability.masked_fill(~positive, 0).sum(1)
    return -(sums[with_positive] / counts[with_positive]).mean()


def train_embedding(
    lines: Sequence[Line], *, seed: int = SEED, progress: Progress | None = None
) -> SentenceTransformer:
    """Train on all lines; the same lines and seed give the same vectors.

    Returns a SentenceTransformer whose input is `features(text)` joined by spaces; lengths are for the encoder to mend.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # tiny matrices: more threads are slower, and sums would depend on their order
    generator = np.random.default_rng(seed)
    texts = [features(line.text) for line in lines]
    vocabulary = _vocabulary(texts)
    rows = [np.array([vocabulary[f] for f in text if f in vocabulary] or [0]) for text in texts]
    frequency = Counter(number for row in rows for number in set(row.tolist()))
    weights = torch.randn(len(vocabulary), DIMENSIONS) / DIMENSIONS**0.5
    rarity = np.array([np.log(len(rows) / (1 + frequency[n])) for n in range(len(vocabulary))], dtype=np.float32)
    weights *= torch.from_numpy(rarity.clip(min=0.2))[:, None]
    bag = nn.EmbeddingBag.from_pretrained(weights, freeze=False, mode="mean", sparse=True)

    by_cluster: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        by_cluster[line.cluster].append(number)
    clusters = [np.array(members) for members in by_cluster.values()]
    cluster_number = {cluster: number for number, cluster in enumerate(by_cluster)}
    topic_number = {topic: number for number, topic in enumerate(dict.fromkeys(line.topic for line in lines))}
    cluster_labels = torch.tensor([cluster_number[line.cluster] for line in lines])
    topic_labels = torch.tensor([topic_number[line.topic] for line in lines])

    optimiser = torch.optim.SparseAdam(bag.parameters(), lr=_LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=_LEARNING_RATE, total_steps=_STEPS)
    sizes = np.sqrt([len(members) for members in clusters])
    chances = sizes / sizes.sum()
    for step in range(_STEPS):
        chosen = generator.choice(len(clusters), size=min(_CLUSTERS_PER_BATCH, len(clusters)), replace=False, p=chances)
        batch = np.concatenate(
            [
                generator.choice(clusters[c], size=min(_LINES_PER_CLUSTER, len(clusters[c])), replace=False)
                for c in chosen
            ]
        )
        bags = [row[keep] if (keep := generator.random(len(row)) > _FEATURE_DROPOUT).any() else row
                for row in (rows[number] for number in batch)]  # fmt: skip
        offsets = torch.from_numpy(np.cumsum([0] + [len(row) for row in bags[:-1]]))
        vectors = functional.normalize(bag(torch.from_numpy(np.concatenate(bags)), offsets), dim=1)
        index = torch.from_numpy(batch)
        loss = _supervised_contrastive(vectors, cluster_labels[index])
        loss = loss + _TOPIC_WEIGHT * _supervised_contrastive(vectors, topic_labels[index])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()  # type: ignore[no-untyped-call]
        schedule.step()
        if progress:
            progress(step + 1, _STEPS)
    return _as_sentence_transformer(vocabulary, bag.weight.detach())


def _as_sentence_transformer(vocabulary: dict[str, int], weights: torch.Tensor) -> SentenceTransformer:
    weights = weights.clone()
    weights[vocabulary[_UNKNOWN]] = 0  # training leaves unknown features out; when serving they must add nothing
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token=_UNKNOWN))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    static = StaticEmbedding(
        tokenizer, embedding_weights=weights.half()
    )  # half the memory, and vectors differ by 1/4000
    return SentenceTransformer(modules=[static], device="cpu")


def save_embedding(model: SentenceTransformer, folder: Path) -> None:
    """Save as an ordinary sentence-transformers folder, with a mark that its input is made of our features."""
    model.save_pretrained(str(folder), create_model_card=False)
    (folder / FEATURES_MARK).write_text("features\n", encoding="utf-8")


FEATURES_MARK = "hufa_input.txt"
