"""XLSX workbooks: written row by row, read row by row, and hostile ones refused before they are unpacked."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from knowledge_base.exchange.errors import UnreadableFileError
from knowledge_base.exchange.text import guard

SHEET = "条目"
MAX_COLUMNS = 200
MAX_SHEET_ROWS = 100_000
"""Rows that are looked at, blank ones included: some files are formatted down to the last row of Excel."""
_MAX_UNPACKED = 160 * 2**20
_MAX_OTHER_PART = 8 * 2**20
_MAX_PARTS = 1000
_MAX_RATIO = 200
_RATIO_FROM = 2**20
_LARGE_PARTS = ("xl/worksheets/", "xl/sharedStrings")
_NEVER_READ = ("xl/media/", "xl/embeddings/", "xl/vbaProject")
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BROKEN = "文件坏了，读不出来。请在 Excel 里打开，另存为“Excel 工作簿（.xlsx）”再上传。"
_TOO_LARGE_INSIDE = "文件解开后太大了。请删掉多余的工作表、图片和格式，或分成几个文件。"
_CARRIAGE_RETURN = re.compile(r"_x000D_|\r(?=\n)")
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def write_workbook(sheets: Iterable[tuple[str, Sequence[int], Iterable[Sequence[str]]]]) -> bytes:
    """A workbook of text. Each sheet is its name, the widths of its columns, and its rows, the first being the header.

    Cells are guarded against being computed; signs that XML cannot hold are left out.
    """
    workbook = Workbook(write_only=True)
    for name, widths, rows in sheets:
        sheet = workbook.create_sheet(name)
        sheet.freeze_panes = "B2"
        for number, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        for number, row in enumerate(rows):
            sheet.append([_cell(sheet, text, is_header=number == 0) for text in row])
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


_HEADER_FONT = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def _cell(sheet: Any, text: str, *, is_header: bool) -> Any:
    cell = WriteOnlyCell(sheet, _ILLEGAL.sub("", guard(text)))
    cell.data_type = "s"  # never a formula, an error or a number, whatever it looks like
    cell.number_format = "@"
    cell.alignment = _WRAPPED
    if is_header:
        cell.font = _HEADER_FONT
    return cell


def check_workbook(data: bytes) -> None:
    """Look at what an XLSX file declares, without unpacking it.

    Raises:
        UnreadableFileError: it is encrypted, of another kind, broken, or grows beyond measure.
    """
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise UnreadableFileError("文件有密码，打不开。请在 Excel 里去掉密码再上传。")
        raise UnreadableFileError("这是旧的 .xls 格式。请在 Excel 里另存为“Excel 工作簿（.xlsx）”再上传。")
    if not data.startswith(b"PK"):
        raise UnreadableFileError("这不是 Excel 文件，只是名字像。请上传用 Excel 另存的 .xlsx 文件。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableFileError(_BROKEN) from error
    if any(part.flag_bits & 0x1 for part in parts):
        raise UnreadableFileError("文件有密码，打不开。请在 Excel 里去掉密码再上传。")
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
        raise UnreadableFileError(_TOO_LARGE_INSIDE)
    if any(map(_is_bomb, parts)):
        raise UnreadableFileError(_TOO_LARGE_INSIDE)
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise UnreadableFileError("这不是 Excel 文件，只是名字像。请上传用 Excel 另存的 .xlsx 文件。")


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    if part.filename.startswith(_NEVER_READ):
        return False
    if part.file_size > _MAX_OTHER_PART and not part.filename.startswith(_LARGE_PARTS):
        return True
    return part.file_size > _RATIO_FROM and part.file_size > _MAX_RATIO * max(part.compress_size, 1)


def read_workbook(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, with their numbers as Excel shows them, from the sheet 条目 or else the first one.

    Raises:
        UnreadableFileError: it is none, or one that must not be read.
    """
    check_workbook(data)
    try:
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet: Any = workbook[SHEET] if SHEET in workbook.sheetnames else workbook.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size need not be true
        for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1):
            if number > MAX_SHEET_ROWS:
                raise UnreadableFileError("表格太长，空行太多。请把最后一条下面的空行整行删除，保存后再上传。")
            cells = [_text(value) for value in row]
            if any(cell.strip() for cell in cells):
                yield number, cells
        workbook.close()
    except UnreadableFileError:
        raise
    except Exception as error:  # openpyxl raises anything at all for a file that is not in order
        raise UnreadableFileError(_BROKEN) from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return _CARRIAGE_RETURN.sub("", str(value))
