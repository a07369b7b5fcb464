"""Reply blocks travel as JSON and come back as what they were."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from knowledge_base.blocks import (
    AnswerBlock,
    Block,
    Choice,
    ChoicesBlock,
    FacetBlock,
    NoticeBlock,
    Reply,
    SourceBlock,
    TextBlock,
)

ANSWER = AnswerBlock(
    entry_id="labour.unpaid-wages",
    entry_version="0123456789ab",
    title="公司拖欠工资怎么办",
    text="先投诉。",
    facets=[FacetBlock(name="fee", label="费用", text="不收费。")],
    sources=[SourceBlock(title="《劳动合同法》", article="第30条", checked=date(2026, 7, 17), confidence="verified")],
    as_of=date(2026, 7, 17),
    office="公共法律服务管理处",
)
BLOCKS: list[Block] = [
    TextBlock(text="你好"),
    ANSWER,
    ChoicesBlock(prompt="哪一个", choices=[Choice(id="entry:labour.unpaid-wages", label="拖欠工资")]),
    NoticeBlock(level="urgent", text="请拨打110"),
]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.type)
def test_a_block_survives_json(block: Block) -> None:
    reply = Reply(outcome="answered.entry", blocks=[block])
    assert Reply.model_validate_json(reply.model_dump_json()) == reply


@pytest.mark.parametrize(
    "block",
    [
        {"type": "video", "text": "你好"},
        {"text": "没有类型"},
        {"type": "text", "text": "你好", "html": "<b>"},
        {"type": "notice", "level": "loud", "text": "你好"},
        {"type": "choices", "prompt": "哪一个"},
        {"type": "answer", "title": "没有依据", "text": "先投诉。"},
    ],
    ids=str,
)
def test_a_block_that_is_not_in_the_contract_is_refused(block: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Reply.model_validate({"outcome": "answered.entry", "blocks": [block]})


def test_a_reply_needs_an_outcome() -> None:
    with pytest.raises(ValidationError):
        Reply.model_validate({"blocks": []})
