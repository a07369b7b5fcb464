"""Tables of the dashboard, shown on the page and downloaded as CSV alike."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

Cell = str | int | float | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes Chinese for another encoding."""


@dataclass(frozen=True)
class Table:
    """A table: its name in links, its title, its columns, and rows whose first cell names the row."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def as_csv(table: Table) -> str:
    """The table for Excel: no cell is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_safe(column) for column in table.columns])
    writer.writerows([_safe(cell) for cell in row] for row in table.rows)
    return _BYTE_ORDER_MARK + out.getvalue()


def _safe(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula, made a text."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA) else cell


def percent(part: float | None) -> str:
    """`83.3%`; a dash where there is nothing to divide by."""
    return "—" if part is None else f"{part * 100:.1f}%"


def milliseconds(value: float | None) -> str:
    """A response time as people read it."""
    if value is None:
        return "—"
    return f"{value:.0f} 毫秒" if value < 1000 else f"{value / 1000:.1f} 秒"
