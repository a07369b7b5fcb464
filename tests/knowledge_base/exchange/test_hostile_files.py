"""Hostile and broken files are refused with a reason, never read to the end of the memory."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.exchange.errors import UnreadableFileError
from knowledge_base.exchange.files import read_file
from knowledge_base.exchange.tables import to_csv
from tests.knowledge_base.exchange.hostile import BAD_LINES, GOOD, HOSTILE, SHEET, with_part
from tests.small_catalogue import small_entries


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_must_not_be_read_is_refused_with_a_reason(name: str) -> None:
    file, data, told = HOSTILE[name]
    with pytest.raises(UnreadableFileError, match=told):
        list(read_file(file, data))


@pytest.mark.parametrize("line", BAD_LINES, ids=lambda line: line[:12].decode("utf-8", "replace"))
def test_a_bad_line_spoils_only_itself(line: bytes) -> None:
    good = small_entries()[1].model_dump_json().encode()
    first, second = read_file("a.jsonl", line + b"\n" + good)
    assert first.entry is None and first.problems and second.entry == small_entries()[1]
    assert (first.id + first.title + "".join(p.column + p.reason for p in first.problems)).encode()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_read_or_refused_and_never_crashes(place: int, damage: bytes) -> None:
    data = GOOD[:place] + damage + GOOD[place + len(damage) :]
    try:
        list(read_file("a.xlsx", data))
    except UnreadableFileError as error:
        assert str(error)


@settings(max_examples=150)
@given(st.sampled_from([".csv", ".jsonl"]), st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(suffix: str, data: bytes) -> None:
    try:
        list(read_file(f"a{suffix}", data))
    except UnreadableFileError as error:
        assert str(error)


def test_what_a_workbook_says_of_its_own_size_is_not_believed() -> None:
    import zipfile
    from io import BytesIO

    with zipfile.ZipFile(BytesIO(GOOD)) as archive:
        xml = archive.read(SHEET).replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>', 1)
    assert [row.entry for row in read_file("a.xlsx", with_part(SHEET, xml))] == small_entries()


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_as_the_programs_of_clerks_write_it(encoding: str, delimiter: str) -> None:
    text = to_csv(small_entries()).decode("utf-8-sig").replace('","', f'"{delimiter}"')
    assert [row.entry for row in read_file("a.csv", text.encode(encoding))] == small_entries()
