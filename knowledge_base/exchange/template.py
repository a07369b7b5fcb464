"""The workbook a clerk begins with: the header, an example, lists to choose from, and every column explained."""

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from knowledge_base.exchange.columns import COLUMNS, KINDS, NO, YES
from knowledge_base.exchange.files import MAX_ROWS
from knowledge_base.exchange.sheets import SHEET
from knowledge_base.topics import load_topics

HELP_SHEET = "说明"
_INTRODUCTION = (
    "怎么用这张表",
    f"1. 在“{SHEET}”这一页，一行写一个条目。第一行的列名不要改，也不要删列；不用的格子空着。",
    "2. 第二行是示例，可以留着，导入时会跳过。",
    "3. 一格里要写几行的，按 Alt+Enter 换行。",
    f"4. 一个文件最多 {MAX_ROWS} 行。填好后保存为 .xlsx，在工作台“导入导出”里上传，先看预览，再决定导入哪些。",
    "5. 导入的都是草稿，审核、发布以后市民才看得到。",
    "6. 导出的表里，有的格子开头有一个单引号 '，那是防止 Excel 把它当公式算，请保留。反斜杠写两个 \\\\ 表示一个。",
)
_BOLD = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def template() -> bytes:
    """The template as XLSX."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = SHEET
    topic_rows = _explain(workbook.create_sheet(HELP_SHEET))
    sheet.append([column.header for column in COLUMNS])
    sheet.append([column.example for column in COLUMNS])
    sheet.freeze_panes = "B2"
    for number, column in enumerate(COLUMNS, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = column.width
        sheet.cell(1, number).font = _BOLD
        for row in (1, 2):
            sheet.cell(row, number).alignment = _WRAPPED
            sheet.cell(row, number).number_format = "@"
    _choices(sheet, "topic", f"='{HELP_SHEET}'!$A${topic_rows[0]}:$A${topic_rows[1]}")
    _choices(sheet, "kind", f'"{",".join(KINDS.values())}"')
    _choices(sheet, "urgent", f'"{YES},{NO}"')
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def _explain(sheet: Worksheet) -> tuple[int, int]:
    """Fill the help sheet; the first and the last row of its list of topics."""
    for line in _INTRODUCTION:
        sheet.append([line])
    sheet.append([])
    sheet.append(["列", "要不要填", "怎么填", "例子"])
    heading = sheet.max_row
    for column in COLUMNS:
        sheet.append([column.header, "必填" if column.must else "可以空着", column.explanation, column.example])
    sheet.append([])
    sheet.append(["主题", "编号开头", "主办处室"])
    topics = sheet.max_row
    for topic in load_topics().values():
        sheet.append([topic.name, f"{topic.slug}.", topic.office])
    for letter, width in zip("ABCD", (24, 12, 70, 50), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in (1, heading, topics):
        for cell in sheet[row]:
            cell.font = _BOLD
    for row in range(heading, sheet.max_row + 1):
        for cell in sheet[row]:
            cell.alignment = _WRAPPED
    return topics + 1, sheet.max_row


def _choices(sheet: Worksheet, field: str, formula: str) -> None:
    number = next(number for number, column in enumerate(COLUMNS, start=1) if column.field == field)
    letter = get_column_letter(number)
    validation = DataValidation(type="list", formula1=formula, allow_blank=True)
    validation.add(f"{letter}2:{letter}{MAX_ROWS + 1}")
    sheet.add_data_validation(validation)
