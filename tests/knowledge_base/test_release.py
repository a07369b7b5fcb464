"""Releases: numbered, immutable, rebuilt only when stale, and served by keywords alone when vectors are not to be had."""

import json
import logging
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge_base import release, trained_models
from knowledge_base.analysis import features
from knowledge_base.calibration_questions import CalibrationQuestion
from knowledge_base.decision import Context, Decider
from knowledge_base.embedding import SentenceTransformerEncoder, Vectors
from knowledge_base.entry import Entry
from knowledge_base.index import SIGNALS
from knowledge_base.published import Origin, Published, entries_digest
from knowledge_base.release import Release, ReleaseError, ReleaseStore
from knowledge_base.trained_models import EmbeddingChoice
from tests.knowledge_base.conftest import save_foreign_model
from tests.small_catalogue import CERTIFICATE, TODAY, WAGES, make_entry, small_calibration, small_entries
from tests.small_release import make_store, train_small

NOW = Context(today=TODAY)
EDITED = [make_entry(answer="先投诉。\n再申请仲裁。"), *small_entries()[1:]]


@pytest.fixture
def store(small_store: ReleaseStore, tmp_path: Path) -> ReleaseStore:
    """A copy of the shared store that a test may change."""
    shutil.copytree(small_store.folder, tmp_path / "knowledge")
    return ReleaseStore(tmp_path / "knowledge")


@pytest.fixture(scope="module")
def foreign_store(foreign_model: Path, tmp_path_factory: pytest.TempPathFactory) -> ReleaseStore:
    """A store whose embedding is a foreign model."""
    return make_store(tmp_path_factory.mktemp("foreign"), EmbeddingChoice(str(foreign_model), "问题："))


def model_of(store: ReleaseStore, number: int = 1) -> str:
    return str(manifest_of(store, number)["model"])


def manifest_of(store: ReleaseStore, number: int = 1) -> dict[str, Any]:
    path = store.folder / "releases" / str(number) / "manifest.json"
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def write_manifest(store: ReleaseStore, manifest: dict[str, Any], number: int = 1) -> None:
    path = store.folder / "releases" / str(number) / "manifest.json"
    path.write_text(json.dumps(manifest), encoding="utf-8")


def ensure(store: ReleaseStore, entries: Sequence[Any]) -> int:
    with pytest.MonkeyPatch.context() as patch:
        train_small(patch)
        return store.ensure(entries)


# Building


def test_the_first_release_is_number_one_and_current(small_store: ReleaseStore) -> None:
    assert small_store.current_number() == 1


def test_entries_come_back_as_they_were_published(small_release: Release) -> None:
    assert list(small_release.entries.values()) == small_entries()


def test_nothing_is_done_when_all_is_fresh(store: ReleaseStore) -> None:
    before = sorted(store.folder.rglob("*"))
    assert (ensure(store, small_entries()), sorted(store.folder.rglob("*"))) == (1, before)


def test_an_edited_answer_makes_the_next_release(store: ReleaseStore) -> None:
    assert ensure(store, EDITED) == 2
    assert store.load().entries[WAGES].answer == EDITED[0].answer


def test_publishing_trains_nothing_though_the_wording_is_new(store: ReleaseStore) -> None:
    entries = [make_entry(questions=[*make_entry().questions, "年底了工钱还没影子"]), *small_entries()[1:]]
    number = store.publish(entries)
    assert (number, model_of(store, number)) == (2, model_of(store, 1))
    assert store.load().decider.decide("年底了工钱还没影子").entry_id == WAGES


def test_publishing_before_the_first_build_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="knowledge_base build"):
        ReleaseStore(tmp_path).publish(small_entries())


def test_an_older_release_stays_as_it_was(store: ReleaseStore) -> None:
    store.build(EDITED, model_of(store))
    assert store.load(1).entries[WAGES] == small_entries()[0]


def test_a_number_is_never_given_twice(store: ReleaseStore) -> None:
    store.build(EDITED, model_of(store))
    (store.folder / "current").write_text("1", encoding="utf-8")
    assert store.build(EDITED, model_of(store)) == 3


def test_new_lines_train_a_new_model(store: ReleaseStore) -> None:
    entries = [make_entry(questions=[*make_entry().questions, "年底了工钱还没影子"]), *small_entries()[1:]]
    number = ensure(store, entries)
    assert model_of(store, number) != model_of(store, 1)


