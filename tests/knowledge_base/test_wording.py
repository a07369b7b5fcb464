"""Reviewed wording: placeholders, and what happens without a key or a value."""

import pytest

from knowledge_base.wording import load_wording, say


def test_a_wording_without_placeholders() -> None:
    assert say("clarify_none") == "都不是"


def test_placeholders_are_filled() -> None:
    assert "500" in say("too_long", limit=500)


def test_braces_in_a_value_stay() -> None:
    assert "{x}" in say("explain_answer", title="{x}")


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("no_such_wording")


def test_a_placeholder_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("too_long")


@pytest.mark.parametrize("key", sorted(load_wording()))
def test_every_wording_is_trimmed_text(key: str) -> None:
    text = load_wording()[key]
    assert isinstance(text, str) and text and text == text.strip()
