"""Rasa answers, or the catalogue answers alone: a reply comes in any case."""

import asyncio
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from api.dialogue import Dialogue, DialogueUnavailableError, RasaClient
from knowledge_base.blocks import Reply
from knowledge_base.decision import Context
from knowledge_base.guides.state import GuideState, Status
from knowledge_base.live_release import LiveRelease
from knowledge_base.wording import say
from tests.api import fakes

CONTEXT = Context(last_entry_id=None, today=date(2026, 11, 23))
Handler = Callable[[httpx.Request], httpx.Response]


def _client(handler: Any, token: str = "") -> RasaClient:
    http = httpx.AsyncClient(base_url="http://rasa.test", transport=httpx.MockTransport(handler), timeout=1)
    return RasaClient(http, token)


async def _reply(handler: Any, releases: LiveRelease, text: str = "老板不发工资", target: str | None = None) -> Reply:
    return await Dialogue(_client(handler), releases).reply("a-sender", text, target, CONTEXT)


def _raising(error: type[httpx.HTTPError]) -> Handler:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error("no", request=request)  # type: ignore[call-arg]

    return handler


def _json(value: Any) -> Handler:
    return lambda _: httpx.Response(200, json=value)


def _status(status: int, content: bytes = b"") -> Handler:
    return lambda _: httpx.Response(status, content=content)


# --- Rasa answers -----------------------------------------------------------------------------------------------------


async def test_the_reply_of_the_action_is_taken(live_release: LiveRelease) -> None:
    reply = fakes.wages_reply(live_release.get())
    assert await _reply(lambda _: fakes.uttered(reply), live_release) == reply


async def test_a_wording_named_by_the_domain_is_taken(live_release: LiveRelease) -> None:
    reply = await _reply(_json([{"recipient_id": "x", "custom": {"wording": "greet"}}]), live_release, "你好")
    assert (reply.outcome, reply.blocks[0].text) == ("answered.small_talk", say("greet"))


async def test_the_first_usable_message_counts(live_release: LiveRelease) -> None:
    messages = [
        {"text": "hello"},
        {"custom": None},
        {"custom": {"wording": "no such"}},
        {"custom": {"wording": "stop"}},
    ]
    reply = await _reply(_json(messages), live_release)
    assert reply.blocks[0].text == say("stop")


async def test_what_rasa_is_told(live_release: LiveRelease) -> None:
    seen: list[Any] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.url.path, json.loads(request.content)))
        return httpx.Response(200, json=[{"custom": {"wording": "greet"}}])

    context = Context(fakes.WAGES, date(2026, 11, 23), "老板不发工资", abstained_before=2)
    await Dialogue(_client(handler), live_release).reply("s", "你好", None, context)
    await Dialogue(_client(handler), live_release).reply("s", "", "say:none_of_these", CONTEXT)
    path = "/webhooks/rest/webhook"
    choose = '/choose{"target": "say:none_of_these"}'
    stands = {"guide": None, "last_entry_id": fakes.WAGES, "last_question": "老板不发工资", "abstained_before": 2}
    nothing_before = {"guide": None, "last_entry_id": None, "last_question": None, "abstained_before": 0}
    assert seen == [
        ("POST", path, {"sender": "s", "message": "你好", "metadata": stands}),
        ("POST", path, {"sender": "s", "message": choose, "metadata": nothing_before}),
    ]


async def test_a_target_cannot_break_out_of_the_command(live_release: LiveRelease) -> None:
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content)["message"])
        return httpx.Response(200, json=[])

    target = 'entry:x"}/restart{"a": "工'
    await _reply(handler, live_release, "", target)
    assert json.loads(seen[0].removeprefix("/choose")) == {"target": target}


async def test_nothing_said_is_not_sent_to_rasa(live_release: LiveRelease) -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        raise AssertionError("called")

    reply = await _reply(handler, live_release, "")
    assert (reply.outcome, reply.blocks[0].text) == ("abstained.no_words", say("abstain_empty"))


# --- Rasa does not ----------------------------------------------------------------------------------------------------

