"""Variants of the home-made embedding for `tests.bench.embeddings`: bags of features, and a small transformer."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, StaticEmbedding, Transformer
from tokenizers import Regex, Tokenizer, normalizers
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split, WhitespaceSplit
from torch import nn
from torch.nn import functional
from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

from knowledge_base.analysis import features
from knowledge_base.corpus import Line

Numbers = NDArray[np.int64]
_LINES_PER_CLUSTER = 2
_FEATURE_DROPOUT = 0.15
_MIN_COUNT = 2
_UNKNOWN, _PADDING, _MASK = "[UNK]", "[PAD]", "[MASK]"
_LONGEST = 64
"""Characters of a text that a transformer reads."""
_MASKED_SHARE = 0.15
_MASKED_BATCH = 192


@dataclass(frozen=True)
class Settings:
    """What is tried. The values here are those of knowledge_base/embedding_training.py.

    topic: weight of the loss by topic. siblings: share of a batch that is groups of near entries (`group` in each),
    found anew at the beginning of each of `refreshes` parts of the training. prototypes: weight of a loss that tells
    all entries apart by a learned vector each. weigh: a feature has a learned weight besides its vector. layers: of a
    transformer over characters; 0 is a bag of features. warm_up: its steps of guessing masked characters.
    """

    dimensions: int = 256
    steps: int = 900
    clusters: int = 160
    temperature: float = 0.1
    learning_rate: float = 0.02
    topic: float = 0.4
    siblings: float = 0.0
    group: int = 4
    refreshes: int = 3
    prototypes: float = 0.0
    weigh: bool = False
    layers: int = 0
    warm_up: int = 0


class _Body(Protocol):
    """Something trainable that turns lines, given by their numbers, into vectors of length one."""

    def vectors(self, batch: Numbers, generator: np.random.Generator | None) -> torch.Tensor:
        """Shape (len(batch), dimensions); with a generator, some of the input is left out at random."""
        ...

    def optimisers(self) -> list[torch.optim.Optimizer]:
        """New optimisers over all that learns."""
        ...

    def model(self) -> SentenceTransformer:
        """What was learned, as an ordinary model."""
        ...


def _vocabulary(texts: Sequence[Sequence[str]], special: Sequence[str]) -> dict[str, int]:
    counts = Counter(piece for text in texts for piece in set(text))
    kept = sorted(piece for piece, count in counts.items() if count >= _MIN_COUNT)
    return {piece: number for number, piece in enumerate([*special, *kept])}


class _Bag:
    """The mean of the vectors of a text's features."""

    def __init__(self, texts: Sequence[str], settings: Settings) -> None:
        cut = [features(text) for text in texts]
        self._vocabulary = _vocabulary(cut, [_UNKNOWN])
        self._settings = settings
        size = len(self._vocabulary)
        self._rows = [np.array([self._vocabulary[f] for f in text if f in self._vocabulary] or [0]) for text in cut]
        frequency = Counter(number for row in self._rows for number in set(row.tolist()))
        weights = torch.randn(size, settings.dimensions) / settings.dimensions**0.5
        rarity = np.array([np.log(len(texts) / (1 + frequency[n])) for n in range(size)], dtype=np.float32)
        weights *= torch.from_numpy(rarity.clip(min=0.2))[:, None]
        self._bag = nn.EmbeddingBag.from_pretrained(weights, freeze=False, mode="sum", sparse=True)
        self._attention = nn.Embedding(size, 1, sparse=True, _weight=torch.zeros(size, 1))

    def vectors(self, batch: Numbers, generator: np.random.Generator | None) -> torch.Tensor:
        bags = [self._rows[number] for number in batch]
        if generator is not None:
            bags = [row[keep] if (keep := generator.random(len(row)) > _FEATURE_DROPOUT).any() else row for row in bags]
        offsets = torch.from_numpy(np.cumsum([0] + [len(row) for row in bags[:-1]]))
        pieces = torch.from_numpy(np.concatenate(bags))
        weights = self._attention(pieces)[:, 0].exp() if self._settings.weigh else None
        return functional.normalize(self._bag(pieces, offsets, weights), dim=1)

    def optimisers(self) -> list[torch.optim.Optimizer]:
        parameters = [*self._bag.parameters(), *(self._attention.parameters() if self._settings.weigh else [])]
        return [torch.optim.SparseAdam(parameters, lr=self._settings.learning_rate)]

    def model(self) -> SentenceTransformer:
        weights = self._bag.weight.detach() * self._attention.weight.detach().exp()
        weights[self._vocabulary[_UNKNOWN]] = 0
        tokenizer = Tokenizer(WordLevel(self._vocabulary, unk_token=_UNKNOWN))
        tokenizer.pre_tokenizer = WhitespaceSplit()
        static = StaticEmbedding(tokenizer, embedding_weights=weights)
        return SentenceTransformer(modules=[static, Normalize()], device="cpu")


