"""What a channel shows of a stored turn."""

from types import SimpleNamespace
from typing import Any

import pytest

from api.choices import ChoiceSigner
from api.rendering import plain_text, public_blocks
from knowledge_base.blocks import Block
from knowledge_base.live_release import LiveRelease
from tests.api import fakes

SIGNER = ChoiceSigner("a secret")


def _public(*blocks: Block) -> list[dict[str, Any]]:
    turn = SimpleNamespace(reply=[block.model_dump(mode="json") for block in blocks])
    return public_blocks(turn, SIGNER)  # type: ignore[arg-type]


def test_buttons_get_signed_ids() -> None:
    block = fakes.clarifying_reply().blocks[0]
    (shown,) = _public(block)
    assert [SIGNER.target(choice["id"]) for choice in shown["choices"]] == [choice.id for choice in block.choices]
    assert [choice["label"] for choice in shown["choices"]] == [choice.label for choice in block.choices]


def test_rendering_twice_does_not_sign_twice() -> None:
    turn = SimpleNamespace(reply=[fakes.clarifying_reply().blocks[0].model_dump(mode="json")])
    assert public_blocks(turn, SIGNER) == public_blocks(turn, SIGNER)  # type: ignore[arg-type]


def test_an_answer_has_the_fields_of_the_contract_and_no_internal_ones(live_release: LiveRelease) -> None:
    (shown,) = _public(fakes.degree_block(live_release.get()))
    assert set(shown) == {"type", "title", "text", "facets", "sources", "as_of", "valid_until", "office"}
    assert set(shown["facets"][0]) == {"name", "label", "text"}
    assert set(shown["sources"][0]) == {"title", "article", "url", "checked", "confidence"}


def test_a_text_stays_as_it_is() -> None:
    assert _public(fakes.text_reply("你好。").blocks[0]) == [{"type": "text", "text": "你好。"}]


def test_an_answer_as_plain_text_says_everything(live_release: LiveRelease) -> None:
    (shown,) = _public(fakes.degree_block(live_release.get()))
    assert plain_text(shown) == (
        "学历证书公证怎么办\n带身份证和毕业证书到公证机构申请。\n材料：身份证、毕业证书原件。\n"
        "费用：按件收，价目在公证处能看到。\n依据：公证服务指南2026-01-05（2026-11-20 核对）"
    )


def test_choices_as_plain_text_are_numbered() -> None:
    (shown,) = _public(fakes.clarifying_reply().blocks[0])
    assert plain_text(shown).splitlines()[1:] == ["1. 公司拖欠工资怎么办", "2. 怎么申请劳动仲裁", "3. 都不是"]


@pytest.mark.parametrize("article", [None, "第30条"])
def test_a_source_without_an_article(live_release: LiveRelease, article: str | None) -> None:
    (shown,) = _public(fakes.degree_block(live_release.get()))
    shown["sources"][0]["article"] = article
    assert "None" not in plain_text(shown)