def test_the_same_lines_do_not_train_again(store: ReleaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    train_small(monkeypatch)
    monkeypatch.setattr("knowledge_base.model_training.train_embedding", lambda *_: pytest.fail("trained again"))
    assert store.train(small_entries()) == model_of(store)


def test_a_new_calibration_question_trains_a_new_model(store: ReleaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    train_small(monkeypatch)
    more = [*small_calibration(), CalibrationQuestion("老板说工资下个月一起发行不行", "劳动争议", WAGES)]
    monkeypatch.setattr(trained_models, "load_calibration", lambda: more)
    assert store.train(small_entries()) != model_of(store)


def test_a_release_remembers_how_its_texts_are_cut_up(small_store: ReleaseStore) -> None:
    assert [path.suffix for path in (small_store.folder / "terms").iterdir()] == [".tsv"]


def test_a_published_edit_cuts_up_only_what_changed(store: ReleaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_up: list[str] = []

    def spy(text: str) -> list[str]:
        cut_up.append(text)
        return features(text)

    monkeypatch.setattr("knowledge_base.term_cache.features", spy)
    store.build([make_entry(title="老板欠薪怎么办"), *small_entries()[1:]], model_of(store))
    assert cut_up == ["老板欠薪怎么办"]


def test_an_entry_that_does_not_hold_today_teaches_nothing(
    store: ReleaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_small(monkeypatch)
    successor = make_entry(id="labour.later-law", valid_from=date(2999, 1, 1))
    assert store.train([*small_entries(), successor]) == model_of(store)


def test_a_published_edit_embeds_only_what_changed(store: ReleaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded: list[str] = []
    original = SentenceTransformerEncoder.encode

    def spy(self: SentenceTransformerEncoder, texts: Sequence[str]) -> Vectors:
        embedded.extend(texts)
        return original(self, texts)

    monkeypatch.setattr(SentenceTransformerEncoder, "encode", spy)
    store.build([make_entry(title="老板欠薪怎么办"), *small_entries()[1:]], model_of(store))
    assert embedded == ["老板欠薪怎么办"]


def test_a_training_that_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("out of memory")

    train_small(monkeypatch)
    monkeypatch.setattr("knowledge_base.model_training.train_embedding", breaks)
    store = ReleaseStore(tmp_path)
    with pytest.raises(RuntimeError, match="out of memory"):
        store.ensure(small_entries())
    assert list((tmp_path / "models").iterdir()) == [] and store.current_number() is None


def test_a_build_that_breaks_off_leaves_the_current_release(
    store: ReleaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("knowledge_base.index.Index.save", breaks)
    with pytest.raises(OSError, match="disk full"):
        store.build(EDITED, model_of(store))
    assert [path.name for path in (store.folder / "releases").iterdir()] == ["1"] and store.current_number() == 1


# Where the entries came from


def test_a_release_of_the_files_says_so(small_store: ReleaseStore) -> None:
    published = small_store.published()
    assert published == Published(1, Origin.CATALOGUE, entries_digest(small_entries()))


def test_a_release_made_before_there_was_an_origin_is_the_files(store: ReleaseStore) -> None:
    old = {name: value for name, value in manifest_of(store).items() if name != "origin"}
    write_manifest(store, old)
    published = store.published()
    assert published is not None and published.origin is Origin.CATALOGUE


def test_there_is_nothing_published_before_the_first_build(tmp_path: Path) -> None:
    assert ReleaseStore(tmp_path).published() is None


def test_what_the_database_published_stays_when_the_files_say_otherwise(store: ReleaseStore) -> None:
    store.publish(EDITED, Origin.DATABASE)
    assert ensure(store, small_entries()) == 2
    assert store.load().entries[WAGES].answer == EDITED[0].answer


NEW_QUESTION = [make_entry(questions=[*make_entry().questions, "年底了工钱还没影子"]), *small_entries()[1:]]


def test_what_clerks_publish_does_not_make_the_model_stale(store: ReleaseStore) -> None:
    number = store.publish(NEW_QUESTION, Origin.DATABASE)
    assert (ensure(store, small_entries()), model_of(store, number)) == (number, model_of(store, 1))


def test_a_stale_model_is_trained_anew_on_what_the_database_published(
    store: ReleaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_small(monkeypatch)
    store.publish(NEW_QUESTION, Origin.DATABASE)
    monkeypatch.setattr(trained_models, "load_calibration", lambda: small_calibration()[1:])
    assert store.ensure(small_entries()) == 3
    assert model_of(store, 3) == store.train(NEW_QUESTION) != model_of(store, 1)
    assert list(store.load().entries.values()) == NEW_QUESTION
    assert manifest_of(store, 3)["origin"] == "database"


def test_learning_takes_in_what_was_published(store: ReleaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    train_small(monkeypatch)
    store.publish(NEW_QUESTION, Origin.DATABASE)
    assert store.learn() == 3
    assert model_of(store, 3) != model_of(store, 1)
    assert list(store.load().entries.values()) == NEW_QUESTION
    assert (store.published() or pytest.fail("nothing")).origin is Origin.DATABASE
    assert (store.learn(), store.ensure(small_entries())) == (3, 3)


def test_what_is_published_while_the_model_learns_is_not_lost(
    store: ReleaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_small(monkeypatch)
    store.publish(NEW_QUESTION, Origin.DATABASE)
    train = store.train

    def train_while_somebody_publishes(entries: Sequence[Entry]) -> str:
        ReleaseStore(store.folder).publish(EDITED, Origin.DATABASE)
        return train(entries)

    monkeypatch.setattr(store, "train", train_while_somebody_publishes)
    assert store.learn() == 4
    assert list(store.load().entries.values()) == EDITED


def test_there_is_nothing_to_learn_before_the_first_build(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="build"):
        ReleaseStore(tmp_path).learn()


def test_entries_of_the_database_are_read_from_a_release_of_another_format(
    store: ReleaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.publish(EDITED, Origin.DATABASE)
    for module in (release, trained_models):
        monkeypatch.setattr(module, "FORMAT", trained_models.FORMAT + 1)
    number = ensure(store, small_entries())
    assert (number, manifest_of(store, number)["origin"]) == (3, "database")
    assert list(store.load().entries.values()) == EDITED


def test_the_files_do_not_replace_what_the_database_published(store: ReleaseStore) -> None:
    store.publish(EDITED, Origin.DATABASE)
    with pytest.raises(ReleaseError, match="工作台"):
        store.publish(small_entries())
    assert store.publish(small_entries(), over_database=True) == 3


def test_the_same_entries_are_published_once_when_asked_so(store: ReleaseStore) -> None:
    numbers = [store.publish(EDITED[::order], Origin.DATABASE, again=False) for order in (1, -1)]
    assert numbers == [2, 2]


# A candidate


def test_a_candidate_decides_as_the_release_would(store: ReleaseStore) -> None:
    entries = [make_entry(questions=[*make_entry().questions, "年底了工钱还没影子"]), *small_entries()[1:]]
    candidate = store.candidate(entries)
    store.publish(entries)
    for question in ("年底了工钱还没影子", "老板拖欠我工资怎么办啊", "遗嘱怎么写", "今天天气怎么样"):
        assert candidate.decider.decide(question, NOW) == store.load().decider.decide(question, NOW)


def test_a_candidate_writes_nothing(store: ReleaseStore) -> None:
    def state() -> list[tuple[Path, int]]:
        return sorted((path, path.stat().st_mtime_ns) for path in store.folder.rglob("*"))

    before = state()
    store.candidate([make_entry(title="老板欠薪怎么办"), *small_entries()[1:]])
    assert state() == before


def test_there_is_no_candidate_before_the_first_build(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="knowledge_base build"):
        ReleaseStore(tmp_path).candidate(small_entries())


# Loading


def test_without_a_release_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="build"):
        ReleaseStore(tmp_path).load()


def test_a_release_that_does_not_exist_is_a_release_error(small_store: ReleaseStore) -> None:
    with pytest.raises(ReleaseError):
        small_store.load(99)


def test_a_release_of_another_format_is_refused(store: ReleaseStore) -> None:
    write_manifest(store, manifest_of(store) | {"format": 0})
    with pytest.raises(ReleaseError, match="格式"):
        store.load()


def test_a_release_of_another_embedding_is_refused(store: ReleaseStore, foreign_model: Path) -> None:
    with pytest.raises(ReleaseError, match="向量模型"):
        ReleaseStore(store.folder, EmbeddingChoice(str(foreign_model))).load()


def test_a_loaded_release_knows_its_number_and_model(small_store: ReleaseStore, small_release: Release) -> None:
    assert (small_release.number, small_release.model) == (1, model_of(small_store))


def test_loading_twice_decides_the_same(small_store: ReleaseStore, small_release: Release) -> None:
    question = "老板拖欠我工资怎么办啊"
    assert small_store.load().decider.decide(question, NOW) == small_release.decider.decide(question, NOW)


# A foreign embedding


def test_a_foreign_model_serves(foreign_store: ReleaseStore) -> None:
    decision = foreign_store.load().decider.decide("老板拖欠我工资怎么办啊", NOW)
    assert decision.candidates[0].entry_id == WAGES


def test_with_a_foreign_model_none_is_trained(foreign_store: ReleaseStore) -> None:
    assert not (foreign_store.folder / "models" / model_of(foreign_store) / "embedding").exists()


def test_the_vectors_are_those_of_the_foreign_model(foreign_store: ReleaseStore, foreign_model: Path) -> None:
    assert manifest_of(foreign_store)["encoder"] == SentenceTransformerEncoder.load(str(foreign_model)).name


def test_another_query_instruction_is_another_model(
    foreign_store: ReleaseStore, foreign_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_small(monkeypatch)
    other = ReleaseStore(foreign_store.folder, EmbeddingChoice(str(foreign_model), "检索："))
    assert other.train(small_entries()) != model_of(foreign_store)


def test_the_environment_names_folder_and_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUFA_KNOWLEDGE_DIR", "/srv/knowledge")
    monkeypatch.setenv("HUFA_EMBEDDING_MODEL", "/srv/model")
    monkeypatch.setenv("HUFA_EMBEDDING_QUERY_INSTRUCTION", "问题：")
    store = ReleaseStore.from_environment()
    assert (store.folder, store.embedding) == (Path("/srv/knowledge"), EmbeddingChoice("/srv/model", "问题："))


def test_without_settings_the_embedding_is_home_made(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HUFA_KNOWLEDGE_DIR", "HUFA_EMBEDDING_MODEL", "HUFA_EMBEDDING_QUERY_INSTRUCTION"):
        monkeypatch.delenv(name, raising=False)
    store = ReleaseStore.from_environment()
    assert (store.folder, store.embedding) == (Path("var/knowledge"), EmbeddingChoice())


# Without vectors: keywords serve alone


def keywords_only(decider: Decider) -> bool:
    """Whether no candidate has been compared with the question's vector."""
    signals = decider.consider("工资和遗嘱", TODAY).findings.found.signals
    return not signals[:, list(SIGNALS).index("nearest")].any()


def test_the_small_release_serves_with_vectors(small_release: Release) -> None:
    assert not keywords_only(small_release.decider)


@pytest.fixture
def no_model(tmp_path: Path) -> Path:
    folder = tmp_path / "no-model"
    folder.mkdir()
    return folder


def test_a_release_is_served_by_keywords_when_the_folder_is_no_model(
    store: ReleaseStore, no_model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        decider = ReleaseStore(store.folder, EmbeddingChoice(str(no_model))).load().decider
    assert keywords_only(decider) and decider.decide("公司拖欠工资找谁", NOW).entry_id == WAGES
    assert str(no_model) in caplog.text and "只用关键词检索" in caplog.text


def test_a_release_is_served_by_keywords_when_the_home_made_model_is_gone(
    store: ReleaseStore, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(store.folder / "models" / model_of(store) / "embedding")
    with caplog.at_level(logging.WARNING):
        assert keywords_only(store.load().decider)
    assert "只用关键词检索" in caplog.text


def test_a_release_is_built_for_keywords_when_the_folder_is_no_model(
    tmp_path: Path, no_model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        store = make_store(tmp_path / "knowledge", EmbeddingChoice(str(no_model)))
        decider = store.load().decider
    assert keywords_only(decider) and decider.decide("公司拖欠工资找谁", NOW).entry_id == WAGES
    assert "只用关键词检索" in caplog.text


def test_a_release_built_while_the_model_was_away_is_rebuilt_when_it_is_back(store: ReleaseStore) -> None:
    embedding = store.folder / "models" / model_of(store) / "embedding"
    embedding.rename(embedding.with_name("away"))
    store.build(small_entries(), model_of(store))
    embedding.with_name("away").rename(embedding)
    ensure(store, small_entries())
    assert not keywords_only(store.load().decider)


def test_new_weights_in_the_same_folder_are_a_new_release(tmp_path: Path) -> None:
    save_foreign_model(tmp_path / "model", seed=1)
    store = make_store(tmp_path / "knowledge", EmbeddingChoice(str(tmp_path / "model")))
    save_foreign_model(tmp_path / "model", seed=2)
    ensure(store, small_entries())
    assert store.load().entries[CERTIFICATE] == small_entries()[-1]
