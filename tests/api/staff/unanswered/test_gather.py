"""Which turns become unanswered questions, and that gathering again changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from api.staff.unanswered.gather import Gatherer
from api.storage.database import create_engine
from api.storage.staff_models import Ticket
from knowledge_base.wording import say
from tests.api.conftest import Running
from tests.api.staff.turns import NOON, Turns, text_block

HOUR = timedelta(hours=1)
Gather = Callable[..., Any]


@pytest.fixture
def gather(running: Running) -> Gather:
    """`await gather(at)`: gathers as if it were then; by default an hour after noon."""

    async def gathered(at: Any = NOON + HOUR) -> int:
        engine = create_engine(running.services.settings.database_url)
        found = await Gatherer(engine, lambda: at).gather(running.services.releases.get())
        await engine.dispose()
        return int(found.count)

    return gathered


async def questions(running: Running) -> dict[str, str]:
    """The kind of each gathered text."""
    return {row["text"]: row["kind"] for row in await running.table("unanswered_questions")}


async def test_there_is_nothing_to_gather_without_turns(running: Running, gather: Gather) -> None:
    assert await gather() == 0
    assert await running.table("unanswered_cases") == []


async def test_an_abstention_becomes_a_case(running: Running, turns: Turns, gather: Gather) -> None:
    await turns.turn("养猫要办证吗", "abstained.unclear")
    assert await gather() == 1
    (case,) = await running.table("unanswered_cases")
    assert (case["label"], case["count"], case["status"]) == ("养猫要办证吗", 1, "open")


@pytest.mark.parametrize(
    "outcome", ["abstained.government", "abstained.no_words", "answered.small_talk", "answered.entry", "routed.topic"]
)
async def test_what_got_what_it_needed_is_left_out(turns: Turns, gather: Gather, outcome: str) -> None:
    await turns.turn("你好", outcome)
    assert await gather() == 0


async def test_a_redirect_is_left_out_also_as_the_second_abstention(turns: Turns, gather: Gather) -> None:
    await turns.turn("医保卡怎么换", "abstained.categories", reply=[text_block(say("abstain_government"))])
    assert await gather() == 0


async def test_the_third_abstention_in_a_row_counts_too(turns: Turns, gather: Gather) -> None:
    await turns.turn("养猫要办证吗", "handed_over.after_abstentions")
    assert await gather() == 1


async def test_gathering_again_changes_nothing(running: Running, turns: Turns, gather: Gather) -> None:
    await turns.turns(["养猫要办证吗", "养猫要不要办证"])
    await gather()
    before = await running.table("unanswered_cases")
    assert await gather() == await gather(NOON + 2 * HOUR) == 0
    assert await running.table("unanswered_cases") == before


async def test_a_turn_that_was_stored_late_is_not_missed(turns: Turns, gather: Gather) -> None:
    await gather(NOON)
    await turns.turn("养猫要办证吗", at=NOON - timedelta(seconds=90))
    assert await gather() == 1


async def test_the_same_questions_share_a_case_and_others_do_not(
    running: Running, turns: Turns, gather: Gather
) -> None:
    await turns.turns(["养猫要办证吗", "养猫要不要办证？", "楼上装修太吵了能投诉吗"])
    await gather()
    assert sorted(case["count"] for case in await running.table("unanswered_cases")) == [1, 2]


async def test_a_new_question_joins_the_case_of_an_earlier_day(running: Running, turns: Turns, gather: Gather) -> None:
    await turns.turn("养猫要办证吗")
    await gather()
    later = NOON + timedelta(days=3)
    await turns.turn("养猫要办证吗", at=later)
    await gather(later + HOUR)
    (case,) = await running.table("unanswered_cases")
    assert case["count"] == 2


async def test_a_question_asked_back_about_without_a_choice_counts_after_a_while(turns: Turns, gather: Gather) -> None:
    await turns.turn("工资", "clarified.choices")
    assert await gather(NOON + timedelta(minutes=29)) == 0
    assert await gather(NOON + timedelta(minutes=31)) == 1


@pytest.mark.parametrize(
    ("following", "gathered"),
    [("answered.chosen", 0), ("guided.begun", 0), ("answered.entry", 1), ("clarified.rejected", 1)],
)
async def test_only_a_choice_settles_what_was_asked_back(
    turns: Turns, gather: Gather, following: str, gathered: int
) -> None:
    conversation = await turns.conversation()
    await turns.turn("工资", "clarified.choices", conversation=conversation)
    await turns.turn("公司拖欠工资怎么办", following, NOON + timedelta(minutes=1), conversation)
    assert await gather() == gathered


async def test_what_is_of_no_use_is_gathered(running: Running, turns: Turns, gather: Gather) -> None:
    await turns.rate(await turns.turn("工资", "answered.entry"), "not_helpful")
    await gather()
    assert await questions(running) == {"工资": "unhelpful"}


async def test_the_last_of_two_ratings_counts(turns: Turns, gather: Gather) -> None:
    turn = await turns.turn("工资", "answered.entry")
    await turns.rate(turn, "not_helpful")
    await turns.rate(turn, "helpful", at=NOON + timedelta(minutes=1))
    assert await gather() == 0


async def test_a_question_rated_twice_is_there_once(running: Running, turns: Turns, gather: Gather) -> None:
    turn = await turns.turn("工资", "answered.entry")
    await turns.rate(turn, "not_helpful")
    await turns.rate(turn, "not_helpful", at=NOON + timedelta(minutes=1))
    assert await gather() == 1
    (case,) = await running.table("unanswered_cases")
    assert case["count"] == 1


async def test_a_rating_makes_an_abstention_weigh_more(running: Running, turns: Turns, gather: Gather) -> None:
    turn = await turns.turn("养猫要办证吗")
    await gather()
    await turns.rate(turn, "not_helpful", at=NOON + 2 * HOUR)
    assert await gather(NOON + 3 * HOUR) == 0
    assert await questions(running) == {"养猫要办证吗": "unhelpful"}


async def test_a_contested_answer_is_gathered_by_its_reason(running: Running, turns: Turns, gather: Gather) -> None:
    await turns.rate(await turns.turn("工资", "answered.entry"), "not_helpful", "contested")
    await gather()
    assert await questions(running) == {"工资": "contested"}


async def test_a_contested_answer_is_gathered_by_its_ticket(running: Running, turns: Turns, gather: Gather) -> None:
    turn = await turns.turn("工资", "answered.entry")
    ticket = Ticket(
        code="T-1", kind="contested", status="open", turn_id=turn.id, text="不对", contact={}, created_at=NOON,
        updated_at=NOON,
    )  # fmt: skip
    await turns.add(ticket)
    await gather()
    assert await questions(running) == {"工资": "contested"}


async def test_for_a_button_the_words_before_it_are_taken(running: Running, turns: Turns, gather: Gather) -> None:
    conversation = await turns.conversation()
    await turns.turn("老板跑了", "clarified.choices", conversation=conversation)
    pressed = await turns.turn("公司拖欠工资怎么办", "answered.chosen", conversation=conversation)
    await turns.rate(pressed, "not_helpful")
    await gather()
    assert await questions(running) == {"老板跑了": "unhelpful"}


async def test_the_router_names_a_topic_where_the_turn_has_none(running: Running, turns: Turns, gather: Gather) -> None:
    await turns.turns(["加班费怎么算都不对"], topic=None)
    await turns.turns(["爷爷的房子怎么过到我名下"], topic="公证")
    await gather()
    topics = {case["label"]: case["topic"] for case in await running.table("unanswered_cases")}
    assert topics == {"加班费怎么算都不对": "劳动争议", "爷爷的房子怎么过到我名下": "公证"}


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "👨‍👩‍👧‍👦🐱", "？", "a" * 1000, "'; DROP TABLE turns; --", "[手机号]"]
)
async def test_any_text_can_be_gathered(running: Running, turns: Turns, gather: Gather, text: str) -> None:
    await turns.turn(text)
    await gather()
    (case,) = await running.table("unanswered_cases")
    assert case["label"] == text


async def test_a_backlog_is_taken_in_pieces(
    running: Running, turns: Turns, gather: Gather, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.staff.unanswered.gather._AT_ONCE", 2)
    for days in range(5):
        await turns.turn(f"问题{days}", at=NOON - timedelta(days=days))
    assert [await gather() for _ in range(4)] == [2, 2, 1, 0]


async def test_a_closed_case_begins_anew_and_a_dismissed_one_goes_on(
    running: Running, turns: Turns, gather: Gather
) -> None:
    await turns.turns(["养猫要办证吗", "今天天气怎么样"])
    await gather()
    cases = {case["label"]: case["id"] for case in await running.table("unanswered_cases")}
    await running.services.staff.cases.finish(cases["养猫要办证吗"])
    await running.services.staff.cases.dismiss(cases["今天天气怎么样"], "与法律无关")
    for text in cases:
        await turns.turn(text, at=NOON + 2 * HOUR)
    await gather(NOON + 3 * HOUR)
    rows = await running.table("unanswered_cases")
    assert sorted((row["label"], row["status"], row["count"]) for row in rows) == [
        ("今天天气怎么样", "dismissed", 2),
        ("养猫要办证吗", "done", 1),
        ("养猫要办证吗", "open", 1),
    ]


async def test_an_erased_question_goes_and_the_case_is_renamed(running: Running, turns: Turns, gather: Gather) -> None:
    first = await turns.turn("养猫要办证吗")
    await turns.turn("养猫要不要办证", at=NOON + timedelta(minutes=1))
    await gather()
    await running.services.store.erase(first.conversation_id)
    (case,) = await running.table("unanswered_cases")
    assert (case["label"], case["count"]) == ("养猫要不要办证", 1)


async def test_a_case_without_questions_goes(running: Running, turns: Turns, gather: Gather) -> None:
    turn = await turns.turn("养猫要办证吗")
    await gather()
    await running.services.store.erase(turn.conversation_id)
    assert await running.table("unanswered_cases") == []
