"""From questions with a known outcome to ranker, probabilities and thresholds.

A stand-in for the ranker gives the probabilities that a question was made with, and calibration and scope are left out
of play, so that each threshold can be worked out by hand.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge_base import fitting
from knowledge_base.calibration import Calibration
from knowledge_base.calibration_questions import CalibrationQuestion
from knowledge_base.corpus import GOVERNMENT, OUT_OF_SCOPE
from knowledge_base.decision_model import SCOPE_FEATURES, Model, Thresholds
from knowledge_base.fitting import (
    CLARIFY_PRECISION,
    NATURAL_NEAR_MISS,
    NEAR_MISS,
    OFFER_SHARE,
    OUTSIDE,
    SCOPE_COVERAGE,
    SITUATION,
    WITHOUT_ENTRY,
    fit_model,
)
from knowledge_base.index import SIGNALS, Found
from knowledge_base.linear_model import LinearModel
from knowledge_base.questioning import Asked, Findings
from knowledge_base.ranker_training import Example
from knowledge_base.ranking import CANDIDATE_FEATURES, CONTEXT_FEATURES, Features
from knowledge_base.router import TopicBelief
from tests.knowledge_base.conftest import Parts

ENTRIES = ("labour.wages", "labour.leave", "inheritance.share")
TOPICS = ("劳动争议", "劳动争议", "继承")
WAGES, LEAVE, SHARE = ENTRIES


def ask(question: CalibrationQuestion, answerable: bool, probabilities: Sequence[float], scope: float) -> Asked:
    """The stand-ins read `probabilities` of the three candidates, and `scope`, the log-odds of being in scope."""
    rows = np.zeros((len(probabilities), len(CANDIDATE_FEATURES)), dtype=np.float32)
    rows[:, 0] = probabilities
    context = np.zeros(len(CONTEXT_FEATURES), dtype=np.float32)
    context[0] = scope
    count = len(probabilities)
    found = Found(ENTRIES[:count], np.zeros((count, len(SIGNALS)), dtype=np.float32), ENTRIES[:count], 1.0)
    belief = TopicBelief({"劳动争议": 0.6, "继承": 0.4})
    return Asked(question, Findings(found, belief, Features(rows, context), TOPICS[:count]), answerable)


def known(
    *probabilities: float, entry: str = WAGES, answerable: bool = True, scope: float = 1.0, text: str = ""
) -> Asked:
    return ask(CalibrationQuestion(text, "劳动争议", entry), answerable, probabilities, scope)


def near_miss(*probabilities: float, scope: float = 1.0) -> Asked:
    return ask(CalibrationQuestion("", "劳动争议", near_miss=True), False, probabilities, scope)


def situation(*probabilities: float, topic: str = "劳动争议", scope: float = 1.0) -> Asked:
    return ask(CalibrationQuestion("", topic), False, probabilities, scope)


def outside(*probabilities: float, topic: str = OUT_OF_SCOPE, scope: float = -9.0, text: str = "") -> Asked:
    return ask(CalibrationQuestion(text, topic), False, probabilities, scope)


NOT_OURS = outside(0.0, 0.0, 0.0)
"""One question out of scope, which every fit needs; it is turned away and plays no further part."""


class _Ranker:
    """Gives the probabilities that stand in the first feature of the candidates; "none of them" has the rest."""

    def probabilities(self, features: Features) -> NDArray[np.float32]:
        own = features.candidates[:, 0]
        return np.append(own, 1 - own.sum()).astype(np.float32)


class _Training:
    """Stands for `train_ranker` and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[list[Example]] = []

    def __call__(self, examples: Sequence[Example]) -> _Ranker:
        self.given.append(list(examples))
        return _Ranker()


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> _Training:
    """The stand-ins in their places."""
    training = _Training()
    monkeypatch.setattr(fitting, "train_ranker", training)
    as_it_is = Calibration((0.0, 1.0), (0.0, 1.0))
    count = len(SCOPE_FEATURES)
    by_first_feature = LinearModel((0.0,) * count, (1.0,) * count, (1.0, *(0.0,) * (count - 1)), 0.0)
    monkeypatch.setattr(Calibration, "fit", lambda *_: as_it_is)
    monkeypatch.setattr(LinearModel, "fit", lambda *_: by_first_feature)
    return training


def thresholds(*asked: Asked) -> Thresholds:
    return fit_model([*asked, NOT_OURS]).thresholds


# What probabilities and scope are fitted on


