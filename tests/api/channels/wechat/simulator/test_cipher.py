"""Against the platform's own examples, and against wechatpy in both directions."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException

from api.channels.wechat.simulator.cipher import MessageCipher, UndecipherableError, signature
from tests.api.channels.wechat import pushes

DECRYPTED = (
    b'{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
    b'"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}'
)
ENCRYPTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8X"
    "GT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIj"
    "df8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
CIPHER = MessageCipher(pushes.APP_ID, pushes.AES_KEY)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("AAAAA", "1714037059", "486452656"), "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        (("AAAAA", "1714036504", "1514711492"), "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        (("AAAAA", "1714112445", "415670741", ENCRYPTED), "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"),
    ],
)
def test_signatures_of_the_platforms_examples(parts: tuple[str, ...], expected: str) -> None:
    assert signature(*parts) == expected


def test_the_platforms_example_is_decrypted() -> None:
    assert CIPHER.decrypt(ENCRYPTED) == DECRYPTED


def test_the_platforms_example_is_encrypted() -> None:
    cipher = MessageCipher(pushes.APP_ID, pushes.AES_KEY, lambda _: b"707722b803182950")
    encrypted = cipher.encrypt(b'{"demo_resp":"good luck"}')
    assert encrypted == "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    assert signature("AAAAA", "1713424427", "415670741", encrypted) == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


@given(st.text(max_size=200))
def test_wechatpy_reads_what_is_encrypted_and_is_read(text: str) -> None:
    theirs = PrpCrypto(pushes.aes_key())
    assert theirs.decrypt(CIPHER.encrypt(text.encode()), pushes.APP_ID) == text
    assert CIPHER.decrypt(theirs.encrypt(text, pushes.APP_ID)) == text.encode()


def test_another_app_id_is_refused_by_both() -> None:
    encrypted = MessageCipher("wx0000000000000000", pushes.AES_KEY).encrypt(b"x")
    with pytest.raises(InvalidAppIdException):
        PrpCrypto(pushes.aes_key()).decrypt(encrypted, pushes.APP_ID)
    with pytest.raises(UndecipherableError, match="AppID"):
        CIPHER.decrypt(encrypted)


@pytest.mark.parametrize(
    ("encrypted", "reason"),
    [
        ("x", "base64"),
        ("码", "base64"),
        ("", "32 的倍数"),
        (base64.b64encode(b"x" * 48).decode(), "32 的倍数"),
        (pushes.enciphered(b"x" * 31 + b"\x00"), "填充"),
        (pushes.enciphered(b"x" * 31 + b"\x21"), "填充"),
        (pushes.enciphered(b"x" * 30 + b"\x01\x02"), "填充"),
        (pushes.enciphered(b"\x20" * 32), "太短"),
        (
            pushes.enciphered(pushes.padded(pushes.RANDOM + b"\x00\x00\xff\xff" + b"x" + pushes.APP_ID.encode())),
            "AppID",
        ),
        (MessageCipher(pushes.APP_ID, pushes.OTHER_AES_KEY).encrypt(b"x"), "填充"),
    ],
)
def test_what_the_platform_could_not_open_is_refused(encrypted: str, reason: str) -> None:
    with pytest.raises(UndecipherableError, match=reason):
        CIPHER.decrypt(encrypted)
