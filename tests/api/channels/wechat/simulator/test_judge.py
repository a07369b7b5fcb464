"""Each way to answer wrongly is told apart, and everything right is let through."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.responses import Response
from wechatpy.crypto import WeChatCrypto

from api.channels.wechat.accounts import WechatMode
from api.channels.wechat.simulator.development import (
    DEVELOPMENT_ONLY_AES_KEY,
    DEVELOPMENT_ONLY_APP_ID,
    DEVELOPMENT_ONLY_TOKEN,
    development_account,
)
from api.channels.wechat.simulator.follower import Follower, FollowerMessage
from api.channels.wechat.simulator.judge import MOST_TEXT_BYTES, Expected, Flaw, Outcome, Verdict, judge
from tests.api.channels.wechat import pushes
from tests.api.channels.wechat.simulator.conftest import Clock, World
from tests.api.channels.wechat.simulator.small_channel import Answer, reply_xml, text_reply

NONCE = "415670741"
RECEIVED = {"FromUserName": "oFollower", "ToUserName": "gh_0123456789ab", "CreateTime": "1714112445"}
FOLLOWER = Follower("oFollower", "gh_0123456789ab", Clock(), iter(range(1, 1000)))
TEXT = FOLLOWER.text("x")
CLICK = FOLLOWER.click("key:web")


def judged(reply: str | bytes, mode: WechatMode = WechatMode.PLAIN, message: FollowerMessage = TEXT) -> Verdict:
    body = reply.encode() if isinstance(reply, str) else reply
    return judge(200, body, Expected(development_account(mode), mode, NONCE, message))


def news(count: int, said: str | None = None, url: str = "https://example.com") -> str:
    item = f"<item><Title>t</Title><Description>d</Description><PicUrl></PicUrl><Url>{url}</Url></item>"
    return reply_xml(
        RECEIVED, "news", f"<ArticleCount>{said or count}</ArticleCount><Articles>{item * count}</Articles>"
    )


def sealed(
    xml: str = reply_xml(RECEIVED, "text", "<Content>好</Content>"),
    key: str = DEVELOPMENT_ONLY_AES_KEY,
    app_id: str = DEVELOPMENT_ONLY_APP_ID,
    nonce: str = NONCE,
) -> str:
    return str(WeChatCrypto(DEVELOPMENT_ONLY_TOKEN, key, app_id).encrypt_message(xml, nonce, "1714112445"))


def text(content: str, **changes: str) -> str:
    return reply_xml(RECEIVED, "text", f"<Content><![CDATA[{content}]]></Content>", **changes)


WRONG = [
    ("json", '{"error": "x"}', Flaw.JSON),
    ("a list", "[]", Flaw.JSON),
    ("quoted success", '"success"', Flaw.JSON),
    ("a page", "<!DOCTYPE html><html></html>", Flaw.HTML),
    ("a bare page", " <html><body>502</body></html>", Flaw.HTML),
    ("an error in words", "Error 500: boom", Flaw.BROKEN_XML),
    ("success with a line end", "success\n", Flaw.BROKEN_XML),
    ("a blank", " ", Flaw.BROKEN_XML),
    ("not closed", text("好").removesuffix("</xml>"), Flaw.BROKEN_XML),
    ("a control character", text("\x08"), Flaw.BROKEN_XML),
    ("not UTF-8", text("好").encode("gb18030"), Flaw.BROKEN_XML),
    ("a DOCTYPE", "<!DOCTYPE xml>" + text("好"), Flaw.BROKEN_XML),
    ("another root", text("好").replace("<xml>", "<XML>").replace("</xml>", "</XML>"), Flaw.BROKEN_XML),
    ("markup in the text", reply_xml(RECEIVED, "text", "<Content>见<a>这里</a></Content>"), Flaw.BROKEN_XML),
    ("two kinds", text("a]]></Content><MsgType>news</MsgType><Content><![CDATA[b", CreateTime="1"), Flaw.REPEATED_ELEMENT),
    ("no content", reply_xml(RECEIVED, "text", ""), Flaw.MISSING_FIELD),
    ("no kind", text("好").replace("MsgType>", "Type>"), Flaw.MISSING_FIELD),
    ("no recipient", text("好").replace("ToUserName>", "To>"), Flaw.MISSING_FIELD),
    ("to somebody else", text("好", ToUserName="oOther"), Flaw.WRONG_RECIPIENT),
    ("not turned round", text("好", ToUserName="gh_0123456789ab", FromUserName="oFollower"), Flaw.WRONG_RECIPIENT),
    ("from somebody else", text("好", FromUserName="gh_other"), Flaw.WRONG_SENDER),
    ("a time in words", text("好", CreateTime="2026-01-01"), Flaw.WRONG_TIME),
    ("a time with a fraction", text("好", CreateTime="1714112445.5"), Flaw.WRONG_TIME),
    ("an unknown kind", reply_xml(RECEIVED, "markdown", "<Content>好</Content>"), Flaw.UNKNOWN_KIND),
    ("an empty text", text(""), Flaw.EMPTY_TEXT),
    ("a blank text", text(" \n"), Flaw.EMPTY_TEXT),
    ("a long text", text("a" * (MOST_TEXT_BYTES + 1)), Flaw.LONG_TEXT),
    ("a long text in few characters", text("好" * 683), Flaw.LONG_TEXT),
    ("two articles", news(2), Flaw.MANY_ARTICLES),
    ("another number of articles", news(1, said="2"), Flaw.BAD_NEWS),
    ("no articles", news(0), Flaw.BAD_NEWS),
    ("an article without address", news(1, url=""), Flaw.BAD_NEWS),
    ("an address of another kind", news(1, url="javascript:alert(1)"), Flaw.BAD_NEWS),
    ("encrypted in plain mode", sealed(), Flaw.MISSING_FIELD),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "flaw"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_flaw_is_named(reply: str | bytes, flaw: Flaw) -> None:
    verdict = judged(reply)
    assert (verdict.outcome, verdict.flaw) == (Outcome.REJECTED, flaw)
    assert verdict.shown == "该公众号暂时无法提供服务，请稍后再试"


WRONGLY_SEALED = [
    ("open", text("好"), Flaw.NOT_ENCRYPTED),
    ("json", "{}", Flaw.JSON),
    ("another nonce", sealed(nonce="1"), Flaw.WRONG_NONCE),
    ("another key", sealed(key=pushes.OTHER_AES_KEY), Flaw.UNDECIPHERABLE),
    ("another app id", sealed(app_id="wx0000000000000000"), Flaw.UNDECIPHERABLE),
    ("another signature", sealed().replace("<MsgSignature><![CDATA[", "<MsgSignature><![CDATA[0"), Flaw.WRONG_SIGNATURE),
    ("another time", sealed().replace("1714112445", "1714112446"), Flaw.WRONG_SIGNATURE),
    ("no time", sealed().replace("1714112445", ""), Flaw.WRONG_TIME),
    ("no signature", sealed().replace("MsgSignature>", "Signature>"), Flaw.MISSING_FIELD),
    ("json inside", sealed("{}"), Flaw.JSON),
    ("success inside", sealed("success"), Flaw.BROKEN_XML),
    ("a flaw inside", sealed(text("好", ToUserName="oOther")), Flaw.WRONG_RECIPIENT),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "flaw"), [row[1:] for row in WRONGLY_SEALED], ids=[row[0] for row in WRONGLY_SEALED])
def test_a_flaw_of_the_envelope_is_named(reply: str, flaw: Flaw) -> None:
    verdict = judged(reply, WechatMode.SAFE)
    assert (verdict.outcome, verdict.flaw) == (Outcome.REJECTED, flaw)


@pytest.mark.parametrize("status", [201, 204, 302, 403, 500])
def test_any_status_but_200_is_rejected(status: int) -> None:
    expected = Expected(development_account(WechatMode.PLAIN), WechatMode.PLAIN, NONCE, TEXT)
    assert judge(status, b"success", expected).flaw is Flaw.NOT_200


@pytest.mark.parametrize(
    ("reply", "mode"),
    [
        (text("好"), WechatMode.PLAIN),
        (text("好"), WechatMode.COMPATIBLE),
        (sealed(), WechatMode.COMPATIBLE),
        (sealed(), WechatMode.SAFE),
    ],
)
def test_a_right_reply_passes(reply: str, mode: WechatMode) -> None:
    verdict = judged(reply, mode)
    assert (verdict.outcome, verdict.shown) == (Outcome.ANSWERED, "好"), verdict


@pytest.mark.parametrize(
    ("reply", "message", "kind"),
    [
        (text("好" * 682), TEXT, "text"),
        (text("<a href='x'>]]]]><![CDATA[></a>"), TEXT, "text"),
        (news(1), TEXT, "news"),
        (news(8), CLICK, "news"),
        (reply_xml(RECEIVED, "image", "<Image><MediaId>1</MediaId></Image>"), TEXT, "image"),
        (reply_xml(RECEIVED, "transfer_customer_service", ""), TEXT, "transfer_customer_service"),
        (
            reply_xml(RECEIVED, "transfer_customer_service", "<TransInfo><KfAccount>a@b</KfAccount></TransInfo>"),
            TEXT,
            "transfer_customer_service",
        ),
    ],
)
def test_what_is_just_right_passes(reply: str, message: FollowerMessage, kind: str) -> None:
    verdict = judged(reply, message=message)
    assert (verdict.outcome, verdict.kind) == (Outcome.ANSWERED, kind), verdict
    assert verdict.shown


def test_nine_articles_are_too_many_even_for_a_click() -> None:
    assert judged(news(9), message=CLICK).flaw is Flaw.MANY_ARTICLES


def test_a_reply_with_another_key_than_the_pushs_is_rejected() -> None:
    rotated = development_account().model_copy(update={"aes_key": SecretStr(pushes.OTHER_AES_KEY)})
    expected = Expected(rotated, WechatMode.SAFE, NONCE, TEXT)
    assert judge(200, sealed().encode(), expected).flaw is Flaw.UNDECIPHERABLE
    assert judge(200, sealed(key=pushes.OTHER_AES_KEY).encode(), expected).outcome is Outcome.ANSWERED


@given(st.binary(max_size=200), st.sampled_from(WechatMode))
def test_nothing_makes_the_judge_stumble(body: bytes, mode: WechatMode) -> None:
    verdict = judged(body, mode)
    assert verdict.outcome is (Outcome.ACKNOWLEDGED if body in (b"", b"success") else Outcome.REJECTED)


@pytest.mark.parametrize(
    ("answer", "flaw"),
    [
        (lambda _: b'{"detail": "x"}', Flaw.JSON),
        (lambda _: Response("<html></html>", 502), Flaw.NOT_200),
        (lambda _: b"<html></html>", Flaw.HTML),
        (lambda message: reply_xml(message, "text", "<Content>x</Content>").encode(), Flaw.NOT_ENCRYPTED),
        (text_reply("x" * 3000), Flaw.LONG_TEXT),
        (text_reply("x", ToUserName="oOther"), Flaw.WRONG_RECIPIENT),
    ],
)
async def test_a_channel_that_answers_wrongly_is_caught(
    world: World, answer: Answer | Callable[..., bytes], flaw: Flaw
) -> None:
    world.channel.answer = answer
    exchange = await world.client().push(world.follower().text("x"))
    assert exchange.verdict.flaw is flaw
