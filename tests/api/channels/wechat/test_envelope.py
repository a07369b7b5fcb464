"""Who may post, in which mode, and what goes back."""

from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import SecretStr
from wechatpy.parser import parse_message as wechatpy_parse

from api.channels.wechat.accounts import WechatMode
from api.channels.wechat.envelope import Push, open_push, seal, verify_url
from api.channels.wechat.errors import MalformedMessageError, RefusedPushError
from api.channels.wechat.message_xml import parse_message, text_xml
from tests.api.channels.wechat import hostile, pushes
from tests.api.channels.wechat.pushes import NONCE, NOW, TOKEN
from tests.api.channels.wechat.test_crypto import FAULTS, OFFICIAL_PUSH, OFFICIAL_REPLY

PLAIN, COMPATIBLE, SAFE = WechatMode.PLAIN, WechatMode.COMPATIBLE, WechatMode.SAFE
OFFICIAL_CHECK = [
    ("signature", "f464b24fc39322e44b38aa78f5edd27bd1441696"),
    ("timestamp", "1714036504"),
    ("nonce", "1514711492"),
    ("echostr", "4375120948345356249"),
]
CHECKED = 1714036504
MESSAGE = pushes.message()
ENCRYPT = pushes.encrypted(MESSAGE)


def _request(mode: WechatMode, xml: bytes = MESSAGE) -> tuple[pushes.Pairs, bytes]:
    """A push in that mode; the plaintext twin of compatible mode says something else."""
    encrypt = pushes.encrypted(xml)
    if mode is PLAIN:
        return pushes.plain_query(), xml
    body = pushes.safe_body(encrypt) if mode is SAFE else pushes.compatible_body(pushes.message(Content="假"), encrypt)
    return pushes.encrypted_query(encrypt), body


def _with(query: pushes.Pairs, name: str, value: str) -> pushes.Pairs:
    return [(key, value if key == name else old) for key, old in query]


def _refused(mode: WechatMode, query: pushes.Pairs, body: bytes, now: float = NOW, **changes: Any) -> str:
    """The reason of the refusal."""
    with pytest.raises(RefusedPushError) as caught:
        open_push(pushes.account(mode, **changes), query, body, now)
    return caught.value.reason


# --- the check of the URL ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", WechatMode)
def test_wx_01_the_official_check_of_the_url(mode: WechatMode) -> None:
    assert verify_url(pushes.account(mode), OFFICIAL_CHECK, CHECKED) == "4375120948345356249"


def test_wx_01_the_order_of_the_parameters_does_not_matter() -> None:
    assert verify_url(pushes.account(), OFFICIAL_CHECK[::-1], CHECKED) == "4375120948345356249"


FORGED_CHECKS = {
    "another digit": _with(OFFICIAL_CHECK, "signature", "e464b24fc39322e44b38aa78f5edd27bd1441696"),
    "a digit less": _with(OFFICIAL_CHECK, "signature", "f464b24fc39322e44b38aa78f5edd27bd144169"),
    "upper case": _with(OFFICIAL_CHECK, "signature", "F464B24FC39322E44B38AA78F5EDD27BD1441696"),
    "digits of another script": _with(OFFICIAL_CHECK, "signature", "ｆ464b24fc39322e44b38aa78f5edd27bd1441696"),
    "half a character": _with(OFFICIAL_CHECK, "signature", "\ud800"),
    "another nonce": _with(OFFICIAL_CHECK, "nonce", "1514711493"),
    "no ASCII in the nonce": _with(OFFICIAL_CHECK, "nonce", "1514711492é"),
    "no ASCII in the echo": _with(OFFICIAL_CHECK, "echostr", "回声"),
    "a line break in the echo": _with(OFFICIAL_CHECK, "echostr", "1\r\n2"),
    "no ASCII in what is not read": [*OFFICIAL_CHECK, ("openid", "é")],
    "nothing": [],
    **{f"no {name}": [pair for pair in OFFICIAL_CHECK if pair[0] != name] for name, _ in OFFICIAL_CHECK},
    **{f"empty {name}": _with(OFFICIAL_CHECK, name, "") for name, _ in OFFICIAL_CHECK},
    **{f"repeated {pair[0]}": [*OFFICIAL_CHECK, pair] for pair in OFFICIAL_CHECK},
    **{f"{name} again, empty": [*OFFICIAL_CHECK, (name, "")] for name, _ in OFFICIAL_CHECK},
}


