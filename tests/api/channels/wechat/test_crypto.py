"""Encryption, against the platform's examples and wechatpy in both directions."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.channels.wechat.crypto import MessageCrypto
from api.channels.wechat.errors import RefusedPushError
from api.channels.wechat.signature import sign
from tests.api.channels.wechat import hostile, pushes

OFFICIAL_PUSH = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT"
    "740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8Y"
    "L/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
OFFICIAL_MESSAGE = (
    b'{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
    b'"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}'
)
OFFICIAL_REPLY = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
OURS = MessageCrypto(pushes.APP_ID, [pushes.AES_KEY])
TEXTS = ["a" * 40, "工资" * 33, "𠮷😀" * 9]


def test_wx_10_the_official_push_is_decrypted() -> None:
    opened = OURS.decrypt(OFFICIAL_PUSH)
    assert (opened.xml, opened.key) == (OFFICIAL_MESSAGE, bytes(32))


def test_wx_11_the_official_reply_is_encrypted() -> None:
    crypto = MessageCrypto(pushes.APP_ID, [pushes.AES_KEY], lambda count: b"707722b803182950"[:count])
    assert crypto.encrypt(b'{"demo_resp":"good luck"}', pushes.aes_key()) == OFFICIAL_REPLY


def test_wx_11_the_example_of_wecom_is_encrypted() -> None:
    xml = (
        "<xml>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[test]]></Content>\n"
        "<FromUserName><![CDATA[wx49f0ab532d5d035a]]></FromUserName>\n<ToUserName><![CDATA[messense]]></ToUserName>\n"
        "<AgentID>1</AgentID>\n<CreateTime>1411525903</CreateTime>\n</xml>"
    )
    crypto = MessageCrypto("wx49f0ab532d5d035a", [pushes.OTHER_AES_KEY], lambda count: b"1234567890123456"[:count])
    encrypted = crypto.encrypt(xml.encode(), pushes.aes_key(pushes.OTHER_AES_KEY))
    assert sign("123456", "1411525903", "461056294", encrypted) == "407518b7649e86ef23978113f92d27afa9296533"


@pytest.mark.parametrize("length", range(129))
def test_wx_12_every_length_comes_back(length: int) -> None:
    xml = bytes(range(length))
    assert OURS.decrypt(OURS.encrypt(xml, pushes.aes_key())).xml == xml


@pytest.mark.parametrize("text", TEXTS)
def test_wx_12_text_of_several_bytes_a_character_comes_back(text: str) -> None:
    for end in range(len(text) + 1):
        xml = text[:end].encode()
        assert OURS.decrypt(OURS.encrypt(xml, pushes.aes_key())).xml == xml


@pytest.mark.parametrize("length", range(129))
def test_wx_12_what_wechatpy_encrypts_is_decrypted(length: int) -> None:
    assert OURS.decrypt(pushes.encrypted(b"x" * length)).xml == b"x" * length


@given(st.text(st.characters(codec="utf-8"), max_size=200))
@settings(deadline=None)
def test_wx_12_what_we_encrypt_wechatpy_decrypts(text: str) -> None:
    encrypted = OURS.encrypt(text.encode(), pushes.aes_key())
    signed = pushes.signature(pushes.TOKEN, str(pushes.NOW), pushes.NONCE, encrypted)
    theirs = pushes.wechatpy_crypto()
    message = {"Encrypt": encrypted}
    assert theirs.decrypt_message(message, signed, str(pushes.NOW), pushes.NONCE) == text


def test_wx_12_every_reply_has_other_random_bytes() -> None:
    assert OURS.encrypt(b"same", pushes.aes_key()) != OURS.encrypt(b"same", pushes.aes_key())


def _with_pad(pad: bytes) -> str:
    """A message, padded like that to whole blocks."""
    xml = b"x" * (-len(pushes.content(b"") + pad) % 32)
    return pushes.enciphered(pushes.content(xml) + pad)


def _with_length(length: int) -> str:
    """A message of ten bytes that claims another length."""
    data = pushes.RANDOM + length.to_bytes(4, "big") + b"x" * 10 + pushes.APP_ID.encode()
    return pushes.enciphered(pushes.padded(data))


SOUND = pushes.encrypted(pushes.message())
RAW = base64.b64decode(SOUND)
FAULTS = {
    "another app id": pushes.encrypted(b"x", app_id="wx" + "0" * 16),
    "no app id": pushes.encrypted(b"x", app_id=""),
    "a longer app id": pushes.encrypted(b"x", app_id=pushes.APP_ID + "0"),
    "another key": pushes.encrypted(b"x", pushes.OTHER_AES_KEY),
    "pad 0": _with_pad(b"\0"),
    "pad 33": _with_pad(b"\x21" * 33),
    "pad 255": _with_pad(b"\xff"),
    "a pad with another byte first": _with_pad(b"\x04\x05\x05\x05\x05"),
    "a pad with another byte within": _with_pad(b"\x05\x05\x04\x05\x05"),
    "a pad to half a block": pushes.enciphered(pushes.content(b"x" * 9) + b"\x01"),
    "one byte longer than said": _with_length(9),
    "one byte shorter than said": _with_length(11),
    "a length that takes in the app id": _with_length(10 + len(pushes.APP_ID)),
    "a length that takes in the pad": _with_length(44),
    "a length beyond the end": _with_length(2**32 - 1),
    "one block": base64.b64encode(RAW[:32]).decode(),
    "half a block": base64.b64encode(RAW[:16]).decode(),
    "the last block cut off": base64.b64encode(RAW[:-32]).decode(),
    "the first block cut off": base64.b64encode(RAW[32:]).decode(),
    "a byte less": base64.b64encode(RAW[:-1]).decode(),
    "nothing": "",
    "not base64": "!" * 44,
    "base64 with a line break": SOUND[:40] + "\n" + SOUND[40:],
    "base64 without its end": SOUND.rstrip("=")[:-1],
    "no ASCII": "密" * 44,
}


def test_wx_13_what_the_faults_are_made_from_is_sound() -> None:
    assert OURS.decrypt(_with_length(10)).xml == b"x" * 10
    for count in range(1, 33):
        assert OURS.decrypt(_with_pad(bytes([count]) * count)).key == pushes.aes_key()


@pytest.mark.parametrize("encrypted", FAULTS.values(), ids=FAULTS)
def test_wx_13_every_fault_is_refused_alike(encrypted: str) -> None:
    with pytest.raises(RefusedPushError) as caught:
        OURS.decrypt(encrypted)
    assert (type(caught.value), caught.value.args, caught.value.reason) == (RefusedPushError, ("cipher",), "cipher")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_wx_13_without_a_key_it_is_the_same_fault() -> None:
    with pytest.raises(RefusedPushError, match=r"^cipher$"):
        MessageCrypto(pushes.APP_ID, []).decrypt(SOUND)


@given(st.integers(0, len(RAW) - 33), st.integers(1, 255))
@settings(deadline=None)
def test_wx_13_a_changed_byte_never_raises_anything_else(place: int, change: int) -> None:
    changed = RAW[:place] + bytes([RAW[place] ^ change]) + RAW[place + 1 :]
    try:
        opened = OURS.decrypt(base64.b64encode(changed).decode())
    except RefusedPushError:
        return
    assert len(opened.xml) == len(pushes.message())  # CBC lets the middle be garbled; the signature covers that


@given(hostile.encrypt_texts())
@settings(deadline=None)
def test_wx_13_any_text_is_decrypted_or_refused(encrypted: str) -> None:
    with hostile.isolated() as accesses:
        try:
            assert OURS.decrypt(encrypted).key == pushes.aes_key()
        except RefusedPushError as error:
            assert error.reason == "cipher"
    assert accesses == []


def test_wx_16_the_previous_key_still_opens_and_is_named() -> None:
    crypto = MessageCrypto(pushes.APP_ID, [pushes.OTHER_AES_KEY, pushes.AES_KEY])
    old, new = pushes.encrypted(b"old"), pushes.encrypted(b"new", pushes.OTHER_AES_KEY)
    assert [(one.xml, one.key) for one in map(crypto.decrypt, (old, new))] == [
        (b"old", pushes.aes_key()),
        (b"new", pushes.aes_key(pushes.OTHER_AES_KEY)),
    ]


def test_what_was_decrypted_is_not_shown_in_a_log() -> None:
    assert repr(OURS.decrypt(SOUND)) == "Decrypted()"
