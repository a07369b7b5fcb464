"""An import: previewed, chosen row by row, carried out as drafts; nobody's work is overwritten."""

import asyncio
import io
from datetime import timedelta

import openpyxl
import pytest

from api.staff.clock import utc_now
from api.staff.exchange import jobs as jobs_module
from api.staff.exchange.jobs import ImportJobs, Stage, TooManyImportsError
from api.staff.permissions import Role
from knowledge_base.exchange.template import template
from tests.api import fakes
from tests.api.conftest import Running
from tests.api.staff.conftest import Clerk, Hire
from tests.api.staff.exchange.conftest import PATH, at_rest, entry, import_all, new, sheet, upload

ID = fakes.ENTRIES[0].id


async def work_of(clerk: Clerk, entry_id: str) -> object:
    row = await clerk.running.services.staff.drafts.find(entry_id)
    return row.work if row else None


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".jsonl"])
async def test_the_preview_says_what_each_row_would_do_and_changes_nothing(editor: Clerk, suffix: str) -> None:
    data = sheet([entry(title="改了标题"), fakes.ENTRIES[1], new()], suffix)
    _, page = await upload(editor, data, f"a{suffix}")
    assert "有变化 1" in page and "没变化 1" in page and "新增 1" in page and "有错 0" in page
    assert "选中 2 条（新增 1 条，覆盖 1 条）" in page
    assert await work_of(editor, ID) is None and await work_of(editor, "labour.new-1") is None


async def test_what_was_chosen_becomes_drafts(editor: Clerk, running: Running) -> None:
    page = await import_all(editor, sheet([entry(title="改了标题"), fakes.ENTRIES[1], new()]))
    assert "导入了 2 条" in page
    assert await work_of(editor, ID) == entry(title="改了标题").model_dump(mode="json")
    assert await work_of(editor, "labour.new-1") == new().model_dump(mode="json")
    assert entry() in await running.services.staff.live.entries()
    (record,) = [row for row in await running.table("audit_records") if row["action"] == "entries_imported"]
    assert record["detail"]["entries"] == [ID, "labour.new-1"]


async def test_a_row_that_is_unticked_is_skipped(editor: Clerk) -> None:
    path, _ = await upload(editor, sheet([entry(title="改了标题"), new()]))
    await editor.post(path, do="start", shown=["2", "3"], take=["3"])
    await at_rest(editor, path)
    assert await work_of(editor, ID) is None and await work_of(editor, "labour.new-1") is not None


async def test_choices_of_one_page_are_kept_on_another(editor: Clerk) -> None:
    path, _ = await upload(editor, sheet([new(number) for number in range(150)]))
    second = await editor.post(path, do="2", shown=["2", "3"], take=["3"])
    assert "第 2 / 2 页" in second.text and "选中 149 条" in second.text
    none = await editor.post(path, do="none")
    assert "选中 0 条" in none.text
    assert (await editor.post(path, do="start")).status_code == 422
    assert "选中 150 条" in (await editor.post(path, do="all")).text


async def test_looking_at_other_rows_loses_no_choice(editor: Clerk) -> None:
    path, _ = await upload(editor, sheet([entry(title="改了标题"), new()]))
    page = await editor.post(path, do="show:有变化", shown=["2", "3"], take=["2"])
    assert "选中 1 条" in page.text and "labour.new-1" not in page.text and ID in page.text