@pytest.mark.parametrize("query", FORGED_CHECKS.values(), ids=FORGED_CHECKS)
def test_wx_02_a_forged_check_of_the_url_is_refused(query: pushes.Pairs) -> None:
    with pytest.raises(RefusedPushError):
        verify_url(pushes.account(), query, CHECKED)


def test_wx_03_a_timestamp_of_one_digit_less_is_sorted_as_text() -> None:
    query = [*pushes.plain_query("10", "9"), ("echostr", "1")]
    assert verify_url(pushes.account(), query, 10) == "1"


@pytest.mark.parametrize("tolerance", [30, 300])
@pytest.mark.parametrize("sign", [-1, 1])
def test_wx_05_the_time_may_be_off_by_the_tolerance_and_no_more(tolerance: int, sign: int) -> None:
    account = pushes.account(tolerance_seconds=tolerance)
    assert verify_url(account, OFFICIAL_CHECK, CHECKED + sign * tolerance) == "4375120948345356249"
    with pytest.raises(RefusedPushError, match=r"^time$"):
        verify_url(account, OFFICIAL_CHECK, CHECKED + sign * (tolerance + 0.5))


@pytest.mark.parametrize(
    "timestamp", ["", "abc", "-1", "+1714112445", "1714112445.0", " 1714112445", "1714112445\n", "1_714_112_445",
                  "0x662b467d", "１７１４１１２４４５", "١٧١٤١١٢٤٤٥", "9" * 5000],
)  # fmt: skip
def test_wx_05_a_timestamp_is_plain_digits(timestamp: str) -> None:
    assert _refused(PLAIN, pushes.plain_query(timestamp), MESSAGE) == "query"


def test_wx_06_markup_in_the_echo_comes_back_as_it_is() -> None:
    query = _with(OFFICIAL_CHECK, "echostr", "<script>alert(1)</script>")
    assert verify_url(pushes.account(), query, CHECKED) == "<script>alert(1)</script>"


# --- pushes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", WechatMode)
def test_a_push_is_opened(mode: WechatMode) -> None:
    push = open_push(pushes.account(mode), *_request(mode), NOW)
    assert push.fields == parse_message(MESSAGE)
    assert push.key == (None if mode is PLAIN else pushes.aes_key())
    assert push.nonce == NONCE


@pytest.mark.parametrize("mode", [COMPATIBLE, SAFE])
def test_a_push_encrypted_by_wechatpy_is_opened(mode: WechatMode) -> None:
    body = pushes.wechatpy_crypto().encrypt_message(MESSAGE.decode(), NONCE, str(NOW))
    envelope = parse_message(body.encode())
    query = [("timestamp", str(NOW)), ("nonce", NONCE), ("encrypt_type", "aes"),
             ("msg_signature", envelope["MsgSignature"])]  # fmt: skip
    assert open_push(pushes.account(mode), query, body.encode(), NOW).fields == parse_message(MESSAGE)


@pytest.mark.parametrize("mode", WechatMode)
@pytest.mark.parametrize("name", ["timestamp", "nonce"])
def test_wx_02_a_parameter_that_is_missing_repeated_or_not_ascii_is_refused(mode: WechatMode, name: str) -> None:
    query, body = _request(mode)
    value = dict(query)[name]
    for forged in (
        [pair for pair in query if pair[0] != name],
        [*query, (name, value)],
        [(name, ""), *query],
        _with(query, name, value + "é"),
        _with(query, name, ""),
    ):
        assert _refused(mode, forged, body) == "query"


