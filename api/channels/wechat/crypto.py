"""Encryption of pushes and replies: AES-256-CBC, PKCS#7 to blocks of 32 bytes, the account's app id inside.

What is encrypted: 16 random bytes, the length of the message (4 bytes, network order), the message, the app id. The key
is the EncodingAESKey read as base64, its first half the IV.
Source: developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption.md.
"""

import base64
import hmac
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from api.channels.wechat.errors import RefusedPushError

_RANDOM = 16
_HEAD = _RANDOM + 4
_BLOCK = 32
"""Twice the block of AES: an unpadder for blocks of 16 bytes fails on half of the messages."""
_IV = 16


@dataclass(frozen=True)
class Decrypted:
    """A decrypted message, and the key that opened it: a reply is encrypted with the same one (WX-16)."""

    xml: bytes = field(repr=False)
    key: bytes = field(repr=False)


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(key[:_IV]))


class MessageCrypto:
    """Opens and closes the messages of one account.

    aes_keys: EncodingAESKeys of 43 signs, the present one first, then the one before it.
    random: gives so many random bytes.
    """

    def __init__(self, app_id: str, aes_keys: Sequence[str], random: Callable[[int], bytes] = os.urandom) -> None:
        self._app_id = app_id.encode()
        self._keys = [base64.b64decode(key + "=") for key in aes_keys]
        self._random = random

    def decrypt(self, encrypted: str) -> Decrypted:
        """Open the base64 text of an `Encrypt` element with the first key that fits.

        Raises:
            RefusedPushError: for every fault alike, so that nobody learns from the answer which check failed (WX-13).
        """
        try:
            ciphertext = base64.b64decode(encrypted, validate=True)
        except ValueError:
            ciphertext = b""
        if ciphertext and len(ciphertext) % _BLOCK == 0:
            for key in self._keys:
                xml = self._open(ciphertext, key)
                if xml is not None:
                    return Decrypted(xml, key)
        raise RefusedPushError("cipher")

    def encrypt(self, xml: bytes, key: bytes) -> str:
        """Encrypt a reply with the key that opened the push. Returns base64."""
        content = self._random(_RANDOM) + len(xml).to_bytes(4, "big") + xml + self._app_id
        pad = _BLOCK - len(content) % _BLOCK
        encryptor = _cipher(key).encryptor()
        return base64.b64encode(encryptor.update(content + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def _open(self, ciphertext: bytes, key: bytes) -> bytes | None:
        """The message, or None when the padding, the length or the app id is wrong."""
        decryptor = _cipher(key).decryptor()
        content = decryptor.update(ciphertext) + decryptor.finalize()
        pad = content[-1]
        end = _HEAD + int.from_bytes(content[_RANDOM:_HEAD], "big")  # beyond the end no app id is left: refused
        padded_well = 1 <= pad <= _BLOCK and hmac.compare_digest(content[-pad:], bytes([pad]) * pad)
        ours = hmac.compare_digest(content[end : len(content) - pad], self._app_id)
        return content[_HEAD:end] if padded_well and ours else None