def fitted_on(monkeypatch: pytest.MonkeyPatch, fitter: type, asked: Sequence[Asked]) -> tuple[Any, ...]:
    """What `fit` of Calibration or LinearModel is called with."""
    calls: list[tuple[Any, ...]] = []
    fit = fitter.fit  # type: ignore[attr-defined]
    monkeypatch.setattr(fitter, "fit", lambda *given: calls.append(given) or fit(*given))
    fit_model([*asked, NOT_OURS])
    return calls[0]


def test_probabilities_come_from_questions_as_people_ask_them(
    monkeypatch: pytest.MonkeyPatch, training: _Training
) -> None:
    lesson = ask(CalibrationQuestion("", "劳动争议", WAGES, lesson=True), True, (0.3, 0.0, 0.0), 1.0)
    harder = known(0.4, 0.0, 0.0, answerable=False)
    scores, right, weights = fitted_on(
        monkeypatch, Calibration, [known(0.8, 0.0, 0.0), near_miss(0.6, 0.0, 0.0), lesson, harder]
    )
    assert scores.tolist() == pytest.approx([0.8, 0.6, 0.0])
    assert right.tolist() == [True, False, False]
    assert weights.tolist() == [1.0, NATURAL_NEAR_MISS, OUTSIDE]


@pytest.mark.parametrize(
    ("lighter", "heavier"),
    [
        (known(0.5, 0.0, 0.0, text="工资"), known(0.5, 0.0, 0.0, text="老板三个月没发工资" * 4)),
        (outside(0.0, text="今天天气真是好得不得了啊" * 3), outside(0.0, text="放首歌")),
    ],
    ids=["a short question of ours", "a long one that is not"],
)
def test_a_message_of_unusual_length_counts_less_for_the_scope(
    monkeypatch: pytest.MonkeyPatch, training: _Training, lighter: Asked, heavier: Asked
) -> None:
    _, labels, weights = fitted_on(monkeypatch, LinearModel, [lighter, heavier, known(0.5, 0.0, 0.0, text="工" * 30)])
    assert labels[0] == labels[1] and weights[0] < weights[1]


# What the ranker learns


@pytest.mark.parametrize(
    ("asked", "acceptable", "weight"),
    [
        (known(0.5, 0.2, 0.1, entry=LEAVE), [False, True, False, False], 1.0),
        (known(0.5, 0.2, 0.1, entry="labour.not-found"), [False, False, False, True], 1.0),
        (known(0.2, 0.1, entry=SHARE, answerable=False), [False, False, True], WITHOUT_ENTRY),
        (near_miss(0.5, 0.2, 0.1), [False, False, False, True], NEAR_MISS),
        (situation(0.5, 0.2, 0.1), [True, True, False, True], SITUATION),
        (situation(0.5, 0.2, 0.1, topic="公证"), [False, False, False, True], SITUATION),
        (outside(0.5, 0.2, 0.1), [False, False, False, True], OUTSIDE),
        (outside(0.5, 0.2, 0.1, topic=GOVERNMENT), [False, False, False, True], OUTSIDE),
        (situation(), [True], SITUATION),
    ],
    ids=[
        "its entry", "its entry was not found", "asked without its entry", "near miss", "situation",
        "situation of another topic", "out of scope", "other offices' business", "nothing found",
    ],
)  # fmt: skip
def test_what_is_acceptable_and_how_much_it_counts(
    training: _Training, asked: Asked, acceptable: list[bool], weight: float
) -> None:
    thresholds(known(0.9, 0.0, 0.0), asked)
    example = training.given[0][1]
    assert (example.acceptable.tolist(), example.weight) == (acceptable, weight)


# Cross-fitting


@pytest.fixture
def many() -> list[Asked]:
    """Ten entries' questions, each asked twice, and situations."""
    twice = [known(0.5, 0.2, 0.1, entry=f"labour.{number}") for number in range(10) for _ in "ab"]
    return [*twice, *(situation(0.5, 0.2, 0.1) for _ in range(10)), NOT_OURS]


def held_out(training: _Training) -> list[list[int]]:
    """Places of the questions that each ranker but the first, which learns from all, had not seen."""
    everything, *folds = training.given
    return [[n for n, one in enumerate(everything) if all(one is not seen for seen in fold)] for fold in folds]


def test_the_ranker_that_serves_learns_from_every_question(training: _Training, many: list[Asked]) -> None:
    fit_model(many)
    assert len(training.given[0]) == len(many)


def test_every_question_is_rated_once_by_a_ranker_that_had_not_seen_it(training: _Training, many: list[Asked]) -> None:
    fit_model(many)
    assert sorted(place for fold in held_out(training) for place in fold) == list(range(len(many)))


