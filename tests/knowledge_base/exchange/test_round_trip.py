"""Whatever a valid entry holds, it comes back from every kind of file the same to the letter."""

import csv
import io
from typing import Any

import openpyxl
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge_base.entry import Entry
from knowledge_base.exchange.catalogue_files import as_yaml
from knowledge_base.exchange.files import WRITERS, to_jsonl
from knowledge_base.exchange.rows import cells_of, content_of
from knowledge_base.exchange.tables import read_csv, read_xlsx, to_csv, to_xlsx
from knowledge_base.exchange.text import escape, escape_line, guard, join_fields, split_fields, unescape, unguard
from tests.knowledge_base.exchange.strategies import ENTRIES, NASTY, TEXTS
from tests.small_catalogue import make_entry, small_entries

COMPUTED = "=+-@\t\r＝＋－＠"


def same(first: Entry, second: Entry) -> bool:
    return first == second and first.version == second.version


@settings(max_examples=300)
@given(ENTRIES)
def test_a_row_holds_the_whole_entry(entry: Entry) -> None:
    content, problems = content_of(cells_of(entry))
    assert problems == []
    assert same(Entry.model_validate(content), entry)


@settings(max_examples=60, deadline=None)
@given(st.lists(ENTRIES, min_size=1, max_size=3))
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_table_holds_every_entry(kind: str, entries: list[Entry]) -> None:
    write, read = {"xlsx": (to_xlsx, read_xlsx), "csv": (to_csv, read_csv)}[kind]
    rows = [content_of(cells) for _, cells in read(write(entries))]
    assert [problems for _, problems in rows] == [[] for _ in entries]
    assert all(same(Entry.model_validate(content), entry) for (content, _), entry in zip(rows, entries, strict=True))


@settings(max_examples=100, deadline=None)
@given(st.lists(ENTRIES, min_size=1, max_size=3))
def test_a_catalogue_file_reads_back_as_the_same_entries(entries: list[Entry]) -> None:
    rows = yaml.load(as_yaml(entries), Loader=yaml.CSafeLoader)
    assert all(same(Entry.model_validate(row), entry) for row, entry in zip(rows, entries, strict=True))


@given(ENTRIES)
def test_a_line_of_json_holds_the_whole_entry(entry: Entry) -> None:
    assert same(Entry.model_validate_json(to_jsonl([entry])), entry)


@pytest.mark.parametrize("suffix", WRITERS)
def test_no_entry_at_all_is_a_file_too(suffix: str) -> None:
    assert isinstance(WRITERS[suffix]([]), bytes)


@given(st.text())
@example("\\")
@example("\\u005f")
def test_escapes_are_undone(text: str) -> None:
    assert unescape(escape(text)) == text
    assert unescape(escape_line(text)) == text
    assert "\n" not in escape_line(text)


@given(st.text())
@example("'=1")
@example("'")
def test_a_guard_is_undone(text: str) -> None:
    assert unguard(guard(text)) == text


@given(
    st.lists(st.none() | TEXTS | st.just("") | st.just(" edge "), min_size=1, max_size=5).filter(
        lambda fields: fields[-1] is not None
    )
)
def test_fields_on_a_line_are_told_apart(fields: list[str | None]) -> None:
    assert split_fields(join_fields(fields)) == fields


@pytest.mark.parametrize("text", NASTY)
def test_no_cell_of_a_table_is_ever_computed(text: str) -> None:
    entry = make_entry(title=text, answer=text, office=text, topic=text, questions=[text])
    sheet: Any = openpyxl.load_workbook(io.BytesIO(to_xlsx([entry]))).worksheets[0]
    assert {cell.data_type for row in sheet.rows for cell in row} <= {"s", "n", "inlineStr"}
    texts = [str(cell.value) for row in sheet.rows for cell in row if cell.value is not None]
    lines = csv.reader(io.StringIO(to_csv([entry]).decode("utf-8-sig"), newline=""))
    assert not [cell for cell in [*texts, *(cell for line in lines for cell in line)] if cell[:1] in COMPUTED and cell]


def test_a_cell_longer_than_excel_takes_is_cut_and_put_together() -> None:
    entry = make_entry(questions=[f"=第{number}种问法\\" * 3 for number in range(4000)], answer="'" * 40_000)
    short = small_entries()[1]
    rows = list(read_xlsx(to_xlsx([entry, short])))
    assert [
        same(Entry.model_validate(content_of(cells)[0]), e) for (_, cells), e in zip(rows, [entry, short], strict=True)
    ] == [True, True]


def test_an_article_reads_as_people_write_it() -> None:
    entry = make_entry()
    assert cells_of(entry)["sources"].startswith("法律｜劳动合同法｜第30条｜")
