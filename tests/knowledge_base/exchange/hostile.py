"""Files that somebody made to do harm, or that came to harm."""

import io
import zipfile

from knowledge_base.exchange.tables import to_csv, to_xlsx
from tests.small_catalogue import make_entry, small_entries

GOOD = to_xlsx(small_entries())
CSV = to_csv(small_entries())
SHEET = "xl/worksheets/sheet1.xml"
_OPEN = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_CLOSE = "</sheetData></worksheet>"


def with_part(name: str, content: bytes | str, data: bytes = GOOD) -> bytes:
    """The workbook with one part replaced or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return target.getvalue()


def with_rows(rows: str) -> bytes:
    """The workbook with other XML for its rows."""
    return with_part(SHEET, _OPEN + rows + _CLOSE)


def lying_about_its_size() -> bytes:
    """A bomb whose directory says that the part is small: a reader takes no more than was declared."""
    data = bytearray(with_part(SHEET, b" " * 20_000_000))
    for place in (data.find(b"PK\x01\x02"),):
        while place >= 0:
            if data[place + 46 :].startswith(SHEET.encode()):
                data[place + 24 : place + 28] = (1000).to_bytes(4, "little")
            place = data.find(b"PK\x01\x02", place + 4)
    return bytes(data)


def encrypted_zip() -> bytes:
    """A workbook whose parts are marked as encrypted."""
    data = bytearray(GOOD)
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + 8] |= 1
        place = data.find(b"PK\x01\x02", place + 4)
    return bytes(data)


_LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
_OUTSIDE = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "nothing": ("a.xlsx", b"", "空的"),
    "a program": ("a.exe", b"MZ", "不认识这种文件"),
    "no suffix": ("a", GOOD, "不认识这种文件"),
    "text called xlsx": ("a.xlsx", b"id,title", "不是 Excel"),
    "workbook called csv": ("a.csv", GOOD, "结尾改成 .xlsx"),
    "old Excel": ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "旧的 .xls"),
    "password": ("a.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "有密码"),
    "encrypted zip": ("a.xlsx", encrypted_zip(), "有密码"),
    "cut off": ("a.xlsx", GOOD[:-300], "文件坏了"),
    "cut in the middle": ("a.xlsx", GOOD[: len(GOOD) // 2], "文件坏了"),
    "zip of something else": ("a.xlsx", with_part("x", b"x", data=b"PK\x05\x06" + b"\0" * 18), "不是 Excel"),
    "zip bomb": ("a.xlsx", with_part(SHEET, b" " * 200_000_000), "太大"),
    "dense sheet": ("a.xlsx", with_part(SHEET, b"<a/>" * 2_000_000), "太大"),
    "bomb of styles": ("a.xlsx", with_part("xl/styles.xml", b" " * 9_000_000), "太大"),
    "lies about its size": ("a.xlsx", lying_about_its_size(), "文件坏了"),
    "a thousand laughs": ("a.xlsx", with_part(SHEET, _LAUGHS + _OPEN + "&b;" + _CLOSE), "文件坏了"),
    "asks for a file": ("a.xlsx", with_part(SHEET, _OUTSIDE + _OPEN + "&a;" + _CLOSE), "文件坏了"),
    "no XML": ("a.xlsx", with_part(SHEET, b"\xff\xfe\x00"), "文件坏了"),
    "row of the far end": ("a.xlsx", with_rows('<row r="99999999999"><c r="A99999999999" t="inlineStr"><is><t>x</t></is></c></row>'), "空行太多"),
    "column of the far end": ("a.xlsx", with_rows('<row r="1"><c r="ZZZZZZZ1" t="inlineStr"><is><t>x</t></is></c></row>'), "文件坏了"),
    "another table": ("a.xlsx", with_rows('<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'), "不认识“姓名”这一列"),
    "nothing in it": ("a.xlsx", with_rows(""), "表格是空的"),
    "UTF-16": ("a.csv", CSV.decode("utf-8-sig").encode("utf-16"), "UTF-16"),
    "no text": ("a.csv", b"\x80\xff\x00" * 50, "编码"),
    "open quote": ("a.csv", CSV[:-4], "引号"),
    "column left out": ("a.csv", "编号,主题\nlabour.x,劳动争议\n".encode(), "缺少这些列"),
    "column twice": ("a.csv", CSV.replace("主题".encode(), "编号".encode(), 1), "重复"),
    "too many rows": ("a.jsonl", b"{}\n" * 20_001, "超过 20000 行"),
    "JSON in another encoding": ("a.jsonl", "{\"id\": \"标题\"}".encode("gb18030"), "UTF-8"),
    "endless cell": ("a.csv", CSV + b'"' + b"x" * 200_000 + b'"\r\n', "一格太长"),
}  # fmt: skip
BAD_LINES = [
    b"[" * 100_000, b'{"id": ', b'"text"', b"[]", b'{"id": "\\ud800.x", "title": "\\ud800"}', b"9" * 5000, b"null",
    b'{"id": 5, "sources": [[]], "facets": {"x": 1}, "next": "x", "confusable": []}',
    make_entry(title="看不见\x07的").model_dump_json().encode(), make_entry(id="labour." + "x" * 200).model_dump_json().encode(),
]  # fmt: skip
