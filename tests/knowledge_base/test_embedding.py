"""Sentence vectors: the home-made model, a foreign one, and the cache."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge_base import embedding_training
from knowledge_base.embedding import (
    CachedEncoder,
    ModelUnavailableError,
    SentenceTransformerEncoder,
    Vectors,
    fingerprint,
)
from knowledge_base.embedding_training import DIMENSIONS, save_embedding, train_embedding
from tests.knowledge_base.conftest import Parts, save_foreign_model
from tests.small_catalogue import small_lines


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_training, "_STEPS", 5)


# The home-made model


def test_home_made_vectors_have_length_one(parts: Parts) -> None:
    vectors = parts.encoder.encode(["公司不发工资", "遗产怎么分"])
    assert vectors.shape == (2, DIMENSIONS) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_question_has_the_vector_of_the_same_text(parts: Parts) -> None:
    assert parts.encoder.encode_query("公司不发工资") == pytest.approx(
        parts.encoder.encode(["公司不发工资"])[0], abs=1e-6
    )


def test_several_questions_have_the_vectors_of_each(parts: Parts) -> None:
    questions = ["公司不发工资", "遗产怎么分", ""]
    alone = np.stack([parts.encoder.encode_query(question) for question in questions])
    assert parts.encoder.encode_queries(questions) == pytest.approx(alone, abs=1e-6)


@pytest.mark.parametrize("text", ["", "zzz", "ไทย"])
def test_a_text_without_known_features_has_a_finite_vector(parts: Parts, text: str) -> None:
    assert np.isfinite(parts.encoder.encode_query(text)).all()


def test_features_that_training_never_saw_leave_a_vector_alone(parts: Parts) -> None:
    known = parts.encoder.encode_query("公司拖欠工资")
    assert parts.encoder.encode_query("公司拖欠工资 qqq www") == pytest.approx(known, abs=1e-3)


def test_wordings_of_one_entry_are_nearer_than_those_of_another_topic(parts: Parts) -> None:
    wages, unpaid, weather = parts.encoder.encode(["老板不发工资", "公司拖欠工资找谁", "明天下雨吗"])
    assert wages @ unpaid > wages @ weather


def test_training_twice_gives_the_same_vectors(few_steps: None) -> None:
    one, other = (train_embedding(small_lines()).encode(["工资 公司"]) for _ in range(2))
    assert np.array_equal(one, other)


def test_another_seed_gives_other_vectors(few_steps: None) -> None:
    one, other = (train_embedding(small_lines(), seed=seed).encode(["工资 公司"]) for seed in (1, 2))
    assert not np.array_equal(one, other)


def test_progress_is_told_step_by_step(few_steps: None) -> None:
    told: list[tuple[int, int]] = []
    train_embedding(small_lines(), progress=lambda done, total: told.append((done, total)))
    assert told == [(step, 5) for step in range(1, 6)]


def test_a_saved_home_made_model_is_fed_with_features(few_steps: None, tmp_path: Path) -> None:
    model = train_embedding(small_lines())
    save_embedding(model, tmp_path)
    fresh = SentenceTransformerEncoder(model, "fresh", from_features=True)
    assert SentenceTransformerEncoder.load(str(tmp_path)).encode(["公司不发工资"]) == pytest.approx(
        fresh.encode(["公司不发工资"]), abs=1e-6
    )


# A foreign model


def test_a_foreign_model_is_fed_with_plain_text(foreign_model: Path) -> None:
    encoder = SentenceTransformerEncoder.load(str(foreign_model))
    one, other = encoder.encode(["工资", "资工"])
    assert one == pytest.approx(other, abs=1e-6)  # it averages characters; our n-grams would differ


def test_the_instruction_stands_before_a_question_only(foreign_model: Path) -> None:
    plain = SentenceTransformerEncoder.load(str(foreign_model))
    instructed = SentenceTransformerEncoder.load(str(foreign_model), "遗嘱")
    assert instructed.encode_query("工资") == pytest.approx(plain.encode(["遗嘱工资"])[0], abs=1e-6)
    assert instructed.encode(["工资"]) == pytest.approx(plain.encode(["工资"]), abs=1e-6)


def test_the_instruction_stands_before_each_of_several_questions(foreign_model: Path) -> None:
    instructed = SentenceTransformerEncoder.load(str(foreign_model), "遗嘱")
    questions = ["工资", "离婚"]
    alone = np.stack([instructed.encode_query(question) for question in questions])
    assert instructed.encode_queries(questions) == pytest.approx(alone, abs=1e-6)


def test_more_questions_than_a_batch_keep_their_order(foreign_model: Path) -> None:
    encoder = SentenceTransformerEncoder.load(str(foreign_model))
    questions = ["公司不发工资", "遗产怎么分", "毕业证公证"] * 200
    found = encoder.encode_queries(questions)
    assert found.shape[0] == 600 and found.dtype == np.float32
    assert found[-3:] == pytest.approx(encoder.encode_queries(questions[:3]), abs=1e-6)


def test_a_foreign_model_gets_vectors_of_length_one(foreign_model: Path) -> None:
    vectors = SentenceTransformerEncoder.load(str(foreign_model)).encode(["公司不发工资"] * 300)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("contents", [[], ["readme.txt"], ["config.json"]], ids=["empty", "no model", "broken"])
def test_a_folder_that_is_no_model_is_told_by_name(tmp_path: Path, contents: list[str]) -> None:
    for name in contents:
        (tmp_path / name).write_text("不是模型", encoding="utf-8")
    with pytest.raises(ModelUnavailableError, match=str(tmp_path)):
        SentenceTransformerEncoder.load(str(tmp_path))


def test_the_name_of_a_folder_follows_its_weights(foreign_model: Path, tmp_path: Path) -> None:
    save_foreign_model(tmp_path / "same", seed=1)
    save_foreign_model(tmp_path / "other", seed=2)
    assert fingerprint(tmp_path / "same") == fingerprint(foreign_model) != fingerprint(tmp_path / "other")


# The cache


class _CountingEncoder:
    """Remembers what it was asked to embed; a vector is the length of the text."""

    def __init__(self, name: str = "counting") -> None:
        self.name = name
        self.embedded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode(texts)

    def encode_query(self, text: str) -> Vectors:
        return self.encode([text])[0]


@pytest.fixture
def counting() -> _CountingEncoder:
    return _CountingEncoder()


def test_a_text_is_embedded_once(counting: _CountingEncoder, tmp_path: Path) -> None:
    CachedEncoder(counting, tmp_path).encode(["一", "二二"])
    CachedEncoder(counting, tmp_path).encode(["一", "二二", "三三三"])
    assert counting.embedded == ["一", "二二", "三三三"]


def test_cached_vectors_come_in_the_order_asked_for(counting: _CountingEncoder, tmp_path: Path) -> None:
    cached = CachedEncoder(counting, tmp_path)
    cached.encode(["一", "二二"])
    assert cached.encode(["三三三", "一", "二二", "一"])[:, 0].tolist() == [3, 1, 2, 1]


def test_the_vectors_of_another_model_are_left_alone(counting: _CountingEncoder, tmp_path: Path) -> None:
    CachedEncoder(counting, tmp_path).encode(["一"])
    CachedEncoder(_CountingEncoder("another"), tmp_path).encode(["一"])
    CachedEncoder(counting, tmp_path).encode(["一"])
    assert counting.embedded == ["一"]


def test_questions_of_citizens_are_not_kept(counting: _CountingEncoder, tmp_path: Path) -> None:
    cached = CachedEncoder(counting, tmp_path)
    cached.encode_query("我的身份证号是")
    cached.encode_queries(["我的身份证号是", "我的电话是"])
    assert list(tmp_path.iterdir()) == []


def test_the_questions_of_a_cached_encoder_have_the_vectors_of_its_encoder(
    counting: _CountingEncoder, tmp_path: Path
) -> None:
    cached = CachedEncoder(counting, tmp_path)
    cached.encode(["一"])
    assert cached.encode_queries(["二二", "一"]).tolist() == counting.encode(["二二", "一"]).tolist()
    assert counting.embedded == ["一", "二二", "一", "二二", "一"]  # a question is embedded even when its text is kept


@pytest.mark.parametrize(
    "spoil",
    [lambda _: b"rubbish", lambda good: good[: len(good) // 2], lambda _: b""],
    ids=["rubbish", "cut off", "empty"],
)
def test_an_unreadable_cache_is_rebuilt_with_a_warning(
    counting: _CountingEncoder, tmp_path: Path, caplog: pytest.LogCaptureFixture, spoil: Callable[[bytes], bytes]
) -> None:
    CachedEncoder(counting, tmp_path).encode(["一"])
    (path,) = tmp_path.iterdir()
    path.write_bytes(spoil(path.read_bytes()))
    with caplog.at_level(logging.WARNING):
        vectors = CachedEncoder(counting, tmp_path).encode(["一"])
    assert vectors.tolist() == [[1, 1]] and path.name in caplog.text
