"""Reading catalogue files: what is read, and how each fault is told."""

from pathlib import Path

import pytest
import yaml

from knowledge_base.catalogue import CatalogueError, load_catalogue, read_catalogue
from tests.small_catalogue import CERTIFICATE, make_entry, small_entries


def write(folder: Path, topic: str, *rows: object) -> None:
    text = yaml.safe_dump(list(rows), allow_unicode=True, sort_keys=False)
    (folder / f"{topic}.yml").write_text(text, encoding="utf-8")


def as_row(**changes: object) -> dict[str, object]:
    return make_entry().model_dump(mode="json") | changes


def rules(folder: Path) -> list[str]:
    return [defect.rule for defect in read_catalogue(folder)[1]]


def test_entries_come_back_as_they_were_written(tmp_path: Path) -> None:
    for entry in small_entries():
        path = tmp_path / f"{entry.topic}.yml"
        old = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else []
        write(tmp_path, entry.topic, *old, entry.model_dump(mode="json"))
    assert {entry.id: entry for entry in load_catalogue(tmp_path)} == {entry.id: entry for entry in small_entries()}


def test_files_are_read_in_name_order_and_rows_in_file_order(tmp_path: Path) -> None:
    write(tmp_path, "b", as_row(id="labour.three"))
    write(tmp_path, "a", as_row(id="labour.two"), as_row(id="labour.one"))
    assert [entry.id for entry in read_catalogue(tmp_path)[0]] == ["labour.two", "labour.one", "labour.three"]


def test_an_empty_file_is_no_defect(tmp_path: Path) -> None:
    (tmp_path / "公证.yml").write_text("# nothing yet\n", encoding="utf-8")
    assert read_catalogue(tmp_path) == ([], [])


def test_an_unreadable_row_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path, "劳动争议", as_row(answer=""), as_row(id="labour.good"))
    entries, defects = read_catalogue(tmp_path)
    assert [entry.id for entry in entries] == ["labour.good"]
    assert [defect.where for defect in defects] == ["劳动争议.yml labour.unpaid-wages"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("- id: [unclosed", "yaml"),
        ("- 一句话", "schema"),
        ("- {title: 没有编号}", "schema"),
        ("id: labour.x\ntitle: 不是列表", "yaml"),
    ],
)
def test_faults_of_a_file(tmp_path: Path, text: str, rule: str) -> None:
    (tmp_path / "劳动争议.yml").write_text(text, encoding="utf-8")
    assert rule in rules(tmp_path)


def test_a_file_with_a_bare_number_is_a_defect_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "劳动争议.yml").write_text("5", encoding="utf-8")
    assert rules(tmp_path) != []


def test_a_file_saved_as_gbk_is_a_defect_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "劳动争议.yml").write_bytes("- {title: 拖欠工资}".encode("gbk"))
    assert rules(tmp_path) != []


def test_a_row_without_an_id_is_named_by_its_number(tmp_path: Path) -> None:
    row = as_row()
    del row["id"]
    write(tmp_path, "劳动争议", as_row(id="labour.first"), row)
    assert {defect.where for defect in read_catalogue(tmp_path)[1]} == {"劳动争议.yml 第2条"}


def test_an_entry_in_the_file_of_another_topic_is_told(tmp_path: Path) -> None:
    write(tmp_path, "公证", as_row())
    assert rules(tmp_path) == ["topic-file"]


def test_load_raises_with_every_defect(tmp_path: Path) -> None:
    write(tmp_path, "公证", as_row(), as_row(id="labour.other"))
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    assert len(caught.value.defects) == 2
    assert "labour.other: [topic-file]" in str(caught.value)


def test_facets_are_read_by_name(tmp_path: Path) -> None:
    certificate = next(entry for entry in small_entries() if entry.id == CERTIFICATE)
    write(tmp_path, "公证", certificate.model_dump(mode="json"))
    assert load_catalogue(tmp_path)[0].facets == certificate.facets
