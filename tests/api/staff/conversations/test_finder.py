"""Finding turns, on SQLite and PostgreSQL: every filter, in order, page by page."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.staff.conversations import finder
from api.staff.conversations.finder import Cursor, TurnFilter, TurnFinder, read_cursor, read_receipt
from tests.api.conftest import Running
from tests.api.staff.turns import NOON, Turns


@pytest.fixture
def each(running_on_each: Running) -> tuple[TurnFinder, Turns]:
    return running_on_each.services.staff.turns, Turns(running_on_each)


async def texts(found: TurnFinder, wanted: TurnFilter) -> list[str]:
    page = await found.page(wanted)
    assert page.count == len(page.turns)
    return [turn.text for turn in page.turns]


async def test_every_filter_finds_its_turns_and_no_others(each: tuple[TurnFinder, Turns]) -> None:
    find, turns = each
    await turns.turn("一", "answered.entry", NOON, topic="公证", entry_id="a.b")
    await turns.turn("二", "answered.exact", NOON + timedelta(minutes=1), topic="继承", entry_id="a.c")
    await turns.turn("三", "routed.topic", NOON + timedelta(days=1), topic="公证")
    assert await texts(find, TurnFilter()) == ["三", "二", "一"]
    assert await texts(find, TurnFilter(entry_id="a.b")) == ["一"]
    assert await texts(find, TurnFilter(family="answered")) == ["二", "一"]
    assert await texts(find, TurnFilter(topic="公证")) == ["三", "一"]
    assert await texts(find, TurnFilter(family="answered", topic="公证")) == ["一"]
    assert await texts(find, TurnFilter(day=date(2026, 11, 21))) == ["三"]
    assert await texts(find, TurnFilter(family="abstained")) == []
    assert await texts(find, TurnFilter(family="answered", topic="继承", entry_id="a.b")) == []


async def test_a_day_begins_at_midnight_in_shanghai(each: tuple[TurnFinder, Turns]) -> None:
    find, turns = each
    midnight = NOON.replace(hour=16)
    await turns.turn("前一秒", at=midnight - timedelta(seconds=1))
    await turns.turn("零点", at=midnight)
    assert await texts(find, TurnFilter(day=date(2026, 11, 20))) == ["前一秒"]
    assert await texts(find, TurnFilter(day=date(2026, 11, 21))) == ["零点"]


async def test_pages_go_to_the_end_and_back_without_gap_or_repetition(
    each: tuple[TurnFinder, Turns], monkeypatch: pytest.MonkeyPatch
) -> None:
    find, turns = each
    monkeypatch.setattr(finder, "PAGE", 2)
    for number in range(5):  # some at the same moment
        await turns.turn(
            str(number),
            ("abstained.unclear", "abstained.categories")[number % 2],
            NOON + timedelta(seconds=number // 3),
        )
    wanted = TurnFilter(family="abstained")
    forward = [await find.page(wanted)]
    while forward[-1].older:
        forward.append(await find.page(wanted, forward[-1].older))
    back = [forward[-1]]
    while back[-1].newer:
        back.append(await find.page(wanted, back[-1].newer, newer=True))
    ids = [[turn.id for turn in page.turns] for page in forward]
    assert len({one for page in ids for one in page}) == 5
    assert [[turn.id for turn in page.turns] for page in reversed(back)] == ids


async def test_a_long_list_is_not_counted_to_its_end(
    each: tuple[TurnFinder, Turns], monkeypatch: pytest.MonkeyPatch
) -> None:
    find, turns = each
    monkeypatch.setattr(finder, "COUNTED", 2)
    await turns.turns(["一", "二", "三", "四"])
    assert (await find.page(TurnFilter())).count == 3
    assert (await find.page(TurnFilter(family="abstained"))).count == 3


async def test_there_is_nothing_to_find_without_turns(each: tuple[TurnFinder, Turns]) -> None:
    find, _ = each
    for wanted in (TurnFilter(), TurnFilter(family="answered"), TurnFilter(topic="公证")):
        page = await find.page(wanted)
        assert (page.turns, page.older, page.newer, page.count) == ([], None, None, 0)


@pytest.mark.parametrize("typed", ["K7MQ-2XWD", "k7mq2xwd", " k7mq 2xwd ", "K7MQ—2XWD"])
def test_a_receipt_is_read_however_it_is_typed(typed: str) -> None:
    assert read_receipt(typed) == "K7MQ-2XWD"


@given(st.text(max_size=40))
def test_any_text_is_a_receipt_or_none(typed: str) -> None:
    assert read_receipt(typed) == "" or len(read_receipt(typed)) == 9


@given(st.datetimes(timezones=st.just(NOON.tzinfo)), st.from_regex(r"[0-9a-f]{32}", fullmatch=True))
def test_a_place_is_read_as_it_was_written(at: object, turn_id: str) -> None:
    cursor = Cursor(at, turn_id)  # type: ignore[arg-type]
    if cursor.at.year >= 1000:
        assert read_cursor(str(cursor)) == cursor


@given(st.text(max_size=60))
def test_any_text_is_a_place_or_none(text: str) -> None:
    assert read_cursor(text) is None


def test_a_day_that_does_not_exist_is_no_place() -> None:
    assert read_cursor("2026-13-45T99:00:00.000000_a") is None
