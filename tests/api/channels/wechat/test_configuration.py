"""The accounts from the settings: what is set up, what is refused at the start, and that no secret is told."""

import re
import time
import traceback
from pathlib import Path
from typing import Any

import pytest
import yaml

from api import app as app_module
from api.channels.wechat.accounts import WechatAccount, WechatMode
from api.channels.wechat.configuration import WechatConfigurationError, load_accounts
from api.channels.wechat.simulator.development import development_account, environment
from api.channels.wechat.simulator.judge import Outcome
from api.channels.wechat.simulator.push import PushClient
from api.settings import Settings
from knowledge_base.release import ReleaseStore
from tests.api import fakes
from tests.api.channels.wechat.conftest import URL
from tests.api.conftest import Start

SECRET, TOKEN, AES_KEY = "OurOwnAppSecret0123456789", "OurOwnToken", "OurOwnKey" + "k" * 34
ROW = {
    "app_id": "wx0123456789abcdef",
    "app_secret": SECRET,
    "token": TOKEN,
    "aes_key": AES_KEY,
    "original_id": "gh_0123456789ab",
}
VARIABLES = {f"wechat_{name}": value for name, value in ROW.items()}


def load(**values: Any) -> dict[str, WechatAccount]:
    return load_accounts(Settings(secret_key=fakes.SECRET_KEY, rasa_token=fakes.RASA_TOKEN, **values))


def write(folder: Path, content: Any) -> Path:
    path = folder / "accounts.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_nothing_set_is_no_account() -> None:
    assert load() == {}


def test_a_mode_alone_is_no_account() -> None:
    assert load(wechat_mode="plain") == {}


def test_one_account_by_variables_is_in_safe_mode_and_calls_the_platform() -> None:
    (account,) = load(**VARIABLES).values()
    assert (account.name, account.app_id, account.original_id) == ("", ROW["app_id"], ROW["original_id"])
    assert (account.mode, account.verified, account.api_base) == (WechatMode.SAFE, False, "https://api.weixin.qq.com")
    secrets = (account.app_secret, account.token, account.aes_key)
    assert [secret.get_secret_value() for secret in secrets] == [SECRET, TOKEN, AES_KEY]


def test_wx_16_the_key_before_can_be_given() -> None:
    (account,) = load(**VARIABLES, wechat_aes_key_previous="p" * 43).values()
    assert account.aes_keys == (AES_KEY, "p" * 43)


@pytest.mark.parametrize("mode", list(WechatMode))
def test_the_variables_of_the_development_account_make_it(mode: WechatMode, monkeypatch: pytest.MonkeyPatch) -> None:
    account = development_account(mode)
    for name, value in environment(account).items():
        monkeypatch.setenv(name, value)
    assert load() == {"": account}


def test_any_number_by_a_file_each_under_its_name(tmp_path: Path) -> None:
    rows = [ROW | {"name": "minhang"}, ROW | {"name": "xuhui", "window_seconds": 3, "verified": True}]
    accounts = load(wechat_accounts_file=write(tmp_path, rows))
    assert list(accounts) == ["minhang", "xuhui"]
    assert (accounts["xuhui"].window_seconds, accounts["xuhui"].verified) == (3.0, True)


def test_variables_and_a_file_together(tmp_path: Path) -> None:
    path = write(tmp_path, [ROW | {"name": "minhang"}])
    assert list(load(**VARIABLES, wechat_accounts_file=path)) == ["", "minhang"]


@pytest.mark.parametrize("first", [VARIABLES, {}])
def test_two_of_one_name_are_refused(tmp_path: Path, first: dict[str, str]) -> None:
    rows = [ROW] if first else [ROW, ROW]
    with pytest.raises(WechatConfigurationError, match="两次"):
        load(**first, wechat_accounts_file=write(tmp_path, rows))


@pytest.mark.parametrize("content", [None, {}, "text", 7, ["text"], [ROW, None], [[ROW]]], ids=repr)
def test_a_file_that_is_no_list_of_accounts_is_refused(tmp_path: Path, content: Any) -> None:
    with pytest.raises(WechatConfigurationError, match="列表"):
        load(wechat_accounts_file=write(tmp_path, content))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WechatConfigurationError, match=r"none\.yml"):
        load(wechat_accounts_file=tmp_path / "none.yml")


