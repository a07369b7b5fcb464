"""The pages of conversations, as an agent uses them."""

import pytest

from api.storage.models import Feedback
from tests.api import fakes
from tests.api.conftest import Conversation, Running
from tests.api.staff.conftest import Clerk
from tests.api.staff.turns import NOON, Turns

LIST = "/staff/conversations"


async def test_the_list_is_empty_without_turns(agent: Clerk) -> None:
    assert "没有符合的对话" in (await agent.get(LIST)).text


async def test_the_list_shows_what_was_said_and_how_it_ended(agent: Clerk, talk: Conversation) -> None:
    turn = await talk.say("老板不发工资")
    shown = (await agent.get(LIST)).text
    assert "老板不发工资" in shown and "已回答（问法一致）" in shown and turn["receipt"] in shown
    assert "公司拖欠工资怎么办" in shown and "共 1 轮" in shown


async def test_what_is_masked_stays_masked(agent: Clerk, talk: Conversation) -> None:
    await talk.say("我的手机是13812345678，老板不发工资")
    shown = (await agent.get(LIST)).text
    assert "13812345678" not in shown and "[手机号]" in shown


async def test_a_receipt_leads_to_its_turn(agent: Clerk, talk: Conversation) -> None:
    turn = await talk.say("老板不发工资")
    response = await agent.get(LIST, receipt=turn["receipt"].lower().replace("-", " "))
    assert response.headers["location"] == f"{LIST}/{talk.id}#turn-{turn['turn_id']}"


@pytest.mark.parametrize("receipt", ["ZZZZ-ZZZZ", "短", "\0", "'; DROP TABLE turns"])
async def test_a_receipt_that_is_not_there_is_told_so(agent: Clerk, receipt: str) -> None:
    shown = await agent.get(LIST, receipt=receipt)
    assert shown.status_code == 422 and "没有这个回执号" in shown.text


@pytest.mark.parametrize("day", ["昨天", "2026-02-30", "0001-01-01", "9999-12-31"])
async def test_a_day_that_is_none_is_told_so_and_not_lost(agent: Clerk, day: str) -> None:
    shown = await agent.get(LIST, day=day)
    assert shown.status_code == 422 and f'value="{day}"' in shown.text


@pytest.mark.parametrize(
    "query", [{"before": "x"}, {"entry": "\0"}, {"family": "none"}, {"topic": "没有"}, {"after": "1_2"}]
)
async def test_odd_filters_give_a_page(agent: Clerk, query: dict[str, str]) -> None:
    assert (await agent.get(LIST, **query)).status_code == 200


async def test_a_conversation_is_shown_as_the_citizen_saw_it(agent: Clerk, talk: Conversation) -> None:
    turn = await talk.say("学历公证去哪里")
    shown = (await agent.get(f"{LIST}/{talk.id}")).text
    assert "学历证书公证怎么办" in shown and "价目在公证处能看到" in shown and "公证服务指南" in shown
    assert turn["entry"]["version"] in shown


async def test_buttons_are_shown_and_cannot_be_pressed(agent: Clerk, talk: Conversation) -> None:
    await talk.say("今天天气怎么样")
    shown = (await agent.get(f"{LIST}/{talk.id}")).text
    assert '<section class="choices">' in shown and "/ask" not in shown


async def test_an_urgent_notice_is_shown(agent: Clerk, talk: Conversation) -> None:
    await talk.say("老公打我，怎么办")
    assert "请先看这里" in (await agent.get(f"{LIST}/{talk.id}")).text


async def test_feedback_given_twice_is_shown_twice(agent: Clerk, turns: Turns) -> None:
    turn = await turns.turn("工资", "answered.entry")
    await turns.rate(turn, "helpful")
    await turns.add(
        Feedback(turn_id=turn.id, verdict="not_helpful", reason="有异议", comment="<b>不对</b>", created_at=NOON)
    )
    shown = (await agent.get(f"{LIST}/{turn.conversation_id}")).text
    assert "市民评价：有用" in shown and "市民评价：没用" in shown and "&lt;b&gt;不对" in shown


async def test_script_in_a_text_is_shown_as_text(agent: Clerk, talk: Conversation) -> None:
    await talk.say("<script>alert(1)</script>工资")
    for path in (LIST, f"{LIST}/{talk.id}"):
        shown = (await agent.get(path)).text
        assert "<script>alert" not in shown and "&lt;script&gt;alert" in shown


async def test_every_look_is_recorded(agent: Clerk, talk: Conversation, running: Running) -> None:
    await talk.say("老板不发工资")
    await agent.get(f"{LIST}/{talk.id}")
    records = [row for row in await running.table("audit_records") if row["action"] == "conversation_viewed"]
    assert [(row["subject"], row["staff_name"]) for row in records] == [(f"conversation:{talk.id}", agent.staff.name)]
    assert "工资" not in str(records)


async def test_an_erased_conversation_is_gone(agent: Clerk, talk: Conversation, running: Running) -> None:
    turn = await talk.say("老板不发工资")
    await running.services.store.erase(talk.id)
    assert (await agent.get(f"{LIST}/{talk.id}")).status_code == 404
    assert (await agent.get(LIST, receipt=turn["receipt"])).status_code == 422


@pytest.mark.parametrize("name", ["a/b", "张三", "a?b#c", "%2F", "..x"])
async def test_a_conversation_with_an_odd_name_is_found_by_its_link(agent: Clerk, turns: Turns, name: str) -> None:
    turn = await turns.turn("老板不发工资", conversation=await turns.conversation(name, "rasa"))
    shown = (await agent.get(LIST)).text
    link = shown.split(f'#turn-{turn.id}"')[0].rpartition('href="')[2]
    opened = await agent.browser.get(link, headers={"accept": "text/html"})
    assert opened.status_code == 200 and turn.id in opened.text


async def test_editors_see_no_conversations(editor: Clerk, talk: Conversation) -> None:
    assert (await editor.get(LIST)).status_code == 403
    assert (await editor.get(f"{LIST}/{talk.id}")).status_code == 403


async def test_an_entry_that_is_no_longer_live_is_named_by_its_id(agent: Clerk, turns: Turns) -> None:
    await turns.turn("工资", "answered.entry", entry_id="gone.entry")
    assert "gone.entry" in (await agent.get(LIST)).text


async def test_the_entry_filter_finds_by_id(agent: Clerk, talk: Conversation) -> None:
    await talk.say("老板不发工资")
    await talk.say("学历公证去哪里")
    shown = (await agent.get(LIST, entry=f" {fakes.WAGES} ")).text
    assert "老板不发工资" in shown and "学历公证去哪里" not in shown
