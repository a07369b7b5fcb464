"""The page of the audit log: searching, checking the chain, taking it along."""

import csv
import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from api.staff.people.staff import NOBODY
from api.storage.database import create_engine
from api.storage.staff_models import AuditRecord
from tests.api.conftest import Running
from tests.api.staff.conftest import Clerk

PAGE = "/staff/audit"


async def records(running: Running, count: int, **detail: str) -> None:
    for number in range(count):
        await running.services.staff.audit.write(NOBODY, "person_changed", f"staff:n{number}", **detail)


async def test_the_newest_come_first_with_labels(administrator: Clerk, running: Running) -> None:
    await records(running, 1, reason="试一试")
    shown = (await administrator.get(PAGE)).text
    assert shown.index("<td>改了账号</td><td>账号 n0</td><td>理由：试一试</td>") < shown.index("<td>登录</td>")


async def test_fifty_are_on_a_page(administrator: Clerk, running: Running) -> None:
    await records(running, 60)
    first, second, beyond = [(await administrator.get(PAGE, page=n)).text for n in ("1", "2", "999")]
    assert "账号 n59" in first and "账号 n9<" not in first
    assert "账号 n9<" in second
    assert "第 2 / 2 页" in beyond and "账号 n9<" in beyond


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "99999999999999999999"])
async def test_any_page_number_gives_a_page(administrator: Clerk, page: str) -> None:
    assert (await administrator.get(PAGE, page=page)).status_code == 200


async def test_searching_by_label_action_and_person(administrator: Clerk, running: Running) -> None:
    await records(running, 2)
    assert "共 2 条" in (await administrator.get(PAGE, text="改了账号")).text
    assert "共 2 条" in (await administrator.get(PAGE, action="person_changed")).text
    assert "共 2 条" in (await administrator.get(PAGE, person="nobody")).text
    assert "共 1 条" in (await administrator.get(PAGE, person=str(administrator.staff.id))).text
    assert "没有找到记录" in (await administrator.get(PAGE, text="没有的")).text


async def test_the_search_is_kept_in_the_form_and_on_the_next_page(administrator: Clerk, running: Running) -> None:
    await records(running, 60)
    shown = (await administrator.get(PAGE, text="staff:n", action="person_changed")).text
    assert 'value="staff:n"' in shown and '<option value="person_changed" selected>' in shown
    assert "?text=staff%3An&amp;action=person_changed&page=2" in shown


async def test_days_are_those_of_shanghai(administrator: Clerk, running: Running) -> None:
    """A quarter past midnight in Shanghai is the evening before by universal time."""
    await records(running, 1)
    engine = create_engine(running.services.settings.database_url)
    async with AsyncSession(engine) as session, session.begin():
        at = datetime(2026, 6, 30, 16, 15, tzinfo=UTC)
        await session.execute(update(AuditRecord).where(AuditRecord.action == "person_changed").values(at=at))
    await engine.dispose()
    assert "账号 n0" in (await administrator.get(PAGE, since="2026-07-01", until="2026-07-01")).text
    assert "账号 n0" not in (await administrator.get(PAGE, since="2026-06-30", until="2026-06-30")).text


@pytest.mark.parametrize(
    "days", [{"since": "x"}, {"until": "2026-13-01"}, {"since": "0001-01-01"}, {"until": "9999-12-31"}]
)
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/export"])
async def test_a_day_that_is_none_is_said(administrator: Clerk, path: str, days: dict[str, str]) -> None:
    response = await administrator.get(path, **days)
    assert response.status_code == 422
    assert "日期请写成 2026-07-01 这样" in response.text and next(iter(days.values())) in response.text


async def test_days_in_the_wrong_order_are_said(administrator: Clerk) -> None:
    assert "要早于" in (await administrator.get(PAGE, since="2026-07-02", until="2026-07-01")).text


@pytest.mark.parametrize(
    "query", [{"text": "\x00'\"%_\\"}, {"person": "99999999999"}, {"person": "²"}, {"action": "x"}]
)
async def test_odd_searches_give_a_page(administrator: Clerk, query: dict[str, str]) -> None:
    assert (await administrator.get(PAGE, **query)).status_code == 200


async def test_a_whole_chain_is_said_to_be_whole(administrator: Clerk, running: Running) -> None:
    shown = (await administrator.post(f"{PAGE}/check")).text
    last = (await running.table("audit_records"))[-2]
    assert f"第 1 号到第 {last['number']} 号都对得上" in shown and last["hash"] in shown


async def test_a_broken_chain_is_said_with_its_number(administrator: Clerk, running: Running) -> None:
    await records(running, 3)
    engine = create_engine(running.services.settings.database_url)
    async with AsyncSession(engine) as session, session.begin():
        await session.execute(update(AuditRecord).where(AuditRecord.number == 2).values(subject="staff:x"))
    await engine.dispose()
    assert "链在第 2 号断了" in (await administrator.post(f"{PAGE}/check")).text


async def test_checking_is_a_record_too(administrator: Clerk, running: Running) -> None:
    await administrator.post(f"{PAGE}/check")
    last = (await running.table("audit_records"))[-1]
    assert (last["action"], last["detail"]) == ("audit_checked", {"broken": None})


async def test_the_export_holds_what_was_searched_for_and_excel_reads_it(
    administrator: Clerk, running: Running
) -> None:
    await records(running, 2, reason="改“一”下,\n好了")
    response = await administrator.get(f"{PAGE}/export", action="person_changed")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert response.text.startswith("\ufeff")
    assert rows[0] == ["编号", "时间", "谁", "做了什么", "对象", "说明", "校验码"]
    assert [row[2:6] for row in rows[1:]] == [
        ["未登录", "改了账号", "账号 n1", "理由：改“一”下,\n好了"],
        ["未登录", "改了账号", "账号 n0", "理由：改“一”下,\n好了"],
    ]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
async def test_nothing_in_the_export_is_calculated(administrator: Clerk, running: Running, formula: str) -> None:
    await running.services.staff.audit.write(NOBODY, "person_changed", formula)
    text = (await administrator.get(f"{PAGE}/export", action="person_changed")).text
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[1][4] == "'" + formula


async def test_script_in_a_record_or_a_search_is_shown_as_text(administrator: Clerk, running: Running) -> None:
    await running.services.staff.audit.write(
        NOBODY, "person_changed", "<script>1</script>", reason="<script>2</script>"
    )
    shown = (await administrator.get(PAGE, text="<script>")).text
    assert "<script>1" not in shown and "<script>2" not in shown and 'value="<script>' not in shown
