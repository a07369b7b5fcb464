"""Appointments through the application: a ticket with a code, contact data in it alone, looked up, changed, cancelled, erased."""

from typing import Any

import pytest

from tests.api.conftest import Conversation, Running

PHONE, NAME = "13812345678", "王小明"
ANSWERS = ["我要预约", "打电话给我", "老板三个月没发工资", "闵行", "明天", "下午", "没有了", "同意"]


def blocks(turn: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [block for block in turn["reply"] if block["type"] == kind]


async def wish(conversation: Conversation, name: str = f"我叫{NAME}", phone: str = PHONE) -> dict[str, Any]:
    """Go through the guide; the last turn."""
    turn: dict[str, Any] = {}
    for said in (*ANSWERS, name, phone):
        turn = await conversation.say(said)
    assert turn["outcome"] == "guided.concluded", turn
    return turn


async def test_a_wish_becomes_a_ticket_with_a_code(running: Running) -> None:
    conversation = await running.conversation()
    turn = await wish(conversation)
    (told,) = blocks(turn, "ticket")
    (ticket,) = await running.table("tickets")
    assert (ticket["code"], ticket["kind"], ticket["status"]) == (told["code"], "call_back", "open")
    assert ticket["contact"] == {"name": NAME, "phone": PHONE}
    assert "老板三个月没发工资" in ticket["text"] and told["code"] in told["text"]
    assert blocks(turn, "result")[0]["verdict"] == "requested"


async def test_contact_data_stand_in_no_turn_and_are_sent_to_nobody(running: Running) -> None:
    conversation = await running.conversation()
    await wish(conversation)
    history = str(await conversation.history())
    assert "（填了电话）" in history and PHONE not in history and NAME not in history
    assert PHONE not in str(await running.table("turns")) and PHONE not in str(running.rasa.messages)


async def test_without_consent_nothing_is_asked_or_kept(running: Running) -> None:
    conversation = await running.conversation()
    for said in ANSWERS[:-1]:
        await conversation.say(said)
    turn = await conversation.say("不同意")
    assert (blocks(turn, "result")[0]["verdict"], blocks(turn, "ticket")) == ("declined", [])
    assert await running.table("tickets") == []


@pytest.mark.parametrize("phone", ["12345", "1381234567", "138123456789", "十三亿", "13812345678或13900001111"])
async def test_a_wrong_phone_is_asked_for_again(running: Running, phone: str) -> None:
    conversation = await running.conversation()
    for said in (*ANSWERS, "不写了", phone):
        turn = await conversation.say(said)
    assert turn["outcome"] == "guided.not_understood" and "手机号是十一位" in turn["reply"][0]["text"]
    assert await running.table("tickets") == []


async def test_a_day_in_the_past_is_asked_for_again(running: Running) -> None:
    conversation = await running.conversation()
    for said in (*ANSWERS[:4], "昨天"):
        turn = await conversation.say(said)
    assert turn["outcome"] == "guided.not_understood" and "请说一个日子" in turn["reply"][0]["text"]


async def test_who_asks_again_changes_the_ticket_that_waits(running: Running) -> None:
    conversation = await running.conversation()
    first = blocks(await wish(conversation), "ticket")[0]["code"]
    await conversation.say("重新开始")
    for said in ("去大厅当面问", *ANSWERS[2:], NAME, "021-55556666"):
        turn = await conversation.say(said)
    (told,) = blocks(turn, "ticket")
    (ticket,) = await running.table("tickets")
    assert told["code"] == ticket["code"] == first and "已经约过" in told["text"]
    assert (ticket["kind"], ticket["contact"]["phone"]) == ("appointment", "021-55556666")


async def test_a_wrong_phone_is_put_right_afterwards(running: Running) -> None:
    conversation = await running.conversation()
    await wish(conversation)
    turn = await conversation.say("不对，应该是13900001111")
    (ticket,) = await running.table("tickets")
    assert (turn["outcome"], ticket["contact"]["phone"]) == ("guided.concluded", "13900001111")
    assert "13900001111" not in str(await conversation.history())


@pytest.mark.parametrize("text", ["取消预约", "我不约了", "怎么取消？"])
async def test_who_no_longer_wants_to_is_offered_to_cancel(running: Running, text: str) -> None:
    conversation = await running.conversation()
    code = blocks(await wish(conversation), "ticket")[0]["code"]
    (offered,) = blocks(await conversation.say(text), "choices")
    await conversation.press(offered["choices"][0]["id"])
    (ticket,) = await running.table("tickets")
    assert (ticket["code"], ticket["status"]) == (code, "cancelled")


async def test_who_has_no_ticket_has_none_to_cancel(running: Running) -> None:
    turn = await (await running.conversation()).say("取消预约")
    assert not turn["outcome"].startswith("handed_over.ticket")


async def test_the_code_tells_where_it_stands_and_cancels(running: Running) -> None:
    code = blocks(await wish(await running.conversation()), "ticket")[0]["code"]
    somebody = await running.conversation()
    turn = await somebody.say(f"查一下 {code.lower()}")
    assert turn["outcome"] == "handed_over.ticket_status" and "待办" in turn["reply"][0]["text"]
    cancelled = await somebody.press(blocks(turn, "choices")[0]["choices"][0]["id"])
    assert cancelled["outcome"] == "handed_over.ticket_cancelled"
    assert (await running.table("tickets"))[0]["status"] == "cancelled"
    again = await somebody.press(blocks(turn, "choices")[0]["choices"][0]["id"])
    assert "不用再取消" in again["reply"][0]["text"]
    assert blocks(await somebody.say(code), "choices") == []


async def test_an_unknown_code_is_said_to_be_unknown(running: Running) -> None:
    conversation = await running.conversation()
    turn = await conversation.say("GD-ABCDE-23456")
    assert turn["outcome"] == "handed_over.ticket_unknown" and "12348" in turn["reply"][0]["text"]


async def test_erasing_the_conversation_erases_how_to_reach_the_citizen(running: Running) -> None:
    conversation = await running.conversation()
    await wish(conversation)
    response = await conversation.client.delete(conversation.path, headers=conversation.headers)
    assert response.status_code == 204
    assert await running.table("conversations") == []
    assert PHONE not in str(await running.table("tickets")) and NAME not in str(await running.table("tickets"))
