"""A citizen's messages through all real processes: API, Rasa, action server, knowledge base."""

from typing import Any

import httpx
import pytest

from tests.system.citizen import Citizen, blocks

pytestmark = pytest.mark.system

MUST_ANSWER = {
    "公司拖欠我三个月工资怎么办": "labour.unpaid-wages",
    "老公打我我该怎么办": "family.domestic-violence",
    "我妈没留遗嘱房子怎么分": "inheritance.no-will",
    "学历公证要带什么材料": "notary.education-certificate",
    "法律援助要什么条件": "legal-aid.conditions",
    "不服罚款想复议找谁": "reconsideration.fine-where",
}


@pytest.mark.parametrize(("question", "entry"), MUST_ANSWER.items())
def test_gets_the_right_entry_with_a_source(citizen: Citizen, question: str, entry: str) -> None:
    turn = citizen.ask(question)
    assert turn["entry"]["id"] == entry
    (card,) = blocks(turn, "answer")
    assert card["sources"]
    assert card["sources"][0]["title"]
    assert card["as_of"]
    assert turn["receipt"]


def test_safety_numbers_come_first(citizen: Citizen) -> None:
    turn = citizen.ask("老公打我我该怎么办")
    first = turn["reply"][0]
    assert (first["type"], first["level"]) == ("notice", "urgent")
    assert "110" in first["text"]
    assert turn["outcome"] == "urgent.violence"


def test_the_facet_that_is_asked_for_is_what_is_said(citizen: Citizen) -> None:
    (card,) = blocks(citizen.ask("学历公证要带什么材料"), "answer")
    assert card["title"].endswith("材料")


@pytest.mark.parametrize("question", ["今天天气怎么样", "帮我写首诗", "牙齿矫正多少钱"])
def test_declines_what_is_not_ours_and_says_what_it_can_do(citizen: Citizen, question: str) -> None:
    turn = citizen.ask(question)
    assert turn["outcome"].startswith("abstained.")
    assert turn["entry"] is None
    assert "我能回答" in blocks(turn, "text")[0]["text"]
    assert blocks(turn, "choices")


@pytest.mark.parametrize(
    ("text", "outcome", "said"),
    [
        ("你好", "answered.small_talk", "沪法问答"),
        ("谢谢", "answered.small_talk", "不客气"),
        ("转人工", "handed_over.hotline", "12348"),
        ("你是机器人吗", "answered.small_talk", "自动问答"),
        ("不问了", "answered.small_talk", "先到这里"),
    ],
)
def test_small_talk_and_the_way_to_a_person(citizen: Citizen, text: str, outcome: str, said: str) -> None:
    turn = citizen.ask(text)
    assert turn["outcome"] == outcome
    assert said in blocks(turn, "text")[0]["text"]


def test_explains_where_the_last_answer_came_from(citizen: Citizen) -> None:
    citizen.ask("公司拖欠我三个月工资怎么办")
    turn = citizen.ask("你这么说的依据是什么")
    assert turn["outcome"] == "answered.explained"
    assert blocks(turn, "answer")[0]["sources"]


def test_a_follow_up_is_about_the_last_entry(citizen: Citizen) -> None:
    citizen.ask("学历公证要带什么材料")
    turn = citizen.ask("多少钱")
    assert turn["entry"]["id"] == "notary.education-certificate"
    assert blocks(turn, "answer")[0]["title"].endswith("费用")


def test_a_pressed_button_gives_what_it_says(citizen: Citizen) -> None:
    choice = blocks(citizen.ask("今天天气怎么样"), "choices")[0]["choices"][0]
    turn = citizen.press(choice["id"])
    assert turn["entry"]["title"] == choice["label"]


def test_the_same_message_twice_is_answered_once(citizen: Citizen) -> None:
    first = citizen.ask("公司拖欠我三个月工资怎么办", message_id="m-1")
    second = citizen.ask("公司拖欠我三个月工资怎么办", message_id="m-1")
    assert second == first
    history = citizen.client.get(citizen.path, headers=citizen.headers).json()
    assert len(history["turns"]) == 1


def test_erasure_leaves_nothing(citizen: Citizen, system: Any) -> None:
    citizen.ask("我叫张三，公司拖欠工资怎么办")
    assert citizen.client.delete(citizen.path, headers=citizen.headers).status_code == httpx.codes.NO_CONTENT
    assert citizen.client.get(citizen.path, headers=citizen.headers).status_code == httpx.codes.UNAUTHORIZED
    tracker = httpx.get(
        f"{system.rasa_url}/conversations/{citizen.id}/tracker",
        params={"token": "test-token-only-on-loopback"},
        trust_env=False,
    ).json()
    assert not [event for event in tracker["events"] if event["event"] == "user"]


def test_personal_data_is_masked_in_the_history(citizen: Citizen) -> None:
    citizen.ask("我的手机号是13812345678，公司拖欠工资怎么办")
    history = citizen.client.get(citizen.path, headers=citizen.headers).json()
    assert "13812345678" not in str(history)
    assert "[手机号]" in history["turns"][0]["text"]


BAD_TEXTS = [
    "",
    "   ",
    "/restart",
    '/ask{"x":1}',
    '/choose{"target":"entry:labour.unpaid-wages"}',
    "😀😀😀",
    "\x00\x01\x02",
    "\u200b\u200d\ufeff",
    "'; DROP TABLE turns; --",
    "<script>alert(1)</script>公司拖欠工资怎么办",
    "公" * 10_000,
    "{{7*7}} ${jndi:ldap://x}",
    "a" * 900,
    "？？？",
]


@pytest.mark.parametrize("text", BAD_TEXTS, ids=[repr(text[:20]) for text in BAD_TEXTS])
def test_bad_text_gets_a_plain_reply(citizen: Citizen, text: str) -> None:
    turn = citizen.ask(text)
    assert turn["reply"]
    assert turn["outcome"].partition(".")[0] in {"answered", "clarified", "routed", "abstained", "refused"}
    assert citizen.ask("公司拖欠我三个月工资怎么办")["entry"]["id"] == "labour.unpaid-wages"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"[]", 422),
        (b'{"text": 5, "message_id": "a"}', 422),
        (b'{"text": "x"}', 422),
        (b'{"text": "x", "choice": "y", "message_id": "a"}', 422),
        (b'{"text": "' + b"x" * 70_000 + b'", "message_id": "a"}', 413),
    ],
)
def test_bad_bodies_get_a_chinese_problem(citizen: Citizen, content: bytes, status: int) -> None:
    response = citizen.client.post(
        f"{citizen.path}/messages", content=content, headers={**citizen.headers, "Content-Type": "application/json"}
    )
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert any("\u4e00" <= character <= "\u9fff" for character in response.json()["detail"])


def test_an_unknown_conversation_is_refused(citizen: Citizen) -> None:
    response = citizen.client.post(
        "/api/v1/conversations/nobody/messages", json={"text": "x", "message_id": "a"}, headers=citizen.headers
    )
    assert response.status_code == httpx.codes.UNAUTHORIZED
    assert "会话" in response.json()["detail"]


def test_a_rasa_rest_client_is_answered(citizen: Citizen) -> None:
    response = citizen.client.post(
        "/webhooks/rest/webhook", json={"sender": "old-client", "message": "公司拖欠我三个月工资怎么办"}
    )
    messages = response.json()
    assert messages[0]["recipient_id"] == "old-client"
    assert messages[0]["custom"]["sources"]
