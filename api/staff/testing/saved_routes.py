"""Saved tests: folders, changing them, and running them."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import JSONResponse, Response

from api.problems import ProblemError
from api.services import ServicesDep
from api.staff.jobs import Job
from api.staff.people.staff import Staff
from api.staff.permissions import Permission
from api.staff.testing.deciding import decide_all
from api.staff.testing.expectation import Expectation
from api.staff.testing.store import MOST_CHARACTERS, SavedContent, UnfitTestError
from api.staff.web import allowed, go, page
from api.storage.catalogue_models import SavedTest

router = APIRouter(prefix="/staff/hit-test/tests", include_in_schema=False)
Tester = Annotated[Staff, Depends(allowed(Permission.TEST))]
Editor = Annotated[Staff, Depends(allowed(Permission.EDIT_ENTRIES))]
_PAGE = "/staff/hit-test/tests"
_LARGEST_ID = 2**31 - 1


def _sent(
    folder: Annotated[str, Form()] = "",
    question: Annotated[str, Form()] = "",
    expected: Annotated[str, Form()] = "",
    entry_id: Annotated[str, Form()] = "",
    must_not_change: Annotated[bool, Form()] = False,
) -> SavedContent:
    return SavedContent(folder, question, expected, entry_id, must_not_change)


Sent = Annotated[SavedContent, Depends(_sent)]


@router.get("")
async def tests_page(
    request: Request, services: ServicesDep, staff: Tester, folder: str = "", job: str = ""
) -> Response:
    """The tests of a folder, or all, with what the last run said."""
    return await _tests(request, services, staff, folder, job)


async def _tests(
    request: Request,
    services: ServicesDep,
    staff: Staff,
    folder: str,
    job_id: str = "",
    *,
    problem: str = "",
    form: SavedContent | None = None,
) -> Response:
    job = services.staff.test_runs.find(job_id) if job_id else None  # before the results: none is older than it
    tests = await services.staff.tests.all(folder)
    failed = [test for test in tests if test.result is not None and not test.result["passed"]]
    context = {
        "folders": await services.staff.tests.folders(),
        "folder": folder,
        "tests": tests,
        "failed": len(failed),
        "never_run": sum(test.result is None for test in tests),
        "titles": {name: entry.title for name, entry in services.releases.get().entries.items()},
        "expectations": list(Expectation),
        "labels": {expectation.value: expectation.label for expectation in Expectation},
        "job": job,
        "form": form or SavedContent(folder, "", Expectation.ANSWER),
        "problem": problem,
        "most": MOST_CHARACTERS,
    }
    return await page(request, "testing/tests.html", staff, 422 if problem else 200, **context)


@router.post("")
async def add_test(request: Request, services: ServicesDep, staff: Editor, content: Sent) -> Response:
    """Save a new test."""
    try:
        await _check_entry(services, content)
        test_id = await services.staff.tests.add(content, staff)
    except UnfitTestError as error:
        return await _tests(request, services, staff, content.folder, problem=str(error), form=content)
    await services.staff.audit.write(staff, "test_created", f"test:{test_id}", **_recorded(content))
    return await go(request, _folder_path(content.folder), "测试存好了。")


def _recorded(content: SavedContent) -> dict[str, Any]:
    """What the audit log keeps of a test; not the question."""
    return {"expected": content.expected, "entry": content.entry_id, "must_not_change": content.must_not_change}


async def _check_entry(services: ServicesDep, content: SavedContent) -> None:
    """Raises UnfitTestError when the entry that is named does not exist."""
    entry_id = content.entry_id.strip()
    if entry_id and await services.staff.drafts.find(entry_id) is None:
        raise UnfitTestError(f"没有编号是 {entry_id[:120]} 的条目。编号在“条目”页的标题下面。")


def _folder_path(folder: str) -> str:
    return f"{_PAGE}?{urlencode({'folder': ' '.join(folder.split())})}"


@router.post("/run")
async def run_tests(
    request: Request, services: ServicesDep, staff: Tester, folder: Annotated[str, Form()] = ""
) -> Response:
    """Run a folder, or all; the list says how far it is."""
    tests = await services.staff.tests.all(folder)
    if not tests:
        return await _tests(request, services, staff, folder, problem="这里还没有测试，先加一条。")
    release = services.releases.get()

    async def run(job: Job[int]) -> int:
        job.total = len({test.question for test in tests})

        def advance(count: int) -> None:
            job.done += count

        sides = await decide_all(release, [test.question for test in tests], advance)
        await services.staff.tests.record({test.id: sides[test.question] for test in tests})
        return len(tests)

    job = services.staff.test_runs.start(run)
    return await go(request, f"{_PAGE}?{urlencode({'folder': folder, 'job': job.id})}")


@router.get("/run/{job_id}")
async def run_progress(services: ServicesDep, staff: Tester, job_id: str) -> Response:  # noqa: ARG001
    """How far a run is, for the page's script."""
    job = services.staff.test_runs.find(job_id)
    if job is None:
        raise ProblemError(404, "没有这次运行，可能服务重启过。")
    return JSONResponse({"finished": job.finished, "percent": job.percent})


@router.get("/{test_id}")
async def test_page(request: Request, services: ServicesDep, staff: Editor, test_id: int) -> Response:
    """The form of one test."""
    test = await _found(services, test_id)
    content = SavedContent(
        test.folder, test.question, test.expected_kind, test.expected_entry_id or "", test.must_not_change
    )
    return await _test(request, services, staff, test, content)


async def _found(services: ServicesDep, test_id: int) -> SavedTest:
    test = await services.staff.tests.find(test_id) if 0 < test_id <= _LARGEST_ID else None
    if test is None:
        raise ProblemError(404, "没有这个测试，可能已经删掉了。")
    return test


async def _test(
    request: Request,
    services: ServicesDep,
    staff: Staff,
    test: SavedTest,
    form: SavedContent,
    problem: str = "",
) -> Response:
    context = {
        "test": test,
        "form": form,
        "folders": await services.staff.tests.folders(),
        "expectations": list(Expectation),
        "problem": problem,
        "most": MOST_CHARACTERS,
    }
    return await page(request, "testing/test.html", staff, 422 if problem else 200, **context)


@router.post("/{test_id}")
async def change_test(
    request: Request,
    services: ServicesDep,
    staff: Editor,
    test_id: int,
    content: Sent,
) -> Response:
    """Write a test anew."""
    test = await _found(services, test_id)
    try:
        await _check_entry(services, content)
        await services.staff.tests.change(test_id, content)
    except UnfitTestError as error:
        return await _test(request, services, staff, test, content, str(error))
    await services.staff.audit.write(
        staff,
        "test_changed",
        f"test:{test_id}",
        **_recorded(content),
        must_not_change_before=test.must_not_change,
    )
    return await go(request, _folder_path(content.folder), "测试改好了。")


@router.post("/{test_id}/delete")
async def delete_test(request: Request, services: ServicesDep, staff: Editor, test_id: int) -> Response:
    """Remove a test."""
    test = await _found(services, test_id)
    await services.staff.tests.delete(test_id)
    await services.staff.audit.write(staff, "test_deleted", f"test:{test_id}", must_not_change=test.must_not_change)
    return await go(request, _folder_path(test.folder), "测试删掉了。")
