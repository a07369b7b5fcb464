"""Button ids: only what we offered can be pressed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.choices import ChoiceSigner

SIGNER = ChoiceSigner("one secret")
TARGETS = st.text(max_size=80)


@given(TARGETS)
def test_a_signed_target_comes_back(target: str) -> None:
    assert SIGNER.target(SIGNER.sign(target)) == target


@given(TARGETS)
def test_the_same_target_has_the_same_id(target: str) -> None:
    assert SIGNER.sign(target) == SIGNER.sign(target)


@given(TARGETS)
def test_another_secret_does_not_open_it(target: str) -> None:
    assert ChoiceSigner("another secret").target(SIGNER.sign(target)) is None


@given(st.text(max_size=300))
def test_any_other_text_stands_for_nothing(text: str) -> None:
    assert SIGNER.target(text) is None


@given(st.data())
def test_one_changed_character_stands_for_nothing(data: st.DataObject) -> None:
    signed = SIGNER.sign("entry:labour.unpaid-wages")
    # The last character of base64 holds two bits that mean nothing.
    place = data.draw(st.integers(0, len(signed) - 2))
    other = data.draw(st.sampled_from("abcXYZ019-_.").filter(lambda sign: sign != signed[place]))
    assert SIGNER.target(signed[:place] + other + signed[place + 1 :]) is None


@pytest.mark.parametrize("value", [{"a": 1}, ["entry:x"], 7, None, True])
def test_a_signed_value_that_is_no_text_stands_for_nothing(value: object) -> None:
    signed = SIGNER._serializer.dumps(value)
    assert SIGNER.target(signed if isinstance(signed, str) else signed.decode()) is None


def test_the_id_is_fit_for_a_form_and_the_contract_length() -> None:
    signed = SIGNER.sign("entry:" + "a" * 60 + "." + "b" * 60)
    assert len(signed) <= 300
    assert signed.isascii() and not set(signed) & set(" \"'<>&")
