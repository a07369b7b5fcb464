"""What can be downloaded, by whom, and that it comes back as it went."""

from api.staff.exchange.routes import XLSX
from api.staff.permissions import Role
from knowledge_base.exchange.files import read_file
from knowledge_base.exchange.sheets import read_workbook
from tests.api import fakes
from tests.api.conftest import Running
from tests.api.staff.conftest import Clerk, Hire
from tests.api.staff.exchange.conftest import upload

PATH = "/staff/exchange/export"


async def test_every_format_holds_all_that_is_live(editor: Clerk) -> None:
    for suffix in ("xlsx", "csv", "jsonl"):
        answer = await editor.get(PATH, format=suffix)
        assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
        found = [row.entry for row in read_file(f"a.{suffix}", answer.content)]
        assert sorted(found, key=lambda e: e.id if e else "") == sorted(fakes.ENTRIES, key=lambda e: e.id)


async def test_one_topic_is_exported_alone(editor: Clerk, running: Running) -> None:
    answer = await editor.get(PATH, format="jsonl", topic="公证")
    assert [row.id for row in read_file("a.jsonl", answer.content)] == [fakes.DEGREE]
    (record,) = [row for row in await running.table("audit_records") if row["action"] == "entries_exported"]
    assert record["detail"] == {"format": "jsonl", "topic": "公证", "count": 1}


async def test_what_was_exported_changes_nothing_when_imported(editor: Clerk) -> None:
    data = (await editor.get(PATH, format="xlsx")).content
    _, page = await upload(editor, data)
    assert f"没变化 {len(fakes.ENTRIES)}" in page and "选中 0 条" in page


async def test_an_unknown_format_or_topic_is_refused(editor: Clerk) -> None:
    assert (await editor.get(PATH, format="exe")).status_code == 422
    assert (await editor.get(PATH, topic="外太空")).status_code == 422


async def test_the_template_explains_every_column(editor: Clerk) -> None:
    answer = await editor.get("/staff/exchange/template.xlsx")
    assert answer.headers["content-type"] == XLSX
    rows = list(read_workbook(answer.content))
    assert len(rows) == 2 and rows[0][1][:3] == ["编号", "主题", "类型"]


async def test_who_may_export_and_who_may_import(hire: Hire) -> None:
    reviewer, agent = await hire("shen", Role.REVIEWER), await hire("zuo", Role.AGENT)
    assert "不能导入" in (await reviewer.get("/staff/exchange")).text
    assert (await reviewer.get(PATH)).status_code == 200
    assert [
        (await agent.get(path)).status_code for path in ("/staff/exchange", PATH, "/staff/exchange/template.xlsx")
    ] == [403] * 3
