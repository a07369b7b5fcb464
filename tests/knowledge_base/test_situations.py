"""The format of situation files and of lines we cannot help with."""

from pathlib import Path

import pytest

from knowledge_base.situations import Situation, load_out_of_scope, load_situations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# 债务\n父债子还吗\n欠的钱我要还吗\n", [("债务", ("父债子还吗", "欠的钱我要还吗"))]),
        ("# 甲\n一\n\n# 乙\n二", [("甲", ("一",)), ("乙", ("二",))]),
        ("#甲\n  一  \n", [("甲", ("一",))]),
        ("# 甲\n# 乙\n二\n", [("乙", ("二",))]),
        ("没有标题\n", [("", ("没有标题",))]),
        ("", []),
        ("# 只有标题\n", []),
    ],
)
def test_situations_of_a_file(tmp_path: Path, text: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    (tmp_path / "继承.txt").write_text(text, encoding="utf-8")
    assert load_situations(tmp_path) == [Situation("继承", name, wordings) for name, wordings in expected]


def test_the_file_name_is_the_topic(tmp_path: Path) -> None:
    for topic in ("公证", "继承"):
        (tmp_path / f"{topic}.txt").write_text("# 甲\n一\n", encoding="utf-8")
    assert {situation.topic for situation in load_situations(tmp_path)} == {"公证", "继承"}


def test_out_of_scope_lines_are_no_situations(tmp_path: Path) -> None:
    (tmp_path / "out_of_scope").mkdir()
    (tmp_path / "out_of_scope" / "weather.txt").write_text("明天下雨吗\n", encoding="utf-8")
    assert load_situations(tmp_path) == []


def test_out_of_scope_lines_by_kind_without_empty_lines(tmp_path: Path) -> None:
    (tmp_path / "out_of_scope").mkdir()
    (tmp_path / "out_of_scope" / "weather.txt").write_text("明天下雨吗\n\n  今天几度  \n", encoding="utf-8")
    (tmp_path / "out_of_scope" / "tech.txt").write_text("电脑坏了\n", encoding="utf-8")
    assert load_out_of_scope(tmp_path) == {"tech": ["电脑坏了"], "weather": ["明天下雨吗", "今天几度"]}
