"""Files of entries: which kinds there are, how they are written, and how each row of them is read."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import yaml

from knowledge_base.entry import Entry
from knowledge_base.exchange.catalogue_files import as_yaml
from knowledge_base.exchange.checks import entry_of
from knowledge_base.exchange.columns import EXAMPLE_ID
from knowledge_base.exchange.errors import UnreadableFileError
from knowledge_base.exchange.rows import Problem, content_of
from knowledge_base.exchange.sheets import check_workbook
from knowledge_base.exchange.tables import read_csv, read_xlsx, to_csv, to_xlsx

MAX_ROWS = 20_000
_WHOLE = "整行"
_ZIP_OR_OLE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class FileRow:
    """One row: its number as the person sees it, its id and title as far as they can be read, and the entry or else
    what is wrong.
    """

    number: int
    id: str
    title: str
    entry: Entry | None
    problems: tuple[Problem, ...] = ()


_Found = tuple[int, Mapping[str, Any], Sequence[Problem]]


def to_jsonl(entries: Sequence[Entry]) -> bytes:
    """One entry in each line, as JSON: nothing is lost, whatever comes to be added to an entry."""
    return "".join(f"{entry.model_dump_json()}\n" for entry in entries).encode()


WRITERS: dict[str, Callable[[Sequence[Entry]], bytes]] = {
    ".xlsx": to_xlsx,
    ".csv": to_csv,
    ".jsonl": to_jsonl,
    ".yml": lambda entries: as_yaml(entries).encode(),
}


def check_file(name: str, data: bytes) -> None:
    """What can be said of a file without reading it.

    Raises:
        UnreadableFileError: it is empty, of no known kind, not what its name says, encrypted, or packed beyond measure.
    """
    suffix = _suffix(name)
    if suffix not in _READERS:
        raise UnreadableFileError("不认识这种文件。请上传 .xlsx、.csv 或 .jsonl 文件。")
    if not data:
        raise UnreadableFileError("文件是空的。请下载模板，照着填好再上传。")
    if suffix in (".xlsx", ".xlsm"):
        check_workbook(data)
    elif data.startswith(_ZIP_OR_OLE):
        raise UnreadableFileError("这是 Excel 文件，名字却不是。请把文件名的结尾改成 .xlsx 再上传。")


def read_file(name: str, data: bytes) -> Iterator[FileRow]:
    """Every row of a file, good or bad, except the template's example.

    Raises:
        UnreadableFileError: the file as a whole cannot be read, or has more than `MAX_ROWS` rows.
    """
    check_file(name, data)
    first_of: dict[str, int] = {}
    count = 0
    for number, content, unread in _READERS[_suffix(name)](data):
        row_id = _shown(content.get("id"))
        if row_id == EXAMPLE_ID:
            continue
        count += 1
        if count > MAX_ROWS:
            raise UnreadableFileError(f"超过 {MAX_ROWS} 行，一次放不下。请分成几个文件上传。")
        found = entry_of(content, unread)
        problems = found if isinstance(found, list) else []
        if row_id and (first := first_of.setdefault(row_id, number)) != number:
            problems = [*problems, Problem("编号", f"和第 {first} 行的编号重复")]
        entry = found if isinstance(found, Entry) and not problems else None
        yield FileRow(number, row_id, _shown(content.get("title")), entry, tuple(problems))


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


def _shown(value: object) -> str:
    """What can be put on a page of something that should be a text."""
    text = str(value).strip()[:120] if isinstance(value, str | int) else ""
    return text.encode("utf-8", "replace").decode()


def _table_rows(read: Callable[[bytes], Iterator[tuple[int, dict[str, str]]]]) -> Callable[[bytes], Iterator[_Found]]:
    def rows(data: bytes) -> Iterator[_Found]:
        return ((number, *content_of(cells)) for number, cells in read(data))

    return rows


def _json_rows(data: bytes) -> Iterator[_Found]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError("文件不是 UTF-8 编码，请原样上传导出的 .jsonl 文件。") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            content = None
        yield _mapping(number, content, "这一行不是完整的 JSON")


def _yaml_rows(data: bytes) -> Iterator[_Found]:
    try:
        rows = yaml.load(data.decode("utf-8-sig"), Loader=yaml.CSafeLoader)
    except (UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnreadableFileError(f"文件不是合格的 YAML：{error}") from error
    if not isinstance(rows, list):
        raise UnreadableFileError("文件应当是一个条目列表。")
    for number, content in enumerate(rows, start=1):
        yield _mapping(number, content, "这一条不是条目")


def _mapping(number: int, content: object, otherwise: str) -> _Found:
    if isinstance(content, dict):
        return number, {str(key): value for key, value in content.items()}, ()
    return number, {}, (*[Problem(_WHOLE, otherwise)],)


_READERS: dict[str, Callable[[bytes], Iterator[_Found]]] = {
    ".xlsx": _table_rows(read_xlsx),
    ".xlsm": _table_rows(read_xlsx),
    ".csv": _table_rows(read_csv),
    ".jsonl": _json_rows,
    ".yml": _yaml_rows,
    ".yaml": _yaml_rows,
}
