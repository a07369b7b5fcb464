import asyncio, logging
import pytest, httpx
from sqlalchemy import text
from api.channels.wechat import delivery as delivery_module
from api.channels.wechat.simulator.judge import Outcome
from api.channels.wechat.simulator.faults import Fault
from api.channels.wechat.quota import CustomerServiceQuota
from api.storage.wechat_deliveries import DeliveryStore
from tests.api.servers import free_port
from tests.api.channels.wechat.conftest import *
Q="老板不发工资怎么办"

async def test_d48(wechat):
    await wechat.say(Q)
    ev=asyncio.Event(); began=asyncio.Event()
    forget=wechat.running.services.rasa.forget
    async def held(sender):
        began.set(); await ev.wait(); await forget(sender)
    wechat.service.eraser._rasa.forget=held
    await wechat.deliver(wechat.follower().unsubscribe())
    await began.wait()
    await wechat.deliver(wechat.follower().subscribe())
    t=asyncio.create_task(wechat.deliver(wechat.follower().text(Q)))
    await asyncio.sleep(0.3)
    ev.set()
    v=await t
    print(v)
    assert "工资" in v.text

async def test_pg_refused(serve):
    async with serve(settings={"database_url": f"postgresql+asyncpg://h@127.0.0.1:{free_port()}/x"}) as w:
        f=w.follower()
        for m in [f.text(Q), f.subscribe(), f.unsubscribe(), f.image(), f.click("topic:劳动争议"), f.view("http://a")]:
            print(m.kind, await w.deliver(m))

async def test_redis_refused(serve):
    async with serve(settings={"redis_url": f"redis://127.0.0.1:{free_port()}/0"}) as w:
        m=w.follower().text(Q)
        print(await asyncio.gather(*(w.deliver(m) for _ in range(3))))
        print(len(w.rasa.messages))
        await w.say_late("学历证书公证怎么办")
        print(w.sent())

async def test_stop(serve):
    async with serve() as w:
        gate=hold(w.rasa)
        await w.deliver(w.follower().text(Q), HASTY)
        await gate.reached.wait()
        asyncio.get_running_loop().call_later(0.1, gate.open)
    print(len(w.sent()))

async def test_file(wechat, tmp_path):
    await wechat.say(Q)
    await wechat.say_late("学历证书公证怎么办")
    print([p for p in tmp_path.iterdir()], any(wechat.follower().openid.encode() in p.read_bytes() for p in tmp_path.iterdir() if p.is_file()))
