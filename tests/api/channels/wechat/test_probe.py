import asyncio, logging
import pytest
from sqlalchemy import text
from api.channels.wechat import delivery as delivery_module
from api.channels.wechat.simulator.judge import Outcome
from api.channels.wechat.simulator.faults import Fault
from api.storage.wechat_deliveries import DeliveryStore
from tests.api.channels.wechat.conftest import *
Q="老板不发工资怎么办"

async def test_d2(wechat):
    wechat.rasa.forgets=False
    gate=hold(wechat.rasa)
    await wechat.deliver(wechat.follower().text(Q), HASTY)
    await gate.reached.wait()
    await wechat.deliver(wechat.follower().unsubscribe())
    gate.open()
    await wechat.settle()
    assert wechat.state.calls[SEND]==0

async def test_d3(wechat):
    await wechat.say(Q)
    await wechat.deliver(wechat.follower().unsubscribe())
    await wechat.settle()
    assert not await wechat.service.quota.take(wechat.account.app_id, wechat.conversation())

async def test_d4(wechat):
    m=wechat.follower().text(Q)
    await wechat.deliver(m)
    assert [await wechat.service.quota.take(wechat.account.app_id, wechat.conversation()) for _ in range(5)]==[True]*5
    await wechat.deliver(m)
    assert not await wechat.service.quota.take(wechat.account.app_id, wechat.conversation())

async def test_d6(wechat, monkeypatch):
    async def fail(*a): raise RuntimeError("deadlock")
    monkeypatch.setattr(DeliveryStore,"forget_before",fail)
    assert "劳动争议" in await wechat.say(Q) or "工资" in await wechat.say(Q)

async def test_d7(serve, monkeypatch):
    monkeypatch.setattr(delivery_module,"_STALE_SECONDS",-1.0)
    async with serve() as a, serve(beside=a) as b:
        gate=hold(a.rasa)
        m=a.follower().text(Q)
        await a.deliver(m,HASTY)
        await gate.reached.wait()
        v=await b.deliver(m)
        assert v.outcome is Outcome.ANSWERED
        gate.open()
        await a.settle()
        assert a.sent()==[]

async def test_d8(wechat):
    ev=asyncio.Event()
    wechat.state.faults.next(Fault(SEND, wait=ev.wait))
    gate=hold(wechat.rasa)
    await wechat.deliver(wechat.follower().text(Q), HASTY)
    gate.open()
    await until(lambda: wechat.state.calls[SEND]==1)
    t=await wechat.say("学历证书公证怎么办")
    ev.set()
    await wechat.settle()
    assert len(wechat.sent())==1
    assert "拖欠工资" not in t

async def test_d9(unverified):
    await unverified.say_late(Q)
    f=unverified.follower()
    vs=await asyncio.gather(*(unverified.deliver(f.image()) for _ in range(4)))
    assert sum("拖欠工资怎么办】" in v.text for v in vs)==1

async def test_d9b(serve):
    async with serve(max_reply_bytes=400) as w:
        f=w.follower()
        await w.say("学历证书公证怎么办")
        vs=await asyncio.gather(*(w.deliver(f.text("继续")) for _ in range(3)))
        print([v.text for v in vs])
        assert len({v.text for v in vs})==3

async def test_d10(unverified):
    await unverified.say_late(Q)
    t=(await unverified.deliver(unverified.follower().image())).text
    print(t)
    t=await unverified.say("1")
    assert "仲裁" in t

async def test_d33(unverified):
    await unverified.say_late(Q)
    t=await unverified.say("我老公正在打我，救命")
    print(t)
    assert t.startswith("如果") or "110" in t[:60]

async def test_d12(wechat, caplog):
    from api.storage.database import create_engine
    e=create_engine(wechat.running.services.settings.database_url)
    async with e.begin() as c:
        await c.execute(text("CREATE TRIGGER t BEFORE INSERT ON turns BEGIN SELECT RAISE(ABORT,'disk full'); END"))
    await e.dispose()
    with caplog.at_level(logging.INFO):
        print(await wechat.say(Q))
    assert Q not in caplog.text

async def test_d13(serve):
    async with serve() as a, serve(beside=a) as b:
        gate=hold(a.rasa)
        m=a.follower().text(Q)
        await a.deliver(m,HASTY)
        await gate.reached.wait()
        copy=asyncio.create_task(b.deliver(m))
        await until(lambda: b.service.delivery._running)
        await b.deliver(b.follower().unsubscribe())
        await b.service.eraser.finish(10)
        await copy
        gate.open()
        await a.settle(); await b.settle()
        assert await a.running.table("conversations")==[]

async def test_d14(wechat, monkeypatch):
    await wechat.say(Q)
    real=DeliveryStore.claim
    async def fail(*a): raise OSError("gone")
    monkeypatch.setattr(DeliveryStore,"claim",fail)
    print(await wechat.deliver(wechat.follower().unsubscribe()))
    monkeypatch.setattr(DeliveryStore,"claim",real)
    await wechat.service.eraser.sweep()
    assert await wechat.running.table("conversations")==[]