FAILURES: dict[str, tuple[Any, str]] = {
    "connection refused": (_raising(httpx.ConnectError), "unreachable"),
    "connection lost": (_raising(httpx.ReadError), "unreachable"),
    "protocol": (_raising(httpx.RemoteProtocolError), "unreachable"),
    "connect timeout": (_raising(httpx.ConnectTimeout), "timeout"),
    "read timeout": (_raising(httpx.ReadTimeout), "timeout"),
    "pool timeout": (_raising(httpx.PoolTimeout), "timeout"),
    "500": (_status(500), "unreachable"),
    "401": (_status(401, b"{}"), "unreachable"),
    "404": (_status(404), "unreachable"),
    "redirect": (_status(302), "unreachable"),
    "not JSON": (_status(200, b"<html>oops</html>"), "unreachable"),
    "nothing": (_status(200, b""), "unreachable"),
    "not UTF-8": (_status(200, b'["\xff\xfe"]'), "unreachable"),
    "an object": (_json({"custom": {"wording": "greet"}}), "malformed"),
    "null": (_status(200, b"null"), "malformed"),
    "a number": (_json(7), "malformed"),
    "empty list": (_json([]), "silent"),
    "only text": (_json([{"recipient_id": "x", "text": "hello"}]), "silent"),
    "custom null": (_json([{"custom": None}]), "silent"),
    "unknown wording": (_json([{"custom": {"wording": "no such"}}]), "silent"),
    "reply without blocks": (_json([{"custom": {"reply": {"outcome": "answered.entry"}}}]), "malformed"),
    "reply null": (_json([{"custom": {"reply": None}}]), "malformed"),
    "reply with more": (_json([{"custom": {"reply": {"outcome": "a", "blocks": [], "x": 1}}}]), "malformed"),
    "unknown block": (_json([{"custom": {"reply": {"outcome": "a", "blocks": [{"type": "html"}]}}}]), "malformed"),
}
GARBAGE: dict[str, Any] = {
    "list of texts": ["hello"],
    "list of null": [None],
    "list of lists": [[1]],
    "custom a text": [{"custom": "a reply"}],
    "custom a number": [{"custom": 7}],
    "custom a list": [{"custom": ["reply"]}],
    "wording a list": [{"custom": {"wording": ["greet"]}}],
    "wording with a placeholder": [{"custom": {"wording": "too_long"}}],
}


@pytest.mark.parametrize("case", FAILURES)
async def test_the_catalogue_answers_alone_and_says_what_is_missing(live_release: LiveRelease, case: str) -> None:
    handler, _ = FAILURES[case]
    reply = await _reply(handler, live_release)
    assert (reply.outcome, reply.entry_id) == ("answered.exact", fakes.WAGES)
    assert reply.blocks[-1].text == say("degraded")


@pytest.mark.parametrize("case", FAILURES)
async def test_a_failure_is_counted_by_its_reason(live_release: LiveRelease, case: str) -> None:
    handler, reason = FAILURES[case]
    labels = {"reason": reason}
    before = REGISTRY.get_sample_value("hufa_dialogue_failures_total", labels) or 0
    await _reply(handler, live_release)
    assert REGISTRY.get_sample_value("hufa_dialogue_failures_total", labels) == before + 1


