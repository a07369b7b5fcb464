"""The search over whole entries: who becomes a candidate, in which order, and what the signals say of each."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge_base.analysis import features
from knowledge_base.embedding import Vectors
from knowledge_base.entry import Facet
from knowledge_base.index import SIGNALS, Document, Found, Index, document_of, keep_questions
from knowledge_base.normalise import normalise
from knowledge_base.term_cache import TermCache
from tests.knowledge_base.conftest import Parts
from tests.small_catalogue import CERTIFICATE, NO_WILL, WAGES, make_entry

DOCUMENTS = [
    Document("labour.wages", ("公司拖欠工资", "老板不发工资", "三个月没拿到钱"), "可以投诉,也可以申请劳动仲裁"),
    Document(
        "labour.dismissed", ("被辞退的补偿", "老板叫我走人"), "一般要付经济补偿", {"quit_or_dismissed": "dismissed"}
    ),
    Document("inheritance.share", ("遗产怎么分", "怎么申请"), "按法定继承分"),
    Document("notary.degree", ("学历公证", "怎么申请"), ""),
]
# One row a question: the four documents stand in the planes (0, 1, 2), (3, 4), (5, 6) and (7, 8).
VECTORS = np.eye(9, dtype=np.float32)
IDS = [document.entry_id for document in DOCUMENTS]
CANDIDATES, DEPTH = 20, 60
KEYWORD_SIGNALS = {"questions", "body", "questions_cover", "body_cover", "first_stage"}


@pytest.fixture(scope="module")
def keywords_only() -> Index:
    return Index.build(DOCUMENTS, None)


@pytest.fixture(scope="module")
def with_vectors() -> Index:
    return Index.build(DOCUMENTS, VECTORS)


def ask(index: Index, text: str, vector: Vectors | None = None, without: str | None = None) -> Found:
    """Search for a text; `without` is the entry that may not be found."""
    allowed = None
    if without is not None:
        allowed = np.array([document.entry_id != without for document in index.documents])
    return index.search(features(normalise(text)), vector, allowed)


def signals_of(found: Found, entry_id: str) -> dict[str, float]:
    """The signals of a candidate by name."""
    row = found.signals[found.entry_ids.index(entry_id)]
    return dict(zip(SIGNALS, row.tolist(), strict=True))


def column(found: Found, signal: str) -> NDArray[np.float32]:
    return found.signals[:, list(SIGNALS).index(signal)]


# Documents


def test_the_document_of_an_entry_is_title_questions_answer_and_facets_normalised() -> None:
    entry = make_entry(
        title="学历公证", answer="可以 代办。", questions=["文凭 公證", "学历 公证"], facets={Facet.FEE: "按公示收"}
    )
    document = document_of(entry)
    assert (document.questions, document.body) == (("学历公证", "文凭公证"), normalise("可以 代办。 按公示收"))


@pytest.mark.parametrize(
    ("title", "questions", "side"),
    [
        ("自己辞职", ["怎么办", "要提前说吗"], "quit"),
        ("自己辞职", ["被辞退", "怎么办"], "quit"),
        ("自己辞职", ["被辞退", "被开除"], None),
        ("补偿", ["被辞退", "被开除", "自己辞职"], "dismissed"),
    ],
    ids=["title", "the title counts twice", "as many questions", "questions"],
)
def test_the_document_stands_where_title_and_questions_stand(
    title: str, questions: list[str], side: str | None
) -> None:
    document = document_of(make_entry(title=title, questions=questions))
    assert document.sides.get("quit_or_dismissed") == side


@pytest.mark.parametrize(
    ("kept", "questions"),
    [
        (set(), ("甲", "丁")),
        ({("x", "乙"), ("y", "丁")}, ("甲", "乙", "丁")),
        ({("y", "乙")}, ("甲", "丁")),
        ({("x", "乙"), ("x", "丙"), ("y", "戊")}, ("甲", "乙", "丙", "丁", "戊")),
    ],
    ids=["none", "one and a title", "another entry's", "all"],
)
def test_keep_questions(kept: set[tuple[str, str]], questions: tuple[str, ...]) -> None:
    sides = {"will": "with"}
    documents = keep_questions(
        [Document("x", ("甲", "乙", "丙"), "正文", sides), Document("y", ("丁", "戊"), "")], kept
    )
    assert tuple(question for document in documents for question in document.questions) == questions
    assert [(d.entry_id, d.body, d.sides) for d in documents] == [("x", "正文", sides), ("y", "", {})]


# Exact


@pytest.mark.parametrize(
    ("text", "entry_ids"),
    [
        ("老板不发工资", {"labour.wages"}),
        ("公司拖欠工资", {"labour.wages"}),
        ("老板，不发 工资！", {"labour.wages"}),
        ("老闆不發工資", {"labour.wages"}),
        ("老板不发工资了", set()),
        ("一般要付经济补偿", set()),
        ("怎么申请", {"notary.degree", "inheritance.share"}),
        ("？", set()),
        ("", set()),
    ],
    ids=[
        "question",
        "title",
        "punctuation",
        "traditional",
        "one more word",
        "body",
        "two have it",
        "no words",
        "empty",
    ],
)
def test_exact(keywords_only: Index, text: str, entry_ids: set[str]) -> None:
    assert keywords_only.exact(normalise(text)) == entry_ids


# Keywords


def test_the_entry_with_the_words_comes_first(keywords_only: Index) -> None:
    assert ask(keywords_only, "遗产该怎么分").entry_ids[0] == "inheritance.share"


def test_words_of_several_questions_of_an_entry_count_together(keywords_only: Index) -> None:
    assert ask(keywords_only, "老板拖欠三个月").entry_ids[0] == "labour.wages"


def test_words_of_the_answer_count_too(keywords_only: Index) -> None:
    found = ask(keywords_only, "劳动仲裁")
    assert found.entry_ids[0] == "labour.wages"
    assert signals_of(found, "labour.wages")["body"] > 0 == signals_of(found, "labour.wages")["questions"]


def test_every_entry_is_a_candidate_once(keywords_only: Index) -> None:
    assert sorted(ask(keywords_only, "老板不发工资").entry_ids) == sorted(IDS)


@pytest.mark.parametrize("text", ["", "？", "zzz", "ไทย"])
def test_a_question_of_unknown_words_finds_the_entries_in_their_order_without_a_signal(
    keywords_only: Index, text: str
) -> None:
    found = ask(keywords_only, text)
    assert (list(found.entry_ids), found.weight, found.signals.any()) == (IDS, 0.0, False)


def test_without_vectors_the_nearest_wording_is_the_title(keywords_only: Index) -> None:
    found = ask(keywords_only, "老板不发工资", VECTORS[1])
    assert dict(zip(found.entry_ids, found.nearest, strict=True)) == {d.entry_id: d.questions[0] for d in DOCUMENTS}


def test_without_vectors_only_keywords_have_signals(keywords_only: Index) -> None:
    signals = signals_of(ask(keywords_only, "老板不发工资", VECTORS[1]), "labour.wages")
    assert {name for name, value in signals.items() if value} <= KEYWORD_SIGNALS


def test_a_question_without_its_vector_is_searched_by_keywords(with_vectors: Index, keywords_only: Index) -> None:
    found, expected = ask(with_vectors, "老板不发工资"), ask(keywords_only, "老板不发工资")
    assert found.entry_ids == expected.entry_ids
    assert np.array_equal(found.signals, expected.signals)


def test_the_weight_is_what_the_known_words_of_the_questions_weigh(keywords_only: Index) -> None:
    assert ask(keywords_only, "遗产zzz").weight == ask(keywords_only, "遗产").weight > 0


def test_a_question_that_an_entry_holds_whole_is_covered_whole(keywords_only: Index) -> None:
    found = ask(keywords_only, "老板不发工资")
    assert signals_of(found, "labour.wages")["questions_cover"] == pytest.approx(1)
    assert signals_of(found, "notary.degree")["questions_cover"] == 0


# Vectors


def test_vectors_find_an_entry_without_a_common_word(with_vectors: Index) -> None:
    assert ask(with_vectors, "zzz", VECTORS[5]).entry_ids[0] == "inheritance.share"


def test_the_dense_signals_are_the_best_line_the_best_three_the_title_and_the_mean(with_vectors: Index) -> None:
    vector = np.array([0.48, 0.64, 0, 0.6, 0, 0, 0, 0, 0], dtype=np.float32)
    found = ask(with_vectors, "zzz", vector)
    wages, dismissed = signals_of(found, "labour.wages"), signals_of(found, "labour.dismissed")
    dense = ("nearest", "nearest_three", "title", "centroid")
    assert [wages[name] for name in dense] == pytest.approx([0.64, 1.12 / 3, 0.48, 1.12 / 3**0.5], abs=1e-3)
    assert [dismissed[name] for name in dense] == pytest.approx([0.6, 0.3, 0.6, 0.6 / 2**0.5], abs=1e-3)


def test_the_nearest_wording_is_that_of_the_best_line(with_vectors: Index) -> None:
    found = ask(with_vectors, "zzz", VECTORS[2])
    assert found.nearest[found.entry_ids.index("labour.wages")] == "三个月没拿到钱"


def test_the_first_stage_is_questions_body_and_centroid_together(with_vectors: Index) -> None:
    found = ask(with_vectors, "老板要付经济补偿", VECTORS[4])
    expected = column(found, "questions") + 0.4 * column(found, "body") + 0.5 * column(found, "centroid")
    assert column(found, "first_stage") == pytest.approx(expected, abs=1e-5)


def test_candidates_come_best_first_stage_first(with_vectors: Index) -> None:
    first_stage = column(ask(with_vectors, "老板不发工资怎么申请", VECTORS[8]), "first_stage")
    assert (np.diff(first_stage) <= 0).all()


def test_with_vectors_adds_vectors_to_the_same_documents(keywords_only: Index, with_vectors: Index) -> None:
    found, expected = (
        ask(index, "老板不发工资", VECTORS[3]) for index in (keywords_only.with_vectors(VECTORS), with_vectors)
    )
    assert (found.entry_ids, found.nearest) == (expected.entry_ids, expected.nearest)
    assert np.array_equal(found.signals, expected.signals)


# What may be found


@pytest.mark.parametrize("vector", [None, VECTORS[0]], ids=["keywords", "vectors"])
def test_what_may_not_be_found_is_no_candidate(with_vectors: Index, vector: Vectors | None) -> None:
    found = ask(with_vectors, "公司拖欠工资", vector, without="labour.wages")
    assert sorted(found.entry_ids) == sorted(set(IDS) - {"labour.wages"})


@pytest.mark.parametrize("vector", [None, VECTORS[0]], ids=["keywords", "vectors"])
def test_leaving_an_entry_out_changes_nothing_for_the_others(with_vectors: Index, vector: Vectors | None) -> None:
    every, fewer = (ask(with_vectors, "老板不发工资", vector, without) for without in (None, "inheritance.share"))
    for entry_id in fewer.entry_ids:
        assert signals_of(fewer, entry_id) == pytest.approx(signals_of(every, entry_id))


@pytest.mark.parametrize("vector", [None, VECTORS[0]], ids=["keywords", "vectors"])
def test_nothing_may_be_found(with_vectors: Index, vector: Vectors | None) -> None:
    found = with_vectors.search(features("公司拖欠工资"), vector, np.zeros(len(DOCUMENTS), dtype=np.bool_))
    assert (found.entry_ids, found.nearest, found.signals.shape) == ((), (), (0, len(SIGNALS)))


# More entries than the search looks at


@pytest.fixture(scope="module")
def many() -> Index:
    documents = [Document(f"n{number}", (f"第{number}个问题工资",), "") for number in range(200)]
    return Index.build(documents, np.eye(200, dtype=np.float32))


def test_there_are_twenty_candidates_at_most(many: Index) -> None:
    assert len(ask(many, "工资", many_vector(150)).entry_ids) == CANDIDATES


def many_vector(number: int) -> Vectors:
    """The vector of a question of `many`."""
    return np.eye(200, dtype=np.float32)[number]


def test_a_word_finds_its_entry_among_many(many: Index) -> None:
    assert ask(many, "150").entry_ids[0] == "n150"


def test_a_vector_finds_its_entry_among_many(many: Index) -> None:
    assert ask(many, "zzz", many_vector(150)).entry_ids[0] == "n150"


@pytest.mark.parametrize("text", ["zzz", "工资"])
def test_of_equal_entries_the_first_are_taken(many: Index, text: str) -> None:
    assert ask(many, text).entry_ids == tuple(f"n{number}" for number in range(CANDIDATES))


def test_entries_that_may_not_be_found_take_no_place(many: Index) -> None:
    allowed = np.zeros(200, dtype=np.bool_)
    allowed[[5, 199]] = True
    assert set(many.search(features("工资"), many_vector(0), allowed).entry_ids) == {"n5", "n199"}


# Any question

ANY_TEXT = st.one_of(st.text(), st.text(st.sampled_from("老板不发工资遗产怎么分申请学历公证,?a1")))


@given(ANY_TEXT, st.lists(st.booleans(), min_size=4, max_size=4), st.booleans())
def test_any_question_has_finite_signals_of_the_allowed_entries(
    keywords_only: Index, with_vectors: Index, text: str, allowed: list[bool], dense: bool
) -> None:
    index = with_vectors if dense else keywords_only
    found = index.search(features(normalise(text)), VECTORS[0] if dense else None, np.array(allowed))
    assert sorted(found.entry_ids) == sorted(entry_id for entry_id, may in zip(IDS, allowed, strict=True) if may)
    assert found.signals.shape == (sum(allowed), len(SIGNALS)) and found.signals.dtype == np.float32
    assert np.isfinite(found.signals).all()


# The small release


@pytest.mark.parametrize(
    ("text", "entry_id"),
    [("老板拖欠工资三个月", WAGES), ("爷爷没写遗嘱怎么分", NO_WILL), ("大专学历要公证", CERTIFICATE)],
)
def test_the_small_release_finds_the_entry(parts: Parts, text: str, entry_id: str) -> None:
    text = normalise(text)
    assert parts.index.search(features(text), parts.encoder.encode_query(text)).entry_ids[0] == entry_id


# Building and storing


def test_building_with_remembered_terms_is_the_same(keywords_only: Index) -> None:
    terms = TermCache()
    Index.build(DOCUMENTS, None, terms)
    found, expected = (ask(index, "老板不发工资") for index in (Index.build(DOCUMENTS, None, terms), keywords_only))
    assert found.entry_ids == expected.entry_ids and np.array_equal(found.signals, expected.signals)


@pytest.mark.parametrize("vectors", [None, VECTORS], ids=["keywords", "vectors"])
def test_storing_changes_nothing(vectors: Vectors | None, tmp_path: Path) -> None:
    index = Index.build(DOCUMENTS, vectors)
    index.save(tmp_path)
    stored = Index.load(tmp_path)
    assert stored.documents == tuple(replace(document, body="") for document in index.documents)
    assert stored.exact("怎么申请") == index.exact("怎么申请")
    found, expected = (ask(each, "老板不发工资", VECTORS[2]) for each in (stored, index))
    assert (found.entry_ids, found.nearest, found.weight) == (expected.entry_ids, expected.nearest, expected.weight)
    assert np.array_equal(found.signals, expected.signals)
