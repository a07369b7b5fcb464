"""A guide over the public API: from the first button to the result, and what is kept of it."""

from typing import Any

import pytest

from knowledge_base.wording import say
from tests.api import fakes
from tests.api.conftest import Conversation, Running

TO_THE_END = ("工资", "申请劳动仲裁", "欠我工资", "已经离开", "上个月3号", "没有")


def _labels(turn: dict[str, Any]) -> list[str]:
    return [choice["label"] for choice in turn["reply"][-1]["choices"]]


async def _press(talk: Conversation, turn: dict[str, Any], label: str) -> dict[str, Any]:
    choices = [choice for block in turn["reply"] if block["type"] == "choices" for choice in block["choices"]]
    return await talk.press(next(choice["id"] for choice in choices if choice["label"] == label))


@pytest.fixture
async def begun(talk: Conversation) -> dict[str, Any]:
    return await talk.say("期限计算")


async def test_from_the_first_question_to_the_result(talk: Conversation, begun: dict[str, Any]) -> None:
    assert (begun["outcome"], begun["reply"][-1]["guide"], begun["reply"][-1]["answered"]) == (
        "guided.begun",
        "deadline",
        0,
    )
    turn = begun
    for label in ("上班、工资、工伤", "申请劳动仲裁", "是，欠我工资", "已经离开"):
        turn = await _press(talk, turn, label)
        assert turn["outcome"] == "guided.asked"
    turn = await talk.say("上个月3号")
    turn = await _press(talk, turn, "没有")
    assert turn["outcome"] == "guided.concluded"
    assert [block["type"] for block in turn["reply"]] == ["result", "choices"]
    assert (await talk.say("不对，我还在上班"))["outcome"] == "guided.concluded"


@pytest.mark.parametrize("when", range(1, 6))
async def test_without_rasa_from_any_step_on_it_comes_to_the_same_end(
    running: Running, talk: Conversation, begun: dict[str, Any], when: int
) -> None:
    for number, text in enumerate(TO_THE_END):
        running.rasa.down = number >= when
        turn = await talk.say(text)
    assert turn["outcome"] == "guided.concluded"
    running.rasa.down = False
    assert (await talk.say("老板不发工资"))["outcome"] == "answered.exact"


async def test_a_question_in_between_and_after_a_stop(talk: Conversation, begun: dict[str, Any]) -> None:
    between = await talk.say("没有遗嘱怎么继承")
    assert (between["outcome"], between["entry"]["id"]) == ("guided.interrupted", "inheritance.no-will")
    assert (await talk.say("算了"))["outcome"] == "guided.stopped"
    assert (await talk.say("没有遗嘱怎么继承"))["outcome"] == "answered.exact"
    resumed = await talk.say("继续")
    assert (resumed["outcome"], _labels(resumed)[0]) == ("guided.resumed", "上班、工资、工伤")


async def test_danger_in_the_middle_comes_first_and_the_guide_goes_on(
    talk: Conversation, begun: dict[str, Any]
) -> None:
    turn = await talk.say("我老公正在打我，救命")
    assert (turn["outcome"], turn["reply"][0]["type"]) == ("urgent.violence", "notice")
    assert (await talk.say("为什么问这个"))["outcome"] == "guided.explained"


async def test_what_is_said_is_kept_masked(running: Running, talk: Conversation, begun: dict[str, Any]) -> None:
    await talk.say("工资，我电话13812345678")
    sent = running.rasa.messages[-1]
    assert "13812345678" not in str(sent)


async def test_a_message_sent_twice_answers_once(running: Running, talk: Conversation, begun: dict[str, Any]) -> None:
    first, second = [await talk.say("工资", "the-same-message") for _ in range(2)]
    assert first == second
    assert (await talk.say("申请劳动仲裁"))["reply"][-1]["answered"] == 2


async def test_a_button_of_the_first_question_pressed_late_puts_right(
    talk: Conversation, begun: dict[str, Any]
) -> None:
    await talk.say("工资")
    turn = await _press(talk, begun, "交通事故")
    assert (turn["outcome"], turn["reply"][0]["text"]) == (
        "guided.corrected",
        say("guide_corrected_to", answer="交通事故"),
    )


async def test_a_tampered_result_is_withheld_and_the_guide_stays(
    running: Running, talk: Conversation, begun: dict[str, Any]
) -> None:
    for text in TO_THE_END[:-1]:
        await talk.say(text)
    sound = running.rasa.answer

    def tamper(body: dict[str, Any]) -> Any:
        running.rasa.answer = sound
        answer = running.rasa._decide(body).json()
        answer[0]["custom"]["reply"]["blocks"][0]["headline"] = "你一定会赢。"
        return fakes.httpx.Response(200, json=answer)

    running.rasa.answer = tamper
    assert (await talk.say("没有"))["outcome"] == "failed.guard"
    assert (await talk.say("没有"))["outcome"] == "guided.concluded"
