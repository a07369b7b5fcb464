"""The cache of features: the same as cutting up, each text once, and only what was asked for is kept."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import term_cache
from knowledge_base.analysis import features
from knowledge_base.normalise import normalise
from knowledge_base.term_cache import TermCache


@pytest.fixture
def cut_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were cut up, in their order."""
    texts: list[str] = []

    def remembering(text: str) -> list[str]:
        texts.append(text)
        return features(text)

    monkeypatch.setattr(term_cache, "features", remembering)
    return texts


def filled(path: Path, *texts: str) -> TermCache:
    cache = TermCache(path)
    for text in texts:
        cache.features(text)
    cache.save()
    return cache


@given(st.text())
def test_features_are_those_of_the_analysis(text: str) -> None:
    normalised = normalise(text)
    cache = TermCache()
    assert cache.features(normalised) == cache.features(normalised) == features(normalised)


@given(st.lists(st.text(), max_size=5))
def test_features_that_were_stored_are_those_of_the_analysis(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    normalised = [normalise(text) for text in texts]
    path = tmp_path_factory.mktemp("terms") / "terms.tsv"
    filled(path, *normalised)
    assert [TermCache(path).features(text) for text in normalised] == [features(text) for text in normalised]


@pytest.mark.parametrize("text", ["", "?", "ไทย"])
def test_a_text_without_features_has_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "terms.tsv"
    filled(path, text)
    assert TermCache(path).features(text) == []


def test_a_text_is_cut_up_once(cut_up: list[str]) -> None:
    cache = TermCache()
    for text in ("公司不发工资", "遗产怎么分", "公司不发工资"):
        cache.features(text)
    assert cut_up == ["公司不发工资", "遗产怎么分"]


def test_a_stored_text_is_not_cut_up_again(tmp_path: Path, cut_up: list[str]) -> None:
    path = tmp_path / "terms.tsv"
    filled(path, "公司不发工资", "?")
    filled(path, "公司不发工资", "?", "遗产怎么分")
    assert cut_up == ["公司不发工资", "?", "遗产怎么分"]


def test_what_was_not_asked_for_is_forgotten(tmp_path: Path, cut_up: list[str]) -> None:
    path = tmp_path / "terms.tsv"
    filled(path, "公司不发工资", "遗产怎么分")
    filled(path, "遗产怎么分")
    cut_up.clear()
    filled(path, "公司不发工资", "遗产怎么分")
    assert cut_up == ["公司不发工资"]


def test_the_texts_themselves_are_not_stored(tmp_path: Path) -> None:
    path = tmp_path / "terms.tsv"
    filled(path, "公司不发工资")
    assert "公司不发工资" not in path.read_text(encoding="utf-8")


def test_the_folder_is_made_and_nothing_else_is_left_in_it(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "terms.tsv"
    filled(path, "公司不发工资")
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_holds_all_that_was_asked_for_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "terms.tsv"
    filled(path, "公司不发工资", "遗产怎么分")
    before = path.stat().st_ino  # a written file is a new one
    filled(path, "遗产怎么分", "公司不发工资")
    assert path.stat().st_ino == before


def test_nothing_asked_writes_no_file(tmp_path: Path) -> None:
    filled(tmp_path / "terms.tsv")
    assert list(tmp_path.iterdir()) == []


def test_a_cache_without_a_file_can_be_saved() -> None:
    cache = TermCache()
    cache.features("公司不发工资")
    cache.save()
    assert cache.features("公司不发工资") == features("公司不发工资")
