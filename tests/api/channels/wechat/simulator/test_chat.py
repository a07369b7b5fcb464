"""A chat by hand: what is typed is pushed, and every answer stands in it in order."""

from collections.abc import AsyncIterator, Iterable

import httpx
import pytest

from api.channels.wechat.simulator.chat import Chat, Who
from api.channels.wechat.simulator.commands import HELP
from api.channels.wechat.simulator.platform_state import SentMessage
from api.channels.wechat.simulator.terminal import talk, written
from tests.api.channels.wechat.simulator.conftest import World
from tests.api.channels.wechat.simulator.small_channel import reply_xml, text_reply

CHOICES = (
    "您是要问：\n1. <a href='weixin://bizmsgmenu?msgmenucontent=欠薪&msgmenuid=e:1'>欠薪</a>\n"
    "2. <a href='weixin://bizmsgmenu?msgmenucontent=工伤&msgmenuid=e:2'>工伤</a>\n"
    "<a href='https://example.com'>网页</a>"
)


@pytest.fixture
def chat(world: World) -> Chat:
    return Chat(world.follower(), world.client(), world.state)


def lines(chat: Chat) -> list[tuple[str, str]]:
    return [(line.who.value, "".join(segment.text for segment in line.segments)) for line in chat.lines]


async def test_a_text_and_its_answer(chat: Chat, world: World) -> None:
    await chat.enter(" 欠薪 \n")
    await chat.enter("  ")
    assert lines(chat) == [("follower", "欠薪"), ("account", "您好")]
    assert [line.number for line in chat.lines] == [1, 2]
    assert world.channel.received[0]["Content"] == "欠薪"


@pytest.mark.parametrize("typed", ["1", "/2"])
async def test_a_number_is_a_text_and_a_command_taps(chat: Chat, world: World, typed: str) -> None:
    world.channel.answer = text_reply(CHOICES)
    await chat.enter("x")
    await chat.enter(typed)
    last = world.channel.received[-1]
    expected = ("1", None) if typed == "1" else ("工伤", "e:2")
    assert (last["Content"], last.get("bizmsgmenuid")) == expected


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ("/image", {"MsgType": "image"}),
        ("/video", {"MsgType": "video"}),
        ("/shortvideo", {"MsgType": "shortvideo"}),
        ("/link", {"MsgType": "link"}),
        ("/miniprogram", {"MsgType": "miniprogrampage"}),
        ("/voice", {"MsgType": "voice", "Recognition": None}),
        ("/voice 老板欠薪", {"MsgType": "voice", "Recognition": "老板欠薪"}),
        ("/location", {"MsgType": "location", "Label": "上海市黄浦区人民大道"}),
        ("/location 31.2 121.5", {"MsgType": "location", "Location_X": "31.2", "Location_Y": "121.5"}),
        ("/scan 12", {"Event": "SCAN", "EventKey": "12"}),
        ("/CLICK key:help", {"Event": "CLICK", "EventKey": "key:help"}),
        ("/view https://example.com", {"Event": "VIEW", "EventKey": "https://example.com"}),
        ("/subscribe", {"Event": "subscribe", "EventKey": None}),
        ("/subscribe 12", {"Event": "subscribe", "EventKey": "qrscene_12"}),
        ("/unsubscribe", {"Event": "unsubscribe"}),
        ("/event LOCATION", {"Event": "LOCATION"}),
    ],
)
async def test_a_command_pushes_its_message(
    chat: Chat, world: World, typed: str, fields: dict[str, str | None]
) -> None:
    await chat.enter(typed)
    (received,) = world.channel.received
    assert {name: received[name] for name in fields} == fields


@pytest.mark.parametrize("typed", ["/dance", "/", "/click", "/location here", "/location 1 2 3", "/3", "/retry"])
async def test_what_is_no_command_is_explained_and_not_pushed(chat: Chat, world: World, typed: str) -> None:
    await chat.enter(typed)
    assert [line.who for line in chat.lines] == [Who.NOTICE]
    assert world.channel.received == []


async def test_retry_pushes_the_same_message_again(chat: Chat, world: World) -> None:
    await chat.enter("x")
    world.clock.now += 10
    await chat.enter("/retry")
    first, second = world.channel.received
    assert first == second


async def test_what_the_platform_thinks_is_explained(chat: Chat, world: World) -> None:
    world.channel.answer = lambda _: b"success"
    await chat.enter("x")
    world.channel.answer = lambda _: b"{}"
    await chat.enter("y")
    assert [text for who, text in lines(chat) if who == "notice"] == [
        "服务器收下了，没有回复",
        "该公众号暂时无法提供服务，请稍后再试\n（回复是 JSON）",
    ]


async def test_repeated_pushes_are_told(chat: Chat, world: World) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as world.http:
        chat = Chat(world.follower(), world.client(), world.state)
        await chat.enter("x")
    assert lines(chat)[-1] == ("notice", "一共推送了 4 次")


async def test_late_messages_come_as_they_come_and_only_ones_own(chat: Chat, world: World) -> None:
    mine = SentMessage(world.follower().openid, "text", "久等了", b"", 0)
    for sent in (mine, SentMessage("oOther", "text", "别人的", b"", 0), SentMessage(mine.openid, "image", "", b"", 0)):
        await world.state.record(sent)
    assert lines(chat) == [("late", "久等了"), ("late", "〔image〕")]


async def keyboard(*typed: str) -> AsyncIterator[str]:
    for line in typed:
        yield line


async def test_the_terminal_shows_answers_with_commands_that_tap(chat: Chat, world: World) -> None:
    world.channel.answer = text_reply(CHOICES)
    shown: list[str] = []
    await talk(chat, keyboard("x\n", "/quit\n", "不再读\n"), shown.append)
    assert shown == ["公众号  您是要问：\n1. 欠薪〔/1〕\n2. 工伤〔/2〕\n网页（https://example.com）"]
    assert len(world.channel.received) == 1


async def test_the_terminal_shows_help_and_news(chat: Chat, world: World) -> None:
    item = "<item><Title>网页版</Title><Description>大屏</Description><PicUrl/><Url>https://example.com</Url></item>"
    content = f"<ArticleCount>1</ArticleCount><Articles>{item}</Articles>"
    world.channel.answer = lambda message: reply_xml(message, "news", content)
    shown: list[str] = []
    await talk(chat, keyboard("/help\n", "/click key:web\n"), shown.append)
    assert shown == [f"·  {HELP}", "公众号  【网页版】大屏 https://example.com"]


def words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in text.split() if word.startswith("/")}


async def test_help_names_every_command(chat: Chat) -> None:
    from api.channels.wechat.simulator.commands import _COMMANDS

    assert words([HELP]) == {f"/{name}" for name in _COMMANDS} | {"/1", "/2", "/retry", "/help", "/quit"}
    await chat.enter("/help")
    assert written(chat.lines[-1]).endswith(HELP)
