"""Text in a cell: escapes by which every text survives Excel, CSV and XML, and no cell is ever run as a formula."""

import re
from collections.abc import Iterable

_FORMULA_STARTS = frozenset("=+-@\t\r＝＋－＠'")
"""What makes Excel, also a Chinese one, compute a cell; and our own mark, so that it can be told from a text's."""
_UNSAFE = re.compile(
    "[\\\\\r\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]"
    "|_(?=x[0-9A-Fa-f]{4}_)|x(?=005F_)"  # OOXML's own escapes, which Excel and openpyxl do not treat alike
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_NAMED = {"\\": "\\\\", "\r": "\\r"}
_MEANINGS = {"\\": "\\", "n": "\n", "r": "\r", "|": "|", "｜": "｜", "e": ""}
_EDGE_SPACE = re.compile(r"^\s+|\s+$")
_SEPARATOR = re.compile(r"\\.|[|｜]", re.DOTALL)


def guard(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet would compute it."""
    return f"'{cell}" if cell[:1] in _FORMULA_STARTS else cell


def unguard(cell: str) -> str:
    """What `guard` was given. An apostrophe before anything else is the text's own."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA_STARTS else cell


def _code(match: re.Match[str]) -> str:
    return "".join(_NAMED.get(sign) or f"\\u{ord(sign):04x}" for sign in match[0])


def escape(text: str) -> str:
    r"""A text of several lines: a backslash is doubled, signs that a file cannot hold become `\u....`."""
    return _UNSAFE.sub(_code, text)


def _meaning(match: re.Match[str]) -> str:
    if match[1] is None:
        return _MEANINGS.get(match[2], match[0])
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def unescape(text: str) -> str:
    """What `escape`, `escape_line` or `join_fields` was given; an escape that means nothing stays as it was typed."""
    return _ESCAPE.sub(_meaning, text)


def escape_line(text: str) -> str:
    r"""A text that takes one line: its line breaks become `\n`."""
    return escape(text).replace("\n", "\\n")


def join_fields(fields: Iterable[str | None]) -> str:
    r"""Fields on one line, apart by `｜`. None leaves a place empty, an empty text is `\e`; places at the end go."""
    cells = ["" if field is None else _field(field) for field in fields]
    while cells and not cells[-1]:
        cells.pop()
    return "｜".join(cells)


def _field(text: str) -> str:
    line = escape_line(text).replace("|", "\\|").replace("｜", "\\｜")
    return _EDGE_SPACE.sub(lambda match: "".join(f"\\u{ord(sign):04x}" for sign in match[0]), line) or "\\e"


def split_fields(line: str) -> list[str | None]:
    """The fields of a line, apart by `|` or `｜`; None for an empty place."""
    cells, start = [], 0
    for match in _SEPARATOR.finditer(line):
        if match[0] in "|｜":
            cells.append(line[start : match.start()])
            start = match.end()
    cells.append(line[start:])
    return [unescape(cell) if cell else None for cell in (cell.strip() for cell in cells)]