def test_the_questions_of_an_entry_are_held_out_together(training: _Training, many: list[Asked]) -> None:
    fit_model(many)
    for fold in held_out(training):
        inside = {many[place].question.entry_id for place in fold} - {None}
        others = {asked.question.entry_id for place, asked in enumerate(many) if place not in fold}
        assert inside.isdisjoint(others)


def test_too_few_questions_are_rated_by_the_ranker_that_serves(training: _Training) -> None:
    thresholds(known(0.9, 0.0, 0.0))
    assert len(training.given) == 1


def test_probabilities_come_from_the_held_out_ratings(monkeypatch: pytest.MonkeyPatch, training: _Training) -> None:
    """The ranker that serves is sure of everything, those of the folds are not: the thresholds follow these."""
    calls: list[int] = []

    class Sure(_Ranker):
        def probabilities(self, features: Features) -> NDArray[np.float32]:  # noqa: ARG002
            return np.array([0.99, 0.0, 0.0, 0.01], dtype=np.float32)

    def first_is_sure(examples: Sequence[Example]) -> _Ranker:
        calls.append(len(examples))
        return Sure() if len(calls) == 1 else _Ranker()

    monkeypatch.setattr(fitting, "train_ranker", first_is_sure)
    asked = [known(0.7, 0.0, 0.0, text=str(number), entry=WAGES) for number in range(10)]
    others = [near_miss(0.1, 0.0, 0.0) for _ in range(10)]
    assert thresholds(*asked, *others).answer == pytest.approx(0.7)


# The threshold to answer


def test_all_right_are_answered(training: _Training) -> None:
    assert thresholds(known(0.9, 0.0, 0.0), known(0.4, 0.1, 0.0)).answer == pytest.approx(0.4)


def test_wrong_ones_are_answered_only_as_far_as_precision_allows(training: _Training) -> None:
    right = [known(0.8, 0.0, 0.0) for _ in range(40)]
    wrong = [known(0.6, 0.0, 0.0, entry=SHARE) for _ in range(2)]
    tolerated = thresholds(*right, *wrong)
    too_many = thresholds(*right, *wrong, known(0.6, 0.0, 0.0, entry=SHARE))
    assert (tolerated.answer, too_many.answer) == pytest.approx((0.6, 0.8))


@pytest.mark.parametrize(
    "wrong",
    [near_miss(0.6, 0.0, 0.0), known(0.6, 0.0, 0.0, entry=SHARE), situation(0.6, 0.0, 0.0, topic="继承")],
    ids=["near miss", "another entry", "situation of another topic"],
)
def test_what_must_not_be_answered_raises_the_threshold(training: _Training, wrong: Asked) -> None:
    right = [known(0.8, 0.0, 0.0), situation(0.8, 0.0, 0.0), known(0.5, 0.0, 0.0), situation(0.5, 0.0, 0.0)]
    assert (thresholds(*right).answer, thresholds(*right, wrong).answer) == pytest.approx((0.5, 0.8))


def test_a_situation_is_right_by_its_topic(training: _Training) -> None:
    right = [known(0.5, 0.0, 0.0), situation(0.0, 0.0, 0.5, topic="继承")]
    assert thresholds(*right).answer == pytest.approx(0.5)


def test_a_question_out_of_scope_counts_unless_it_is_turned_away(training: _Training) -> None:
    right = [known(0.8, 0.0, 0.0), known(0.5, 0.0, 0.0)]
    turned_away = thresholds(*right, outside(0.6, 0.0, 0.0, scope=-1.0))
    let_in = thresholds(*right, outside(0.6, 0.0, 0.0, scope=2.0))
    assert (turned_away.answer, let_in.answer) == pytest.approx((0.5, 0.8))


def test_a_question_without_candidates_says_nothing(training: _Training) -> None:
    assert thresholds(known(0.5, 0.0, 0.0), near_miss(), situation(topic="继承")).answer == pytest.approx(0.5)


def test_a_lesson_about_an_entry_moves_no_threshold(training: _Training) -> None:
    right = [known(0.8, 0.0, 0.0) for _ in range(10)]
    lesson = ask(CalibrationQuestion("", "劳动争议", SHARE, lesson=True), True, (0.9, 0.0, 0.0), 1.0)
    assert thresholds(*right, *[lesson] * 10) == thresholds(*right)


def test_where_nothing_is_right_nothing_is_answered(training: _Training) -> None:
    assert thresholds(known(0.9, 0.0, 0.0, entry=SHARE)).answer == 1.0


# Offering, asking back, scope, subject