async def test_bad_rows_are_told_with_column_and_reason_and_never_imported(editor: Clerk) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(sheet([entry(title="改了"), new(1), new(2), new(2), new(3), new(4)])))
    rows = workbook.worksheets[0]
    columns = {cell.value: cell.column for cell in rows[1]}
    rows.cell(2, columns["生效日期"], "去年")
    rows.cell(3, columns["主题"], "外太空")
    rows.cell(6, columns["标题"], "")
    rows.cell(7, columns["依据（每行一条）"], "法律｜公证法｜第x条｜2026-01-01｜已核对")
    target = io.BytesIO()
    workbook.save(target)
    path, page = await upload(editor, target.getvalue())
    assert "有错 5" in page and "新增 1" in page
    for told in (
        "日期要像 2026-07-17，现在是“去年”",
        "没有“外太空”这个主题",
        "和第 4 行的编号重复",
        "没有填",
        "第 1 条依据：条号要像",
    ):
        assert told in page
    found = openpyxl.load_workbook(io.BytesIO((await editor.get(f"{path}/problems.xlsx")).content)).worksheets[0]
    bad = {(row[0], row[4]) for row in found.iter_rows(min_row=2, values_only=True) if row[3] == "有错"}
    assert bad == {("2", "生效日期"), ("3", "主题"), ("5", "编号"), ("6", "标题"), ("7", "依据（每行一条）")}
    await editor.post(path, do="all")
    await editor.post(path, do="start")
    assert "导入了 1 条" in await at_rest(editor, path)


async def test_what_the_linter_says_is_advice_and_no_obstacle(editor: Clerk) -> None:
    _, page = await upload(editor, sheet([new(questions=["怎么办"])]))
    assert "新增 1" in page and "只有 1 种问法" in page


async def test_the_template_s_example_is_not_imported(editor: Clerk) -> None:
    _, page = await upload(editor, template())
    assert "表格里没有条目" in page


async def test_an_entry_that_somebody_works_on_is_told_and_left_alone(editor: Clerk, hire: Hire) -> None:
    other = await hire("bianji2", Role.EDITOR)
    await other.running.services.staff.drafts.save(ID, entry(title="别人在改").model_dump(mode="json"), 1, other.staff)
    page = await import_all(editor, sheet([entry(title="导入的"), new()]))
    assert "有人在改 1" in page and f"{other.staff.name}正在改" in page and "导入了 1 条" in page
    work = await work_of(editor, ID)
    assert isinstance(work, dict) and work["title"] == "别人在改"


async def test_one_s_own_draft_is_overwritten_only_when_ticked(editor: Clerk) -> None:
    await import_all(editor, sheet([entry(title="第一次")]))
    path, page = await upload(editor, sheet([entry(title="第二次")]))
    assert "会覆盖你自己没提交的草稿" in page and "选中 0 条" in page
    await editor.post(path, do="start", shown=["2"], take=["2"])
    assert "导入了 1 条" in await at_rest(editor, path)


async def test_a_change_after_the_preview_wins(editor: Clerk, hire: Hire) -> None:
    other = await hire("bianji2", Role.EDITOR)
    path, _ = await upload(editor, sheet([entry(title="导入的"), new()]))
    await import_all(other, sheet([entry(title="先导入的"), new()]))
    await editor.post(path, do="start")
    page = await at_rest(editor, path)
    assert "导入了 0 条" in page and "在你预览之后改过它" in page and "已经有编号是" in page
    work = await work_of(editor, ID)
    assert isinstance(work, dict) and work["title"] == "先导入的"


async def test_two_people_import_at_once_and_each_entry_is_of_one_of_them(
    editor: Clerk, hire: Hire, running: Running
) -> None:
    other = await hire("bianji2", Role.EDITOR)
    files = [sheet([new(number, answer=f"{who}写的。") for number in range(40)]) for who in ("甲", "乙")]
    paths = [(await upload(clerk, data))[0] for clerk, data in zip((editor, other), files, strict=True)]
    await asyncio.gather(editor.post(paths[0], do="start"), other.post(paths[1], do="start"))
    first, second = await at_rest(editor, paths[0]), await at_rest(other, paths[1])
    rows = [row for row in await running.table("catalogue_entries") if row["id"].startswith("labour.new-")]
    assert len(rows) == 40 and all(list(row["authors"].values()) == [row["updated_by"]] for row in rows)
    own = sum(row["updated_by"] == editor.staff.name for row in rows)
    assert f"导入了 {own} 条" in first and f"导入了 {40 - own} 条" in second


