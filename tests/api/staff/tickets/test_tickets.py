"""Tickets: made, found, worked on, and never a place where somebody's data stays behind."""

from datetime import date, timedelta

import pytest

from api.staff.clock import shanghai_day, utc_now
from api.staff.permissions import Role
from api.staff.tickets.model import TicketKind, TicketStatus
from api.staff.tickets.store import TicketChange, TicketError, TicketFilter, TicketStore, new_code, seen_mark
from api.storage.conversations import UnknownConversationError
from tests.api.conftest import Conversation, Running
from tests.api.staff.conftest import Clerk, Hire

PHONE = "13812345678"


@pytest.fixture
def tickets(running: Running) -> TicketStore:
    return running.services.staff.tickets


async def called_back(tickets: TicketStore, text: str = "请回电", **more: object) -> str:
    return await tickets.create(TicketKind.CALL_BACK, text, contact={"name": "李女士", "phone": PHONE}, **more)  # type: ignore[arg-type]


def test_a_code_has_no_sign_that_is_mistaken_for_another() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert not set("".join(codes)) - set("GD-") & set("01OIL")


async def test_a_ticket_holds_only_masked_text(tickets: TicketStore) -> None:
    ticket, _ = await tickets.find(await called_back(tickets, f"打{PHONE}\0给我"))
    assert PHONE not in ticket.text and "\0" not in ticket.text


async def test_no_ticket_for_a_conversation_that_is_gone(tickets: TicketStore, running: Running) -> None:
    with pytest.raises(UnknownConversationError):
        await called_back(tickets, conversation_id="gone")
    assert await running.table("tickets") == []


async def test_the_inbox_shows_what_is_to_do_and_no_contact_data(tickets: TicketStore, agent: Clerk) -> None:
    code = await called_back(tickets, topic="公证")
    shown = await agent.get("/staff/tickets")
    assert code in shown.text and "回电" in shown.text and "待办" in shown.text
    assert PHONE not in shown.text and "李女士" not in shown.text


async def test_contact_data_stand_on_the_ticket_and_each_look_is_audited(
    tickets: TicketStore, agent: Clerk, running: Running
) -> None:
    code = await called_back(tickets)
    for _ in range(2):
        assert PHONE in (await agent.get(f"/staff/tickets/{code}")).text
    viewed = [row for row in await running.table("audit_records") if row["action"] == "ticket_viewed"]
    assert [row["subject"] for row in viewed] == [f"ticket:{code}"] * 2
    assert PHONE not in str(await running.table("audit_records"))


async def fields_of(tickets: TicketStore, code: str, **changes: str) -> dict[str, str]:
    ticket, _ = await tickets.find(code)
    return {"seen": seen_mark(ticket), "status": ticket.status, "owner": "", "due": "", "note": ""} | changes


async def test_a_clerk_takes_a_ticket_and_writes_what_was_done(tickets: TicketStore, agent: Clerk) -> None:
    code = await called_back(tickets)
    given = await fields_of(
        tickets, code, status="in_progress", owner=str(agent.staff.id), due="2099-01-02", note=f"已打{PHONE}"
    )
    shown = await agent.post(f"/staff/tickets/{code}", **given)
    assert "保存好了" in shown.text and "待办 → 处理中" in shown.text
    ticket, notes = await tickets.find(code)
    assert (ticket.status, ticket.owner_id, ticket.due) == ("in_progress", agent.staff.id, date(2099, 1, 2))
    assert "已打" in notes[0].text and PHONE not in notes[0].text


async def test_two_people_at_one_ticket_do_not_overwrite_each_other(
    tickets: TicketStore, agent: Clerk, hire: Hire
) -> None:
    second = await hire("zuoxi2", Role.AGENT)
    code = await called_back(tickets)
    given = await fields_of(tickets, code, status="in_progress")
    await agent.post(f"/staff/tickets/{code}", **given)
    late = await second.post(f"/staff/tickets/{code}", **(given | {"status": "done", "note": "我写的没丢"}))
    assert late.status_code == 422 and "刚刚有人改过" in late.text and "我写的没丢" in late.text
    assert (await tickets.find(code))[0].status == "in_progress"


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "great"},
        {"status": ""},
        {"owner": "999"},
        {"owner": "x"},
        {"owner": "1e3"},
        {"due": "明天"},
        {"note": "长" * 2001},
    ],
)
async def test_what_makes_no_sense_is_told_and_nothing_changes(
    tickets: TicketStore, agent: Clerk, changes: dict[str, str]
) -> None:
    code = await called_back(tickets)
    shown = await agent.post(f"/staff/tickets/{code}", **await fields_of(tickets, code, **changes))
    assert shown.status_code == 422 and 'role="alert"' in shown.text
    ticket, notes = await tickets.find(code)
    assert (ticket.status, ticket.owner_id, ticket.due, notes) == ("open", None, None, [])


