"""No record at INFO or above names a follower, repeats what was said, or holds a secret, whatever goes wrong (WX-59)."""

import logging
from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlalchemy import text

from api.channels.wechat.simulator.faults import Fault
from api.storage.database import create_engine
from tests.api.channels.wechat.conftest import SEND, URL, Wechat

SAID = "老板不发工资，我住民生路九号"
_SILENCED = "httpx"
"""Set to WARNING when the application is served (api/__main__.py)."""


async def all_kinds(wechat: Wechat) -> None:
    one = wechat.follower()
    for message in (
        one.text(SAID), one.voice(SAID), one.image(), one.location(), one.subscribe(), one.scan("1"), one.click(SAID),
        one.menu_choice(SAID, "0c7870a1-1"), one.view("https://example.com"), one.unsubscribe(),
    ):  # fmt: skip
        await wechat.deliver(message)
    await wechat.settle()


async def late(wechat: Wechat) -> None:
    await wechat.say_late(SAID)


async def refused_by_the_platform(wechat: Wechat) -> None:
    for fault in ({"errcode": 40003}, {"errcode": 45015}, {"status": 500}, {"drop": True}):
        wechat.state.faults.next(Fault(SEND, **fault))
        await wechat.say_late(SAID)


async def no_token(wechat: Wechat) -> None:
    wechat.state.faults.next(Fault("stable_token", errcode=40125), 9)
    await wechat.say_late(SAID)


async def rasa_down(wechat: Wechat) -> None:
    wechat.rasa.down = True
    await wechat.say(SAID)
    await wechat.deliver(wechat.follower().unsubscribe())
    await wechat.settle()


async def rasa_broken(wechat: Wechat) -> None:
    wechat.rasa.answer = lambda body: httpx.Response(500, json=body)
    await wechat.say(SAID)


async def unreadable(wechat: Wechat) -> None:
    body = f"<xml><Content>{SAID}</Content><FromUserName>{wechat.follower().openid}".encode()
    await wechat.running.client.post(URL, content=body)
    for message in (wechat.follower().text(SAID).changed(MsgType=None), wechat.follower().text("\x00" + SAID)):
        await wechat.deliver(message)


async def execute(wechat: Wechat, statement: str) -> None:
    engine = create_engine(wechat.running.services.settings.database_url)
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def no_turn_can_be_stored(wechat: Wechat) -> None:
    await execute(wechat, "CREATE TRIGGER full BEFORE INSERT ON turns BEGIN SELECT RAISE(ABORT, 'full'); END")
    await wechat.say(SAID)


async def no_reply_can_be_stored(wechat: Wechat) -> None:
    await execute(
        wechat, "CREATE TRIGGER full BEFORE UPDATE ON wechat_deliveries BEGIN SELECT RAISE(ABORT, 'full'); END"
    )
    await wechat.say(SAID)


async def no_database(wechat: Wechat) -> None:
    for table in ("turns", "conversations", "wechat_deliveries"):
        await execute(wechat, f"DROP TABLE IF EXISTS {table}")
    await all_kinds(wechat)


SCENES: list[Callable[[Wechat], Awaitable[None]]] = [
    all_kinds, late, refused_by_the_platform, no_token, rasa_down, rasa_broken, unreadable, no_turn_can_be_stored,
    no_reply_can_be_stored, no_database,
]  # fmt: skip


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_wx_59_the_log_names_nobody_and_repeats_nothing(
    wechat: Wechat, caplog: pytest.LogCaptureFixture, scene: Callable[[Wechat], Awaitable[None]]
) -> None:
    caplog.set_level(logging.INFO)
    await scene(wechat)
    account, tokens = wechat.account, wechat.state.tokens
    secrets = [secret.get_secret_value() for secret in (account.app_secret, account.token, account.aes_key)]
    hidden = [wechat.follower().openid, SAID, SAID[:5], *secrets, *(token.value for token in tokens._good)]
    formatter = logging.Formatter("%(name)s %(message)s")
    records = [formatter.format(record) for record in caplog.records if record.name != _SILENCED]
    assert [record for record in records if any(word in record for word in hidden)] == []
