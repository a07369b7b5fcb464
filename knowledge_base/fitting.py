"""From questions asked with a known outcome to the model of a release: ranker, probabilities, scope and thresholds.

Probabilities and thresholds come from rankers that had not seen the question (cross-fitting: of five rankers each is
asked the fifth that it did not learn from; the questions of one entry stay together).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from knowledge_base.calibration import Calibration, least_threshold
from knowledge_base.corpus import GOVERNMENT, OUT_OF_SCOPE
from knowledge_base.decision_model import Model, Thresholds, scope_row
from knowledge_base.linear_model import LinearModel
from knowledge_base.questioning import Asked
from knowledge_base.ranker_training import Example, train_ranker
from knowledge_base.ranking import Ranker

ANSWER_PRECISION = 0.94
"""Target precision of the decision "answer", entry for entry."""
ANSWER_TOPIC_PRECISION = 0.86
"""Target precision by topic of answers to held-out situations. Hardly any entry answers them, and many could as well be
labelled with a neighbouring topic: on questions that have an entry the precision by topic is far higher.
"""
SCOPE_COVERAGE = 0.90
"""Share of held-out in-scope questions that must not be turned away."""
OURS = 0.03
"""The scope model leans on length; "酒驾" or "遗产" alone must not meet a closed door. What the router gives at most
this probability of being out of scope is not turned away: that lets in none of 106 development lines that are not ours.
"""
CLARIFY_PRECISION = 0.5
"""Least share of held-out clarifications that hold the right entry."""
TOPIC_PRECISION = 0.75
"""Least share of held-out questions whose subject is named rightly when it is named."""
OFFER_SHARE = 0.15
"""An entry is worth offering from this share of the answer threshold on."""
WITHOUT_ENTRY, SITUATION, OUTSIDE, NEAR_MISS = 0.2, 0.3, 0.3, 1.0
"""Weights, against a question its entry answers, of one asked without it, a situation, one not ours, a near miss."""
NATURAL_NEAR_MISS = 0.5
"""The same for a near miss when scores become probabilities: near misses are as rare as in life, not as dear."""
_CROSS_FITS = 5
_USUAL_LENGTH = {True: 30, False: 8}
"""Characters of a message as people send it, in scope and out of it: the medians of real ones. What was written for
training is shorter and longer than that, and would teach that length says little.
"""
_LENGTH_POWER, _LEAST_LENGTH_WEIGHT = 1.5, 0.05


@dataclass(frozen=True)
class _Rated:
    """A question asked, and the ranker's probabilities for it from rankers that had not seen it."""

    asked: Asked
    probabilities: NDArray[np.float32]

    @property
    def best(self) -> int | None:
        """The place of the first candidate, None without candidates."""
        return int(self.probabilities[:-1].argmax()) if len(self.probabilities) > 1 else None

    @property
    def right(self) -> bool:
        """Whether the first candidate is the entry that answers."""
        ids = self.asked.findings.found.entry_ids
        return self.best is not None and self.asked.answerable and ids[self.best] == self.asked.question.entry_id


def _in_scope(asked: Asked) -> bool:
    return asked.question.topic not in (OUT_OF_SCOPE, GOVERNMENT)


def _is_situation(asked: Asked) -> bool:
    """Held-out wordings of situations come with a topic alone; so do near misses, which are known to have no entry."""
    return asked.question.entry_id is None and _in_scope(asked) and not asked.question.near_miss


def _is_natural(asked: Asked) -> bool:
    """As people ask it: a question asked of a catalogue without its entry is harder than life, and so are lessons."""
    return not asked.question.lesson and (asked.answerable or asked.question.entry_id is None)


def _weight(asked: Asked) -> float:
    if asked.answerable:
        return 1.0
    if asked.question.entry_id:
        return WITHOUT_ENTRY
    if not _in_scope(asked):
        return OUTSIDE
    return NEAR_MISS if asked.question.near_miss else SITUATION


def _example(asked: Asked) -> Example:
    ids, topics = asked.findings.found.entry_ids, asked.findings.topics
    acceptable = np.zeros(len(ids) + 1, dtype=np.bool_)
    if asked.answerable and asked.question.entry_id in ids:
        acceptable[ids.index(asked.question.entry_id)] = True
    else:
        acceptable[-1] = True
        if _is_situation(asked):
            acceptable[:-1] = [topic == asked.question.topic for topic in topics]
    return Example(asked.findings.features, acceptable, _weight(asked))


def fit_model(asked: Sequence[Asked]) -> Model:
    """Fit ranker, calibration, scope and thresholds. `asked` holds at least one question in and one out of scope."""
    examples = [_example(item) for item in asked]
    ranker = train_ranker(examples)
    rated = [_Rated(item, p) for item, p in zip(asked, _cross_fit(asked, examples, ranker), strict=True)]
    calibration = _calibrate(rated)
    scope, in_scope = _fit_scope(rated)
    return Model(ranker, calibration, scope, _thresholds(rated, calibration, in_scope))


