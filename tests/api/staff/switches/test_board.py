"""Switches in the database, and how soon and how surely every process knows of them."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.staff.people.staff import SYSTEM
from api.staff.switches.board import MOST_CHARACTERS, SwitchBoard, SwitchError
from api.staff.switches.scopes import CHANNELS, Off, label_of_scope, labels_of, scopes_by_group
from api.storage.database import create_engine
from knowledge_base.topics import load_topics
from tests.api.servers import free_port

WEB, LABOUR = "channel:web", "topic:劳动争议"


@dataclass
class Seconds:
    """A clock to move by hand."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


async def test_nothing_is_off_at_first(engine: AsyncEngine) -> None:
    assert (await SwitchBoard(engine).off()).scopes == frozenset()


async def test_who_turns_a_switch_sees_it_at_once(engine: AsyncEngine) -> None:
    board = SwitchBoard(engine, seconds=Seconds())
    await board.off()
    await board.turn_off(WEB, "查错", SYSTEM)
    assert (await board.off()).channel("web")
    await board.turn_on(WEB)
    assert not (await board.off()).channel("web")


async def test_another_process_sees_it_a_second_later(engine: AsyncEngine) -> None:
    seconds = Seconds()
    here, there = SwitchBoard(engine), SwitchBoard(engine, seconds=seconds)
    await there.off()
    await here.turn_off(LABOUR, "法律改了", SYSTEM)
    seconds.now += 0.9
    assert not (await there.off()).topic("劳动争议")
    seconds.now += 0.2
    assert (await there.off()).topic("劳动争议")


async def test_a_process_that_starts_later_knows_it_with_the_first_question(engine: AsyncEngine) -> None:
    await SwitchBoard(engine).turn_off(WEB, "查错", SYSTEM)
    assert (await SwitchBoard(engine).off()).channel("web")


async def test_without_the_database_the_last_state_stays(engine: AsyncEngine) -> None:
    seconds = Seconds()
    board = SwitchBoard(engine, seconds=seconds)
    await board.turn_off(WEB, "查错", SYSTEM)
    assert (await board.off()).channel("web")
    board._engine = create_engine(f"postgresql+asyncpg://hufa@127.0.0.1:{free_port()}/hufa")
    seconds.now += 60
    assert (await board.off()).channel("web")
    await board._engine.dispose()


async def test_a_database_that_is_not_there_is_not_asked_for_every_message() -> None:
    board = SwitchBoard(create_engine(f"postgresql+asyncpg://hufa@127.0.0.1:{free_port()}/hufa"), seconds=Seconds())
    assert await board.off() == Off()
    asked: list[None] = []

    async def read() -> None:
        asked.append(None)

    board._read = read  # type: ignore[method-assign]
    await board.off()
    assert asked == []


@pytest.mark.parametrize(
    ("scope", "reason", "says"),
    [
        ("", "查错", "请选择"),
        ("channel:telegram", "查错", "请选择"),
        ("topic:天气", "查错", "请选择"),
        ("web", "查错", "请选择"),
        ("channel:web\x00", "查错", "请选择"),
        (WEB, "", "请写明"),
        (WEB, " \u3000\n", "请写明"),
        (WEB, "\x00", "请写明"),
        (WEB, "长" * (MOST_CHARACTERS + 1), "最多 200 个字，现在是 201 个"),
    ],
)
async def test_what_cannot_be_switched_off_is_said(engine: AsyncEngine, scope: str, reason: str, says: str) -> None:
    board = SwitchBoard(engine)
    with pytest.raises(SwitchError, match=says):
        await board.turn_off(scope, reason, SYSTEM)
    assert await board.listed() == []


async def test_what_is_off_keeps_its_first_reason(engine: AsyncEngine) -> None:
    board = SwitchBoard(engine)
    await board.turn_off(WEB, "先来的", SYSTEM)
    with pytest.raises(SwitchError, match="“渠道 网页”已经关着了"):
        await board.turn_off(WEB, "后来的", SYSTEM)
    assert [row.reason for row in await board.listed()] == ["先来的"]


@pytest.mark.parametrize("scope", [WEB, "", "channel:web\x00", "随便"])
async def test_what_is_on_cannot_be_turned_on(engine: AsyncEngine, scope: str) -> None:
    with pytest.raises(SwitchError, match="没有关着"):
        await SwitchBoard(engine).turn_on(scope)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reason=st.text(max_size=260))
async def test_any_reason_is_kept_as_one_line_or_refused(engine: AsyncEngine, reason: str) -> None:
    board = SwitchBoard(engine)
    try:
        kept = await board.turn_off(WEB, reason, SYSTEM)
    except SwitchError:
        return
    await board.turn_on(WEB)
    assert kept.isprintable() and 0 < len(kept) <= MOST_CHARACTERS


async def test_a_switch_written_by_hand_as_the_runbook_says_works(engine: AsyncEngine) -> None:
    now = "datetime('now')" if engine.dialect.name == "sqlite" else "now()"
    async with engine.begin() as connection:
        await connection.execute(text(f"INSERT INTO switches VALUES ('{WEB}', '工作台打不开', '值班', {now})"))  # noqa: S608
    board = SwitchBoard(engine)
    assert (await board.off()).channel("web")
    assert [row.at.year >= 2026 for row in await board.listed()] == [True]


def test_every_channel_and_topic_has_a_switch_with_a_label() -> None:
    channels, topics = scopes_by_group().values()
    assert (list(channels.values()), list(topics.values())) == (list(CHANNELS.values()), list(load_topics()))
    assert (label_of_scope(WEB), label_of_scope(LABOUR), label_of_scope("x")) == ("渠道 网页", "主题 劳动争议", None)
    assert labels_of({LABOUR, WEB, "topic:没有了"}) == ["渠道 网页", "主题 劳动争议"]


def test_rasas_own_channel_goes_with_the_interface_for_programs() -> None:
    off = Off(frozenset(("channel:rest",)))
    assert [off.channel(name) for name in ("rest", "rasa", "web", "wechat")] == [True, True, False, False]
