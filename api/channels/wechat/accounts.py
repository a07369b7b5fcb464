"""The Official Accounts that are served, each under a path of its own."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

SERVER_PATH = "/channels/wechat"
"""Where the platform posts; an account with a name has it behind a slash."""
_LEAST_TOKEN, _MOST_TOKEN = 3, 32
_AES_KEY_LENGTH = 43


class WechatMode(StrEnum):
    """How the platform sends messages; the same words as on its settings page (明文, 兼容, 安全)."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


class WechatAccount(BaseModel):
    """One Official Account.

    name: the last part of its path, `/channels/wechat/<name>`; empty for `/channels/wechat`.
    original_id: `gh_...`, to whom followers' messages are addressed.
    aes_key_previous: the EncodingAESKey before the present one, so that a change loses no message.
    verified: whether the account is certified and may send customer-service messages.
    tolerance_seconds: how far the time of a push may be off; what the platform does is nowhere said, so generous.
    window_seconds: after so long the platform is told `success`; it hangs up after five seconds.
    max_reply_bytes: no limit is documented; replies of 1,884 to 2,047 bytes have been refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,32}$")] = ""
    app_id: Annotated[str, StringConstraints(pattern=r"^wx[0-9a-f]{16}$")]
    app_secret: SecretStr = SecretStr("")
    token: SecretStr
    aes_key: SecretStr = SecretStr("")
    aes_key_previous: SecretStr = SecretStr("")
    mode: WechatMode = WechatMode.SAFE
    original_id: Annotated[str, StringConstraints(pattern=r"^gh_\w{1,40}$")]
    api_base: Annotated[str, StringConstraints(pattern=r"^https?://[\w.-]+(:\d{1,5})?$")] = "https://api.weixin.qq.com"
    verified: bool = False
    tolerance_seconds: int = Field(default=300, ge=30)
    window_seconds: float = Field(default=4.5, gt=0, le=4.8)
    max_reply_bytes: int = Field(default=1800, ge=400, le=2047)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        token = self.token.get_secret_value()
        if not (_LEAST_TOKEN <= len(token) <= _MOST_TOKEN and token.isascii() and token.isalnum()):
            raise ValueError(f"微信令牌（Token）必须是 {_LEAST_TOKEN} 到 {_MOST_TOKEN} 个英文字母或数字")
        if self.mode is not WechatMode.PLAIN and not self.aes_key.get_secret_value():
            raise ValueError("兼容模式和安全模式必须设置 EncodingAESKey")
        for key in self.aes_keys:
            if len(key) != _AES_KEY_LENGTH or not (key.isascii() and key.isalnum()):
                raise ValueError(f"EncodingAESKey 必须是 {_AES_KEY_LENGTH} 个英文字母或数字")
        return self

    @property
    def aes_keys(self) -> tuple[str, ...]:
        """The present key and, during a change, the one before."""
        keys = (self.aes_key.get_secret_value(), self.aes_key_previous.get_secret_value())
        return tuple(key for key in keys if key)
