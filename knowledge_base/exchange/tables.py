"""Entries as a table (XLSX or CSV): a header and a row each, long cells cut over several columns."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from knowledge_base.entry import Entry
from knowledge_base.exchange.columns import COLUMNS, FIELDS_BY_KEY, header_key
from knowledge_base.exchange.errors import UnreadableFileError
from knowledge_base.exchange.rows import cells_of
from knowledge_base.exchange.sheets import SHEET, read_workbook, write_workbook
from knowledge_base.exchange.text import guard, unguard

_MOST_IN_CELL = 16_000
"""Excel takes 32,767 UTF-16 units in a cell, and drops the rest without a word."""
_CONTINUED = re.compile(r"(.+?)\(续(\d{1,3})\)")
_DELIMITERS = (",", "\t", ";")

Row = tuple[int, Sequence[str]]


def _table(entries: Sequence[Entry]) -> tuple[list[int], Iterator[list[str]]]:
    """Widths and rows, the header first. A column has as many continuations as its longest cell needs."""
    rows = [cells_of(entry) for entry in entries]
    parts = [max((-(-len(row[c.field]) // _MOST_IN_CELL) for row in rows), default=1) or 1 for c in COLUMNS]
    widths = [column.width for column, count in zip(COLUMNS, parts, strict=True) for _ in range(count)]

    def lines() -> Iterator[list[str]]:
        yield [
            column.header if number == 1 else f"{column.header}（续{number}）"
            for column, count in zip(COLUMNS, parts, strict=True)
            for number in range(1, count + 1)
        ]
        for row in rows:
            yield [
                row[column.field][number * _MOST_IN_CELL : (number + 1) * _MOST_IN_CELL]
                for column, count in zip(COLUMNS, parts, strict=True)
                for number in range(count)
            ]

    return widths, lines()


def to_xlsx(entries: Sequence[Entry]) -> bytes:
    """The entries as a workbook."""
    widths, lines = _table(entries)
    return write_workbook([(SHEET, widths, lines)])


def to_csv(entries: Sequence[Entry]) -> bytes:
    """The entries as CSV in UTF-8 with a mark in front, by which Excel knows the encoding."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_ALL)
    writer.writerows([guard(cell) for cell in line] for line in _table(entries)[1])
    return target.getvalue().encode("utf-8-sig")


def read_xlsx(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with their numbers, a text for each field. Raises `UnreadableFileError`."""
    return _by_field(read_workbook(data))


def read_csv(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with their numbers, a text for each field. Raises `UnreadableFileError`."""
    text = _decoded(data)
    header = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header.count)
    return _by_field(_csv_rows(text, delimiter))


def _decoded(data: bytes) -> str:
    """UTF-8, or what Excel writes on a Chinese Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFileError("CSV 的编码是 UTF-16。请在 Excel 里另存为“CSV UTF-8（逗号分隔）”再上传。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableFileError("认不出 CSV 的编码。请在 Excel 里另存为“CSV UTF-8（逗号分隔）”再上传。")


def _csv_rows(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    first = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield first, [cell.replace("\r\n", "\n") for cell in cells]
            first = reader.line_num + 1
    except csv.Error as error:
        message = f"CSV 从第 {first} 行起读不下去：引号没有成对，或一格太长。请用 Excel 打开检查，另存后再上传。"
        raise UnreadableFileError(message) from error


def _by_field(rows: Iterable[Row]) -> Iterator[tuple[int, dict[str, str]]]:
    iterator = iter(rows)
    first = next(iterator, None)
    if first is None:
        raise UnreadableFileError("表格是空的。请下载模板，照着填好再上传。")
    fields = _fields(first[1])
    for number, cells in iterator:
        row: dict[str, str] = {}
        for field, cell in zip(fields, cells, strict=False):
            if field:
                row[field] = row.get(field, "") + unguard(cell)
        yield number, row


def _fields(header: Sequence[str]) -> list[str | None]:
    """The field of each column; a continuation has that of the column it goes on from."""
    fields: list[str | None] = []
    seen: dict[str, int] = {}
    for cell in header:
        key = header_key(unguard(cell))
        continued = _CONTINUED.fullmatch(key)
        name = header_key(continued[1]) if continued else key
        field, part = FIELDS_BY_KEY.get(name), int(continued[2]) if continued else 1
        if key and field is None:
            raise UnreadableFileError(f"不认识“{cell.strip()[:20]}”这一列。请删掉这一列，或照模板改列名。")
        if field is not None and part != seen.get(field, 0) + 1:
            raise UnreadableFileError(f"“{cell.strip()[:20]}”这一列重复了，或次序不对。请照模板改好。")
        if field is not None:
            seen[field] = part
        fields.append(field)
    missing = [column.header for column in COLUMNS if column.field not in seen]
    if missing:
        advice = "第一行要是列名，请照模板补上（内容可以空着），免得导入后把原有内容冲掉。"
        raise UnreadableFileError(f"缺少这些列：{'、'.join(missing)}。{advice}")
    return fields
