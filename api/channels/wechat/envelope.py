"""From a request of the platform to a message, and from a reply back to what is sent.

Who may post is decided here. Everything that fails before a signature holds is a RefusedPushError, the rest a
MalformedMessageError. Reasons, for the metric: `query`, `time`, `mode`, `envelope`, `signature`, `cipher`.
"""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from api.channels.wechat.accounts import WechatAccount, WechatMode
from api.channels.wechat.crypto import MessageCrypto
from api.channels.wechat.errors import MalformedMessageError, RefusedPushError
from api.channels.wechat.message_xml import envelope_xml, parse_message
from api.channels.wechat.signature import matches, sign

_PARAMETERS = {
    "signature": re.compile(r"[0-9a-f]{40}"),
    "msg_signature": re.compile(r"[0-9a-f]{40}"),
    "timestamp": re.compile(r"[0-9]{1,12}"),
    "nonce": re.compile(r"[!-~]{1,128}"),
    "echostr": re.compile(r"[ -~]{1,1024}"),
    "encrypt_type": re.compile(r"aes|raw"),
}

Query = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Push:
    """A message of the platform that was checked.

    fields: its elements, as far as they are there; the unsigned `openid` of the URL is not among them (WX-18).
    key: what decrypted it, None for plaintext. nonce: of the URL; an encrypted reply repeats it.
    """

    fields: dict[str, str] = field(repr=False)
    key: bytes | None = field(repr=False)
    nonce: str


def verify_url(account: WechatAccount, query: Query, now: float) -> str:
    """The `echostr` to send back, as plain text, when the platform checks the URL (WX-01 to WX-06).

    The plain `signature` counts in every mode.

    Raises:
        RefusedPushError: a parameter is missing, repeated or malformed, the time is off, the signature is wrong.
    """
    values = _parameters(account, query, now, "signature", "echostr")
    _check(account, values, "signature")
    return values["echostr"]


def open_push(account: WechatAccount, query: Query, body: bytes, now: float) -> Push:
    """The message of a push. Where the platform encrypts, neither plaintext nor the plaintext twin is read.

    Args:
        account: of the path that was posted to.
        query: the decoded pairs of the URL, repeated ones included.
        body: of the request.
        now: Unix time.

    Raises:
        RefusedPushError: as for `verify_url`, or the mode does not fit, or it does not decrypt (WX-02, 05, 13, 14, 15).
        MalformedMessageError: the signature is right and the message is not one (WX-20 to WX-23).
    """
    values = _parameters(account, query, now)
    encrypted = values.get("encrypt_type") == "aes"
    if not (account.aes_keys if encrypted else account.mode is WechatMode.PLAIN):
        raise RefusedPushError("mode")
    if not encrypted:
        _check(account, values, "signature")
        return Push(parse_message(body), None, values["nonce"])
    content = _encrypted(body)
    _check(account, values, "msg_signature", content)
    opened = MessageCrypto(account.app_id, account.aes_keys).decrypt(content)
    return Push(parse_message(opened.xml), opened.key, values["nonce"])


def seal(
    account: WechatAccount, push: Push, xml: bytes, now: float, random: Callable[[int], bytes] = os.urandom
) -> bytes:
    """The body of the response: as it is to a plaintext push, encrypted with the push's key otherwise (WX-16, WX-17).

    `success` does not pass through here: it is sent bare in every mode.
    """
    if push.key is None:
        return xml
    encrypted = MessageCrypto(account.app_id, account.aes_keys, random).encrypt(xml, push.key)
    signature = sign(account.token.get_secret_value(), str(int(now)), push.nonce, encrypted)
    return envelope_xml(encrypted, signature, int(now), push.nonce)


def _parameters(account: WechatAccount, query: Query, now: float, *needed: str) -> dict[str, str]:
    """The parameters, each there once and in its form, with a time that is near enough."""
    values = dict(query)
    if len(values) != len(query) or not all(name.isascii() and value.isascii() for name, value in query):
        raise RefusedPushError("query")
    for name, form in _PARAMETERS.items():
        expected = name in values or name in {"timestamp", "nonce", *needed}
        if expected and not form.fullmatch(values.get(name, "")):
            raise RefusedPushError("query")
    if abs(now - int(values["timestamp"])) > account.tolerance_seconds:
        raise RefusedPushError("time")
    return values


def _check(account: WechatAccount, values: dict[str, str], name: str, *content: str) -> None:
    parts = (account.token.get_secret_value(), values["timestamp"], values["nonce"], *content)
    if not matches(values.get(name, ""), *parts):
        raise RefusedPushError("signature")


def _encrypted(body: bytes) -> str:
    """The `Encrypt` text. Nothing is signed yet, so that a body without one is refused."""
    try:
        return parse_message(body)["Encrypt"]
    except (MalformedMessageError, KeyError):
        raise RefusedPushError("envelope") from None
