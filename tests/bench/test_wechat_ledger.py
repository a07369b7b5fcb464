"""The figures of a load say what became of each message."""

import pytest

from api.channels.wechat.accounts import WechatMode
from api.channels.wechat.simulator.development import development_account
from api.channels.wechat.simulator.follower import FollowerMessage
from api.channels.wechat.simulator.judge import Expected
from api.channels.wechat.simulator.platform_state import SentMessage
from api.channels.wechat.simulator.push import Delivery, Exchange, PushRequest
from tests.bench.wechat_ledger import FULL_BYTES, Ledger

MESSAGE = FollowerMessage({"FromUserName": "o1", "MsgType": "text"})
EXPECTED = Expected(development_account(WechatMode.PLAIN), WechatMode.PLAIN, "1", MESSAGE)
ANSWER = (
    b"<xml><ToUserName>o1</ToUserName><FromUserName>gh_0123456789ab</FromUserName><CreateTime>1</CreateTime>"
    b"<MsgType>text</MsgType><Content>ok</Content></xml>"
)
NOTHING, DONE, ANSWERED, WRONG = (None, b""), (200, b"success"), (200, ANSWER), (500, b"")
Response = tuple[int | None, bytes]
PART = "好" * (FULL_BYTES // 3)


def exchange(*responses: Response) -> Exchange:
    request = PushRequest((), b"", EXPECTED)
    return Exchange(MESSAGE, tuple(Delivery(request, status, body) for status, body in responses))


@pytest.mark.parametrize(
    ("responses", "late", "expected"),
    [
        ([ANSWERED], [], {"in_time"}),
        ([NOTHING, ANSWERED], [], {"in_time", "repeated"}),
        ([DONE], ["一"], {"later"}),
        ([DONE], [], {"lost"}),
        ([DONE], [PART, "尾"], {"later"}),
        ([DONE], ["一", "二"], {"later", "twice"}),
        ([DONE], [PART, PART], {"later", "twice"}),
        ([ANSWERED], ["一"], {"in_time", "twice"}),
        ([WRONG], [], {"rejected", "lost"}),
        ([WRONG], ["一"], {"rejected", "later"}),
        ([NOTHING] * 4, [], {"unheard", "lost", "repeated"}),
        ([NOTHING] * 4, ["一"], {"unheard", "later", "repeated"}),
    ],
)
def test_a_message_is_counted_for_what_became_of_it(
    responses: list[Response], late: list[str], expected: set[str]
) -> None:
    ledger = Ledger()
    asked = ledger.ask("o1", "问")
    asked.exchange = exchange(*responses)
    for text in late:
        ledger.late(SentMessage("o1", "text", text, b"", 0))
    assert {name for name, count in ledger.counts().items() if count} == {"sent"} | expected
    assert asked.came.is_set() == bool(late)


def test_a_late_answer_belongs_to_the_followers_last_message() -> None:
    ledger = Ledger()
    first, other, second = ledger.ask("o1", "一"), ledger.ask("o2", "二"), ledger.ask("o1", "三")
    ledger.late(SentMessage("o1", "text", "答", b"", 0))
    assert [first.late, other.late, second.late] == [[], [], ["答"]]


def test_an_answer_to_nobody_counts_as_one_too_many() -> None:
    ledger = Ledger()
    ledger.late(SentMessage("o9", "text", "答", b"", 0))
    assert ledger.counts()["twice"] == 1


def test_latencies_are_of_those_answered_in_time() -> None:
    ledger = Ledger()
    for seconds, response in [(0.3, ANSWERED), (0.1, ANSWERED), (5.0, DONE)]:
        asked = ledger.ask("o1", "问")
        asked.exchange, asked.seconds = exchange(response), seconds
    assert ledger.latencies() == [100.0, 300.0]
