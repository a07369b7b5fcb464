from api.storage.wechat_deliveries import DeliveryStore
from tests.api.channels.wechat.conftest import *
async def test_d6(wechat, monkeypatch):
    async def fail(*a):
        print("CALLED")
        raise RuntimeError("deadlock")
    monkeypatch.setattr(DeliveryStore,"forget_before",fail)
    print(await wechat.say("老板不发工资怎么办"))
    assert 0
