"""What citizens get of a channel or a topic that is off, channel by channel."""

from typing import Any

import pytest

from api.staff.people.staff import SYSTEM
from api.staff.switches.board import SwitchBoard
from knowledge_base.wording import say
from tests.api import fakes
from tests.api.conftest import Conversation, Running

OFF = say("switched_off")
LABOUR_OFF = say("switched_off_topic", topic="劳动争议")
QUESTION = "老板不发工资"
DANGER = "老公打我我该怎么办"


@pytest.fixture
def switches(running: Running) -> SwitchBoard:
    return running.services.staff.switches


async def test_the_interface_for_programs_says_that_it_is_off(talk: Conversation, switches: SwitchBoard) -> None:
    await switches.turn_off("channel:rest", "查错", SYSTEM)
    turn = await talk.say(QUESTION)
    assert (turn["outcome"], turn["reply"]) == ("refused.switched_off", [{"type": "text", "text": OFF}])


async def test_a_channel_that_is_off_does_not_ask_the_dialogue(
    talk: Conversation, switches: SwitchBoard, running: Running
) -> None:
    await switches.turn_off("channel:rest", "查错", SYSTEM)
    await talk.say(QUESTION)
    assert running.rasa.messages == []


async def test_danger_gets_its_numbers_from_a_channel_that_is_off(talk: Conversation, switches: SwitchBoard) -> None:
    await switches.turn_off("channel:rest", "查错", SYSTEM)
    turn = await talk.say(DANGER)
    assert turn["outcome"] == "urgent.violence"
    assert [(block["type"], block["text"] == OFF) for block in turn["reply"]] == [("notice", False), ("text", True)]


async def test_danger_gets_its_numbers_when_the_topic_is_off(talk: Conversation, switches: SwitchBoard) -> None:
    for topic in ("婚姻家庭", "刑事"):
        await switches.turn_off(f"topic:{topic}", "查错", SYSTEM)
    assert (await talk.say(DANGER))["reply"][0]["level"] == "urgent"


@pytest.mark.parametrize("message", [{"text": "工" * 5000}, {"choice": "planted"}])
async def test_nobody_is_asked_to_try_again_on_a_channel_that_is_off(
    talk: Conversation, switches: SwitchBoard, message: dict[str, str]
) -> None:
    await switches.turn_off("channel:rest", "查错", SYSTEM)
    turn = (await talk.post(message | {"message_id": "m1"})).json()
    assert turn["outcome"] == "refused.switched_off"


async def test_on_again_it_answers(talk: Conversation, switches: SwitchBoard) -> None:
    await switches.turn_off("channel:rest", "查错", SYSTEM)
    await switches.turn_on("channel:rest")
    assert (await talk.say(QUESTION))["entry"]["id"] == fakes.WAGES


async def test_another_channel_is_not_touched(talk: Conversation, switches: SwitchBoard) -> None:
    await switches.turn_off("channel:web", "查错", SYSTEM)
    assert (await talk.say(QUESTION))["entry"]["id"] == fakes.WAGES


async def test_a_question_about_a_topic_that_is_off_is_told_so(talk: Conversation, switches: SwitchBoard) -> None:
    await switches.turn_off("topic:劳动争议", "法律改了", SYSTEM)
    turn = await talk.say(QUESTION)
    assert (turn["outcome"], turn["topic"], turn["entry"]) == ("refused.switched_off", "劳动争议", None)
    assert turn["reply"] == [{"type": "text", "text": LABOUR_OFF}]


async def test_a_button_of_before_leads_nowhere_when_its_topic_is_off(
    talk: Conversation, switches: SwitchBoard, running: Running
) -> None:
    await switches.turn_off("topic:劳动争议", "法律改了", SYSTEM)
    turn = await talk.press(running.services.signer.sign(f"entry:{fakes.WAGES}"))
    assert turn["reply"] == [{"type": "text", "text": LABOUR_OFF}]


async def test_the_catalogue_alone_keeps_to_it_when_rasa_is_down(
    talk: Conversation, switches: SwitchBoard, running: Running
) -> None:
    running.rasa.down = True
    await switches.turn_off("topic:劳动争议", "法律改了", SYSTEM)
    assert (await talk.say(QUESTION))["outcome"] == "refused.switched_off"


async def search(running: Running, question: str = QUESTION, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await running.client.get("/api/v1/search", params={"q": question, **query})).json()
    return found


@pytest.mark.parametrize("scope", ["channel:rest", "topic:劳动争议"])
async def test_search_finds_nothing_of_what_is_off(running: Running, switches: SwitchBoard, scope: str) -> None:
    await switches.turn_off(scope, "查错", SYSTEM)
    found = await search(running)
    assert (found["decision"], found["outcome"], found["results"]) == ("abstain", "refused.switched_off", [])


async def test_search_leaves_out_other_entries_of_what_is_off(running: Running, switches: SwitchBoard) -> None:
    question = "请不起律师怎么办，老板不发工资"
    before = await search(running, question, limit=20)
    off = {result["topic"] for result in before["results"]} - {before["results"][0]["topic"]}
    assert off != set()
    for topic in off:
        await switches.turn_off(f"topic:{topic}", "查错", SYSTEM)
    after = await search(running, question, limit=20)
    assert after["results"] == [result for result in before["results"] if result["topic"] not in off]


async def test_rasas_own_channel_goes_with_the_interface(running: Running, switches: SwitchBoard) -> None:
    await switches.turn_off("channel:rest", "查错", SYSTEM)
    response = await running.client.post("/webhooks/rest/webhook", json={"sender": "a", "message": QUESTION})
    assert [message["text"] for message in response.json()] == [OFF]


async def test_the_page_says_that_it_is_off_with_a_number_to_call(running: Running, switches: SwitchBoard) -> None:
    await switches.turn_off("channel:web", "查错", SYSTEM)
    shown = (await running.client.get("/")).text
    assert OFF in shown and 'class="call" href="tel:12348"' in shown
    assert 'class="starter"' not in shown and 'id="question"' in shown


async def test_the_page_says_nothing_while_it_is_on(running: Running) -> None:
    assert OFF not in (await running.client.get("/")).text


async def test_the_page_answers_that_it_is_off(running: Running, switches: SwitchBoard) -> None:
    await switches.turn_off("channel:web", "查错", SYSTEM)
    shown = await running.client.post("/ask", data={"text": QUESTION}, headers={"x-requested-with": "fetch"})
    assert OFF in shown.text


async def test_the_first_screen_offers_nothing_of_a_topic_that_is_off(running: Running, switches: SwitchBoard) -> None:
    assert "没拿到工资" in (await running.client.get("/")).text
    await switches.turn_off("topic:劳动争议", "法律改了", SYSTEM)
    shown = (await running.client.get("/")).text
    assert "没拿到工资" not in shown and "请不起律师" in shown


async def test_what_is_off_is_recorded_as_such(talk: Conversation, switches: SwitchBoard, running: Running) -> None:
    await switches.turn_off("channel:rest", "查错", SYSTEM)
    await talk.say("电话13812345678")
    turn = (await running.table("turns"))[0]
    assert (turn["outcome"], turn["text"]) == ("refused.switched_off", "电话[手机号]")


async def test_readiness_names_what_is_off_and_is_ready(running: Running, switches: SwitchBoard) -> None:
    await switches.turn_off("channel:web", "查错", SYSTEM)
    body = (await running.client.get("/readyz")).json()
    assert (body["ready"], body["switched_off"]) == (True, ["渠道 网页"])
