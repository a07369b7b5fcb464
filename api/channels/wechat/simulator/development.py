"""An account made up for development: safe with nobody, known to everybody."""

from pydantic import SecretStr

from api.channels.wechat.accounts import WechatAccount, WechatMode

DEVELOPMENT_ONLY_APP_ID = "wx0123456789abcdef"
DEVELOPMENT_ONLY_APP_SECRET = "DevelopmentOnlySecret"  # noqa: S105
DEVELOPMENT_ONLY_TOKEN = "DevelopmentOnlyToken"  # noqa: S105
DEVELOPMENT_ONLY_AES_KEY = "DevelopmentOnlyDevelopmentOnlyDevelopmentOn"
"""Its last character has bits that no decoded byte holds, as most keys of the platform do."""
DEVELOPMENT_ONLY_ORIGINAL_ID = "gh_0123456789ab"
DEVELOPMENT_ONLY_OPENID = "oDevelopmentOnlyFollower0001"


def development_account(mode: WechatMode = WechatMode.SAFE, api_base: str = "http://127.0.0.1:8200") -> WechatAccount:
    """The made-up account, certified, whose API is the simulator's."""
    return WechatAccount(
        app_id=DEVELOPMENT_ONLY_APP_ID,
        app_secret=SecretStr(DEVELOPMENT_ONLY_APP_SECRET),
        token=SecretStr(DEVELOPMENT_ONLY_TOKEN),
        aes_key=SecretStr(DEVELOPMENT_ONLY_AES_KEY),
        mode=mode,
        original_id=DEVELOPMENT_ONLY_ORIGINAL_ID,
        api_base=api_base,
        verified=True,
    )


def environment(account: WechatAccount) -> dict[str, str]:
    """The settings that make the service serve this account."""
    return {
        "HUFA_WECHAT_APP_ID": account.app_id,
        "HUFA_WECHAT_APP_SECRET": account.app_secret.get_secret_value(),
        "HUFA_WECHAT_TOKEN": account.token.get_secret_value(),
        "HUFA_WECHAT_AES_KEY": account.aes_key.get_secret_value(),
        "HUFA_WECHAT_MODE": account.mode.value,
        "HUFA_WECHAT_ORIGINAL_ID": account.original_id,
        "HUFA_WECHAT_API_BASE": account.api_base,
        "HUFA_WECHAT_VERIFIED": str(account.verified).lower(),
    }