def test_an_entry_is_offered_from_a_share_of_the_answer_threshold_on(training: _Training) -> None:
    limits = thresholds(known(0.8, 0.0, 0.0))
    assert limits.offer == pytest.approx(limits.answer * OFFER_SHARE)


RIGHT = known(0.9, 0.0, 0.0)
BARRED = near_miss(0.85, 0.0, 0.0)
"""With RIGHT it sets the answer threshold to 0.9 and the offer threshold to 0.135; one candidate is no choice."""


def test_it_asks_back_where_the_right_one_is_among_those_offered(training: _Training) -> None:
    holds, without = known(0.3, 0.2, 0.0, entry=LEAVE), known(0.2, 0.2, 0.0, entry=SHARE)
    limits = thresholds(RIGHT, BARRED, holds, without, without)
    assert CLARIFY_PRECISION == 0.5 and limits.clarify == pytest.approx(0.5)


def test_an_entry_too_improbable_to_be_offered_does_not_count(training: _Training) -> None:
    assert thresholds(RIGHT, BARRED, known(0.4, 0.3, 0.1, entry=SHARE)).clarify == 1.0


@pytest.mark.parametrize(
    "asked",
    [known(0.5, 0.1, 0.1), situation(0.3, 0.3, 0.0), known(0.3, 0.2, 0.0, answerable=False)],
    ids=["one alone is no choice", "of a situation it is not known", "its entry is not there"],
)
def test_what_teaches_nothing_good_about_asking_back(training: _Training, asked: Asked) -> None:
    assert thresholds(RIGHT, BARRED, asked).clarify == 1.0


def test_most_questions_in_scope_are_let_in(training: _Training) -> None:
    inside = [known(0.9, 0.0, 0.0, scope=float(number)) for number in range(101)]
    limit = thresholds(*inside).in_scope
    odds = (1 - SCOPE_COVERAGE) * 100
    assert limit == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-4)


def test_a_question_asked_again_without_its_entry_does_not_move_the_scope_limit(training: _Training) -> None:
    inside = [known(0.9, 0.0, 0.0, scope=float(number)) for number in range(10)]
    again = [known(0.9, 0.0, 0.0, scope=-5.0, answerable=False) for _ in range(10)]
    assert thresholds(*inside, *again).in_scope == thresholds(*inside).in_scope


@pytest.mark.parametrize(
    ("topics", "limit"),
    [(["劳动争议"] * 3, 0.6), (["劳动争议"] * 3 + ["继承"], 0.6), (["劳动争议"] * 2 + ["继承"], 1.0)],
    ids=["always right", "three in four", "two in three"],
)
def test_the_subject_is_named_as_far_as_it_is_right(training: _Training, topics: list[str], limit: float) -> None:
    """The router's belief is 0.6 for 劳动争议 in every question."""
    asked = [situation(0.9, 0.0, 0.0, topic=topic) for topic in topics]
    assert thresholds(*asked).topic == pytest.approx(limit)


# The real thing


@pytest.fixture(scope="module")
def real() -> list[Asked]:
    """Questions where the candidate that stands out answers, those without an entry, and those that are not ours."""
    generator = np.random.default_rng(3)

    def noise() -> list[float]:
        return [float(x) for x in generator.uniform(0, 0.3, 3)]

    asked = []
    for number in range(120):
        place = number % 3
        signals = noise()
        signals[place] += 0.6
        asked.append(known(*signals, entry=ENTRIES[place], scope=float(generator.normal(2))))
        asked.append(near_miss(*noise(), scope=float(generator.normal(2))))
        asked.append(outside(*noise(), scope=float(generator.normal(-2))))
    return asked


@pytest.fixture(scope="module")
def fitted(real: list[Asked]) -> Model:
    return fit_model(real)


def test_fitting_twice_gives_the_same_model(real: list[Asked], fitted: Model) -> None:
    assert fit_model(real).to_dict() == fitted.to_dict()


def test_what_is_right_gets_a_higher_probability(real: list[Asked], fitted: Model) -> None:
    best = [fitted.calibration(fitted.ranker.probabilities(a.findings.features)[:-1]).max() for a in real]
    answered, near = np.mean(best[::3]), np.mean(best[1::3])
    assert answered > 0.8 > 0.2 > near


@pytest.mark.parametrize("name", ["answer", "offer", "clarify", "in_scope", "topic"])
@pytest.mark.parametrize("with_vectors", [True, False], ids=["hybrid", "keywords"])
def test_thresholds_are_probabilities(parts: Parts, with_vectors: bool, name: str) -> None:
    model = parts.model if with_vectors else parts.keywords_model
    assert 0 <= getattr(model.thresholds, name) <= 1
