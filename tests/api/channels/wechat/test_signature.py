"""The signature, against the platform's examples and wechatpy."""

import hmac
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channels.wechat.signature import matches, sign
from tests.api.channels.wechat import pushes

EXAMPLES = {
    "a push": (("AAAAA", "1714037059", "486452656"), "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
    "the check of the URL": (("AAAAA", "1714036504", "1514711492"), "f464b24fc39322e44b38aa78f5edd27bd1441696"),
    "an encrypted push, without its body": (
        ("AAAAA", "1714112445", "415670741"),
        "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
    ),
    "an encrypted reply": (
        (
            "AAAAA",
            "1713424427",
            "415670741",
            "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==",
        ),
        "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
    ),
}


@pytest.mark.parametrize(("parts", "expected"), EXAMPLES.values(), ids=EXAMPLES)
def test_wx_01_the_official_signatures(parts: tuple[str, ...], expected: str) -> None:
    assert sign(*parts) == expected


@pytest.mark.parametrize("parts", [("9", "10", "token"), ("10", "9", "token"), ("token", "9", "10")])
def test_wx_03_the_parts_are_sorted_as_text_and_not_as_numbers(parts: tuple[str, ...]) -> None:
    assert sign(*parts) == sign("109token")


@given(st.lists(st.text(st.characters(codec="utf-8")), max_size=5))
def test_wx_03_signs_like_wechatpy(parts: list[str]) -> None:
    assert sign(*parts) == pushes.signature(*parts)


def test_wx_02_one_digit_more_or_less_or_other_does_not_match() -> None:
    parts, expected = EXAMPLES["a push"]
    assert matches(expected, *parts)
    changed = [expected[:n] + ("0" if digit != "0" else "1") + expected[n + 1 :] for n, digit in enumerate(expected)]
    others = ["", expected[:-1], expected + "0", expected.upper(), f" {expected}", *changed]
    assert [other for other in others if matches(other, *parts)] == []


def test_wx_04_bytes_are_compared_in_constant_time() -> None:
    parts, expected = EXAMPLES["a push"]
    with patch("hmac.compare_digest", wraps=hmac.compare_digest) as compare:
        assert matches(expected, *parts)
    compare.assert_called_once_with(expected.encode(), expected.encode())


@given(st.text(st.characters()), st.text(st.characters()))
def test_wx_04_no_text_raises_not_even_half_a_character(given_signature: str, part: str) -> None:
    assert not matches(given_signature, part)
