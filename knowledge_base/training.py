"""Train everything a decision rests on, and derive its thresholds from held-out data.

The candidate and scope models learn from questions that embedding and router have not seen (three folds). Each entry
question is asked twice: of the whole catalogue without that line, and of the catalogue without its entry, so that the
model also learns what "no entry answers this" looks like.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from knowledge_base.corpus import OUT_OF_SCOPE, Line
from knowledge_base.decision import Model, Thresholds
from knowledge_base.embedding import Encoder
from knowledge_base.entry import Entry
from knowledge_base.index import Hit, Index, IndexedLine, lines_of
from knowledge_base.progress import Progress
from knowledge_base.ranking import LinearModel, candidate_rows, scope_row
from knowledge_base.router import TopicBelief, TopicRouter

FOLDS = 3
SEED = 7
ANSWER_PRECISION = 0.88
"""Target precision of the decision "answer", entry for entry, on held-out questions."""
SCOPE_COVERAGE = 0.95
"""Share of held-out in-scope lines that must not be turned away."""
CLARIFY_PRECISION = 0.5
"""Least share of held-out clarifications that hold the right entry."""
TOPIC_PRECISION = 0.75
"""Least share of held-out questions whose subject is named rightly when it is named."""
OFFER_SHARE = 0.15
"""An entry is worth offering from this share of the answer threshold on."""
UNANSWERABLE_WEIGHT = 0.2
"""How often, per answerable question, a question in scope is taken to have no entry."""
_RANKED = 8
_MOST_ASKED = {"entry": 2000, "situation": 1000}
"""Held-out lines of a kind that are asked in a fold: enough for a dozen weights, and the time stays bounded."""
EncoderFactory = Callable[[Sequence[Line]], Encoder]


@dataclass(frozen=True)
class _Asked:
    """A held-out question, what the searches found for it, and what is true of it."""

    line: Line
    hits: list[Hit]
    belief: TopicBelief
    answerable: bool


def _splits(lines: Sequence[Line]) -> Iterator[tuple[list[Line], list[Line]]]:
    """Entry questions are held out one by one; the wordings of a situation are held out together."""
    units: dict[str, list[Line]] = {}
    for number, line in enumerate(lines):
        units.setdefault(f"{line.cluster}/{number}" if line.entry_id else line.cluster, []).append(line)
    groups = list(units.values())
    for training, held_out in KFold(FOLDS, shuffle=True, random_state=SEED).split(groups):
        yield [x for g in training for x in groups[g]], [x for g in held_out for x in groups[g]]


def _sample(held_out: Sequence[Line]) -> list[Line]:
    """Every line out of scope, and at random no more than `_MOST_ASKED` of the others."""
    generator = np.random.default_rng(SEED)
    kinds: dict[str, list[Line]] = {"entry": [], "situation": [], OUT_OF_SCOPE: []}
    for line in held_out:
        kinds["entry" if line.entry_id else OUT_OF_SCOPE if line.topic == OUT_OF_SCOPE else "situation"].append(line)
    chosen = []
    for kind, lines in kinds.items():
        size = min(len(lines), _MOST_ASKED.get(kind, len(lines)))
        chosen += [lines[number] for number in sorted(generator.choice(len(lines), size, replace=False))]
    return chosen


def _ask(held_out: Sequence[Line], index: Index, encoder: Encoder | None, router: TopicRouter) -> Iterator[_Asked]:
    """Ask every held-out line; without an encoder the keywords search alone."""
    numbers_of: dict[tuple[str, str], set[int]] = {}
    entry_lines: dict[str, set[int]] = {}
    for number, indexed in enumerate(index.lines):
        numbers_of.setdefault((indexed.entry_id, indexed.text), set()).add(number)
        entry_lines.setdefault(indexed.entry_id, set()).add(number)
    vectors = encoder.encode([line.text for line in held_out]) if encoder else [None] * len(held_out)
    for line, vector in zip(held_out, vectors, strict=True):
        belief = router.believe(line.text)
        if line.entry_id is None:
            yield _Asked(line, index.search(line.text, vector)[:_RANKED], belief, False)
            continue
        itself = frozenset(numbers_of.get((line.entry_id, line.text), set()))
        yield _Asked(line, index.search(line.text, vector, itself)[:_RANKED], belief, True)
        whole_entry = frozenset(entry_lines[line.entry_id])
        yield _Asked(line, index.search(line.text, vector, whole_entry)[:_RANKED], belief, False)


@dataclass(frozen=True)
class TrainedModels:
    """One model for vectors and keywords together (None without an embedding), one for keywords alone."""

    hybrid: Model | None
    keywords: Model


@dataclass(frozen=True)
class _Fold:
    """What one fold's held-out lines found, asked with vectors and keywords together and with keywords alone."""

    hybrid: list[_Asked]
    keywords: list[_Asked]


