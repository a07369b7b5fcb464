"""Signing and encrypting as the platform does, written apart from the channel's own code.

Source: https://developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption.md
"""

import base64
import binascii
import hashlib
import os
import struct
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32
_RANDOM = 16
_LENGTH = struct.Struct(">I")
Random = Callable[[int], bytes]


class UndecipherableError(ValueError):
    """Not encrypted as the platform demands; the message says in Chinese what is wrong."""


def signature(*parts: str) -> str:
    """SHA-1 over the parts, sorted as strings and joined."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


class MessageCipher:
    """AES-256-CBC with the platform's frame: 16 random bytes, the length, the message, the app id, padding to 32."""

    def __init__(self, app_id: str, encoding_aes_key: str, random: Random = os.urandom) -> None:
        """`encoding_aes_key` has 43 characters; a reply may be read, and a push written, with this key only."""
        key = base64.b64decode(encoding_aes_key + "=")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        self._app_id = app_id.encode()
        self._random = random

    def encrypt(self, message: bytes) -> str:
        """The message in its frame, encrypted, as base64."""
        frame = self._random(_RANDOM) + _LENGTH.pack(len(message)) + message + self._app_id
        short = _BLOCK - len(frame) % _BLOCK
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(frame + bytes([short]) * short) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """The message.

        Raises:
            UndecipherableError: not base64, not whole blocks, wrong padding, length or app id.
        """
        try:
            data = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError) as error:
            raise UndecipherableError("Encrypt 不是 base64") from error
        if not data or len(data) % _BLOCK:
            raise UndecipherableError("密文长度不是 32 的倍数")
        decryptor = self._cipher.decryptor()
        frame = decryptor.update(data) + decryptor.finalize()
        short = frame[-1]
        if not 1 <= short <= _BLOCK or frame[-short:] != bytes([short]) * short:
            raise UndecipherableError("填充不对，或密钥不对")
        frame = frame[_RANDOM:-short]
        if len(frame) < _LENGTH.size:
            raise UndecipherableError("明文太短")
        (length,) = _LENGTH.unpack_from(frame)
        message, app_id = frame[_LENGTH.size : _LENGTH.size + length], frame[_LENGTH.size + length :]
        if app_id != self._app_id:
            raise UndecipherableError("长度或 AppID 不对")
        return message
