"""The page with the switches, as a reviewer uses it."""

import pytest

from tests.api.conftest import Running
from tests.api.staff.conftest import Clerk

PAGE = "/staff/switches"


async def test_at_first_everything_is_on(reviewer: Clerk) -> None:
    assert "所有渠道和主题都开着" in (await reviewer.get(PAGE)).text


async def test_switching_off_shows_who_why_and_when(reviewer: Clerk) -> None:
    shown = (await reviewer.post(f"{PAGE}/off", scope="topic:公证", reason="收费标准刚改")).text
    assert "“主题 公证”关好了" in shown
    assert "收费标准刚改" in shown and f"{reviewer.staff.name}，<time" in shown
    assert '<option value="topic:公证"' not in shown


async def test_switching_on_again(reviewer: Clerk, administrator: Clerk) -> None:
    await reviewer.post(f"{PAGE}/off", scope="channel:web", reason="查错")
    shown = (await administrator.post(f"{PAGE}/on", scope="channel:web")).text
    assert "“渠道 网页”打开了" in shown and "所有渠道和主题都开着" in shown


async def test_both_ways_are_audited_with_the_reason(reviewer: Clerk, running: Running) -> None:
    await reviewer.post(f"{PAGE}/off", scope="channel:web", reason="查错")
    await reviewer.post(f"{PAGE}/on", scope="channel:web")
    records = (await running.table("audit_records"))[-2:]
    assert [(r["action"], r["subject"], r["detail"]) for r in records] == [
        ("switched_off", "switch:channel:web", {"reason": "查错"}),
        ("switched_on", "switch:channel:web", {}),
    ]


async def test_without_a_reason_the_choice_is_kept(reviewer: Clerk) -> None:
    response = await reviewer.post(f"{PAGE}/off", scope="topic:公证", reason=" ")
    assert response.status_code == 422
    assert "请写明为什么要关" in response.text
    assert '<option value="topic:公证" selected>' in response.text


async def test_a_reason_that_is_too_long_is_not_lost(reviewer: Clerk) -> None:
    response = await reviewer.post(f"{PAGE}/off", scope="topic:公证", reason="长" * 300)
    assert response.status_code == 422
    assert "最多 200 个字，现在是 300 个" in response.text and "长" * 300 in response.text


@pytest.mark.parametrize("path", [f"{PAGE}/on", f"{PAGE}/off"])
async def test_an_unknown_switch_is_refused(reviewer: Clerk, path: str) -> None:
    assert (await reviewer.post(path, scope="channel:<b>", reason="x")).status_code == 422


async def test_script_in_a_reason_is_shown_as_text(reviewer: Clerk) -> None:
    shown = (await reviewer.post(f"{PAGE}/off", scope="topic:公证", reason="<script>alert(1)</script>")).text
    assert "<script>alert" not in shown and "&lt;script&gt;alert" in shown