def _run_fold(
    indexed: list[IndexedLine],
    training: Sequence[Line],
    held_out: Sequence[Line],
    make_encoder: EncoderFactory | None,
) -> _Fold:
    router = TopicRouter.train(training)
    held_out = _sample(held_out)
    keywords = list(_ask(held_out, Index(indexed, None), None, router))
    if make_encoder is None:
        return _Fold([], keywords)
    encoder = make_encoder(training)
    return _Fold(list(_ask(held_out, _index(indexed, encoder), encoder, router)), keywords)


def train_models(
    entries: Sequence[Entry],
    lines: Sequence[Line],
    make_encoder: EncoderFactory | None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> TrainedModels:
    """Train the candidate and scope models of both kinds and derive their thresholds.

    `make_encoder` makes the encoder for a fold from the lines it may see (a given model ignores them). With an
    `executor` the folds run side by side, and `make_encoder` must be something that can be pickled.
    """
    topic_of = {entry.id: entry.topic for entry in entries}
    indexed = lines_of(entries)
    jobs = [(indexed, training, held_out, make_encoder) for training, held_out in _splits(lines)]
    results: Iterable[_Fold]
    if executor:
        results = (future.result() for future in [executor.submit(_run_fold, *job) for job in jobs])
    else:
        results = (_run_fold(*job) for job in jobs)
    folds = []
    for fold in results:
        folds.append(fold)
        if progress:
            progress(len(folds), FOLDS)
    hybrid = [asked for fold in folds for asked in fold.hybrid]
    keywords = [asked for fold in folds for asked in fold.keywords]
    return TrainedModels(_fit(hybrid, topic_of) if hybrid else None, _fit(keywords, topic_of))


def _fit(asked: Sequence[_Asked], topic_of: dict[str, str]) -> Model:
    candidate = _fit_candidate(asked, topic_of)
    best = [_ranked(item, topic_of, candidate) for item in asked]
    scope, in_scope = _fit_scope(asked, best)
    return Model(candidate, scope, _thresholds(asked, best, in_scope))


def _index(indexed: list[IndexedLine], encoder: Encoder) -> Index:
    return Index(indexed, encoder.encode([line.text for line in indexed]))


def _rows(item: _Asked, topic_of: dict[str, str]) -> NDArray[np.float64]:
    return candidate_rows(item.line.text, item.hits, [topic_of[hit.entry_id] for hit in item.hits], item.belief)


def _fit_candidate(asked: Sequence[_Asked], topic_of: dict[str, str]) -> LinearModel:
    rows: list[NDArray[np.float64]] = []
    labels: list[int] = []
    for item in asked:
        for row, hit in zip(_rows(item, topic_of), item.hits, strict=True):
            right = item.answerable and hit.entry_id == item.line.entry_id
            unknown = item.line.entry_id is None and topic_of[hit.entry_id] == item.line.topic
            if not unknown:
                rows.append(row)
                labels.append(int(right))
    return LinearModel.fit(np.array(rows), np.array(labels))


def _ranked(item: _Asked, topic_of: dict[str, str], candidate: LinearModel) -> list[tuple[float, str]]:
    if not item.hits:
        return []
    probabilities = candidate.probability(_rows(item, topic_of))
    return sorted(((float(p), hit.entry_id) for p, hit in zip(probabilities, item.hits, strict=True)), reverse=True)


def _fit_scope(
    asked: Sequence[_Asked], ranked: Sequence[list[tuple[float, str]]]
) -> tuple[LinearModel, NDArray[np.float64]]:
    rows = np.concatenate(
        [scope_row(a.line.text, a.hits, r[0][0] if r else 0.0, a.belief) for a, r in zip(asked, ranked, strict=True)]
    )
    labels = np.array([int(item.line.topic != OUT_OF_SCOPE) for item in asked])
    balance = np.where(labels == 1, 0.5 / max(labels.mean(), 1e-9), 0.5 / max(1 - labels.mean(), 1e-9))
    model = LinearModel.fit(rows, labels, balance)
    return model, model.probability(rows)


def _thresholds(
    asked: Sequence[_Asked], ranked: Sequence[list[tuple[float, str]]], in_scope: NDArray[np.float64]
) -> Thresholds:
    inside = np.array([item.line.topic != OUT_OF_SCOPE for item in asked])
    scope_limit = float(np.quantile(in_scope[inside], 1 - SCOPE_COVERAGE))
    known = []
    choices = []
    for item, r, scope in zip(asked, ranked, in_scope, strict=True):
        weight = _weight(item)
        if not r or scope < scope_limit or weight == 0:
            continue
        known.append((r[0][0], item.answerable and r[0][1] == item.line.entry_id, weight))
    answer_limit = least_threshold(known, ANSWER_PRECISION)
    offer_limit = answer_limit * OFFER_SHARE
    for item, r, scope in zip(asked, ranked, in_scope, strict=True):
        weight = _weight(item)
        offered = [pair for pair in r if pair[0] >= offer_limit][:4]
        if scope < scope_limit or weight == 0 or len(offered) < 2 or r[0][0] >= answer_limit:
            continue
        holds = item.answerable and any(entry_id == item.line.entry_id for _, entry_id in offered)
        choices.append((min(sum(p for p, _ in offered), 1.0), holds, weight))
    clarify_limit = least_threshold(choices, CLARIFY_PRECISION)
    return Thresholds(answer_limit, offer_limit, clarify_limit, scope_limit, _topic_threshold(asked))


def _topic_threshold(asked: Sequence[_Asked]) -> float:
    once = [item for item in asked if item.line.topic != OUT_OF_SCOPE and (item.answerable or not item.line.entry_id)]
    first = [(item.belief.ranked()[0], item.line.topic) for item in once]
    return least_threshold([(p, topic == true, 1.0) for (topic, p), true in first], TOPIC_PRECISION)


def _weight(item: _Asked) -> float:
    """How much a held-out question counts. Whether an entry answers a situation is not known: it does not count."""
    if item.answerable or item.line.topic == OUT_OF_SCOPE:
        return 1.0
    return UNANSWERABLE_WEIGHT if item.line.entry_id else 0.0


def least_threshold(scored: Sequence[tuple[float, bool, float]], precision: float) -> float:
    """The least score above which the weighted share of right ones is at least `precision`.

    scored: (score, right, weight). Ties are taken together. Returns 1.0 (never) when no threshold reaches it.
    """
    ordered = sorted(scored, key=lambda row: -row[0])
    right, total, best = 0.0, 0.0, 1.0
    for number, (score, is_right, weight) in enumerate(ordered, start=1):
        right += weight * is_right
        total += weight
        last_of_ties = number == len(ordered) or ordered[number][0] < score
        if last_of_ties and total > 0 and right / total >= precision:
            best = score
    return best
