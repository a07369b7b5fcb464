"""Folders that are there whole or not at all."""

from pathlib import Path

import pytest

from knowledge_base.files import digest, folder_in_making, read_json, write_json


def test_a_folder_appears_when_all_is_written(tmp_path: Path) -> None:
    with folder_in_making(tmp_path / "a" / "b") as folder:
        (folder / "x").write_text("1")
        assert not (tmp_path / "a" / "b").exists()
    assert (tmp_path / "a" / "b" / "x").read_text() == "1"


def test_a_folder_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), folder_in_making(tmp_path / "a" / "b") as folder:
        (folder / "x").write_text("1")
        raise KeyboardInterrupt
    assert list((tmp_path / "a").iterdir()) == []


def test_where_one_text_ends_and_the_next_begins_is_part_of_the_digest() -> None:
    assert digest(["ab", "c"]) != digest(["a", "bc"])


def test_json_comes_back_as_it_was(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"甲": [1, 2.5, None]})
    assert read_json(tmp_path / "x.json") == {"甲": [1, 2.5, None]}
