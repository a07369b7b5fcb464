"""An account that could not be served safely is refused when the programme starts."""

import pytest
from pydantic import SecretStr, ValidationError

from api.channels.wechat.accounts import WechatAccount, WechatMode
from tests.api.channels.wechat import pushes


@pytest.mark.parametrize("token", ["", "a", "ab", "a" * 33, "ab c", "令牌令牌", "ab\n"])
def test_wx_07_a_token_that_is_missing_too_short_or_malformed_is_refused(token: str) -> None:
    with pytest.raises(ValidationError, match="令牌"):
        pushes.account(token=SecretStr(token))


@pytest.mark.parametrize("token", ["abc", "a" * 32, "AAAAA"])
def test_wx_07_tokens_of_three_to_thirty_two_signs_are_taken(token: str) -> None:
    assert pushes.account(token=SecretStr(token)).token.get_secret_value() == token


def test_wx_07_an_account_without_a_token_is_refused() -> None:
    values = pushes.account().model_dump() | {"mode": WechatMode.PLAIN}
    del values["token"]
    with pytest.raises(ValidationError, match="token"):
        type(pushes.account())(**values)


@pytest.mark.parametrize("mode", [WechatMode.COMPATIBLE, WechatMode.SAFE])
def test_wx_07_a_mode_that_encrypts_needs_a_key(mode: WechatMode) -> None:
    with pytest.raises(ValidationError, match="EncodingAESKey"):
        pushes.account(mode, aes_key=SecretStr(""))


@pytest.mark.parametrize("name", ["aes_key", "aes_key_previous"])
@pytest.mark.parametrize("key", ["A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "密"])
def test_wx_07_a_key_of_another_form_is_refused(name: str, key: str) -> None:
    with pytest.raises(ValidationError, match="EncodingAESKey"):
        pushes.account(WechatMode.SAFE, **{name: SecretStr(key)})


def test_wx_16_the_present_key_comes_before_the_previous_one() -> None:
    account = pushes.account(aes_key_previous=SecretStr(pushes.OTHER_AES_KEY))
    assert account.aes_keys == (pushes.AES_KEY, pushes.OTHER_AES_KEY)
    assert pushes.account(WechatMode.PLAIN).aes_keys == ()


def test_an_account_shows_no_secret() -> None:
    shown = repr(pushes.account(app_secret=SecretStr("topsecret")))
    assert "topsecret" not in shown
    assert pushes.TOKEN not in shown
    assert pushes.AES_KEY not in shown


def test_wx_59_an_account_that_is_refused_does_not_print_its_secrets() -> None:
    with pytest.raises(ValidationError) as caught:
        WechatAccount.model_validate(
            {"app_id": "wx0123456789abcdef", "app_secret": "TheSecret", "token": "to", "original_id": "gh_1"}
        )
    assert "TheSecret" not in str(caught.value)


@pytest.mark.parametrize("address", ["api.weixin.qq.com", "https://api.weixin.qq.com/", "ftp://a", "https://a b", ""])
def test_an_api_address_is_a_scheme_and_a_host(address: str) -> None:
    with pytest.raises(ValidationError, match="api_base"):
        pushes.account(api_base=address)
