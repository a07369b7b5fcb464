"""The pages of unanswered questions, as an editor uses them."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from api.staff.unanswered import cases as cases_module
from tests.api import fakes
from tests.api.conftest import Running
from tests.api.staff.conftest import Clerk
from tests.api.staff.turns import NOON, Turns

LIST = "/staff/unanswered"
QUESTION = "养猫要不要办证"


@pytest.fixture
async def case_path(turns: Turns, editor: Clerk) -> str:
    """A case of two wordings that the list page gathered."""
    await turns.turns([QUESTION, "养猫要办证吗"])
    shown = await editor.get(LIST)
    found = re.search(rf"{LIST}/\d+", shown.text)
    assert found, shown.text
    return found.group()


async def turn_ids(running: Running) -> list[str]:
    return [row["turn_id"] for row in await running.table("unanswered_questions")]


async def status(running: Running) -> str:
    (case,) = await running.table("unanswered_cases")
    return str(case["status"])


async def test_the_page_says_that_there_is_nothing(editor: Clerk) -> None:
    assert "没有符合的问题" in (await editor.get(LIST)).text


async def test_the_page_gathers_by_itself_and_shows_what_came(case_path: str, editor: Clerk) -> None:
    shown = await editor.get(LIST)
    assert QUESTION in shown.text and "待处理" in shown.text and "近四周每周" in shown.text


async def test_the_page_does_not_gather_again_within_a_minute(case_path: str, turns: Turns, editor: Clerk) -> None:
    await turns.turn("楼上装修太吵了能投诉吗", at=datetime.now(UTC))
    assert "楼上装修" not in (await editor.get(LIST)).text


async def test_the_button_gathers_at_once(case_path: str, turns: Turns, editor: Clerk) -> None:
    await turns.turn("楼上装修太吵了能投诉吗", at=datetime.now(UTC))
    shown = await editor.post(f"{LIST}/gather")
    assert "新增 1 个问题" in shown.text and "楼上装修" in shown.text


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ({"status": "done"}, False), ({"status": "all"}, True), ({"status": "nonsense"}, True), ({"mine": "true"}, False),
        ({"kind": "abstained"}, True), ({"kind": "unhelpful"}, False), ({"kind": "nonsense"}, True),
        ({"topic": "公证"}, False), ({"sort": "newest"}, True), ({"page": "9"}, False),
    ],
)  # fmt: skip
async def test_the_list_is_filtered(case_path: str, editor: Clerk, query: dict[str, str], is_there: bool) -> None:
    assert (QUESTION in (await editor.get(LIST, **query)).text) is is_there


async def test_what_is_asked_more_comes_first_unless_the_newest_is_wanted(editor: Clerk, turns: Turns) -> None:
    await turns.turns([QUESTION, QUESTION])
    await turns.turn("楼上装修太吵了能投诉吗", at=NOON + timedelta(hours=1))
    often, newest = await editor.get(LIST), await editor.get(LIST, sort="newest")
    assert often.text.index(QUESTION) < often.text.index("楼上装修")
    assert newest.text.index("楼上装修") < newest.text.index(QUESTION)


async def test_the_case_shows_the_questions_and_what_the_bot_said(case_path: str, editor: Clerk) -> None:
    shown = await editor.get(case_path)
    assert QUESTION in shown.text and "养猫要办证吗" in shown.text
    assert "抱歉，这个我答不上。" in shown.text and "不是我们的事" in shown.text


async def test_only_who_may_see_conversations_gets_the_link(case_path: str, editor: Clerk, reviewer: Clerk) -> None:
    assert "/staff/conversations/" not in (await editor.get(case_path)).text
    assert "/staff/conversations/" in (await reviewer.get(case_path)).text


async def test_only_who_may_edit_gets_the_buttons_to_edit(case_path: str, reviewer: Clerk) -> None:
    assert "新建条目草稿" not in (await reviewer.get(case_path)).text
    refused = await reviewer.post(f"{case_path}/draft", topic="公证")
    assert refused.status_code == 403


async def test_a_case_that_is_not_there_is_told_so(editor: Clerk) -> None:
    shown = await editor.get(f"{LIST}/4711")
    assert shown.status_code == 404 and "没有这个问题" in shown.text


async def test_script_in_a_question_is_shown_as_text(turns: Turns, editor: Clerk) -> None:
    await turns.turn("<script>alert(1)</script>")
    shown = await editor.get(LIST)
    assert "<script>alert" not in shown.text and "&lt;script&gt;alert" in shown.text


async def test_a_case_is_given_to_somebody(case_path: str, editor: Clerk, reviewer: Clerk) -> None:
    shown = await editor.post(f"{case_path}/assign", owner=str(reviewer.staff.id), due="2190-01-01")
    assert reviewer.staff.name in shown.text and "2190-01-01" in shown.text and "处理中" in shown.text
    assert QUESTION in (await reviewer.get(LIST, mine="true")).text


@pytest.mark.parametrize(
    ("owner", "due", "problem"),
    [
        ("999", "", "请从名单里选一个人"), ("９", "", "请从名单里选一个人"), ("9" * 50, "", "请从名单里选一个人"),
        ("", "2190-01-01", "请选一个人来办"), ("", "明天", "期限请写成"), ("", "2020-01-01", "不能早于今天"),
    ],
)  # fmt: skip
async def test_what_cannot_be_assigned_is_told_so(
    case_path: str, editor: Clerk, owner: str, due: str, problem: str
) -> None:
    shown = await editor.post(f"{case_path}/assign", owner=owner, due=due)
    assert shown.status_code == 422 and problem in shown.text


async def test_an_agent_is_not_somebody_to_work_on_cases(case_path: str, editor: Clerk, agent: Clerk) -> None:
    shown = await editor.post(f"{case_path}/assign", owner=str(agent.staff.id))
    assert shown.status_code == 422


async def test_a_case_is_dismissed_with_a_reason_and_opened_again(
    case_path: str, editor: Clerk, running: Running
) -> None:
    shown = await editor.post(f"{case_path}/dismiss", reason="与法律无关")
    assert "不处理的理由：与法律无关" in shown.text and await status(running) == "dismissed"
    await editor.post(f"{case_path}/reopen")
    assert await status(running) == "open"


@pytest.mark.parametrize("reason", ["", "   ", "长" * 501])
async def test_a_reason_is_needed_and_has_an_end(case_path: str, editor: Clerk, reason: str) -> None:
    shown = await editor.post(f"{case_path}/dismiss", reason=reason)
    assert shown.status_code == 422 and "理由" in shown.text


async def test_a_reason_that_is_too_long_is_not_lost(case_path: str, editor: Clerk) -> None:
    assert "长" * 501 in (await editor.post(f"{case_path}/dismiss", reason="长" * 501)).text


async def test_a_case_is_finished_once(case_path: str, editor: Clerk, running: Running) -> None:
    await editor.post(f"{case_path}/finish")
    assert await status(running) == "done"
    again = await editor.post(f"{case_path}/finish")
    assert again.status_code == 422 and "已处理" in again.text


async def test_a_new_entry_begins_with_the_questions(case_path: str, editor: Clerk, running: Running) -> None:
    response = await editor.post(
        f"{case_path}/draft", follow=False, topic="消费者权益", questions=await turn_ids(running)
    )
    path = response.headers["location"]
    row = await running.services.staff.drafts.find(path.removeprefix("/staff/entries/"))
    assert row is not None and row.work is not None
    assert (row.topic, row.work_state) == ("消费者权益", "draft")
    assert sorted(row.work["questions"]) == sorted([QUESTION, "养猫要办证吗"])
    assert await status(running) == "assigned"


async def test_a_second_new_entry_of_a_case_gets_another_id(case_path: str, editor: Clerk, running: Running) -> None:
    paths = [
        (
            await editor.post(f"{case_path}/draft", follow=False, topic="公证", questions=await turn_ids(running))
        ).headers["location"]
        for _ in range(2)
    ]
    assert len(set(paths)) == 2


@pytest.mark.parametrize("topic", ["", "没有的主题"])
async def test_a_new_entry_needs_a_topic(case_path: str, editor: Clerk, running: Running, topic: str) -> None:
    shown = await editor.post(f"{case_path}/draft", topic=topic, questions=await turn_ids(running))
    assert shown.status_code == 422 and "请选一个主题" in shown.text


@pytest.mark.parametrize("action", ["draft", "add"])
async def test_a_question_must_be_chosen_of_the_case(case_path: str, editor: Clerk, action: str) -> None:
    shown = await editor.post(f"{case_path}/{action}", topic="公证", entry_id=fakes.WAGES, questions=["another"])
    assert shown.status_code == 422 and "至少选一个问法" in shown.text


async def test_questions_are_added_to_what_is_live(case_path: str, editor: Clerk, running: Running) -> None:
    await running.services.staff.live.load_starter(fakes.ENTRIES)
    shown = await editor.post(f"{case_path}/add", entry_id=fakes.WAGES, questions=(await turn_ids(running))[:1])
    row = await running.services.staff.drafts.find(fakes.WAGES)
    assert "加了 1 个问法" in shown.text and row is not None and row.work is not None and row.live is not None
    assert len(row.work["questions"]) == len(row.live["questions"]) + 1


async def test_questions_are_added_once(case_path: str, editor: Clerk, running: Running) -> None:
    await running.services.staff.live.load_starter(fakes.ENTRIES)
    chosen = await turn_ids(running)
    await editor.post(f"{case_path}/add", entry_id=fakes.WAGES, questions=chosen)
    shown = await editor.post(f"{case_path}/add", entry_id=fakes.WAGES, questions=chosen)
    assert "条目里已经有了" in shown.text


async def test_nothing_is_added_to_an_entry_in_review(case_path: str, editor: Clerk, running: Running) -> None:
    services = running.services.staff
    await services.live.load_starter(fakes.ENTRIES)
    content = fakes.ENTRIES[0].model_dump(mode="json")
    revision = await services.drafts.save(fakes.WAGES, content, 1, editor.staff)
    await services.drafts.submit(fakes.WAGES, revision, editor.staff)
    shown = await editor.post(f"{case_path}/add", entry_id=fakes.WAGES, questions=await turn_ids(running))
    assert shown.status_code == 422 and "待审" in shown.text


@pytest.mark.parametrize("entry_id", ["", "no.such-entry", "<b>", "x" * 150])
async def test_an_entry_that_is_not_there_is_told_so(
    case_path: str, editor: Clerk, running: Running, entry_id: str
) -> None:
    shown = await editor.post(f"{case_path}/add", entry_id=entry_id, questions=await turn_ids(running))
    assert shown.status_code == 422 and "没有这个条目" in shown.text


async def test_what_was_done_is_in_the_audit_log_without_the_words(
    case_path: str, editor: Clerk, running: Running
) -> None:
    await editor.post(f"{case_path}/dismiss", reason="与法律无关")
    record = (await running.table("audit_records"))[-1]
    assert record["action"] == "unanswered_dismissed"
    assert QUESTION not in str(record)


async def test_the_trend_counts_the_weeks_of_shanghai(
    turns: Turns, running: Running, editor: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening = NOON.replace(hour=15, minute=59)  # 23:59 in Shanghai
    await turns.turn(QUESTION, at=evening)
    await turns.turn(QUESTION, at=evening - timedelta(days=7))
    await turns.turn(QUESTION, at=evening + timedelta(minutes=2))
    await editor.get(LIST)
    store = cases_module.CaseStore(running.services.staff.cases._engine, lambda: evening)
    ((row,), _) = await store.page(cases_module.CaseFilter(), 1)
    assert row.weeks == (0, 0, 1, 1)