@pytest.mark.parametrize(
    ("mode", "name"), [(PLAIN, "signature"), (COMPATIBLE, "msg_signature"), (SAFE, "msg_signature")]
)
def test_wx_02_a_signature_that_is_wrong_missing_repeated_or_in_capitals_is_refused(
    mode: WechatMode, name: str
) -> None:
    query, body = _request(mode)
    right = dict(query)[name]
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    assert _refused(mode, _with(query, name, wrong), body) == "signature"
    assert _refused(mode, [pair for pair in query if pair[0] != name], body) == "signature"
    assert _refused(mode, [*query, (name, right)], body) == "query"
    assert _refused(mode, _with(query, name, right.upper()), body) == "query"
    assert _refused(mode, _with(query, name, "é" * 40), body) == "query"


@pytest.mark.parametrize("mode", WechatMode)
def test_wx_05_an_old_push_is_refused(mode: WechatMode) -> None:
    query, body = _request(mode)
    assert open_push(pushes.account(mode), query, body, NOW + 300)
    assert _refused(mode, query, body, NOW + 301) == "time"
    assert _refused(mode, query, body, NOW - 301) == "time"


def test_wx_10_the_official_push_is_signed_and_decrypted_and_holds_no_xml() -> None:
    query = [("timestamp", "1714112445"), ("nonce", "415670741"), ("encrypt_type", "aes"),
             ("msg_signature", "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3")]  # fmt: skip
    with pytest.raises(MalformedMessageError):  # the platform's example is JSON
        open_push(pushes.account(), query, pushes.safe_body(OFFICIAL_PUSH), NOW)


@pytest.mark.parametrize("encrypt", FAULTS.values(), ids=FAULTS)
def test_wx_13_every_fault_of_the_encryption_is_refused_alike(encrypt: str) -> None:
    assert _refused(SAFE, pushes.encrypted_query(encrypt), pushes.safe_body(encrypt)) == "cipher"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"<xml>", b"<xml/>", MESSAGE, pushes.safe_body(ENCRYPT).replace(b"xml", b"a"),
             pushes.safe_body(ENCRYPT).replace(b"</xml>", b"<Encrypt>a</Encrypt></xml>"),
             b"<!DOCTYPE xml>" + pushes.safe_body(ENCRYPT), pushes.safe_body(ENCRYPT) + b" " * 65_536],
)  # fmt: skip
@pytest.mark.parametrize("mode", [COMPATIBLE, SAFE])
def test_wx_13_wx_21_a_body_without_one_encrypted_text_is_not_signed_and_refused(mode: WechatMode, body: bytes) -> None:
    assert _refused(mode, pushes.encrypted_query(ENCRYPT), body) == "envelope"


@pytest.mark.parametrize("mode", [COMPATIBLE, SAFE])
def test_wx_14_the_signature_that_does_not_cover_the_body_is_not_enough(mode: WechatMode) -> None:
    forged = pushes.safe_body(pushes.encrypted(pushes.message(Content="假")))
    bodiless = "6c5c811b55cc85e0e1b54100749188c20beb3f5d"
    query = pushes.encrypted_query(ENCRYPT)
    assert dict(query)["signature"] == bodiless
    assert _refused(mode, query, forged) == "signature"
    assert _refused(mode, _with(query, "msg_signature", bodiless), forged) == "signature"
    assert _refused(mode, [pair for pair in query if pair[0] != "msg_signature"], forged) == "signature"


def test_wx_14_the_signature_that_does_not_cover_the_body_does_not_count() -> None:
    query = _with(pushes.encrypted_query(ENCRYPT), "signature", "0" * 40)
    assert open_push(pushes.account(), query, pushes.safe_body(ENCRYPT), NOW).fields == parse_message(MESSAGE)


@pytest.mark.parametrize("kind", [{}, {"encrypt_type": "raw"}])
@pytest.mark.parametrize("mode", [COMPATIBLE, SAFE])
def test_wx_15_where_the_platform_encrypts_plaintext_is_refused(mode: WechatMode, kind: dict[str, str]) -> None:
    assert _refused(mode, pushes.plain_query(**kind), MESSAGE) == "mode"
    assert _refused(mode, pushes.plain_query(**kind), pushes.compatible_body(MESSAGE, ENCRYPT)) == "mode"


