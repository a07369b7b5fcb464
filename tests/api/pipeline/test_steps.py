"""Each step alone, and what the citizen is told at the end of all."""

from contextlib import AsyncExitStack
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.choices import ChoiceSigner
from api.pipeline import steps
from api.pipeline.turn import Inbound, Turn
from api.privacy.masking import mask
from knowledge_base.blocks import NoticeBlock, Reply
from knowledge_base.decision import Context
from knowledge_base.guides.state import GuideState
from knowledge_base.live_release import LiveRelease
from knowledge_base.normalise import clean
from knowledge_base.urgency import detect
from knowledge_base.wording import say
from tests.api import fakes

URGENT = "我老公正在打我，救命"
PHONE = "13812345678"


def _turn(text: str | None = None, choice: str | None = None, **fields: Any) -> Turn:
    turn = Turn(Inbound("test", "s", "m", text, choice), AsyncExitStack())
    for name, value in fields.items():
        setattr(turn, name, value)
    return turn


# --- normalise --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("老板不发工资", "老板不发工资"),
        ("  老板\n不发\t工资 ", "老板 不发 工资"),
        ("ｇｏｎｇ　１２３", "gong 123"),
        ("老\u200b板\ufeff不\u202e发\u2066工资", "老板不发工资"),
        ("老\x00板\x1b[31m", "老板[31m"),
        ("/restart", "restart"),
        ("／restart", "restart"),
        ("\u200b/restart", "restart"),
        ("/\u200b/ /restart", "restart"),
        ("\\/restart", "restart"),
        ('/ask{"x":1}', 'ask{"x":1}'),
        ("\ue000\udbff", ""),
        ("", ""),
        (None, ""),
        ("\u200b\u200d", ""),
    ],
)
async def test_the_text_is_cleaned(typed: str | None, cleaned: str) -> None:
    turn = _turn(typed)
    await steps.Normalise().run(turn)
    assert (turn.text, turn.reply) == (cleaned, None)


@given(st.text(alphabet=st.sampled_from("/／\\＼ \u200b\n\x00a工\u2044\u29f5"), max_size=12))
async def test_no_text_begins_with_a_command(text: str) -> None:
    turn = _turn(text)
    await steps.Normalise().run(turn)
    assert not turn.text.startswith(("/", "\\", " "))


async def _normalise_mask_measure(turn: Turn, limit: int) -> None:
    for step in (steps.Normalise(), steps.Mask(), steps.Length(limit)):
        await step.run(turn)


@pytest.mark.parametrize(("length", "outcome"), [(50, None), (51, "refused.too_long"), (5000, "refused.too_long")])
async def test_a_text_over_the_limit_is_refused(length: int, outcome: str | None) -> None:
    turn = _turn("工" * length)
    await _normalise_mask_measure(turn, 50)
    assert (turn.reply.outcome if turn.reply else None) == outcome
    if turn.reply:
        assert turn.reply.blocks[0].text == say("too_long", limit=50)
        assert len(turn.masked) == 50


async def test_what_is_not_seen_does_not_count() -> None:
    turn = _turn("工\u200b\u200b " * 50)
    await _normalise_mask_measure(turn, 100)
    assert turn.reply is None


@pytest.mark.parametrize("before", [44, 40, 35, 0])
async def test_a_text_that_is_too_long_is_stored_masked(before: int) -> None:
    """Also where the limit falls inside of a number."""
    turn = _turn("工" * before + PHONE + "工" * 50)
    await _normalise_mask_measure(turn, 50)
    assert "1381" not in turn.masked


@settings(deadline=None)
@given(st.text(max_size=80), st.integers(50, 60))
async def test_what_is_stored_of_a_long_text_keeps_the_limit(text: str, limit: int) -> None:
    turn = _turn(text)
    await _normalise_mask_measure(turn, limit)
    assert turn.reply is None or len(turn.masked) <= limit


# --- mask, urgent, choice ---------------------------------------------------------------------------------------------


async def test_the_text_is_masked() -> None:
    turn = _turn(text=f"电话{PHONE}")
    turn.text = f"电话{PHONE}"
    await steps.Mask().run(turn)
    assert turn.masked == mask(f"电话{PHONE}") == "电话[手机号]"


@pytest.mark.parametrize(("text", "kind"), [(URGENT, "violence"), ("老板不发工资", None), ("", None)])
async def test_urgency_is_seen(text: str, kind: str | None) -> None:
    turn = _turn(text=text)
    turn.text = text
    await steps.Urgent().run(turn)
    assert (turn.urgent.kind if turn.urgent else None) == kind


SIGNER = ChoiceSigner("a secret")


async def test_a_button_becomes_its_target(live_release: LiveRelease) -> None:
    entry = next(iter(live_release.get().entries.values()))
    turn = _turn(choice=SIGNER.sign(f"entry:{entry.id}"))
    await steps.Choose(SIGNER, live_release).run(turn)
    assert (turn.target, turn.masked, turn.reply) == (f"entry:{entry.id}", entry.title, None)


@pytest.mark.parametrize(
    ("target", "said"),
    [("topic:劳动争议", "劳动争议"), ("say:none_of_these", "都不是"), ("entry:labour.gone", "[按钮]"), ("x", "[按钮]")],
)
async def test_a_button_is_stored_as_what_it_says(live_release: LiveRelease, target: str, said: str) -> None:
    turn = _turn(choice=SIGNER.sign(target))
    await steps.Choose(SIGNER, live_release).run(turn)
    assert (turn.target, turn.masked, turn.reply) == (target, said, None)


