"""The pages about publishing, as an editor and a reviewer use them."""

import re

import httpx
import pytest

from api.staff.people.staff import SYSTEM
from api.staff.services import StaffServices
from api.staff.testing.store import SavedContent
from knowledge_base.release import ReleaseStore
from tests.api.conftest import Running
from tests.api.staff.conftest import Clerk
from tests.api.staff.publishing.conftest import ENTRY, OTHER, Desk, in_use

PAGE = "/staff/publishing"
NEW_TITLE = "老板不给工资怎么办"


async def replayed(clerk: Clerk, *entry_ids: str) -> httpx.Response:
    """The page of a replay that has ended."""
    started = await clerk.post(f"{PAGE}/replay", follow=False, entry_ids=list(entry_ids))
    assert started.status_code == 303, started.text
    path = started.headers["location"]
    while not (await clerk.json("GET", path)).json()["finished"]:
        continue
    return await clerk.get(path)


def replay_id(page: httpx.Response) -> str:
    found = re.search(r'name="replay_id" value="(\w+)"', page.text)
    assert found is not None, page.text
    return found.group(1)


async def test_what_waits_is_listed_with_author_and_approver(desk: Desk) -> None:
    await desk.approve(title=NEW_TITLE)
    page = await desk.editor.get(PAGE)
    assert all(text in page.text for text in (NEW_TITLE, desk.editor.staff.name, desk.reviewer.staff.name, "没有定时"))


async def test_an_editor_sees_what_waits_and_cannot_publish(desk: Desk) -> None:
    await desk.approve(title=NEW_TITLE)
    assert "试跑选中的" not in (await desk.editor.get(PAGE)).text
    refused = await desk.editor.post(f"{PAGE}/replay", entry_ids=[ENTRY.id])
    assert refused.status_code == 403


async def test_nothing_chosen_is_said(desk: Desk) -> None:
    response = await desk.reviewer.post(f"{PAGE}/replay")
    assert response.status_code == 422 and "请先勾选" in response.text


async def test_replay_then_publish(desk: Desk, running: Running, own_store: ReleaseStore) -> None:
    await desk.approve(title=NEW_TITLE)
    page = await replayed(desk.reviewer, ENTRY.id)
    done = await desk.reviewer.post(PAGE, replay_id=replay_id(page), note="改标题")
    assert "发布版 2" in done.text and "改标题" in done.text
    assert own_store.load().entries[ENTRY.id].title == NEW_TITLE
    await in_use(running, 2)
    assert "正在用" in (await desk.editor.get(PAGE)).text


async def test_a_publication_needs_a_note_and_keeps_the_replay(desk: Desk) -> None:
    await desk.approve(title=NEW_TITLE)
    page = await replayed(desk.reviewer, ENTRY.id)
    refused = await desk.reviewer.post(PAGE, replay_id=replay_id(page), note=" ")
    assert refused.status_code == 422 and "请写一句说明" in refused.text
    assert replay_id(refused) == replay_id(page)


async def test_a_note_that_is_too_long_is_kept(desk: Desk) -> None:
    await desk.approve(title=NEW_TITLE)
    page = await replayed(desk.reviewer, ENTRY.id)
    refused = await desk.reviewer.post(PAGE, replay_id=replay_id(page), note="长" * 501)
    assert refused.status_code == 422 and "长" * 501 in refused.text


async def test_nothing_is_published_without_a_replay(desk: Desk) -> None:
    await desk.approve(title=NEW_TITLE)
    refused = await desk.reviewer.post(PAGE, replay_id="unknown", note="改标题")
    assert refused.status_code == 422 and "重新试跑" in refused.text
    assert await desk.title() == ENTRY.title


async def test_what_changed_after_the_replay_is_not_published(desk: Desk) -> None:
    revision = await desk.approve(title=NEW_TITLE)
    page = await replayed(desk.reviewer, ENTRY.id)
    await desk.services.drafts.withdraw(ENTRY.id, revision, desk.editor.staff)
    await desk.approve(title="又改了一次")
    refused = await desk.reviewer.post(PAGE, replay_id=replay_id(page), note="改标题")
    assert refused.status_code == 422 and "又有改动" in refused.text
    assert await desk.title() == ENTRY.title


async def test_a_replay_lists_the_answers_that_change(desk: Desk) -> None:
    question = ENTRY.questions[0]
    await desk.services.tests.add(SavedContent("日常", question, "answer", ENTRY.id), SYSTEM)
    await desk.approve(questions=ENTRY.questions[1:])
    await desk.approve(OTHER, questions=[*OTHER.questions, question])
    page = await replayed(desk.reviewer, ENTRY.id, OTHER.id)
    assert "换了条目" in page.text and ENTRY.title in page.text and OTHER.title in page.text