@pytest.mark.parametrize("kind", ["", "AES", "rsa", "aes "])
@pytest.mark.parametrize("mode", WechatMode)
def test_wx_15_another_kind_of_encryption_is_refused(mode: WechatMode, kind: str) -> None:
    assert _refused(mode, pushes.plain_query(encrypt_type=kind), MESSAGE) == "query"
    assert _refused(mode, _with(pushes.encrypted_query(ENCRYPT), "encrypt_type", kind), MESSAGE) == "query"


@pytest.mark.parametrize("mode", [COMPATIBLE, SAFE])
def test_wx_15_the_plaintext_twin_is_ignored(mode: WechatMode) -> None:
    twin = pushes.message(Content="假", FromUserName="another", ToUserName="gh_another")
    body = pushes.compatible_body(twin, ENCRYPT)
    assert open_push(pushes.account(mode), pushes.encrypted_query(ENCRYPT), body, NOW).fields == parse_message(MESSAGE)


@pytest.mark.parametrize("kind", [{}, {"encrypt_type": "raw"}])
def test_wx_15_plain_mode_takes_plaintext(kind: dict[str, str]) -> None:
    assert open_push(pushes.account(PLAIN), pushes.plain_query(**kind), MESSAGE, NOW).key is None


def test_wx_15_plain_mode_takes_an_encrypted_push_only_with_a_key() -> None:
    query, body = _request(SAFE)
    assert _refused(PLAIN, query, body) == "mode"
    account = pushes.account(PLAIN, aes_key=SecretStr(pushes.AES_KEY))
    assert open_push(account, query, body, NOW).fields == parse_message(MESSAGE)
    assert (
        _refused(PLAIN, _with(query, "msg_signature", "0" * 40), body, aes_key=SecretStr(pushes.AES_KEY)) == "signature"
    )


@pytest.mark.parametrize("mode", WechatMode)
def test_wx_18_the_openid_of_the_url_is_not_read(mode: WechatMode) -> None:
    query, body = _request(mode)
    forged = [pair for pair in query if pair[0] != "openid"] + [("openid", "another")]
    account = pushes.account(mode)
    assert open_push(account, forged, body, NOW) == open_push(account, query, body, NOW)


@pytest.mark.parametrize("mode", WechatMode)
def test_wx_18_whom_a_push_is_for_is_left_to_read(mode: WechatMode) -> None:
    query, body = _request(mode, pushes.message(ToUserName="gh_another"))
    assert open_push(pushes.account(mode), query, body, NOW).fields["ToUserName"] == "gh_another"


@pytest.mark.parametrize("mode", WechatMode)
@pytest.mark.parametrize("document", hostile.DOCUMENTS.values(), ids=hostile.DOCUMENTS)
def test_wx_20_a_dangerous_document_is_malformed_though_signed(mode: WechatMode, document: bytes) -> None:
    query, body = _request(mode, document)
    account = pushes.account(mode)
    with hostile.isolated() as accesses, pytest.raises(MalformedMessageError):
        open_push(account, query, body, NOW)
    assert accesses == []


def test_wx_21_a_long_plaintext_body_is_malformed_once_it_is_signed() -> None:
    body = MESSAGE + b" " * 65_536
    with pytest.raises(MalformedMessageError, match="too long"):
        open_push(pushes.account(PLAIN), pushes.plain_query(), body, NOW)
    assert _refused(PLAIN, _with(pushes.plain_query(), "signature", "0" * 40), body) == "signature"