@pytest.mark.parametrize("choice", ["", "x", "entry:a.b", "ImVudHJ5OmEuYiI.AAAA", "工", "\x00", "." * 300])
async def test_a_forged_button_is_refused(choice: str, live_release: LiveRelease) -> None:
    turn = _turn(choice=choice)
    await steps.Choose(SIGNER, live_release).run(turn)
    assert turn.target is None
    assert turn.reply is not None
    assert (turn.reply.outcome, turn.reply.blocks[0].text) == ("refused.stale_choice", say("stale_choice"))


async def test_a_forged_button_leaves_nothing_of_itself_to_store(live_release: LiveRelease) -> None:
    turn = _turn(choice=f"call {PHONE}")
    await steps.Choose(SIGNER, live_release).run(turn)
    assert PHONE not in turn.masked


async def test_a_text_is_no_button(live_release: LiveRelease) -> None:
    turn = _turn("工资", masked="工资")
    await steps.Choose(SIGNER, live_release).run(turn)
    assert (turn.target, turn.masked, turn.reply) == (None, "工资", None)


# --- dialogue, guard --------------------------------------------------------------------------------------------------


async def test_the_dialogue_gets_the_masked_text_and_where_the_conversation_stands() -> None:
    seen: list[Any] = []

    async def reply(sender: str, text: str, target: str | None, context: Any, guide: GuideState) -> Reply:
        seen.append((sender, text, target, context, guide))
        return fakes.text_reply("x")

    context = Context(fakes.WAGES, last_question="老板不发工资", abstained_before=1)
    guide = GuideState(guide="deadline", day=date(2026, 11, 24))
    turn = _turn(text=f"电话{PHONE}", masked="电话[手机号]", context=context, guide=guide)
    await steps.Converse(SimpleNamespace(reply=reply)).run(turn)  # type: ignore[arg-type]
    assert seen == [("s", "电话[手机号]", None, context, guide)]


async def test_the_urgent_notice_stands_first_and_names_the_outcome(live_release: LiveRelease) -> None:
    reply = fakes.wages_reply(live_release.get())
    turn = _turn(reply=reply, urgent=detect(URGENT))
    await steps.Guard(live_release).run(turn)
    assert turn.reply is not None
    assert turn.reply.outcome == "urgent.violence"
    assert isinstance(turn.reply.blocks[0], NoticeBlock)
    assert turn.reply.blocks[0].level == "urgent"
    assert turn.reply.blocks[1:] == reply.blocks


async def test_the_urgent_notice_stands_first_although_the_reply_is_withheld(live_release: LiveRelease) -> None:
    turn = _turn(reply=fakes.text_reply("请汇款。"), urgent=detect(URGENT))
    await steps.Guard(live_release).run(turn)
    assert turn.reply is not None
    assert fakes.block_types([block.model_dump() for block in turn.reply.blocks]) == ["notice", "text"]
    assert turn.reply.blocks[1].text == say("content_withheld")


async def test_without_a_reply_an_apology(live_release: LiveRelease) -> None:
    turn = _turn("x")
    await steps.Guard(live_release).run(turn)
    assert turn.reply is not None
    assert (turn.reply.outcome, turn.reply.blocks[0].text) == ("failed.no_reply", say("failed"))


# --- record: where the conversation stands ----------------------------------------------------------------------------


async def _recorded(outcome: str, masked: str = "老板不发工资") -> dict[str, Any]:
    """What the store is told besides the turn."""
    told: list[dict[str, Any]] = []

    async def record(turn: Any, **where: Any) -> Any:
        told.append(where)
        return turn

    turn = _turn("x", masked=masked, reply=fakes.text_reply("x", outcome))
    await steps.Record(SimpleNamespace(record=record), SimpleNamespace()).run(turn)  # type: ignore[arg-type]
    return told[0]


@pytest.mark.parametrize(
    "outcome",
    [
        "answered.entry", "answered.exact", "answered.several", "answered.chosen", "clarified.choices", "routed.topic",
        "routed.unsure", "abstained.out_of_scope", "abstained.government", "abstained.categories", "urgent.violence",
        "handed_over.after_abstentions",
    ],
)  # fmt: skip
async def test_a_question_of_its_own_is_what_the_next_message_goes_on_from(outcome: str) -> None:
    assert (await _recorded(outcome))["question"] == "老板不发工资"


@pytest.mark.parametrize(
    "outcome",
    [
        "answered.small_talk", "answered.explained", "answered.follow_up", "answered.continued", "clarified.rejected",
        "clarified.topic", "abstained.no_words", "handed_over.hotline", "refused.too_long", "refused.stale_choice",
        "failed.guard", "failed.no_reply",
    ],
)  # fmt: skip
async def test_after_anything_else_the_question_before_stays(outcome: str) -> None:
    assert (await _recorded(outcome))["question"] is None


@pytest.mark.parametrize(
    ("outcome", "abstained"),
    [
        ("abstained.out_of_scope", True),
        ("abstained.no_words", True),
        ("abstained.government", True),
        ("abstained.categories", True),
        ("handed_over.after_abstentions", True),
        ("handed_over.hotline", False),
        ("answered.entry", False),
        ("answered.small_talk", False),
        ("clarified.topic", False),
        ("routed.unsure", False),
        ("urgent.self_harm", False),
    ],
)
async def test_what_counts_as_an_abstention(outcome: str, abstained: bool) -> None:
    assert (await _recorded(outcome))["abstained"] is abstained


async def test_nothing_is_recorded_without_a_reply() -> None:
    with pytest.raises(RuntimeError, match="no reply to record"):
        await steps.Record(SimpleNamespace(), SimpleNamespace()).run(_turn("x"))  # type: ignore[arg-type]


def test_cleaning_is_what_the_knowledge_base_does() -> None:
    assert clean("／ＡＢＣ") == "ABC"
