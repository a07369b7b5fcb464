"""The steps run in their order; a reply skips to the steps that always run, a stored turn ends it."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import REGISTRY

from api.pipeline.pipeline import Pipeline
from api.pipeline.turn import Inbound, Turn
from tests.api import fakes
from tests.api.conftest import Running

INBOUND = Inbound(channel="test", sender="s", message_id="m", text="x")
STORED: Any = SimpleNamespace(id="t", outcome="answered.entry")


class _Step:
    def __init__(self, name: str, ran: list[str], *, always: bool = False, sets: dict[str, Any] | None = None) -> None:
        self.name = name
        self.always = always
        self._ran = ran
        self._sets = sets or {}

    async def run(self, turn: Turn) -> None:
        self._ran.append(self.name)
        for field, value in self._sets.items():
            setattr(turn, field, value)


async def test_the_steps_of_the_design_in_their_order(running: Running) -> None:
    steps = running.services.pipeline.steps
    assert [step.name for step in steps if step.always] == ["channel_switch", "topic_switch", "guard", "record"]
    assert [step.name for step in steps] == [
        "once", "allow", "in_order", "normalise", "mask", "urgent", "length", "choice", "channel_switch", "tickets",
        "contact", "dialogue", "topic_switch", "guard", "record",
    ]  # fmt: skip


async def test_every_step_runs_once() -> None:
    ran: list[str] = []
    steps = [_Step("a", ran), _Step("b", ran), _Step("c", ran, sets={"stored": STORED})]
    assert await Pipeline(steps).run(INBOUND) is STORED
    assert ran == ["a", "b", "c"]


async def test_a_reply_skips_to_the_steps_that_always_run() -> None:
    ran: list[str] = []
    reply = {"reply": fakes.text_reply("x")}
    steps = [
        _Step("a", ran, sets=reply), _Step("b", ran), _Step("c", ran, always=True),
        _Step("d", ran, always=True, sets={"stored": STORED}),
    ]  # fmt: skip
    await Pipeline(steps).run(INBOUND)
    assert ran == ["a", "c", "d"]


async def test_a_stored_turn_ends_it() -> None:
    ran: list[str] = []
    steps = [_Step("a", ran, sets={"stored": STORED}), _Step("b", ran, always=True)]
    await Pipeline(steps).run(INBOUND)
    assert ran == ["a"]


async def test_without_a_recording_step_it_fails_loudly() -> None:
    with pytest.raises(RuntimeError, match="no recording step"):
        await Pipeline([_Step("a", [])]).run(INBOUND)


@pytest.mark.parametrize("fails", [False, True])
async def test_what_a_step_holds_is_let_go(fails: bool) -> None:
    let_go: list[bool] = []

    class Holding(_Step):
        async def run(self, turn: Turn) -> None:
            turn.held.callback(let_go.append, True)
            turn.stored = STORED
            if fails:
                raise KeyError("x")

    try:
        await Pipeline([Holding("a", [])]).run(INBOUND)
    except KeyError:
        assert fails
    assert let_go == [True]


async def test_an_error_is_no_turn() -> None:
    class Failing(_Step):
        async def run(self, turn: Turn) -> None:
            raise KeyError(turn.inbound.message_id)

    with pytest.raises(KeyError):
        await Pipeline([Failing("a", [])]).run(replace(INBOUND, channel="failing"))
    families = ("answered", "failed")
    assert [REGISTRY.get_sample_value("hufa_turns_total", {"channel": "failing", "family": f}) for f in families] == [
        None,
        None,
    ]
