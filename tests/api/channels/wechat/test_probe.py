import asyncio
import pytest
from api.channels.wechat.simulator.judge import Outcome
from tests.api.channels.wechat.conftest import *

async def test_text(wechat_in_each_mode):
    print(await wechat_in_each_mode.say("老板不发工资怎么办"))

async def test_news(serve):
    async with serve(settings={"public_url":"https://hufa.example"}) as w:
        print(await w.deliver(w.follower().click("key:web")))

async def test_late(wechat):
    await wechat.say_late("老板不发工资怎么办")
    print(wechat.sent())

async def test_unsub(wechat):
    gate=hold(wechat.rasa)
    v=await wechat.deliver(wechat.follower().text("老板不发工资"), HASTY)
    await gate.reached.wait()
    print(await wechat.deliver(wechat.follower().unsubscribe()))
    gate.open()
    await wechat.settle()
    print(wechat.sent(), wechat.state.calls)
    print(await wechat.deliveries(), await wechat.running.table("conversations"))

async def test_kinds(wechat):
    f=wechat.follower()
    for m in [f.subscribe(), f.scan("1"), f.click("topic:劳动争议"), f.click("key:person"), f.click("key:help"), f.click("nix"), f.image(), f.voice(), f.location(), f.text("1"), f.text("继续"), f.view("http://a"), f.menu_choice("x","y")]:
        print(m.fields.get("Event"), m.kind, await wechat.deliver(m))