@pytest.fixture
async def blocked(desk: Desk) -> int:
    """A guarded test that what was approved would break; its id."""
    question = ENTRY.questions[0]
    test_id = await desk.services.tests.add(
        SavedContent("要紧的", question, "answer", ENTRY.id, must_not_change=True), SYSTEM
    )
    await desk.approve(questions=ENTRY.questions[1:])
    await desk.approve(OTHER, questions=[*OTHER.questions, question])
    return test_id


@pytest.mark.usefixtures("blocked")
async def test_a_blocked_replay_offers_no_publication(desk: Desk) -> None:
    page = await replayed(desk.reviewer, ENTRY.id, OTHER.id)
    assert "还不能发布" in page.text and "不许变" in page.text and "replay_id" not in page.text


async def test_a_guard_set_after_the_replay_still_blocks(desk: Desk) -> None:
    question = ENTRY.questions[0]
    await desk.approve(questions=ENTRY.questions[1:])
    await desk.approve(OTHER, questions=[*OTHER.questions, question])
    page = await replayed(desk.reviewer, ENTRY.id, OTHER.id)
    content = SavedContent("要紧的", question, "answer", ENTRY.id, must_not_change=True)
    await desk.services.tests.add(content, SYSTEM)
    refused = await desk.reviewer.post(PAGE, replay_id=replay_id(page), note="换问法")
    assert refused.status_code == 422 and "不能发布" in refused.text
    assert await desk.title() == ENTRY.title


async def test_only_without_the_guard_it_is_published(desk: Desk, blocked: int, own_store: ReleaseStore) -> None:
    path = f"/staff/hit-test/tests/{blocked}"
    fields = {"folder": "要紧的", "question": ENTRY.questions[0], "expected": "answer", "entry_id": ENTRY.id}
    assert (await desk.reviewer.post(path, **fields)).status_code == 403
    await desk.editor.post(path, **fields)
    page = await replayed(desk.reviewer, ENTRY.id, OTHER.id)
    await desk.reviewer.post(PAGE, replay_id=replay_id(page), note="换问法")
    assert own_store.load().decider.decide(ENTRY.questions[0]).entry_id == OTHER.id


async def test_a_replay_that_is_forgotten_says_what_to_do(reviewer: Clerk) -> None:
    page = await reviewer.get(f"{PAGE}/replay/unknown")
    assert page.status_code == 404 and "重新试跑" in page.text


# Offline and back


async def test_offline_needs_a_reason_and_asks_again(desk: Desk) -> None:
    asked = await desk.reviewer.post(f"{PAGE}/offline", entry_id=ENTRY.id, reason=" ")
    assert asked.status_code == 422 and "请写明理由" in asked.text and ENTRY.title in asked.text


async def test_offline_and_back(desk: Desk, services: StaffServices) -> None:
    await desk.reviewer.post(f"{PAGE}/offline", entry_id=ENTRY.id, reason="法律改了")
    assert await desk.title() is None
    await desk.reviewer.post(f"{PAGE}/restore", entry_id=ENTRY.id, version="1", reason="没有改")
    assert await desk.title() == ENTRY.title


@pytest.mark.parametrize("version", ["", "x", "99", "9" * 30, "²"])
async def test_a_version_that_is_not_there_is_said(desk: Desk, version: str) -> None:
    refused = await desk.reviewer.post(f"{PAGE}/restore", entry_id=ENTRY.id, version=version, reason="试试")
    assert refused.status_code == 422 and "没有这个版本" in refused.text and "试试" in refused.text


async def test_an_entry_that_is_not_there_is_said(desk: Desk) -> None:
    refused = await desk.reviewer.post(f"{PAGE}/offline", entry_id="labour.nothing", reason="试试")
    assert refused.status_code == 422 and "没有发布" in refused.text


async def test_the_way_back_to_a_release_says_what_changes(desk: Desk) -> None:
    await desk.reviewer.post(f"{PAGE}/offline", entry_id=ENTRY.id, reason="法律改了")
    page = await desk.reviewer.get(f"{PAGE}/releases/1")
    assert "重新上线：1 个" in page.text and ENTRY.title in page.text
    refused = await desk.reviewer.post(f"{PAGE}/releases/1", reason="")
    assert refused.status_code == 422
    done = await desk.reviewer.post(f"{PAGE}/releases/1", reason="下错了")
    assert "新的发布版是 3" in done.text and await desk.title() == ENTRY.title


@pytest.mark.parametrize("number", [0, 77, 10**30])
async def test_a_release_that_is_not_there_is_said(reviewer: Clerk, number: int) -> None:
    page = await reviewer.get(f"{PAGE}/releases/{number}")
    assert page.status_code == 404 and "没有这个发布版" in page.text


@pytest.mark.parametrize("path", ["/replay", "", "/releases/1", "/offline", "/restore"])
async def test_only_who_may_publish_changes_anything(editor: Clerk, path: str) -> None:
    assert (await editor.post(PAGE + path, follow=False)).status_code == 403
