"""The numbers: counted where something happens, and never with anything a citizen wrote."""

from prometheus_client import REGISTRY

from tests.api.conftest import Running


def _value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


async def test_a_turn_is_counted_by_channel_and_family(running: Running) -> None:
    talk = await running.conversation()
    before = _value("hufa_turns_total", channel="rest", family="answered")
    await talk.say("老板不发工资")
    assert _value("hufa_turns_total", channel="rest", family="answered") == before + 1


async def test_a_copy_of_a_message_is_not_another_turn(running: Running) -> None:
    talk = await running.conversation()
    before = _value("hufa_turns_total", channel="rest", family="answered")
    for _ in range(3):
        await talk.say("老板不发工资", "same")
    assert _value("hufa_turns_total", channel="rest", family="answered") == before + 1


async def test_every_step_is_timed(running: Running) -> None:
    names = [step.name for step in running.services.pipeline.steps]
    before = {name: _value("hufa_step_seconds_count", step=name) for name in names}
    await (await running.conversation()).say("老板不发工资")
    assert {name: _value("hufa_step_seconds_count", step=name) - before[name] for name in names} == dict.fromkeys(
        names, 1
    )


async def test_feedback_is_counted_by_verdict(running: Running) -> None:
    talk = await running.conversation()
    turn = await talk.say("老板不发工资")
    before = _value("hufa_feedback_total", verdict="helpful")
    await talk.post({"turn_id": turn["turn_id"], "verdict": "helpful"}, "/feedback")
    await talk.post({"turn_id": "of nobody", "verdict": "helpful"}, "/feedback")
    assert _value("hufa_feedback_total", verdict="helpful") == before + 1


async def test_the_page_of_numbers_names_nobody(running: Running) -> None:
    talk = await running.conversation()
    await talk.say("我叫王小明，电话13812345678，老板不发工资")
    response = await running.client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    assert "hufa_turns_total{" in response.text
    assert not any(secret in response.text for secret in ("13812345678", "王小明", talk.id, talk.token))