@pytest.mark.parametrize("case", GARBAGE)
async def test_the_catalogue_answers_alone_whatever_rasa_says(live_release: LiveRelease, case: str) -> None:
    reply = await _reply(_json(GARBAGE[case]), live_release)
    assert (reply.outcome, reply.blocks[-1].text) == ("answered.exact", say("degraded"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["greet", "reply", "too_long", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["custom", "reply", "wording", "outcome", "blocks", "type"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON)
async def test_no_json_of_rasa_makes_it_raise(live_release: LiveRelease, value: Any) -> None:
    assert (await _reply(_json(value), live_release)).outcome


async def test_a_slow_rasa_is_not_waited_for(live_release: LiveRelease) -> None:
    async def slow(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)
        writer.close()

    server = await asyncio.start_server(slow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=0.2, trust_env=False) as http:
        reply = await asyncio.wait_for(
            Dialogue(RasaClient(http), live_release).reply("s", "老板不发工资", None, CONTEXT), 3
        )
    server.close()
    assert reply.blocks[-1].text == say("degraded")


async def test_a_button_works_without_rasa(live_release: LiveRelease) -> None:
    reply = await _reply(_raising(httpx.ConnectError), live_release, "", f"entry:{fakes.DEGREE}")
    assert (reply.outcome, reply.entry_id) == ("answered.chosen", fakes.DEGREE)


async def test_the_button_of_a_topic_works_without_rasa(live_release: LiveRelease) -> None:
    reply = await _reply(_raising(httpx.ConnectError), live_release, "", "topic:公证")
    assert (reply.outcome, reply.topic) == ("clarified.topic", "公证")


async def test_abstentions_in_a_row_are_counted_without_rasa(live_release: LiveRelease) -> None:
    dialogue = Dialogue(_client(_raising(httpx.ConnectError)), live_release)
    reply = await dialogue.reply("s", "今天天气怎么样", None, Context(abstained_before=2))
    assert reply.outcome == "handed_over.after_abstentions"


async def test_a_message_goes_on_from_the_one_before_without_rasa(live_release: LiveRelease) -> None:
    dialogue = Dialogue(_client(_raising(httpx.ConnectError)), live_release)
    reply = await dialogue.reply("s", "那要带什么材料", None, Context(last_question="出国读书要公证学历"))
    assert (reply.outcome, reply.entry_id) == ("answered.continued", fakes.DEGREE)


async def test_none_of_these_works_without_rasa(live_release: LiveRelease) -> None:
    reply = await _reply(_raising(httpx.ConnectError), live_release, "", "say:none_of_these")
    assert reply.outcome == "clarified.rejected"


@pytest.mark.parametrize("target", ["entry:gone.gone", "entry:", "say:no such", "topic:天气", "topic:刑事", "x"])
async def test_a_target_that_is_gone_gets_a_clear_answer(live_release: LiveRelease, target: str) -> None:
    reply = await _reply(_raising(httpx.ConnectError), live_release, "", target)
    assert (reply.outcome, reply.blocks[0].text) == ("refused.stale_choice", say("stale_choice"))


# --- tracker API ------------------------------------------------------------------------------------------------------


async def test_forgetting_empties_the_tracker_with_the_token() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    await _client(handler, "the-token").forget("abc")
    (request,) = seen
    assert (request.method, request.url.path) == ("PUT", "/conversations/abc/tracker/events")
    assert dict(request.url.params) == {"token": "the-token"}
    assert json.loads(request.content) == []


@pytest.mark.parametrize("case", ["connection refused", "read timeout", "500", "401", "redirect"])
async def test_forgetting_that_is_not_confirmed_raises(case: str) -> None:
    with pytest.raises(DialogueUnavailableError):
        await _client(FAILURES[case][0]).forget("abc")


@pytest.mark.parametrize("case", ["connection refused", "read timeout", "500"])
async def test_the_check_raises_when_rasa_is_not_there(case: str) -> None:
    with pytest.raises(DialogueUnavailableError):
        await _client(FAILURES[case][0]).check()


async def test_the_check_passes_with_the_token() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200 if request.url.params.get("token") == "the-token" else 401, json={})

    await _client(handler, "the-token").check()


# --- guides -----------------------------------------------------------------------------------------------------------

GUIDE = GuideState(guide="deadline", answers={"matter": "labour"}, day=date(2026, 11, 23))
PAUSED = GUIDE.model_copy(update={"status": Status.PAUSED})


@pytest.mark.parametrize(
    ("guide", "text", "target", "sent"),
    [
        (None, "期限计算", None, {"said": "期限计算"}),
        (None, "", "guide:deadline", {"target": "guide:deadline"}),
        (None, "", "step:deadline.matter=labour", {"target": "step:deadline.matter=labour"}),
        (GUIDE, '我说"不知道"}', None, {"said": '我说"不知道"}'}),
        (GUIDE, "", None, {"said": ""}),
        (GUIDE, "", "entry:x", {"target": "entry:x"}),
        (PAUSED, "继续", None, {"said": "继续"}),
        (PAUSED, "老板不发工资", None, None),
        (PAUSED, "", "entry:x", None),
        (None, "继续", None, None),
    ],
)
async def test_what_a_guide_takes_up_is_sent_as_a_command(
    live_release: LiveRelease, guide: GuideState | None, text: str, target: str | None, sent: dict[str, str] | None
) -> None:
    seen: list[Any] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content))
        return httpx.Response(200, json=[{"custom": {"wording": "greet"}}])

    await Dialogue(_client(handler), live_release).reply("s", text, target, CONTEXT, guide)
    (body,) = seen
    command = body["message"].startswith("/guide")
    assert (json.loads(body["message"].removeprefix("/guide")) if command else None) == sent
    assert body["metadata"]["guide"] == (guide.model_dump(mode="json") if guide else None)


async def test_a_guide_goes_on_without_rasa(live_release: LiveRelease) -> None:
    dialogue = Dialogue(_client(_raising(httpx.ConnectError)), live_release)
    reply = await dialogue.reply("s", "申请劳动仲裁", None, CONTEXT, GUIDE)
    assert reply.outcome == "guided.asked"
    assert reply.guide is not None
    assert reply.guide.answers == {"matter": "labour", "kind_labour": "labour_arbitration"}
    assert (await dialogue.reply("s", "", "guide:notary", CONTEXT, None)).outcome == "guided.begun"


async def test_a_guide_that_is_gone_gets_a_clear_answer(live_release: LiveRelease) -> None:
    reply = await _reply(_raising(httpx.ConnectError), live_release, "", "guide:gone")
    assert (reply.outcome, reply.blocks[0].text) == ("refused.guide_gone", say("guide_gone"))


async def test_where_a_citizen_is_comes_back_with_the_reply_of_the_action(live_release: LiveRelease) -> None:
    sent = fakes.text_reply("x", "guided.asked").model_copy(update={"guide": GUIDE})
    reply = await Dialogue(_client(lambda _: fakes.uttered(sent)), live_release).reply(
        "s", "工资", None, CONTEXT, GUIDE
    )
    assert reply.guide == GUIDE
