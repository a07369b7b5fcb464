"""The hit test: what a citizen would get, why, and mending it with one click."""

import pytest

from api.staff.entries.states import WorkState
from knowledge_base.normalise import match_key
from tests.api import fakes
from tests.api.conftest import Running
from tests.api.staff.conftest import Clerk

PAGE = "/staff/hit-test"
ENTRY = fakes.ENTRIES[0]
QUESTION = ENTRY.questions[0]


async def questions_of(running: Running) -> list[str]:
    """What the draft of the entry asks."""
    row = await running.services.staff.drafts.find(ENTRY.id)
    assert row is not None
    return [] if row.work is None else list(row.work["questions"])


async def test_the_answer_is_shown_with_why_candidates_and_reply(agent: Clerk) -> None:
    page = await agent.post(PAGE, question=QUESTION)
    assert page.status_code == 200
    for text in ("直接回答", "所以直接回答", ENTRY.title, "先存好合同和考勤", "用它回答", "全部特征"):
        assert text in page.text, text


async def test_another_page_leads_here_with_a_question(agent: Clerk) -> None:
    assert "所以直接回答" in (await agent.get(PAGE, question=QUESTION)).text


async def test_nothing_asked_is_said(agent: Clerk) -> None:
    page = await agent.post(PAGE, question="  ")
    assert page.status_code == 422 and "请写一句" in page.text


@pytest.mark.parametrize("question", ["，。！", "\0", "长" * 5000, "<b>工资</b>", "/restart", "😀"])
async def test_any_text_gets_a_page(agent: Clerk, question: str) -> None:
    page = await agent.post(PAGE, question=question)
    assert page.status_code == 200 and "市民看到的" in page.text and "<b>工资" not in page.text


async def test_danger_is_shown_as_the_citizen_gets_it(agent: Clerk) -> None:
    page = await agent.post(PAGE, question="老公打我我该怎么办")
    assert "110" in page.text and "紧急提示" in page.text


async def test_what_is_asked_is_masked_and_stored_nowhere(agent: Clerk, running: Running) -> None:
    page = await agent.post(PAGE, question="我的电话13800138000，老板不发工资")
    assert "[手机号]" in page.text
    assert await running.table("turns") == [] and await running.table("saved_tests") == []


async def test_who_may_not_edit_sees_no_mending(agent: Clerk) -> None:
    assert "加为问法" not in (await agent.post(PAGE, question=QUESTION)).text


@pytest.mark.parametrize("path", ["/question", "/expect", "/tests", "/tests/1", "/tests/1/delete"])
async def test_only_editors_mend_and_change_tests(reviewer: Clerk, path: str) -> None:
    assert (await reviewer.post(PAGE + path)).status_code == 403


async def test_a_question_goes_into_a_draft_of_what_is_live(editor: Clerk, running: Running) -> None:
    page = await editor.post(f"{PAGE}/question", question="辛苦钱被黑了", entry_id=ENTRY.id)
    assert page.status_code == 200 and "草稿" in page.text
    assert await questions_of(running) == [*ENTRY.questions, "辛苦钱被黑了"]


async def test_a_question_goes_into_the_draft_that_is_there(editor: Clerk, running: Running) -> None:
    for question in ("辛苦钱被黑了", "黑心老板"):
        await editor.post(f"{PAGE}/question", question=question, entry_id=ENTRY.id)
    assert (await questions_of(running))[-2:] == ["辛苦钱被黑了", "黑心老板"]


async def test_a_question_is_masked_before_it_is_kept(editor: Clerk, running: Running) -> None:
    await editor.post(f"{PAGE}/question", question="13800138000这个号码的老板欠我钱", entry_id=ENTRY.id)
    assert (await questions_of(running))[-1] == "[手机号]这个号码的老板欠我钱"


@pytest.mark.parametrize("question", [QUESTION, f"{QUESTION}？", ENTRY.title])
async def test_a_question_that_is_there_is_not_added_twice(editor: Clerk, question: str, running: Running) -> None:
    page = await editor.post(f"{PAGE}/question", question=question, entry_id=ENTRY.id)
    assert page.status_code == 422 and "已经有" in page.text
    assert await questions_of(running) == [] and match_key(question)


async def test_a_question_for_what_is_being_reviewed_is_refused(editor: Clerk, running: Running) -> None:
    drafts = running.services.staff.drafts
    revision = await drafts.save(ENTRY.id, ENTRY.model_dump(mode="json"), 1, editor.staff)
    await drafts.submit(ENTRY.id, revision, editor.staff)
    page = await editor.post(f"{PAGE}/question", question="辛苦钱被黑了", entry_id=ENTRY.id)
    assert page.status_code == 422 and WorkState.IN_REVIEW.label in page.text and "辛苦钱被黑了" in page.text


async def test_an_entry_that_is_not_there_is_said(editor: Clerk) -> None:
    page = await editor.post(f"{PAGE}/question", question="辛苦钱被黑了", entry_id="labour.nothing")
    assert page.status_code == 422 and "没有这个条目" in page.text


@pytest.mark.parametrize(("expected", "entry_id"), [("abstain", ""), ("not_entry", ENTRY.id)])
async def test_what_should_have_come_is_saved_as_a_test(
    editor: Clerk, running: Running, expected: str, entry_id: str
) -> None:
    await editor.post(f"{PAGE}/expect", question=QUESTION, expected=expected, entry_id=entry_id)
    (row,) = await running.table("saved_tests")
    saved = (row["folder"], row["question"], row["expected_kind"], row["expected_entry_id"] or "")
    assert saved == ("命中测试", QUESTION, expected, entry_id)


async def test_an_expectation_that_is_none_is_said(editor: Clerk) -> None:
    page = await editor.post(f"{PAGE}/expect", question=QUESTION, expected="magic")
    assert page.status_code == 422 and "应当怎样" in page.text