class _Characters:
    """A small BERT over characters, its outputs averaged."""

    def __init__(self, texts: Sequence[str], settings: Settings) -> None:
        self._settings = settings
        self._vocabulary = _vocabulary(texts, [_PADDING, _UNKNOWN, _MASK])
        self._rows = [[self._vocabulary.get(c, 1) for c in text[:_LONGEST] if c != " "] or [1] for text in texts]
        self._bert = BertForMaskedLM(
            BertConfig(
                vocab_size=len(self._vocabulary),
                hidden_size=settings.dimensions,
                num_hidden_layers=settings.layers,
                num_attention_heads=4,
                intermediate_size=2 * settings.dimensions,
                max_position_embeddings=_LONGEST,
                type_vocab_size=1,
                pad_token_id=0,
            )
        )
        if settings.warm_up:
            self._warm_up()

    def _padded(self, batch: Numbers) -> tuple[torch.Tensor, torch.Tensor]:
        rows = [self._rows[number] for number in batch]
        longest = max(map(len, rows))
        pieces = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        return pieces, pieces != 0

    def _warm_up(self) -> None:
        generator = np.random.default_rng(0)
        optimiser = torch.optim.AdamW(self._bert.parameters(), lr=self._settings.learning_rate)
        for _ in range(self._settings.warm_up):
            pieces, present = self._padded(generator.choice(len(self._rows), _MASKED_BATCH, replace=False))
            masked = torch.from_numpy(generator.random(pieces.shape) < _MASKED_SHARE) & present
            wanted = pieces.masked_fill(~masked, -100)
            loss = self._bert(pieces.masked_fill(masked, 2), present.long(), labels=wanted).loss
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    def vectors(self, batch: Numbers, generator: np.random.Generator | None) -> torch.Tensor:  # noqa: ARG002
        pieces, present = self._padded(batch)
        outputs = self._bert.bert(pieces, present.long()).last_hidden_state
        return functional.normalize((outputs * present[:, :, None]).sum(1), dim=1)

    def optimisers(self) -> list[torch.optim.Optimizer]:
        return [torch.optim.AdamW(self._bert.bert.parameters(), lr=self._settings.learning_rate)]

    def model(self) -> SentenceTransformer:
        tokenizer = Tokenizer(WordLevel(self._vocabulary, unk_token=_UNKNOWN))
        tokenizer.normalizer = normalizers.Replace(" ", "")
        tokenizer.pre_tokenizer = Split(Regex("."), "isolated")
        fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
            tokenizer_object=tokenizer, unk_token=_UNKNOWN, pad_token=_PADDING, mask_token=_MASK
        )
        with tempfile.TemporaryDirectory() as folder:
            self._bert.bert.save_pretrained(folder)
            fast.save_pretrained(folder)
            transformer = Transformer(folder, max_seq_length=_LONGEST, model_kwargs={"add_pooling_layer": False})
        return SentenceTransformer(modules=[transformer, Pooling(self._settings.dimensions), Normalize()], device="cpu")


