"""Requests as the platform makes them in its three modes, built with wechatpy and not with the code under test."""

import base64
from typing import Any
from xml.sax.saxutils import escape

from pydantic import SecretStr
from wechatpy.crypto import WeChatCrypto
from wechatpy.crypto.base import WeChatCipher
from wechatpy.crypto.pkcs7 import PKCS7Encoder
from wechatpy.utils import WeChatSigner

from api.channels.wechat.accounts import WechatAccount, WechatMode

# The account of the platform's own examples.
TOKEN = "AAAAA"
AES_KEY = "A" * 43
APP_ID = "wxba5fad812f8e6fb9"
OTHER_AES_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
ORIGINAL_ID = "gh_97417a04a28d"
FOLLOWER = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
NOW = 1714112445
NONCE = "415670741"
RANDOM = b"a8eedb185eb2fecf"
Pairs = list[tuple[str, str]]


def account(mode: WechatMode = WechatMode.SAFE, **changes: Any) -> WechatAccount:
    """The example account."""
    values = {
        "app_id": APP_ID,
        "token": SecretStr(TOKEN),
        "aes_key": SecretStr("" if mode is WechatMode.PLAIN else AES_KEY),
        "mode": mode,
        "original_id": ORIGINAL_ID,
    }
    return WechatAccount(**(values | changes))


def message(**changes: str | None) -> bytes:
    """A text message of the follower; None leaves an element out."""
    fields: dict[str, str | None] = {
        "ToUserName": ORIGINAL_ID,
        "FromUserName": FOLLOWER,
        "CreateTime": str(NOW),
        "MsgType": "text",
        "Content": "老板不发工资怎么办",
        "MsgId": "24523156432156789",
    }
    children = (f"<{tag}>{escape(text)}</{tag}>" for tag, text in (fields | changes).items() if text is not None)
    return f"<xml>{''.join(children)}</xml>".encode()


def signature(*parts: str) -> str:
    """The signature of the parts, as wechatpy computes it."""
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def aes_key(encoding_aes_key: str = AES_KEY) -> bytes:
    """The bytes of an EncodingAESKey."""
    return base64.b64decode(encoding_aes_key + "=")


def content(xml: bytes, app_id: str = APP_ID) -> bytes:
    """What is padded and encrypted."""
    return RANDOM + len(xml).to_bytes(4, "big") + xml + app_id.encode()


def padded(data: bytes) -> bytes:
    """PKCS#7 to blocks of 32 bytes."""
    return bytes(PKCS7Encoder.encode(data))


def enciphered(data: bytes, encoding_aes_key: str = AES_KEY) -> str:
    """AES over data that is already padded; base64."""
    return base64.b64encode(WeChatCipher(aes_key(encoding_aes_key)).encrypt(data)).decode()


def encrypted(xml: bytes, encoding_aes_key: str = AES_KEY, app_id: str = APP_ID) -> str:
    """The `Encrypt` text for a message."""
    return enciphered(padded(content(xml, app_id)), encoding_aes_key)


def plain_query(timestamp: int | str = NOW, nonce: str = NONCE, **more: str) -> Pairs:
    """The parameters of a plaintext push."""
    signed = signature(TOKEN, str(timestamp), nonce)
    return [("signature", signed), ("timestamp", str(timestamp)), ("nonce", nonce), *more.items()]


def encrypted_query(encrypt: str, timestamp: int | str = NOW, nonce: str = NONCE) -> Pairs:
    """The parameters of an encrypted push."""
    signed = signature(TOKEN, str(timestamp), nonce, encrypt)
    return plain_query(timestamp, nonce, openid=FOLLOWER, encrypt_type="aes", msg_signature=signed)


def safe_body(encrypt: str) -> bytes:
    """The body in safe mode."""
    return f"<xml><ToUserName>{ORIGINAL_ID}</ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>".encode()


def compatible_body(twin: bytes, encrypt: str) -> bytes:
    """The body in compatible mode: a plaintext message with the `Encrypt` beside it."""
    return twin.removesuffix(b"</xml>") + f"<Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>".encode()


def wechatpy_crypto(encoding_aes_key: str = AES_KEY, app_id: str = APP_ID, token: str = TOKEN) -> WeChatCrypto:
    """wechatpy's side of the encryption."""
    return WeChatCrypto(token, encoding_aes_key, app_id)
