"""The accounts from the settings: one by HUFA_WECHAT_* variables, any number by a YAML file."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from api.channels.wechat.accounts import WechatAccount
from api.settings import Settings

_FIELDS = (
    "app_id", "app_secret", "token", "aes_key", "aes_key_previous", "mode", "original_id", "api_base", "verified",
)  # fmt: skip

_REASONS = {
    "missing": "没有设置",
    "extra_forbidden": "不是一个设置的名字",
    "enum": "只能是 plain、compatible 或 safe",
    "string_pattern_mismatch": "的格式不对",
}


class WechatConfigurationError(ValueError):
    """An account is not set up as it must be. The message says in Chinese which and why, and holds no secret."""


def load_accounts(settings: Settings) -> dict[str, WechatAccount]:
    """The accounts by the last part of their path; none when nothing is set.

    The file holds a list of accounts, each with the fields of WechatAccount; two may not have the same name.

    Raises:
        WechatConfigurationError: an account lacks something or has something that cannot be right (WX-07).
    """
    rows = [*_from_variables(settings), *_from_file(settings.wechat_accounts_file)]
    accounts: dict[str, WechatAccount] = {}
    for row in rows:
        account = _account(row)
        if account.name in accounts:
            raise WechatConfigurationError(f"微信公众号的名字“{account.name}”用了两次")
        accounts[account.name] = account
    return accounts


def _from_variables(settings: Settings) -> list[dict[str, Any]]:
    values = {name: getattr(settings, f"wechat_{name}") for name in _FIELDS}
    given = {name: value for name, value in values.items() if _is_given(value)}
    return [given] if given.keys() - {"mode"} else []


def _is_given(value: Any) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _from_file(path: Path | None) -> list[dict[str, Any]]:
    if path is None:
        return []
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        # the cause would show what stands in the file
        raise WechatConfigurationError(f"微信公众号的配置文件 {path.name} 读不了") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise WechatConfigurationError(f"微信公众号的配置文件 {path.name} 应当是一个列表，每项是一个公众号")
    return rows


def _account(row: dict[str, Any]) -> WechatAccount:
    try:
        return WechatAccount.model_validate(row)
    except ValidationError as error:
        wrong = "；".join(map(_in_chinese, error.errors(include_input=False)))
        raise WechatConfigurationError(f"微信公众号“{row.get('name', '')}”的配置不对：{wrong}") from None


def _in_chinese(error: ErrorDetails) -> str:
    where = ".".join(map(str, error["loc"]))
    if error["type"] == "value_error":  # ours
        return f"{where}{'：' if where else ''}{error['ctx']['error']}"
    return f"{where} {_REASONS.get(error['type'], '的值不对')}"
