"""The hit test: ask, see why, mend."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from api.services import ServicesDep
from api.staff.entries.states import EntryStateError
from api.staff.people.staff import Staff
from api.staff.permissions import Permission
from api.staff.testing.asking import ask
from api.staff.testing.expectation import Expectation
from api.staff.testing.mending import add_question
from api.staff.testing.store import HIT_TEST_FOLDER, SavedContent, UnfitTestError
from api.staff.web import allowed, page

router = APIRouter(prefix="/staff/hit-test", include_in_schema=False)
Tester = Annotated[Staff, Depends(allowed(Permission.TEST))]
Editor = Annotated[Staff, Depends(allowed(Permission.EDIT_ENTRIES))]
Text = Annotated[str, Form()]


@router.get("")
async def hit_test_page(request: Request, services: ServicesDep, staff: Tester, question: str = "") -> Response:
    """The form; with a question what comes of it, so that other pages can lead here."""
    return await _page(request, services, staff, question)


@router.post("")
async def hit_test(request: Request, services: ServicesDep, staff: Tester, question: Text = "") -> Response:
    """Ask. A form rather than an address: what is typed here may be a citizen's words."""
    problem = "" if question.strip() else "请写一句市民会说的话。"
    return await _page(request, services, staff, question, problem=problem)


async def _page(
    request: Request, services: ServicesDep, staff: Staff, question: str, *, problem: str = "", said: str = ""
) -> Response:
    answered = None
    if question.strip():
        answered = await ask(question, services.releases, services.settings.max_text_characters)
    context = {"question": question, "answered": answered, "problem": problem, "said": said}
    return await page(request, "testing/hit_test.html", staff, 422 if problem else 200, **context)


@router.post("/question")
async def add_as_question(
    request: Request, services: ServicesDep, staff: Editor, question: Text = "", entry_id: Text = ""
) -> Response:
    """Add the question to an entry's draft."""
    try:
        await add_question(services.staff.drafts, entry_id, question, staff)
    except EntryStateError as error:
        return await _page(request, services, staff, question, problem=str(error))
    await services.staff.audit.write(staff, "question_added", f"entry:{entry_id}")
    said = f"已经加到 {entry_id} 的草稿里。到“条目”里提交审核，发布以后才生效。"
    return await _page(request, services, staff, question, said=said)


@router.post("/expect")
async def expect(
    request: Request,
    services: ServicesDep,
    staff: Editor,
    question: Text = "",
    expected: Text = "",
    entry_id: Text = "",
) -> Response:
    """Save a test that says what should come of the question."""
    content = SavedContent(HIT_TEST_FOLDER, question, expected, entry_id)
    try:
        test_id = await services.staff.tests.add(content, staff)
    except UnfitTestError as error:
        return await _page(request, services, staff, question, problem=str(error))
    await services.staff.audit.write(staff, "test_created", f"test:{test_id}", expected=expected, entry=entry_id)
    said = f"已经记到测试“{HIT_TEST_FOLDER}”里：{Expectation(expected).label}。改好以后跑一遍就知道对不对。"
    return await _page(request, services, staff, question, said=said)
