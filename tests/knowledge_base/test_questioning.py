"""What is found for a question, with vectors and without, and for questions whose outcome is known."""

from dataclasses import replace

import numpy as np
import pytest

from knowledge_base.analysis import features as features_of_text
from knowledge_base.calibration_questions import CalibrationQuestion
from knowledge_base.corpus import OUT_OF_SCOPE
from knowledge_base.entry import Facet
from knowledge_base.index import SIGNALS, Index, document_of
from knowledge_base.questioning import Asked, Findings, Questioner, traits_of
from knowledge_base.ranking import CANDIDATE_FEATURES
from tests.knowledge_base.conftest import Parts
from tests.small_catalogue import CERTIFICATE, DISMISSED, WAGES, make_entry, small_entries

ENTRIES = small_entries()
UNSEEN = "老板拖欠我工资怎么办啊"
"""A question about WAGES that no entry has."""
WITH_ENTRY = CalibrationQuestion(UNSEEN, "劳动争议", WAGES)
NEAR_MISS = CalibrationQuestion("加班到半夜没有加班费", "劳动争议", near_miss=True)
OUTSIDE = CalibrationQuestion("后天会下雨吗", OUT_OF_SCOPE)


@pytest.fixture(scope="module")
def questioner(parts: Parts) -> Questioner:
    return Questioner(parts.index, parts.encoder, parts.router, traits_of(ENTRIES, parts.index))


@pytest.fixture(scope="module")
def by_keywords(parts: Parts) -> Questioner:
    return Questioner(parts.index, None, parts.router, traits_of(ENTRIES, parts.index))


def column(findings: Findings, name: str) -> list[float]:
    """A feature of every candidate."""
    values: list[float] = findings.features.candidates[:, list(CANDIDATE_FEATURES).index(name)].tolist()
    return values


def feature(findings: Findings, entry_id: str, name: str) -> float:
    return column(findings, name)[findings.found.entry_ids.index(entry_id)]


# What the ranker knows of an entry


def test_traits_are_topic_and_facets(parts: Parts) -> None:
    traits = traits_of(ENTRIES, parts.index)[CERTIFICATE]
    assert traits.topic == "公证"
    assert traits.facets == {Facet.WHO, Facet.MATERIALS, Facet.FEE, Facet.TIME}


def test_every_entry_has_traits(parts: Parts) -> None:
    assert list(traits_of(ENTRIES, parts.index)) == [entry.id for entry in ENTRIES]


def test_traits_say_on_which_side_an_entry_stands() -> None:
    entry = make_entry(title="协议离婚要什么", questions=["离婚要多久"])
    index = Index.build([document_of(entry)], None)
    assert traits_of([entry], index)[entry.id].sides["divorce_way"] == "agreed"


# Asking


def test_the_right_entry_is_found_first(questioner: Questioner) -> None:
    assert questioner.ask(UNSEEN).found.entry_ids[0] == WAGES


def test_topics_are_those_of_the_candidates(questioner: Questioner) -> None:
    topics = {entry.id: entry.topic for entry in ENTRIES}
    findings = questioner.ask(UNSEEN)
    assert findings.topics == tuple(topics[entry_id] for entry_id in findings.found.entry_ids)


def test_every_candidate_has_a_row_of_features(questioner: Questioner) -> None:
    findings = questioner.ask(UNSEEN)
    assert findings.features.candidates.shape == (len(findings.found.entry_ids), len(CANDIDATE_FEATURES))


def test_only_what_is_allowed_is_found(questioner: Questioner) -> None:
    allowed = np.array([document.entry_id in {DISMISSED, CERTIFICATE} for document in questioner.index.documents])
    assert set(questioner.ask(UNSEEN, allowed).found.entry_ids) == {DISMISSED, CERTIFICATE}


def test_where_nothing_is_allowed_there_is_no_candidate(questioner: Questioner) -> None:
    findings = questioner.ask(UNSEEN, np.zeros(len(ENTRIES), dtype=np.bool_))
    assert (findings.found.entry_ids, findings.topics, len(findings.features.candidates)) == ((), (), 0)