def _cross_fit(asked: Sequence[Asked], examples: Sequence[Example], whole: Ranker) -> list[NDArray[np.float32]]:
    names = [item.question.entry_id or str(number) for number, item in enumerate(asked)]
    if len(set(names)) < _CROSS_FITS:
        return [whole.probabilities(example.features) for example in examples]
    probabilities: list[NDArray[np.float32]] = [np.zeros(0, dtype=np.float32)] * len(asked)
    for training, held_out in GroupKFold(_CROSS_FITS).split(examples, groups=names):
        ranker = train_ranker([examples[number] for number in training])
        for number in held_out:
            probabilities[number] = ranker.probabilities(examples[number].features)
    return probabilities


def _calibrate(rated: Sequence[_Rated]) -> Calibration:
    """From the first candidate's probability to the share of those that answer, of questions as people ask them."""
    known = [item for item in rated if item.best is not None and _is_natural(item.asked)]
    scores = np.array([item.probabilities[:-1].max() for item in known], dtype=np.float64)
    right = np.array([item.right for item in known])
    weights = [NATURAL_NEAR_MISS if item.asked.question.near_miss else _weight(item.asked) for item in known]
    return Calibration.fit(scores, right, np.array(weights))


def _fit_scope(rated: Sequence[_Rated]) -> tuple[LinearModel, NDArray[np.float64]]:
    rows = np.concatenate([scope_row(item.asked.findings.features, item.probabilities) for item in rated])
    labels = np.array([int(_in_scope(item.asked)) for item in rated])
    weights = np.array([_length_weight(item.asked) for item in rated])
    inside = np.average(labels, weights=weights)
    balance = np.where(labels == 1, 0.5 / max(inside, 1e-9), 0.5 / max(1 - inside, 1e-9))
    model = LinearModel.fit(rows, labels, weights * balance)
    return model, model.probability(rows)


def _length_weight(asked: Asked) -> float:
    """Less for a question in scope that is shorter than usual, and for one out of scope that is longer."""
    is_ours = _in_scope(asked)
    ratio = len(asked.question.text) / _USUAL_LENGTH[is_ours]
    share = min(max(ratio if is_ours else 1 / max(ratio, 1e-9), _LEAST_LENGTH_WEIGHT), 1.0)
    return float(share**_LENGTH_POWER)


def _thresholds(rated: Sequence[_Rated], calibration: Calibration, in_scope: NDArray[np.float64]) -> Thresholds:
    once = [item.asked.answerable or item.asked.question.entry_id is None for item in rated]
    inside = np.array([_in_scope(item.asked) for item in rated]) & np.array(once)
    scope_limit = float(np.quantile(in_scope[inside], 1 - SCOPE_COVERAGE))
    entry_known, topic_known, choices = [], [], []
    chances = [calibration(item.probabilities[:-1]) for item in rated]
    met = [
        (item, chance)
        for item, chance, scope in zip(rated, chances, in_scope, strict=True)
        if item.best is not None and scope >= scope_limit
    ]
    for item, chance in met:
        if _is_situation(item.asked):
            topic = item.asked.findings.topics[item.best or 0]
            topic_known.append((float(chance.max()), topic == item.asked.question.topic, 1.0))
        elif item.asked.question.entry_id is None or not item.asked.question.lesson:
            entry_known.append((float(chance.max()), item.right, _weight(item.asked)))
    answer = max(
        least_threshold(entry_known, ANSWER_PRECISION),
        least_threshold(topic_known, ANSWER_TOPIC_PRECISION) if topic_known else 0.0,
    )
    offer = answer * OFFER_SHARE
    for item, chance in met:
        offered = sorted(zip(chance, item.asked.findings.found.entry_ids, strict=True), reverse=True)[:4]
        offered = [pair for pair in offered if pair[0] >= offer]
        if _is_situation(item.asked) or len(offered) < 2 or chance.max() >= answer:
            continue
        holds = item.asked.answerable and any(entry_id == item.asked.question.entry_id for _, entry_id in offered)
        choices.append((min(float(sum(p for p, _ in offered)), 1.0), holds, _weight(item.asked)))
    return Thresholds(
        answer, offer, least_threshold(choices, CLARIFY_PRECISION), scope_limit, _topic_limit(rated, once), OURS
    )


def _topic_limit(rated: Sequence[_Rated], once: Sequence[bool]) -> float:
    first = [
        (item.asked.findings.belief.ranked()[0], item.asked.question.topic)
        for item, counts in zip(rated, once, strict=True)
        if counts and _in_scope(item.asked)
    ]
    return least_threshold([(p, topic == true, 1.0) for (topic, p), true in first], TOPIC_PRECISION)