@pytest.mark.parametrize("mode", WechatMode)
@pytest.mark.parametrize(
    "xml", [b"", b"hello", b"<xml>", b"<html/>", MESSAGE.replace(b"</xml>", b"<MsgId>1</MsgId></xml>")]
)
def test_wx_22_wx_23_what_is_signed_and_no_message_is_malformed(mode: WechatMode, xml: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        open_push(pushes.account(mode), *_request(mode, xml), NOW)


@pytest.mark.parametrize("mode", WechatMode)
def test_wx_23_a_push_without_a_type_is_opened(mode: WechatMode) -> None:
    push = open_push(pushes.account(mode), *_request(mode, pushes.message(MsgType=None)), NOW)
    assert "MsgType" not in push.fields


@given(hostile.attempts())
@settings(deadline=None)
def test_wx_23_any_request_is_opened_refused_or_malformed(attempt: hostile.Attempt) -> None:
    with hostile.isolated() as accesses:
        try:
            push = open_push(attempt.account, attempt.query, attempt.body, NOW)
        except (RefusedPushError, MalformedMessageError):
            push = None
    assert accesses == []
    if push and push.key and attempt.unsigned:
        assert push.fields == parse_message(MESSAGE)


def test_a_push_is_not_shown_in_a_log() -> None:
    assert repr(open_push(pushes.account(), *_request(SAFE), NOW)) == f"Push(nonce='{NONCE}')"


# --- replies ----------------------------------------------------------------------------------------------------------

REPLY = text_xml(pushes.FOLLOWER, pushes.ORIGINAL_ID, NOW, "可以申请劳动仲裁")


def test_wx_17_a_reply_to_plaintext_is_plaintext() -> None:
    account = pushes.account(PLAIN, aes_key=SecretStr(pushes.AES_KEY))
    push = open_push(account, *_request(PLAIN), NOW)
    assert seal(account, push, REPLY, NOW) == REPLY


def test_wx_11_wx_17_the_official_reply() -> None:
    push = Push({}, pushes.aes_key(), "415670741")
    sealed = seal(pushes.account(), push, b'{"demo_resp":"good luck"}', 1713424427.9, lambda _: b"707722b803182950")
    assert parse_message(sealed) == {
        "Encrypt": OFFICIAL_REPLY,
        "MsgSignature": "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
        "TimeStamp": "1713424427",
        "Nonce": "415670741",
    }


@pytest.mark.parametrize("mode", WechatMode)
def test_wx_17_wechatpy_verifies_and_reads_the_reply_to_an_encrypted_push(mode: WechatMode) -> None:
    account = pushes.account(mode, aes_key=SecretStr(pushes.AES_KEY))
    push = open_push(account, *_request(SAFE), NOW)
    sealed = seal(account, push, REPLY, NOW + 2.7)
    envelope = parse_message(sealed)
    assert (envelope["TimeStamp"], envelope["Nonce"]) == (str(NOW + 2), NONCE)
    assert envelope["MsgSignature"] == pushes.signature(TOKEN, str(NOW + 2), NONCE, envelope["Encrypt"])
    theirs = pushes.wechatpy_crypto()
    read = theirs.decrypt_message(sealed.decode(), envelope["MsgSignature"], envelope["TimeStamp"], envelope["Nonce"])
    assert read.encode() == REPLY


@pytest.mark.parametrize("key", [pushes.AES_KEY, pushes.OTHER_AES_KEY])
def test_wx_16_the_reply_is_encrypted_with_the_key_of_the_push(key: str) -> None:
    account = pushes.account(aes_key=SecretStr(pushes.OTHER_AES_KEY), aes_key_previous=SecretStr(pushes.AES_KEY))
    encrypt = pushes.encrypted(MESSAGE, key)
    push = open_push(account, pushes.encrypted_query(encrypt), pushes.safe_body(encrypt), NOW)
    assert push.key == pushes.aes_key(key)
    envelope = parse_message(seal(account, push, REPLY, NOW))
    theirs = pushes.wechatpy_crypto(key)
    assert theirs.decrypt_message(envelope, envelope["MsgSignature"], envelope["TimeStamp"], NONCE).encode() == REPLY


@pytest.mark.parametrize("mode", WechatMode)
def test_wx_53_the_follower_who_asked_is_the_one_who_is_answered(mode: WechatMode) -> None:
    push = open_push(pushes.account(mode), *_request(mode), NOW)
    reply = parse_message(text_xml(push.fields["FromUserName"], push.fields["ToUserName"], NOW, "答复"))
    asked = wechatpy_parse(MESSAGE)
    assert (reply["ToUserName"], reply["FromUserName"]) == (asked.source, asked.target)
