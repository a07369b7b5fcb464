"""The platform's signature: the SHA-1 of the sorted parts, joined without a separator.

Parts are `token, timestamp, nonce` for the check of the URL and for plaintext pushes, whose body is therefore not
signed; an encrypted push is signed over its `Encrypt` text too.
Source: developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption.md.
"""

import hashlib
import hmac


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # whatever stands in a URL must not raise


def sign(*parts: str) -> str:
    """The signature of the parts, whose order does not matter: 40 lower-case hexadecimal digits (WX-03)."""
    return hashlib.sha1(b"".join(sorted(map(_bytes, parts)))).hexdigest()  # noqa: S324 - the platform's choice


def matches(given: str, *parts: str) -> bool:
    """Whether `given` is the signature of the parts. Takes the same time wherever the two differ (WX-04)."""
    return hmac.compare_digest(_bytes(given), _bytes(sign(*parts)))
