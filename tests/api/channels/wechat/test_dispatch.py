"""What a follower gets for each kind of message and event; the whole application answers, Rasa is a stand-in."""

import json
import re
from collections.abc import Callable

import pytest

from api.channels.wechat.simulator.follower import Follower, FollowerMessage
from api.channels.wechat.simulator.judge import Outcome
from api.channels.wechat.simulator.links import segments
from knowledge_base.wording import say
from tests.api import fakes
from tests.api.channels.wechat.conftest import Serve, Wechat

WAGES, WAGES_TITLE = "老板不发工资", "【公司拖欠工资怎么办】"
ARBITRATION_TITLE = "【怎么申请劳动仲裁】"
DEGREE, DEGREE_TITLE = "学历证书公证怎么办", "【学历证书公证怎么办】"
Make = Callable[[Follower], FollowerMessage]
_MOST_PARTS = 20


async def get(wechat: Wechat, make: Make) -> str:
    """The text of the reply to a message."""
    verdict = await wechat.deliver(make(wechat.follower()))
    assert verdict.outcome is Outcome.ANSWERED, verdict
    return verdict.text


def choices(text: str) -> list[tuple[str, str]]:
    """What each link says when tapped, and its id."""
    return [(segment.content, segment.menu_id) for segment in segments(text) if segment.menu_id]


def heard(wechat: Wechat) -> str:
    """What Rasa heard last; of a choice its target."""
    said: str = wechat.rasa.messages[-1]["message"]
    return json.loads(said.removeprefix("/choose"))["target"] if said.startswith("/choose") else said


# --- messages ---------------------------------------------------------------------------------------------------------


async def test_wx_40_a_question_is_answered_from_the_catalogue(wechat: Wechat) -> None:
    assert (await wechat.say(WAGES)).startswith(WAGES_TITLE)
    (asked,) = wechat.rasa.messages
    assert (asked["sender"], asked["message"]) == (wechat.conversation(), WAGES)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "。", "🙂", "x" * 1001, "/restart", "[Unsupported Message]"])
async def test_wx_40_a_text_that_says_nothing_is_answered(wechat: Wechat, text: str) -> None:
    assert await wechat.say(text)


async def test_wx_41_a_tapped_choice_is_that_choice(wechat: Wechat) -> None:
    ((label, choice),) = choices(await wechat.say(WAGES))
    assert (await get(wechat, lambda one: one.menu_choice(label, choice))).startswith(ARBITRATION_TITLE)
    assert heard(wechat) == "entry:labour.arbitration-how"


async def test_wx_41_a_choice_of_an_earlier_reply_still_counts(wechat: Wechat) -> None:
    ((label, choice),) = choices(await wechat.say(WAGES))
    await wechat.say(DEGREE)
    assert (await get(wechat, lambda one: one.menu_choice(label, choice))).startswith(ARBITRATION_TITLE)


@pytest.mark.parametrize(
    "choice", ["", "x", "0c7870a1-1", "0c7870a1-99", "%", "../..", "é" * 200, "entry:" + "x" * 900]
)
async def test_wx_41_a_choice_that_is_not_known_is_read_by_its_words(wechat: Wechat, choice: str) -> None:
    await wechat.say(DEGREE)
    assert (await get(wechat, lambda one: one.menu_choice(WAGES, choice))).startswith(WAGES_TITLE)


@pytest.mark.parametrize("number", ["0", "2", "99"])
async def test_wx_41_a_reply_has_no_other_choices_than_its_own(wechat: Wechat, number: str) -> None:
    ((_, choice),) = choices(await wechat.say(WAGES))
    other = f"{choice.partition('-')[0]}-{number}"
    assert (await get(wechat, lambda one: one.menu_choice(DEGREE, other))).startswith(DEGREE_TITLE)


async def test_wx_41_the_choices_of_one_follower_are_not_anothers(wechat: Wechat) -> None:
    ((_, choice),) = choices(await wechat.say(WAGES, "oSomebodyElse"))
    assert (await get(wechat, lambda one: one.menu_choice(DEGREE, choice))).startswith(DEGREE_TITLE)


GUIDANCE: dict[str, tuple[Make, str]] = {
    "wx_42 image": (lambda one: one.image(), "wechat_only_text"),
    "wx_42 video": (lambda one: one.video(), "wechat_only_text"),
    "wx_42 short video": (lambda one: one.short_video(), "wechat_only_text"),
    "wx_42 link": (lambda one: one.link(), "wechat_only_text"),
    "wx_42 mini program": (lambda one: one.mini_program(), "wechat_only_text"),
    "wx_42 a new kind": (lambda one: one.message("hologram", MediaId="x"), "wechat_only_text"),
    "wx_43 voice without recognition": (lambda one: one.voice(), "wechat_voice"),
    "wx_43 voice, empty": (lambda one: one.voice(""), "wechat_voice"),
    "wx_43 voice, blank": (lambda one: one.voice(" \u3000"), "wechat_voice"),
    "wx_44 location": (lambda one: one.location(), "wechat_location"),
}