async def test_an_import_starts_once(editor: Clerk) -> None:
    path, _ = await upload(editor, sheet([new()]))
    await asyncio.gather(*(editor.post(path, do="start") for _ in range(5)))
    assert "导入了 1 条" in await at_rest(editor, path)


async def test_what_could_not_be_finished_is_said(editor: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _ = await upload(editor, sheet([new(1), new(2)]))

    async def breaks(*_: object) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr(type(editor.running.services.staff.drafts), "create", breaks)
    await editor.post(path, do="start")
    page = await at_rest(editor, path)
    assert "没有做完" in page and "导入了 0 条" in page


# --- whose it is, and for how long ------------------------------------------------------------------------------------


async def test_another_s_import_does_not_exist(editor: Clerk, hire: Hire) -> None:
    other = await hire("bianji2", Role.EDITOR)
    path, _ = await upload(editor, sheet([new()]))
    answers = [
        await other.get(path),
        await other.post(path, do="start"),
        await other.post(f"{path}/discard"),
        await other.get(f"{path}/problems.xlsx"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert await work_of(editor, "labour.new-1") is None


async def test_an_unknown_import_says_to_upload_again(editor: Clerk) -> None:
    page = await editor.get(f"{PATH}/0123456789abcdef")
    assert page.status_code == 404 and "请重新上传" in page.text


async def test_an_import_that_is_given_up_is_gone(editor: Clerk) -> None:
    path, _ = await upload(editor, sheet([new()]))
    assert "没有改动任何条目" in (await editor.post(f"{path}/discard")).text
    assert (await editor.get(path)).status_code == 404


async def test_an_import_is_forgotten_after_an_hour(editor: Clerk) -> None:
    now = utc_now()
    jobs = ImportJobs(lambda: now)
    job = jobs.open(editor.staff, "a.xlsx")
    job.stage = jobs_module.Stage.READY
    assert jobs.find(job.id, editor.staff) is job
    now += timedelta(minutes=61)
    assert jobs.find(job.id, editor.staff) is None


async def test_there_are_never_too_many_imports(editor: Clerk, agent: Clerk) -> None:
    jobs = ImportJobs()
    opened = [jobs.open(editor.staff, "a.xlsx") for _ in range(jobs_module.MAX_JOBS)]
    with pytest.raises(TooManyImportsError):
        jobs.open(agent.staff, "b.xlsx")
    opened[0].stage = jobs_module.Stage.READY
    with pytest.raises(TooManyImportsError):
        jobs.open(agent.staff, "b.xlsx")
    opened[1].stage = jobs_module.Stage.DONE
    assert jobs.open(agent.staff, "b.xlsx") and jobs.find(opened[1].id, editor.staff) is None
    assert jobs.open(editor.staff, "c.xlsx") and jobs.find(opened[0].id, editor.staff) is None


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AGENT, Role.ADMINISTRATOR])
async def test_only_editors_import(hire: Hire, role: Role) -> None:
    clerk = await hire("qita", role)
    assert (await clerk.post(PATH, files={"file": ("a.xlsx", sheet([new()]))})).status_code == 403


async def test_no_import_without_the_session_s_token(editor: Clerk) -> None:
    answer = await editor.browser.post(PATH, files={"file": ("a.xlsx", sheet([new()]))})
    assert answer.status_code == 403


async def test_a_preview_that_gets_ready_while_the_page_is_made_is_shown_as_it_was(
    editor: Clerk, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = await upload(editor, sheet([new()]))
    (job,) = running.services.staff.exchange.jobs.of(editor.staff)
    rows, job.rows, job.stage = job.rows, [], Stage.READING
    take_flash = running.services.staff.people.take_flash

    async def get_ready_meanwhile(token: str) -> str | None:
        job.rows, job.stage = rows, Stage.READY
        return await take_flash(token)

    monkeypatch.setattr(running.services.staff.people, "take_flash", get_ready_meanwhile)
    assert "正在读取" in (await editor.get(path)).text
    assert "新增 1" in (await editor.get(path)).text
