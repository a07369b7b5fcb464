"""Days of Shanghai are counted once when they are over, and today anew."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.staff.dashboard import days as days_module
from api.staff.dashboard.days import DailyStore
from api.staff.dashboard.figures import Figures, total
from api.staff.dashboard.rising import CaseWeeks
from api.storage.catalogue_models import UnansweredCase, UnansweredQuestion
from api.storage.database import create_engine
from tests.api.conftest import Running
from tests.api.staff.turns import NOON, Turns

TODAY = date(2026, 11, 20)
YESTERDAY = TODAY - timedelta(days=1)
DAY = timedelta(days=1)


@pytest.fixture
async def engine_of(running_on_each: Running) -> AsyncEngine:
    return create_engine(running_on_each.services.settings.database_url)


@pytest.fixture
def each(running_on_each: Running) -> Turns:
    return Turns(running_on_each)


async def counted(engine: AsyncEngine, now: datetime = NOON, days: int = 3) -> dict[date, Figures]:
    """By a store that has nothing in memory."""
    found = await DailyStore(engine, lambda: now).last(days)
    return {day: total(figures.values()) for day, figures in found.days.items()}


async def test_there_are_days_without_turns(each: Turns, engine_of: AsyncEngine) -> None:
    assert [one.questions for one in (await counted(engine_of)).values()] == [0, 0, 0]


async def test_a_turn_counts_on_its_day_in_shanghai(each: Turns, engine_of: AsyncEngine) -> None:
    midnight = NOON.replace(day=19, hour=16)
    await each.turn("前", "answered.entry", midnight - timedelta(seconds=1))
    await each.turn("后", "answered.entry", midnight)
    days = await counted(engine_of)
    assert (days[YESTERDAY].questions, days[TODAY].questions) == (1, 1)


async def test_a_finished_day_is_kept(running_on_each: Running, each: Turns, engine_of: AsyncEngine) -> None:
    turn = await each.turn("昨天", "answered.entry", NOON - DAY, topic="公证", entry_id="a.b")
    await counted(engine_of)
    await running_on_each.services.store.erase(turn.conversation_id)
    days = await counted(engine_of)
    assert (days[YESTERDAY].questions, days[YESTERDAY].entries["a.b"]) == (1, 1)


async def test_today_and_a_day_that_has_just_ended_are_counted_anew(each: Turns, engine_of: AsyncEngine) -> None:
    just_after = NOON.replace(hour=16, minute=5)
    await each.turn("一", "answered.entry")
    await counted(engine_of, just_after)
    await each.turn("晚到的", "answered.entry")
    assert (await counted(engine_of, just_after))[TODAY].questions == 2


async def test_the_last_rating_of_a_turn_counts(each: Turns, engine_of: AsyncEngine) -> None:
    turn = await each.turn("工资", "answered.entry")
    await each.rate(turn, "not_helpful")
    await each.rate(turn, "helpful")
    await each.rate(await each.turn("工钱", "answered.entry"), "not_helpful")
    today = (await counted(engine_of))[TODAY]
    assert (today.satisfaction, today.rated) == (0.5, 2)


async def test_channels_are_counted_apart(each: Turns, engine_of: AsyncEngine) -> None:
    await each.turn("网页", "answered.entry")
    await each.turn("微信", "abstained.unclear", conversation=await each.conversation(channel="wechat"))
    days = (await DailyStore(engine_of, lambda: NOON).last(1)).days
    assert {name: one.questions for name, one in days[TODAY].items()} == {"web": 1, "wechat": 1}


async def test_many_days_are_counted_over_several_requests(
    each: Turns, engine_of: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days_module, "_MOST_TURNS", 1)
    for back in range(1, 4):
        await each.turn("工资", "answered.entry", NOON - back * DAY)
    store = DailyStore(engine_of, lambda: NOON)
    assert [(await store.last(4)).missing for _ in range(3)] == [2, 1, 0]


async def test_unanswered_questions_of_the_weeks_are_counted(each: Turns, engine_of: AsyncEngine) -> None:
    case = UnansweredCase(label="养猫要办证吗", status="open", count=5, first_at=NOON, last_at=NOON)
    await each.add(case)
    for back in (0, 1, 6, 7, 34, 35):
        turn = await each.turn("养猫", at=NOON - back * DAY)
        await each.add(
            UnansweredQuestion(turn_id=turn.id, case_id=case.id, kind="abstained", text="养猫", at=turn.created_at)
        )
    (rise,) = await CaseWeeks(engine_of).rises(TODAY)
    assert (rise.name, rise.now, rise.before) == ("养猫要办证吗", 3, 0.5)