@pytest.mark.parametrize(("make", "wording"), GUIDANCE.values(), ids=GUIDANCE)
async def test_wx_42_wx_43_wx_44_guidance_without_the_bot(wechat: Wechat, make: Make, wording: str) -> None:
    assert await get(wechat, make) == say(wording)
    assert wechat.rasa.messages == []


async def test_wx_43_recognised_speech_is_a_question(wechat: Wechat) -> None:
    assert (await get(wechat, lambda one: one.voice(WAGES))).startswith(WAGES_TITLE)


# --- events -----------------------------------------------------------------------------------------------------------

ANSWERED: dict[str, tuple[Make, str, str]] = {
    "wx_45 subscribe": (lambda one: one.subscribe(), "wechat_welcome", WAGES_TITLE),
    "wx_45 by a code": (lambda one: one.subscribe("hall-7"), "wechat_welcome", WAGES_TITLE),
    "wx_45 mixed case": (lambda one: one.subscribe().changed(Event="Subscribe"), "wechat_welcome", WAGES_TITLE),
    "wx_46 scan": (lambda one: one.scan("hall-7"), "wechat_scan", WAGES_TITLE),
    "wx_47 unknown key": (lambda one: one.click("key:gone"), "wechat_menu_unknown", WAGES_TITLE),
    "wx_47 empty key": (lambda one: one.click(""), "wechat_menu_unknown", WAGES_TITLE),
    "wx_47 unknown topic": (lambda one: one.click("topic:天气"), "wechat_menu_unknown", WAGES_TITLE),
    "wx_47 page without an address": (lambda one: one.click("key:web"), "wechat_menu_unknown", WAGES_TITLE),
}


@pytest.mark.parametrize(("make", "wording", "first"), ANSWERED.values(), ids=ANSWERED)
async def test_wx_45_wx_46_wx_47_a_greeting_offers_questions_by_number(
    wechat: Wechat, make: Make, wording: str, first: str
) -> None:
    text = await get(wechat, make)
    assert text.startswith(say(wording))
    assert len(choices(text)) == 4
    assert wechat.rasa.messages == []
    assert (await wechat.say("1")).startswith(first)


async def test_wx_45_the_welcome_comes_once(wechat: Wechat) -> None:
    subscribed = wechat.follower().subscribe("hall-7")
    first, second = await wechat.deliver(subscribed), await wechat.deliver(subscribed)
    assert first.text == second.text
    assert len(await wechat.deliveries()) == 1


@pytest.mark.parametrize("name", ["CLICK", "click", "Click"])
@pytest.mark.parametrize(
    ("key", "asked", "shown"),
    [
        ("topic:劳动争议", "topic:劳动争议", "公司拖欠工资怎么办"),
        ("entry:labour.unpaid-wages", "entry:labour.unpaid-wages", WAGES_TITLE),
        ("key:person", "转人工", "12348"),
        ("key:help", "你能做什么", "12348"),
    ],
)
async def test_wx_47_a_known_key_is_asked_of_the_bot(
    wechat: Wechat, name: str, key: str, asked: str, shown: str
) -> None:
    assert shown in await get(wechat, lambda one: one.click(key).changed(Event=name))
    assert (heard(wechat), len(wechat.rasa.messages)) == (asked, 1)


SILENT: dict[str, Make] = {
    "view": lambda one: one.view("https://example.com"),
    "location": lambda one: one.reported_location(),
    "nested elements": lambda one: one.scan_in_menu("x"),
    "template job": lambda one: one.occurrence("TEMPLATESENDJOBFINISH", MsgID=200163836, Status="success"),
    "unknown": lambda one: one.occurrence("qualification_verify_success", ExpiredTime=1),
    "without a name": lambda one: one.occurrence("x").changed(Event=None),
}


@pytest.mark.parametrize("make", SILENT.values(), ids=SILENT)
async def test_wx_48_other_events_are_acknowledged_and_nothing_is_done(wechat: Wechat, make: Make) -> None:
    assert (await wechat.deliver(make(wechat.follower()))).outcome is Outcome.ACKNOWLEDGED
    assert (wechat.rasa.messages, await wechat.deliveries()) == ([], [])


async def test_wx_51_the_web_page_is_one_article(serve: Serve) -> None:
    async with serve(settings={"public_url": "https://hufa.example"}) as wechat:
        verdict = await wechat.deliver(wechat.follower().click("key:web"))
    (article,) = verdict.articles
    assert (article.title, article.description) == (say("wechat_web_title"), say("wechat_web_text"))
    assert article.url == "https://hufa.example/"


# --- numbers and what did not fit (WX-50) -----------------------------------------------------------------------------

NUMBERS = [
    *(
        (text, WAGES_TITLE)
        for text in ("1", "１", "一", " 1 ", "第1个", "第一个", "选1", "回复１", "1.", "一、", "1号", "①")
    ),
    *((text, ARBITRATION_TITLE) for text in ("2", "２", "二", "第二项", "选二", "2。", "\u200b2", "②")),
    *((text, say("none_of_these")) for text in ("3", "３", "三", "第三个")),
]


