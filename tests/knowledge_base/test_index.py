"""The two searches over lines, and how lines become entries."""

from pathlib import Path

import numpy as np
import pytest

from knowledge_base.entry import Facet
from knowledge_base.index import Index, IndexedLine, lines_of
from tests.small_catalogue import make_entry

LINES = [
    IndexedLine("老板不发工资", "labour.wages", True),
    IndexedLine("公司拖欠工资找谁", "labour.wages", True),
    IndexedLine("被辞退有补偿吗", "labour.dismissed", True),
    IndexedLine("遗产怎么分", "inheritance.share", True),
    IndexedLine("学历公证费用", "notary.degree", False),
    IndexedLine("怎么申请", "notary.degree", True),
    IndexedLine("怎么申请", "labour.arbitration", True),
]
VECTORS = np.eye(len(LINES), dtype=np.float32)


@pytest.fixture
def keywords_only() -> Index:
    return Index(LINES, None)


@pytest.fixture
def with_vectors() -> Index:
    return Index(LINES, VECTORS)


def test_lines_of_an_entry_are_title_questions_and_title_with_facet() -> None:
    entry = make_entry(title="学历公证", questions=["文凭 公證"], facets={Facet.FEE: "按公示收"})
    assert lines_of([entry]) == [
        IndexedLine("学历公证", entry.id, True),
        IndexedLine("文凭公证", entry.id, True),
        IndexedLine("学历公证费用", entry.id, False),
    ]


@pytest.mark.parametrize(
    ("text", "entry_ids"),
    [
        ("老板不发工资", {"labour.wages"}),
        ("老板，不发工资！", {"labour.wages"}),
        ("老板不发工资了", set()),
        ("学历公证费用", set()),
        ("怎么申请", {"notary.degree", "labour.arbitration"}),
    ],
    ids=["same", "punctuation aside", "one more word", "not a citizen's wording", "two entries have it"],
)
def test_exact(keywords_only: Index, text: str, entry_ids: set[str]) -> None:
    assert keywords_only.exact(text) == entry_ids


def test_keyword_search_finds_the_entry(keywords_only: Index) -> None:
    assert keywords_only.search("遗产该怎么分", None)[0].entry_id == "inheritance.share"


def test_each_entry_is_found_once(keywords_only: Index) -> None:
    found = [hit.entry_id for hit in keywords_only.search("公司老板不发工资拖欠", None)]
    assert len(found) == len(set(found))


def test_a_hit_names_the_nearest_line(keywords_only: Index) -> None:
    assert keywords_only.search("公司拖欠工资", None)[0].line == "公司拖欠工资找谁"


def test_words_that_no_line_has_find_nothing_by_keyword(keywords_only: Index) -> None:
    assert keywords_only.search("zzz", None) == []


@pytest.mark.parametrize("text", ["", "？", "zzz", "ไทย"])
def test_keyword_scores_of_unknown_words_are_zero(keywords_only: Index, text: str) -> None:
    assert keywords_only.keyword_scores(text).tolist() == [0.0] * len(LINES)


def test_without_vectors_the_dense_scores_are_zero(keywords_only: Index) -> None:
    assert {hit.dense for hit in keywords_only.search("公司拖欠工资", VECTORS[0])} == {0.0}


def test_vectors_find_an_entry_without_a_common_word(with_vectors: Index) -> None:
    assert with_vectors.search("zzz", VECTORS[3])[0].entry_id == "inheritance.share"


def test_dense_and_dense_second_are_the_best_two_lines(with_vectors: Index) -> None:
    vector = np.array([0.6, 0.8, 0, 0, 0, 0, 0], dtype=np.float32)
    hit = with_vectors.search("zzz", vector)[0]
    assert (hit.entry_id, hit.dense, hit.dense_second) == ("labour.wages", pytest.approx(0.8), pytest.approx(0.6))


def test_dense_second_of_a_single_line_is_zero(with_vectors: Index) -> None:
    assert with_vectors.search("zzz", VECTORS[3])[0].dense_second == 0.0


def test_without_leaves_lines_out_of_both_searches(with_vectors: Index) -> None:
    hits = with_vectors.search("遗产怎么分", VECTORS[3], frozenset({3}))
    assert "inheritance.share" not in [hit.entry_id for hit in hits]


def test_equal_scores_are_ordered_by_id(with_vectors: Index) -> None:
    hits = with_vectors.search("zzz", np.zeros(len(LINES), dtype=np.float32))
    assert [hit.entry_id for hit in hits] == sorted({line.entry_id for line in LINES})


@pytest.mark.parametrize("vectors", [None, VECTORS], ids=["keywords", "vectors"])
def test_storing_changes_nothing(vectors: np.ndarray | None, tmp_path: Path) -> None:
    index = Index(LINES, vectors)
    index.save(tmp_path)
    stored = Index.load(tmp_path)
    assert (stored.lines, stored.has_vectors) == (index.lines, index.has_vectors)
    assert stored.search("公司拖欠工资", VECTORS[2]) == index.search("公司拖欠工资", VECTORS[2])


def test_more_lines_than_the_search_depth(with_vectors: Index) -> None:
    many = [IndexedLine(f"第{number}个问题 工资", f"labour.n{number}", True) for number in range(200)]
    vectors = np.eye(200, dtype=np.float32)
    assert Index(many, vectors).search("第150个问题", vectors[150])[0].entry_id == "labour.n150"
