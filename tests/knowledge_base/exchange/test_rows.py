"""What a clerk may write into a row, and what is said of a mistake."""

from typing import Any

import pytest

from knowledge_base.entry import Entry
from knowledge_base.exchange.checks import advice, entry_of
from knowledge_base.exchange.columns import COLUMNS, FACET_ORDER, HEADERS
from knowledge_base.exchange.files import read_file
from knowledge_base.exchange.rows import cells_of, content_of
from knowledge_base.exchange.sheets import read_workbook
from knowledge_base.exchange.template import HELP_SHEET, template
from tests.small_catalogue import CERTIFICATE, TODAY, make_entry, small_entries

CELLS = cells_of(small_entries()[-1])
LAW = "法律｜公证法｜第11条｜2026-07-17｜已核对｜要点"


def found(**changes: str) -> Entry | list[tuple[str, str]]:
    content, unread = content_of(CELLS | changes)
    entry = entry_of(content, unread)
    return entry if isinstance(entry, Entry) else [(problem.column, problem.reason) for problem in entry]


def test_every_column_has_a_field_of_its_own_and_an_explanation() -> None:
    assert set(cells_of(make_entry())) == {column.field for column in COLUMNS}
    assert all(column.header and column.explanation for column in COLUMNS)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"valid_from": "2026年7月1日"}, {"valid_from": "2026-07-01"}),
        ({"valid_from": "2026/7/1"}, {"valid_from": "2026-07-01"}),
        ({"valid_from": "2026-07-01 00:00:00"}, {"valid_from": "2026-07-01"}),
        ({"kind": "question"}, {"kind": "question"}),
        ({"urgent": ""}, {"urgent": False}),
        ({"urgent": "是"}, {"urgent": True}),
        ({"questions": " 甲 \n\n乙"}, {"questions": ["甲", "乙"]}),
        ({"title": "C:\\问"}, {"title": "C:\\问"}),
        ({"confusable": "notary.degree | 学位"}, {"confusable": {"notary.degree": "学位"}}),
    ],
)  # fmt: skip
def test_what_people_write_is_understood(changes: dict[str, str], expected: dict[str, Any]) -> None:
    entry = found(**changes)
    assert isinstance(entry, Entry)
    dumped = entry.model_dump(mode="json")
    assert {name: dumped[name] for name in expected} == expected


@pytest.mark.parametrize(
    "line",
    [
        LAW,
        LAW.replace("｜", "|"),
        LAW.replace("第11条", "11"),
        LAW.replace("｜", " ｜ "),
        LAW.replace("2026-07-17", "2026/7/17"),
    ],
)
def test_a_source_may_be_written_in_several_ways(line: str) -> None:
    entry = found(sources=line)
    assert isinstance(entry, Entry)
    assert (
        entry.sources
        == type(entry)
        .model_validate(
            entry.model_dump()
            | {
                "sources": [
                    {
                        "law": "公证法",
                        "article": "11",
                        "checked": "2026-07-17",
                        "confidence": "verified",
                        "claim": "要点",
                    }
                ]
            }
        )
        .sources
    )


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("id", "Notary.x", "编号要像"),
        ("id", "labour.x", "编号应以 notary. 开头"),
        ("id", "notary." + "x" * 200, "编号太长"),
        ("topic", "外太空", "没有“外太空”这个主题"),
        ("title", "", "没有填"),
        ("kind", "其他", "只能写“问答”或“办事”，现在是“其他”"),
        ("urgent", "可能", "只能写“是”或“否”"),
        ("valid_from", "去年", "日期要像 2026-07-17，现在是“去年”"),
        ("valid_from", "2026-02-30", "日期要像"),
        ("valid_until", "1999-01-01", "早于生效日期"),
        ("review_by", "", "没有填"),
        ("sources", "", "至少要有一条依据"),
        ("sources", "公证法第11条", "开头要写"),
        ("sources", "法律｜公证法｜第11条", "少了或多了内容"),
        ("sources", LAW.replace("11", "十一"), "条号要像"),
        ("sources", LAW.replace("已核对", "听说"), "只能写“已核对”或“网页所见”"),
        ("sources", f"{LAW}\n{LAW.replace('2026-07-17', '昨天')}", "第 2 条依据：日期要像"),
        ("next", "notary.x", "第 1 条：要写成 entry:编号"),
        ("confusable", "notary.x", "第 1 行要写成"),
        ("confusable", "notary.x｜一\nnotary.x｜二", "第 2 行的编号重复了"),
        ("confusable", "公证｜一", "编号｜那条讲的是什么"),
        (FACET_ORDER, "价钱", "没有“价钱”这个分项"),
        ("answer", "\\u0007", "控制字符"),
    ],
)
def test_a_mistake_is_told_with_its_column_and_what_to_do(field: str, text: str, told: str) -> None:
    problems = found(**{field: text})
    assert isinstance(problems, list)
    assert [column for column, _ in problems] == ([HEADERS[field]] if told != "控制字符" else ["整条"])
    assert told in problems[0][1]


def test_every_mistake_of_a_row_is_told_at_once() -> None:
    problems = found(title="", topic="", valid_from="x", sources="")
    assert isinstance(problems, list)
    assert {column for column, _ in problems} == {HEADERS[name] for name in ("title", "topic", "valid_from", "sources")}


def test_the_linter_s_rules_name_the_column() -> None:
    entry = make_entry(
        title="长" * 30, questions=["短"], next=["entry:labour.none", "entry:labour.known"], facets={"fee": "费" * 200}
    )
    said = advice([entry], {"labour.known"}, TODAY)[entry.id]
    columns = {problem.column for problem in said}
    assert {HEADERS[name] for name in ("title", "questions", "next", "fee")} <= columns
    assert not [problem for problem in said if "labour.known" in problem.reason]


def test_the_order_of_facets_is_kept() -> None:
    service = small_entries()[-1]
    turned = service.model_copy(update={"facets": dict(reversed(service.facets.items()))})
    content, _ = content_of(cells_of(turned))
    assert list(content["facets"]) == [facet.value for facet in turned.facets]
    assert cells_of(service)[FACET_ORDER] == "" and service.id == CERTIFICATE


def test_the_example_of_the_template_would_be_a_good_entry_but_for_its_id() -> None:
    header, example = (cells for _, cells in read_workbook(template()))
    assert header[: len(COLUMNS)] == [column.header for column in COLUMNS]
    cells = {column.field: cell for column, cell in zip(COLUMNS, example, strict=False)}
    content, unread = content_of(cells | {"id": "notary.example"})
    assert isinstance(entry_of(content, unread), Entry)
    assert list(read_file("a.xlsx", template())) == []


def test_the_template_explains_every_column_on_a_sheet_of_its_own() -> None:
    import io

    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(template()))[HELP_SHEET]
    told = {str(row[0]) for row in sheet.iter_rows(values_only=True)}
    assert {column.header for column in COLUMNS} <= told