@pytest.mark.parametrize(("text", "begins"), NUMBERS)
async def test_wx_50_a_number_in_any_form_is_the_choice_with_it(wechat: Wechat, text: str, begins: str) -> None:
    wechat.rasa.answer = lambda _: fakes.uttered(fakes.clarifying_reply())
    await wechat.say("工资")
    wechat.rasa.answer = None
    assert (await wechat.say(text)).startswith(begins)


@pytest.mark.parametrize("text", ["4", "四", "十", "0", "11", "1234", "-1", "1.5", "一二", "第1条", "1个月", "２０"])
async def test_wx_50_what_is_no_number_of_a_choice_is_said_to_the_bot(wechat: Wechat, text: str) -> None:
    wechat.rasa.answer = lambda _: fakes.uttered(fakes.clarifying_reply())
    await wechat.say("工资")
    await wechat.say(text)
    assert not wechat.rasa.messages[-1]["message"].startswith("/choose")


async def test_wx_50_a_number_means_the_last_reply_only(wechat: Wechat) -> None:
    await wechat.say(WAGES)
    await wechat.say(DEGREE)
    await wechat.say("1")
    assert heard(wechat) == "1"


def without_ids(text: str) -> str:
    return re.sub(r"msgmenuid=[0-9a-f]+", "", text)


async def parts_of(wechat: Wechat, first: str) -> list[str]:
    """A reply and what "继续" shows of it, each within the limit, without the hint."""
    more, parts = "\n\n" + say("wechat_more"), [first]
    while parts[-1].endswith(more) and len(parts) < _MOST_PARTS:
        assert len(parts[-1].encode()) <= wechat.account.max_reply_bytes
        parts[-1] = parts[-1].removesuffix(more)
        parts.append(await wechat.say("继续"))
    return parts


@pytest.mark.parametrize("limit", [400, 401, 500, 1800])
async def test_wx_50_the_parts_are_the_whole_reply(serve: Serve, limit: int) -> None:
    async with serve(max_reply_bytes=limit) as small, serve(max_reply_bytes=2047) as large:
        for one in (small, large):
            one.rasa.answer = lambda _, one=one: fakes.uttered(fakes.several_reply(one.rasa.release))
        whole = await large.say("两件事", "oSomebodyElse")
        assert not whole.endswith(say("wechat_more"))
        parts = await parts_of(small, await small.say("两件事"))
        assert (len(parts) > 1) == (limit < len(whole.encode()))
        assert without_ids("".join(parts)) == without_ids(whole)
        assert await small.say("继续") == say("wechat_nothing_more")


async def test_wx_50_a_repeated_continue_shows_the_same_part_and_uses_up_none(serve: Serve) -> None:
    async with serve(max_reply_bytes=400) as wechat:
        wechat.rasa.answer = lambda _: fakes.uttered(fakes.several_reply(wechat.rasa.release))
        await wechat.say("两件事")
        message = wechat.follower().text("继续")
        first, again = await wechat.deliver(message), await wechat.deliver(message)
        assert first.text == again.text
        third = await wechat.say("继续")
        assert third not in {first.text, say("wechat_nothing_more")}


@pytest.mark.parametrize(
    "word", ["继续", "繼續", "继续看", "1继续", "１继续", "下一页", "更多", "后面呢", " 继续\u200b", "继续。", "“继续”"]
)
async def test_wx_50_words_for_going_on(serve: Serve, word: str) -> None:
    async with serve(max_reply_bytes=400) as wechat:
        assert (await wechat.say(DEGREE)).endswith(say("wechat_more"))
        assert (await wechat.say(word)).endswith(say("ask_on"))


async def test_wx_50_nothing_more_after_a_reply_that_fits(wechat: Wechat) -> None:
    assert await wechat.say("继续") == say("wechat_nothing_more")
    await wechat.say(WAGES)
    assert await wechat.say("继续") == say("wechat_nothing_more")


async def test_wx_50_the_numbers_hold_through_all_parts(serve: Serve) -> None:
    async with serve(max_reply_bytes=400) as wechat:
        wechat.rasa.answer = lambda _: fakes.uttered(fakes.several_reply(wechat.rasa.release))
        parts = await parts_of(wechat, await wechat.say("两件事"))
        wechat.rasa.answer = None
        assert "1. <a" not in parts[0]
        assert (await wechat.say("1")).startswith(ARBITRATION_TITLE)


# --- the rate ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [lambda one: one.text(WAGES), lambda one: one.text("继续"), lambda one: one.image(), lambda one: one.voice()],
)
async def test_wx_59_over_the_rate_the_follower_is_told_in_a_reply(serve: Serve, make: Make) -> None:
    async with serve(settings={"rate_per_sender": "1/minute"}) as wechat:
        first = wechat.follower().text(WAGES)
        assert (await wechat.deliver(first)).text.startswith(WAGES_TITLE)
        told = re.escape(say("rate_limited", seconds="N")).replace("N", r"\d+")
        assert re.fullmatch(told, await get(wechat, make))
        assert (await wechat.deliver(first)).text.startswith(WAGES_TITLE)  # a copy is not counted
        assert len(wechat.rasa.messages) == 1