@pytest.mark.parametrize(
    "content",
    [f'- {{app_id: a, token: "{TOKEN}'.encode(), f"- token: {TOKEN}\n- x: [".encode(), b"\xff\xfe", b"- !!python/x y"],
    ids=["quote", "bracket", "encoding", "tag"],
)
def test_a_broken_file_is_refused_and_its_secrets_are_not_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "accounts.yml"
    path.write_bytes(content)
    with pytest.raises(WechatConfigurationError, match=r"accounts\.yml") as caught:
        load(wechat_accounts_file=path)
    assert TOKEN not in str(caught.value)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


# --- what cannot be right (WX-07) -------------------------------------------------------------------------------------

WRONG: dict[str, dict[str, Any]] = {
    "no token": {"token": None},
    "an empty token": {"token": ""},
    "a token of two": {"token": "ab"},
    "a token of 33": {"token": "a" * 33},
    "a token with a sign": {"token": "OurOwn-Token"},
    "a token of numbers, not quoted": {"token": 123456},
    "no app id": {"app_id": None},
    "another app id": {"app_id": "wx0123456789ABCDEF"},
    "no original id": {"original_id": None},
    "an account's name for its id": {"original_id": "hufa"},
    "safe mode without a key": {"aes_key": ""},
    "compatible mode without a key": {"aes_key": None, "mode": "compatible"},
    "a key of 42": {"aes_key": "k" * 42},
    "a key before of 44": {"aes_key_previous": "k" * 44},
    "no such mode": {"mode": "安全"},
    "a window of five seconds": {"window_seconds": 5},
    "replies too long": {"max_reply_bytes": 2048},
    "a field that is not one": {"secret": SECRET},
    "a name with a slash": {"name": "a/b"},
}


def refusal(folder: Path, changes: dict[str, Any]) -> str:
    row = {name: value for name, value in (ROW | changes).items() if value is not None}
    with pytest.raises(WechatConfigurationError) as caught:
        load(wechat_accounts_file=write(folder, [row]))
    whole = "".join(traceback.format_exception(caught.value))
    for secret in (SECRET, TOKEN, AES_KEY):
        assert secret not in whole
    return str(caught.value)


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_wx_07_what_cannot_be_right_is_refused_without_telling_a_secret(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    assert "微信公众号“" in refusal(tmp_path, changes)


def test_a_refusal_is_chinese_but_for_names_and_values(tmp_path: Path) -> None:
    """`WechatConfigurationError`: the message says in Chinese which and why."""
    english = (re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", refusal(tmp_path, changes)) for changes in WRONG.values())
    assert [found[0] for found in english if found] == []


@pytest.mark.parametrize("missing", ["token", "app_id", "original_id", "aes_key"])
def test_wx_07_an_account_that_is_not_whole_stops_the_start(missing: str, release_store: ReleaseStore) -> None:
    values: dict[str, Any] = {name: value for name, value in VARIABLES.items() if name != f"wechat_{missing}"}
    settings = Settings(secret_key=fakes.SECRET_KEY, rasa_token=fakes.RASA_TOKEN, **values)
    with pytest.raises(WechatConfigurationError):
        app_module.create_app(settings, release_store)


# --- served -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", list(WechatMode))
async def test_the_account_of_the_variables_is_served(start: Start, mode: WechatMode) -> None:
    account = development_account(mode)
    values = {name.removeprefix("HUFA_").lower(): value for name, value in environment(account).items()}
    async with start(**values) as running:
        client = PushClient(URL, account, running.client, time.time)
        assert (await client.verify_url()).outcome is Outcome.ACKNOWLEDGED


async def test_the_accounts_of_a_file_are_served_each_with_its_own_token(start: Start, tmp_path: Path) -> None:
    rows = [ROW | {"name": name, "token": f"TokenOf{name}"} for name in ("minhang", "xuhui")]
    async with start(wechat_accounts_file=write(tmp_path, rows)) as running:
        for account in load(wechat_accounts_file=tmp_path / "accounts.yml").values():
            outcomes = [
                (await PushClient(f"{URL}/{name}", account, running.client, time.time).verify_url()).outcome
                for name in ("minhang", "xuhui")
            ]
            assert (outcomes.index(Outcome.ACKNOWLEDGED), len(set(outcomes))) == (account.name == "xuhui", 2)
