"""The sheet of everything that did not go in, or should be mended, to be worked through in Excel."""

from collections.abc import Iterator, Sequence

from api.staff.exchange.jobs import ImportRow, RowStatus
from knowledge_base.exchange.sheets import write_workbook

_HEADER = ("行号", "编号", "标题", "情况", "哪一列", "原因")
_WIDTHS = (8, 32, 30, 14, 20, 70)
_ADVICE = "提醒（可以导入）"
_LEFT_OUT = "没有导入"


def problem_sheet(rows: Sequence[ImportRow]) -> bytes:
    """An XLSX with a line for each problem."""
    return write_workbook([("问题", _WIDTHS, _lines(rows))])


def _lines(rows: Sequence[ImportRow]) -> Iterator[Sequence[str]]:
    yield _HEADER
    for row in rows:
        who = (str(row.number), row.id, row.title)
        for problem in row.problems:
            yield *who, row.status.value, problem.column, problem.reason
        if row.status is RowStatus.BUSY:
            yield *who, _LEFT_OUT, "", row.outcome or row.remark
        for problem in row.advice:
            yield *who, _ADVICE, problem.column, problem.reason
