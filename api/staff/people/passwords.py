"""Passwords: Argon2id, with the library's defaults (RFC 9106, low memory), and the rules for new ones.

Hashing takes some 50 ms, so it runs in another thread. Compared is the NFKC form: an input method types full-width
letters now and then.
"""

import asyncio
import secrets
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 128
_hasher = PasswordHasher()
_TOO_COMMON = ("123456", "password", "qwerty", "abc123", "111111", "admin", "hufa", "12348")


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


async def hash_password(password: str) -> str:
    """The hash to store, salt and parameters included."""
    return await asyncio.to_thread(_hasher.hash, _plain(password))


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one. Without a hash (nobody has this name) it takes as long, and is not."""
    return await asyncio.to_thread(_matches, password_hash, _plain(password))


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        return _hasher.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def objection(password: str, username: str) -> str | None:
    """Why a new password is refused, in plain Chinese; None when it may be used.

    Length counts, not classes of characters (NIST SP 800-63B 3.1.1.2).
    """
    lowered = _plain(password).lower()
    if len(password) < LEAST_CHARACTERS:
        return f"密码至少 {LEAST_CHARACTERS} 个字符。可以用几个不相干的词连起来，好记又不容易被猜中。"
    if len(password) > MOST_CHARACTERS:
        return f"密码最多 {MOST_CHARACTERS} 个字符。"
    if len(set(lowered)) < 5:
        return "密码里重复的字符太多，请换一个。"
    if username.lower() in lowered:
        return "密码里不要有登录名。"
    stripped = lowered
    for common in _TOO_COMMON:
        stripped = stripped.replace(common, "")
    if len(stripped) < LEAST_CHARACTERS // 2:
        return "这个密码太常见，请换一个。"
    return None


def one_time_password() -> str:
    """A password to be changed at the first sign-in, easy to copy by hand."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))