class _Sampler:
    """Chooses the lines of a batch: clusters by the root of their size, some of them with their nearest siblings."""

    def __init__(self, lines: Sequence[Line], settings: Settings, generator: np.random.Generator) -> None:
        members: dict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(lines):
            members[line.cluster].append(number)
        self._members = [np.array(numbers) for numbers in members.values()]
        self._settings = settings
        self._generator = generator
        sizes = np.sqrt([len(numbers) for numbers in self._members])
        self._chances = sizes / sizes.sum()
        self._entries = np.flatnonzero([lines[numbers[0]].entry_id is not None for numbers in self._members])
        self._siblings: Numbers | None = None

    @torch.no_grad()
    def find_siblings(self, body: _Body) -> None:
        """The entries whose mean vectors are nearest now."""
        means = [body.vectors(self._members[number], None).mean(0) for number in self._entries]
        centre = functional.normalize(torch.stack(means), dim=1)
        near = (centre @ centre.T).topk(2 * self._settings.group + 1).indices[:, 1:]  # the first is itself
        self._siblings = self._entries[near.numpy()]

    def batch(self) -> Numbers:
        """Numbers of lines."""
        count = min(self._settings.clusters, len(self._members))
        chosen = self._generator.choice(len(self._members), size=count, replace=False, p=self._chances)
        if self._siblings is not None:
            groups = round(count * self._settings.siblings / self._settings.group)
            chances = self._chances[self._entries]
            first = self._generator.choice(len(chances), size=groups, replace=False, p=chances / chances.sum())
            near = [self._generator.choice(self._siblings[f], self._settings.group - 1, replace=False) for f in first]
            grouped = np.concatenate([self._entries[first], *near])
            chosen = np.unique(np.concatenate([grouped, chosen[: count - len(grouped)]]))
        picked = [
            self._generator.choice(self._members[c], size=min(_LINES_PER_CLUSTER, len(self._members[c])), replace=False)
            for c in chosen
        ]
        return np.concatenate(picked)


def _contrastive(similar: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Supervised contrastive loss (Khosla et al. 2020).

    similar: (n, n) divided by the temperature; labels: (n,).
    """
    itself = torch.eye(len(labels), dtype=torch.bool)
    similar = similar.masked_fill(itself, float("-inf"))
    log_probability = similar - similar.logsumexp(dim=1, keepdim=True)
    positive = (labels[:, None] == labels[None, :]) & ~itself
    counts = positive.sum(1)
    sums = log_probability.masked_fill(~positive, 0).sum(1)
    return -(sums[counts > 0] / counts[counts > 0]).mean()


def _numbered(labels: Sequence[str | None]) -> torch.Tensor:
    """A number for each label, -1 for None."""
    number = {label: n for n, label in enumerate(dict.fromkeys(x for x in labels if x is not None))}
    return torch.tensor([number[label] if label is not None else -1 for label in labels])


def train_variant(lines: Sequence[Line], settings: Settings, seed: int) -> SentenceTransformer:
    """Train one variant on all lines."""
    torch.manual_seed(seed)
    torch.set_num_threads(2 if settings.layers else 1)
    generator = np.random.default_rng(seed)
    texts = [line.text for line in lines]
    body: _Body = _Characters(texts, settings) if settings.layers else _Bag(texts, settings)
    sampler = _Sampler(lines, settings, generator)
    clusters, topics = _numbered([line.cluster for line in lines]), _numbered([line.topic for line in lines])
    entries = _numbered([line.entry_id for line in lines])
    prototypes = nn.Parameter(torch.randn(int(entries.max()) + 1, settings.dimensions) / settings.dimensions**0.5)
    optimisers = [*body.optimisers(), torch.optim.Adam([prototypes], lr=settings.learning_rate)]
    schedules = [
        torch.optim.lr_scheduler.OneCycleLR(o, max_lr=settings.learning_rate, total_steps=settings.steps)
        for o in optimisers
    ]
    for step in range(settings.steps):
        if settings.siblings and step % -(-settings.steps // settings.refreshes) == 0:
            sampler.find_siblings(body)
        batch = sampler.batch()
        index = torch.from_numpy(batch)
        vectors = body.vectors(batch, generator)
        similar = vectors @ vectors.T / settings.temperature
        loss = _contrastive(similar, clusters[index])
        if settings.topic:
            loss = loss + settings.topic * _contrastive(similar, topics[index])
        if settings.prototypes:
            entry = entries[index]
            known = entry >= 0
            scores = vectors[known] @ functional.normalize(prototypes, dim=1).T / settings.temperature
            loss = loss + settings.prototypes * functional.cross_entropy(scores, entry[known])
        for optimiser in optimisers:
            optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        for optimiser, schedule in zip(optimisers, schedules, strict=True):
            optimiser.step()
            schedule.step()
    return body.model()
