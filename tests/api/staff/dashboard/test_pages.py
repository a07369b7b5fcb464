"""The dashboard and its downloads."""

from datetime import UTC, datetime

import pytest

from api.storage.catalogue_models import UnansweredCase, UnansweredQuestion
from tests.api.conftest import Conversation
from tests.api.staff.conftest import Clerk
from tests.api.staff.turns import Turns

PAGE = "/staff/dashboard"


async def test_the_page_stands_without_turns(agent: Clerk) -> None:
    shown = await agent.get(PAGE)
    assert shown.status_code == 200 and "看板" in shown.text and "还没有" in shown.text


async def test_the_page_counts_what_was_asked(agent: Clerk, talk: Conversation) -> None:
    turn = await talk.say("老板不发工资")
    await talk.post({"turn_id": turn["turn_id"], "verdict": "helpful"}, "/feedback")
    shown = (await agent.get(PAGE)).text
    assert "<dd>1</dd>" in shown and "100.0%" in shown and "有 1 轮有评价" in shown and "公司拖欠工资怎么办" in shown


async def test_plots_can_be_read_out(agent: Clerk) -> None:
    shown = (await agent.get(PAGE)).text
    assert '<title id="questions-title">' in shown and '<desc id="questions-desc">' in shown


async def test_a_channel_alone_is_shown(agent: Clerk, talk: Conversation) -> None:
    await talk.say("老板不发工资")
    assert "公司拖欠工资怎么办</th><td>1</td>" in (await agent.get(PAGE, channel="rest")).text
    assert "公司拖欠工资怎么办</th><td>1</td>" not in (await agent.get(PAGE, channel="web")).text


@pytest.mark.parametrize("query", [{"days": "90"}, {"days": "7"}, {"days": "x"}, {"channel": "<b>"}, {"channel": "\0"}])
async def test_odd_choices_give_a_page(agent: Clerk, query: dict[str, str]) -> None:
    assert (await agent.get(PAGE, **query)).status_code == 200


@pytest.mark.parametrize("name", ["daily", "topics", "rising-topics", "rising-entries", "entries", "never", "channels"])
async def test_every_table_can_be_downloaded(agent: Clerk, talk: Conversation, name: str) -> None:
    await talk.say("老板不发工资")
    file = await agent.get(f"{PAGE}/csv/{name}")
    assert file.status_code == 200 and file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.content.startswith("\ufeff".encode()) and "attachment" in file.headers["content-disposition"]


async def test_a_table_that_is_none_is_told_so(agent: Clerk) -> None:
    assert (await agent.get(f"{PAGE}/csv/none")).status_code == 404


async def test_words_of_citizens_are_for_those_who_work_on_them(agent: Clerk, editor: Clerk, turns: Turns) -> None:
    now = datetime.now(UTC)
    case = UnansweredCase(label="=养猫要办证吗", status="open", count=3, first_at=now, last_at=now)
    await turns.add(case)
    for _ in range(3):
        turn = await turns.turn("养猫", at=now)
        await turns.add(UnansweredQuestion(turn_id=turn.id, case_id=case.id, kind="abstained", text="养猫", at=now))
    assert "养猫要办证吗" in (await editor.get(PAGE)).text and "养猫要办证吗" not in (await agent.get(PAGE)).text
    assert "'=养猫要办证吗" in (await editor.get(f"{PAGE}/csv/rising-questions")).text
    assert (await agent.get(f"{PAGE}/csv/rising-questions")).status_code == 404
