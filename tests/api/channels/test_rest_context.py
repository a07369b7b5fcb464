"""A conversation over the public HTTP API: what goes on from before, several questions, and abstentions in a row."""

from typing import Any

import pytest

from knowledge_base.wording import say
from tests.api import fakes
from tests.api.conftest import Conversation, Running
from tests.api.fakes import block_types

QUESTION = "老板不发工资"
NOT_OURS = "今天天气怎么样"
PHONE = "13812345678"


def labels(turn: dict[str, Any]) -> list[str]:
    """The buttons of a turn."""
    return [choice["label"] for block in turn["reply"] if block["type"] == "choices" for choice in block["choices"]]


def button(turn: dict[str, Any], label: str) -> str:
    """The id of the button that says so."""
    choices = [choice for block in turn["reply"] if block["type"] == "choices" for choice in block["choices"]]
    return next(choice["id"] for choice in choices if choice["label"] == label)


# --- what goes on from before -----------------------------------------------------------------------------------------


async def test_a_question_for_a_facet_is_about_the_entry_before(talk: Conversation) -> None:
    await talk.say("学位证怎么公证")
    turn = await talk.say("那要带什么材料")
    assert (turn["outcome"], turn["reply"][0]["title"]) == ("answered.follow_up", "学历证书公证怎么办 · 材料")


async def test_the_next_message_is_sent_with_the_question_before(running: Running, talk: Conversation) -> None:
    await talk.say(QUESTION)
    await talk.say("那如果没有签合同呢")
    assert running.rasa.messages[-1]["metadata"] == {
        "guide": None, "last_entry_id": fakes.WAGES, "last_question": QUESTION, "abstained_before": 0,
    }  # fmt: skip


async def test_what_goes_on_does_not_get_the_same_card_again(talk: Conversation) -> None:
    await talk.say(QUESTION)
    turn = await talk.say("那如果没有签合同呢")
    assert turn["entry"] is None and turn["outcome"].partition(".")[0] in {"clarified", "routed"}


async def test_another_subject_is_answered_as_if_nothing_came_before(talk: Conversation) -> None:
    await talk.say(QUESTION)
    turn = await talk.say("换个问题，离婚要冷静期吗")
    assert turn["entry"]["id"] == "family.agreed-divorce"


async def test_a_pressed_entry_is_a_question_too(running: Running, talk: Conversation) -> None:
    turn = await talk.say(QUESTION)
    await talk.press(turn["reply"][1]["choices"][0]["id"])
    await talk.say("那要多少钱")
    assert running.rasa.messages[-1]["metadata"]["last_question"] == "怎么申请劳动仲裁"


async def test_small_talk_in_between_does_not_hide_the_question(running: Running, talk: Conversation) -> None:
    await talk.say(QUESTION)
    running.rasa.answer = lambda _: fakes.uttered(fakes.text_reply(say("thanks")))
    await talk.say("谢谢")
    await talk.say("那如果没有签合同呢")
    assert running.rasa.messages[-1]["metadata"]["last_question"] == QUESTION


async def test_the_question_is_kept_masked(running: Running, talk: Conversation) -> None:
    await talk.say(f"{QUESTION}，电话{PHONE}")
    (row,) = await running.table("conversations")
    assert row["last_question"] == f"{QUESTION},电话[手机号]"


async def test_without_rasa_the_conversation_goes_on(running: Running, talk: Conversation) -> None:
    await talk.say("学位证怎么公证")
    running.rasa.down = True
    turn = await talk.say("那要带什么材料")
    assert (turn["outcome"], turn["reply"][-1]["text"]) == ("answered.follow_up", say("degraded"))


# --- several questions ------------------------------------------------------------------------------------------------


async def test_a_message_with_two_questions_gets_both_cards(talk: Conversation) -> None:
    turn = await talk.say("老板不发工资？毕业证公证？")
    assert (turn["outcome"], turn["entry"]["id"]) == ("answered.several", fakes.WAGES)
    titles = [block["title"] for block in turn["reply"] if block["type"] == "answer"]
    assert titles == ["公司拖欠工资怎么办", "学历证书公证怎么办"]


# --- abstentions in a row ---------------------------------------------------------------------------------------------


async def test_three_abstentions_in_a_row_lead_to_categories_and_then_to_a_person(running_on_each: Running) -> None:
    talk = await running_on_each.conversation()
    turns = [await talk.say(NOT_OURS) for _ in range(4)]
    assert [turn["outcome"] for turn in turns] == [
        "abstained.out_of_scope", "abstained.categories", "handed_over.after_abstentions",
        "handed_over.after_abstentions",
    ]  # fmt: skip
    assert labels(turns[1]) == ["劳动争议", "婚姻家庭", "继承", "公证"]
    assert turns[2]["reply"][0]["text"] == say("handover_after_abstentions")


@pytest.mark.parametrize("between", [QUESTION, "彩礼要不要还"], ids=["answered", "met otherwise"])
async def test_anything_but_an_abstention_begins_the_count_anew(talk: Conversation, between: str) -> None:
    for _ in range(2):
        await talk.say(NOT_OURS)
    await talk.say(between)
    assert (await talk.say(NOT_OURS))["outcome"] == "abstained.out_of_scope"


async def test_a_copy_of_a_message_is_not_a_second_abstention(talk: Conversation) -> None:
    for _ in range(3):
        await talk.say(NOT_OURS, "same")
    assert (await talk.say(NOT_OURS))["outcome"] == "abstained.categories"


async def test_without_rasa_abstentions_are_counted_too(running: Running, talk: Conversation) -> None:
    running.rasa.down = True
    turns = [await talk.say(NOT_OURS) for _ in range(3)]
    assert turns[-1]["outcome"] == "handed_over.after_abstentions"


async def test_a_category_leads_to_its_questions_and_these_to_an_answer(talk: Conversation) -> None:
    for _ in range(2):
        offered = await talk.say(NOT_OURS)
    pressed = await talk.press(button(offered, "劳动争议"))
    assert (pressed["outcome"], pressed["topic"]) == ("clarified.topic", "劳动争议")
    assert block_types(pressed["reply"]) == ["text", "choices"]
    answered = await talk.press(button(pressed, "公司拖欠工资怎么办"))
    assert (answered["outcome"], answered["entry"]["id"]) == ("answered.chosen", fakes.WAGES)


async def test_a_category_is_shown_in_the_history_by_its_name(talk: Conversation) -> None:
    for _ in range(2):
        offered = await talk.say(NOT_OURS)
    await talk.press(button(offered, "继承"))
    assert (await talk.history())["turns"][-1]["text"] == "继承"


async def test_other_offices_business_is_told_who_knows(talk: Conversation) -> None:
    turn = await talk.say("医保卡怎么换")
    assert (turn["outcome"], turn["reply"][0]["text"]) == ("abstained.government", say("abstain_government"))