def test_without_an_encoder_no_signal_comes_from_vectors(by_keywords: Questioner) -> None:
    signals = by_keywords.ask(UNSEEN).found.signals
    dense = [list(SIGNALS).index(name) for name in ("centroid", "nearest", "nearest_three", "title")]
    assert not signals[:, dense].any() and signals.any()


def test_a_facet_asked_for_is_a_feature_of_the_entry_that_has_it(questioner: Questioner) -> None:
    findings = questioner.ask("学历公证多少钱")
    assert (feature(findings, CERTIFICATE, "facet"), feature(findings, WAGES, "facet")) == (1.0, 0.0)


def test_the_side_of_the_question_is_compared_with_that_of_the_entry(questioner: Questioner) -> None:
    findings = questioner.ask("我被公司辞退了")
    assert feature(findings, DISMISSED, "same_side") >= 1


@pytest.mark.parametrize("text", ["要不要做公证", "房子的事情，到底要不要做公证"])
def test_a_service_that_the_question_names_becomes_more_likely(parts: Parts, questioner: Questioner, text: str) -> None:
    unaided = parts.router.believe(features_of_text(text))
    assert questioner.ask(text).belief.probabilities["公证"] > unaided.probabilities["公证"]


def test_a_service_named_only_in_the_story_does_not(parts: Parts, questioner: Questioner) -> None:
    text = "去年做过公证，现在老板不发工资怎么办"
    assert questioner.ask(text).belief.probabilities == pytest.approx(
        parts.router.believe(features_of_text(text)).probabilities
    )


@pytest.mark.parametrize("text", ["zzz", "ไทย", "工" * 3000])
def test_any_words_are_asked_and_give_finite_features(questioner: Questioner, text: str) -> None:
    features = questioner.ask(text).features
    assert np.isfinite(features.candidates).all() and np.isfinite(features.context).all()


# Questions whose outcome is known


def ids(asked: Asked) -> tuple[str, ...]:
    return asked.findings.found.entry_ids


@pytest.mark.parametrize("name", ["questioner", "by_keywords"])
def test_asking_all_finds_what_asking_one_finds(name: str, request: pytest.FixtureRequest) -> None:
    questioner: Questioner = request.getfixturevalue(name)
    questions = [WITH_ENTRY, NEAR_MISS, OUTSIDE]
    for question, asked in zip(questions, questioner.ask_all(questions), strict=True):
        alone = questioner.ask(question.text)
        assert (asked.question, ids(asked)) == (question, alone.found.entry_ids)
        assert asked.findings.features.candidates == pytest.approx(alone.features.candidates, abs=1e-5)


@pytest.mark.parametrize(
    ("question", "without_entry", "answerable"),
    [(WITH_ENTRY, False, True), (WITH_ENTRY, True, False), (NEAR_MISS, False, False), (OUTSIDE, False, False)],
    ids=["its entry is there", "its entry is taken out", "near miss", "out of scope"],
)
def test_a_question_is_answerable_when_its_entry_is_there(
    questioner: Questioner, question: CalibrationQuestion, without_entry: bool, answerable: bool
) -> None:
    [asked] = questioner.ask_all([question], without_entry=without_entry)
    assert asked.answerable is answerable


def test_asked_without_its_entry_all_others_may_be_found(questioner: Questioner) -> None:
    [asked] = questioner.ask_all([WITH_ENTRY], without_entry=True)
    assert set(ids(asked)) == {entry.id for entry in ENTRIES} - {WAGES}


def test_a_question_without_an_entry_is_asked_of_all(questioner: Questioner) -> None:
    [asked] = questioner.ask_all([NEAR_MISS], without_entry=True)
    assert set(ids(asked)) == {entry.id for entry in ENTRIES}


def test_taking_an_entry_out_concerns_its_own_question_only(questioner: Questioner) -> None:
    other = replace(WITH_ENTRY, text="公司突然不要我了给多少补偿", entry_id=DISMISSED)
    first, second = questioner.ask_all([WITH_ENTRY, other], without_entry=True)
    assert DISMISSED in ids(first) and WAGES in ids(second)


@pytest.mark.parametrize("name", ["questioner", "by_keywords"])
def test_no_questions_give_nothing(name: str, request: pytest.FixtureRequest) -> None:
    questioner: Questioner = request.getfixturevalue(name)
    assert questioner.ask_all([]) == []