async def test_nobody_gets_a_ticket_who_may_not_work_on_it(tickets: TicketStore, agent: Clerk, editor: Clerk) -> None:
    code = await called_back(tickets)
    shown = await agent.post(f"/staff/tickets/{code}", **await fields_of(tickets, code, owner=str(editor.staff.id)))
    assert shown.status_code == 422 and "不能办工单" in shown.text


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
async def test_only_agents_see_tickets(tickets: TicketStore, hire: Hire, role: Role) -> None:
    clerk = await hire("qita", role)
    code = await called_back(tickets)
    answers = [
        await clerk.get("/staff/tickets"),
        await clerk.get(f"/staff/tickets/{code}"),
        await clerk.post(f"/staff/tickets/{code}"),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert PHONE not in "".join(answer.text for answer in answers)


@pytest.mark.parametrize("code", ["GD-XXXXX-XXXXX", "x" * 300, "%00", "' OR 1=1 --", "..%2f..%2fpeople"])
async def test_a_foreign_code_opens_nothing(agent: Clerk, code: str) -> None:
    assert (await agent.get(f"/staff/tickets/{code}")).status_code == 404


async def test_what_is_written_into_a_ticket_is_never_run(tickets: TicketStore, agent: Clerk) -> None:
    evil = "<script>alert(1)</script>"
    code = await tickets.create(TicketKind.CALL_BACK, evil, contact={evil: evil}, topic=evil)
    pages = [await agent.get("/staff/tickets"), await agent.get(f"/staff/tickets/{code}")]
    assert all(evil not in page.text and "&lt;script&gt;" in page.text for page in pages)


async def test_filters_find_what_they_say(tickets: TicketStore, agent: Clerk) -> None:
    yesterday = shanghai_day(utc_now()) - timedelta(days=1)
    late, mine, done = [await called_back(tickets, topic=topic) for topic in ("公证", "继承", "公证")]
    other = await tickets.create(TicketKind.UNANSWERED, "没答上来")
    for code, change in [
        (late, TicketChange(TicketStatus.OPEN, None, yesterday)),
        (mine, TicketChange(TicketStatus.IN_PROGRESS, agent.staff.id, None)),
        (done, TicketChange(TicketStatus.DONE, None, yesterday)),
    ]:
        await tickets.change(code, seen_mark((await tickets.find(code))[0]), change, "", agent.staff)

    async def shown(**query: str) -> set[str]:
        text = (await agent.get("/staff/tickets", **query)).text
        return {
            name for name, code in {"late": late, "mine": mine, "done": done, "other": other}.items() if code in text
        }

    assert await shown() == {"late", "mine", "other"}
    assert await shown(status="all") == {"late", "mine", "done", "other"}
    assert await shown(status="done") == {"done"}
    assert await shown(status="all", overdue="1") == {"late"}
    assert await shown(mine="1") == {"mine"}
    assert await shown(kind="unanswered") == {"other"}
    assert await shown(topic="公证") == {"late"}
    assert await shown(status="'; --", kind="x", topic="没有", page="-1") == {"late", "mine", "other"}


async def test_the_inbox_has_pages_of_fifty_newest_first(tickets: TicketStore, agent: Clerk) -> None:
    codes = [await called_back(tickets) for _ in range(51)]
    first, second = await agent.get("/staff/tickets"), await agent.get("/staff/tickets", page="2")
    assert codes[0] not in first.text and codes[0] in second.text
    assert first.text.index(codes[50]) < first.text.index(codes[49])


# --- contested answers ------------------------------------------------------------------------------------------------


async def contest(talk: Conversation, turn_id: str, **more: str) -> int:
    body = {"turn_id": turn_id, "verdict": "not_helpful", "reason": "contested"} | more
    return (await talk.post(body, "/feedback")).status_code


async def test_an_answer_that_is_said_to_be_wrong_becomes_one_ticket(talk: Conversation, running: Running) -> None:
    turn = await talk.say("老板不发工资")
    assert [await contest(talk, turn["turn_id"], comment=f"我打过{PHONE}") for _ in range(3)] == [204] * 3
    (row,) = await running.table("tickets")
    assert (row["kind"], row["status"], row["turn_id"], row["topic"]) == (
        "contested",
        "open",
        turn["turn_id"],
        "劳动争议",
    )
    assert "老板不发工资" in row["text"] and PHONE not in row["text"]


@pytest.mark.parametrize("more", [{"verdict": "helpful"}, {"reason": "太长"}])
async def test_other_feedback_makes_no_ticket(talk: Conversation, running: Running, more: dict[str, str]) -> None:
    turn = await talk.say("老板不发工资")
    assert await contest(talk, turn["turn_id"], **more) == 204
    assert await running.table("tickets") == []


async def test_the_page_offers_to_say_that_an_answer_is_wrong(running: Running) -> None:
    async with running.browser() as browser:
        first = await browser.get("/")
        assert first.status_code == 200
        shown = await browser.post("/ask", data={"text": "老板不发工资", "message_id": "m1"}, follow_redirects=True)
        assert "说错了" in shown.text
        (turn,) = await running.table("turns")
        fields = {"turn_id": turn["id"], "verdict": "not_helpful", "reason": "contested"}
        assert (await browser.post("/feedback", data=fields)).status_code == 303
        assert (await browser.post("/feedback", data=fields | {"reason": "x"})).status_code == 422
    (ticket,) = await running.table("tickets")
    assert ticket["turn_id"] == turn["id"]


async def test_nobody_contests_the_turn_of_another(talk: Conversation, running: Running) -> None:
    turn = await talk.say("老板不发工资")
    other = await running.conversation()
    assert await contest(other, turn["turn_id"]) == 422
    with pytest.raises(UnknownConversationError):
        await running.services.staff.tickets.contest(other.id, turn["turn_id"])
    assert await running.table("tickets") == []


# --- erasure ----------------------------------------------------------------------------------------------------------


async def test_an_erased_conversation_leaves_empty_shells(running_on_each: Running, hire_on_each: Clerk) -> None:
    tickets, talk = running_on_each.services.staff.tickets, await running_on_each.conversation()
    turn = await talk.say("老板不发工资")
    contested = await tickets.contest(talk.id, turn["turn_id"], "不对")
    done = await called_back(tickets, conversation_id=talk.id)
    kept = await called_back(tickets)
    seen = seen_mark((await tickets.find(done))[0])
    await tickets.change(done, seen, TicketChange(TicketStatus.DONE, None, None), "她说老板又没发", hire_on_each.staff)
    assert (await talk.client.delete(talk.path, headers=talk.headers)).status_code == 204
    for code, status in [(contested, "cancelled"), (done, "done")]:
        ticket, notes = await tickets.find(code)
        assert (ticket.status, ticket.text, ticket.contact, ticket.conversation_id, ticket.turn_id) == (
            status,
            "",
            {},
            None,
            None,
        )
        assert [note.text for note in notes] == ["市民删除了会话，工单内容已清空。"]
    assert (await tickets.find(kept))[0].contact["phone"] == PHONE
    assert "内容已清空" in (await hire_on_each.get(f"/staff/tickets/{done}")).text


async def test_the_inbox_works_on_each_database(running_on_each: Running, hire_on_each: Clerk) -> None:
    tickets = running_on_each.services.staff.tickets
    code = await called_back(tickets)
    wanted = TicketFilter(kind=TicketKind.CALL_BACK, due_before=date(2099, 1, 1))
    change = TicketChange(TicketStatus.IN_PROGRESS, hire_on_each.staff.id, date(2026, 1, 1))
    assert (
        len(await tickets.change(code, seen_mark((await tickets.find(code))[0]), change, "", hire_on_each.staff)) == 3
    )
    rows, count = await tickets.page(wanted, 1)
    assert ([(ticket.code, owner) for ticket, owner in rows], count) == ([(code, hire_on_each.staff.name)], 1)
    with pytest.raises(TicketError):
        await tickets.find("GD-\0")
