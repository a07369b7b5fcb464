"""Saved tests: folders, changing, running."""

from typing import Any

import httpx
import pytest

from api.staff.people.staff import SYSTEM
from api.staff.testing.store import SavedContent, UnfitTestError
from tests.api import fakes
from tests.api.conftest import Running
from tests.api.staff.conftest import Clerk

PAGE = "/staff/hit-test/tests"
ENTRY = fakes.ENTRIES[0]
FIELDS: dict[str, Any] = {
    "folder": "工资", "question": ENTRY.questions[0], "expected": "answer", "entry_id": ENTRY.id,
}  # fmt: skip


async def run(clerk: Clerk, folder: str = "") -> httpx.Response:
    """Run the tests of a folder and look at the list."""
    started = await clerk.post(f"{PAGE}/run", follow=False, folder=folder)
    assert started.status_code == 303, started.text
    job = httpx.URL(started.headers["location"]).params["job"]
    while not (await clerk.json("GET", f"{PAGE}/run/{job}")).json()["finished"]:
        continue
    return await clerk.get(started.headers["location"])


async def only(running: Running) -> dict[str, Any]:
    """The one test there is."""
    (row,) = await running.table("saved_tests")
    return row


async def test_a_test_is_saved_in_its_folder(editor: Clerk) -> None:
    page = await editor.post(PAGE, **FIELDS)
    assert "测试存好了" in page.text and "工资（1）" in page.text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("question", "？", "请写要问的问题"),
        ("question", "长" * 501, "最多 500 个字"),
        ("folder", " ", "文件夹"),
        ("expected", "magic", "应当怎样"),
        ("entry_id", "", "条目的编号"),
        ("entry_id", "labour.nothing", "没有编号是"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    editor: Clerk, running: Running, field: str, value: str, said: str
) -> None:
    page = await editor.post(PAGE, **(FIELDS | {field: value}))
    assert page.status_code == 422 and said in page.text and (FIELDS | {field: value})["question"] in page.text
    assert await running.table("saved_tests") == []


async def test_a_test_keeps_only_masked_text(editor: Clerk, running: Running) -> None:
    await editor.post(PAGE, **(FIELDS | {"question": "13800138000不发工资"}))
    assert (await only(running))["question"] == "[手机号]不发工资"


async def test_a_run_says_what_passed_and_what_came_instead(editor: Clerk, agent: Clerk, running: Running) -> None:
    await editor.post(PAGE, **FIELDS)
    await editor.post(PAGE, **(FIELDS | {"entry_id": fakes.DEGREE}))
    page = await run(agent, "工资")
    results = [row["result"]["passed"] for row in await running.table("saved_tests")]
    assert results == [True, False]
    assert "1 个不对" in page.text and ENTRY.title in page.text


async def test_a_folder_is_run_alone(editor: Clerk, running: Running) -> None:
    await editor.post(PAGE, **FIELDS)
    await editor.post(PAGE, **(FIELDS | {"folder": "公证"}))
    await run(editor, "公证")
    assert [row["run_at"] is not None for row in await running.table("saved_tests")] == [False, True]


async def test_nothing_to_run_is_said(agent: Clerk) -> None:
    page = await agent.post(f"{PAGE}/run", folder="没有的")
    assert page.status_code == 422 and "还没有测试" in page.text


async def test_a_changed_test_forgets_its_result(editor: Clerk, running: Running) -> None:
    await editor.post(PAGE, **FIELDS)
    await run(editor)
    await editor.post(f"{PAGE}/{(await only(running))['id']}", **(FIELDS | {"question": "换一句"}))
    assert ((await only(running))["question"], (await only(running))["result"]) == ("换一句", None)


async def test_taking_away_must_not_change_is_audited(editor: Clerk, running: Running) -> None:
    await editor.post(PAGE, **FIELDS, must_not_change="true")
    await editor.post(f"{PAGE}/{(await only(running))['id']}", **FIELDS)
    detail = (await running.table("audit_records"))[-1]["detail"]
    assert (detail["must_not_change_before"], detail["must_not_change"]) == (True, False)


async def test_a_deleted_test_is_gone(editor: Clerk, running: Running) -> None:
    await editor.post(PAGE, **FIELDS)
    await editor.post(f"{PAGE}/{(await only(running))['id']}/delete")
    assert await running.table("saved_tests") == []


@pytest.mark.parametrize("number", [0, 5, 10**30])
async def test_a_test_that_is_not_there_is_said(editor: Clerk, number: int) -> None:
    page = await editor.get(f"{PAGE}/{number}")
    assert page.status_code == 404 and "没有这个测试" in page.text


async def test_the_form_shows_what_was_saved(editor: Clerk, running: Running) -> None:
    await editor.post(PAGE, **FIELDS, must_not_change="true")
    page = await editor.get(f"{PAGE}/{(await only(running))['id']}")
    assert ENTRY.questions[0] in page.text and ENTRY.id in page.text and "checked" in page.text


async def test_tests_on_each_database(running_on_each: Running) -> None:
    tests = running_on_each.services.staff.tests
    test_id = await tests.add(SavedContent("一", "老板不发工资", "answer", ENTRY.id), SYSTEM)
    await tests.change(test_id, SavedContent("二", "老板不发工资", "abstain"))
    assert [(folder.name, folder.count) for folder in await tests.folders()] == [("二", 1)]
    await tests.delete(test_id)
    assert list(await tests.all()) == []
    with pytest.raises(UnfitTestError, match="已经删掉"):
        await tests.change(test_id, SavedContent("二", "老板不发工资", "abstain"))
