"""Settings: defaults that work in development, and what production refuses."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from api.settings import Settings

GOOD = "x" * 32


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("HUFA_"):
            monkeypatch.delenv(name)


def test_the_database_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).database_url == f"sqlite+aiosqlite:///{tmp_path / 'hufa.db'}"


def test_a_given_database_is_kept(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://hufa@db/hufa"
    assert Settings(data_dir=tmp_path, database_url=url).database_url == url


def test_the_development_secret_outlives_a_restart(tmp_path: Path) -> None:
    first = Settings(data_dir=tmp_path).secret_key.get_secret_value()
    second = Settings(data_dir=tmp_path).secret_key.get_secret_value()
    assert first == second
    assert len(first) >= 32


def test_the_development_secret_is_not_the_same_everywhere(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path / "a").secret_key != Settings(data_dir=tmp_path / "b").secret_key


def test_only_the_owner_reads_the_development_secret(tmp_path: Path) -> None:
    Settings(data_dir=tmp_path)
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_an_empty_secret_file_is_no_secret(tmp_path: Path) -> None:
    """A crash between making and writing the file must not leave buttons signed with nothing."""
    (tmp_path / "secret_key").touch()
    assert len(Settings(data_dir=tmp_path).secret_key.get_secret_value()) >= 32


@pytest.mark.parametrize("missing", ["secret_key", "rasa_token"])
@pytest.mark.parametrize("value", ["", "x" * 31], ids=["none", "short"])
def test_production_refuses_a_weak_secret(tmp_path: Path, missing: str, value: str) -> None:
    given = {"secret_key": GOOD, "rasa_token": GOOD, missing: value}
    with pytest.raises(ValidationError, match=f"HUFA_{missing.upper()} 必须设置"):
        Settings(environment="production", data_dir=tmp_path, **given)  # type: ignore[arg-type]


def test_production_starts_with_good_secrets_and_makes_no_file(tmp_path: Path) -> None:
    settings = Settings(environment="production", data_dir=tmp_path, secret_key=GOOD, rasa_token=GOOD)  # type: ignore[arg-type]
    assert settings.secret_key.get_secret_value() == GOOD
    assert list(tmp_path.iterdir()) == []


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key="visible-secret", rasa_token="visible-token")  # type: ignore[arg-type]
    assert "visible" not in repr(settings) + str(settings.model_dump())


def test_read_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUFA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HUFA_PORT", "8123")
    monkeypatch.setenv("HUFA_NOT_OURS", "1")
    assert Settings().port == 8123


@pytest.mark.parametrize(
    "wrong",
    [
        {"environment": "prod"},
        {"port": "many"},
        {"dialogue_timeout_seconds": 0},
        {"max_text_characters": 10},
        {"max_body_bytes": 10},
        {"log_level": "LOUD"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_wrong_value_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Settings(data_dir=tmp_path, **wrong)
