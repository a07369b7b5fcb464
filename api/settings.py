"""Settings from HUFA_* environment variables."""

import secrets
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_MIN_SECRET = 32


class Settings(BaseSettings):
    """Everything that can be set from outside. In production a missing or weak secret is refused."""

    model_config = SettingsConfigDict(env_prefix="HUFA_", extra="ignore", hide_input_in_errors=True)

    environment: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    rasa_url: str = "http://127.0.0.1:5005"
    rasa_token: SecretStr = SecretStr("")
    actions_url: str = "http://127.0.0.1:5055"
    dialogue_timeout_seconds: float = Field(default=4.0, gt=0)
    secret_key: SecretStr = SecretStr("")
    rate_per_sender: str = "30/minute"
    rate_per_client: str = "300/minute"
    max_text_characters: int = Field(default=1000, ge=50)
    max_body_bytes: int = Field(default=65_536, ge=1024)
    trusted_proxies: str = "127.0.0.1"
    public_url: str = ""
    wechat_app_id: str = ""
    wechat_app_secret: SecretStr = SecretStr("")
    wechat_token: SecretStr = SecretStr("")
    wechat_aes_key: SecretStr = SecretStr("")
    wechat_aes_key_previous: SecretStr = SecretStr("")
    wechat_mode: str = "safe"
    wechat_original_id: str = ""
    wechat_api_base: str = ""
    wechat_verified: bool = False
    wechat_accounts_file: Path | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @model_validator(mode="after")
    def _secrets_and_defaults(self) -> Self:
        if not self.database_url:
            self.database_url = f"sqlite+aiosqlite:///{self.data_dir / 'hufa.db'}"
        for name in ("secret_key", "rasa_token"):
            value = getattr(self, name).get_secret_value()
            if self.environment == "production" and len(value) < _MIN_SECRET:
                raise ValueError(f"HUFA_{name.upper()} 必须设置，至少 {_MIN_SECRET} 个字符")
        if not self.secret_key.get_secret_value():
            self.secret_key = SecretStr(_development_secret(self.data_dir / "secret_key"))
        return self


def _development_secret(path: Path) -> str:
    """A random secret kept in the data folder, so that restarts in development keep buttons and cookies valid."""
    if path.exists() and (kept := path.read_text(encoding="utf-8").strip()):
        return kept
    path.parent.mkdir(parents=True, exist_ok=True)
    value = secrets.token_urlsafe(48)
    path.touch(mode=0o600)
    path.write_text(value, encoding="utf-8")
    return value
