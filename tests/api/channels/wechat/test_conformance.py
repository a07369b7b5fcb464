"""Every line of the conformance list of the WeChat channel has a test that carries its number."""

import re
from pathlib import Path

import pytest

LINES = [*range(1, 8), *range(10, 19), *range(20, 26), *range(30, 39), *range(40, 50), *range(50, 58), 59]
"""58 (OAuth) and 60 (customer service of WeCom) are not part of the channel."""
_NAME = re.compile(r"def (test_(?:wx_\d\d_)+\w*)")


def numbers_of(name: str) -> list[int]:
    """The lines that a test's name carries: `test_wx_02_wx_14_...` has two."""
    return [int(number) for number in re.findall(r"wx_(\d\d)(?=_)", name)]


@pytest.fixture(scope="module")
def tested() -> set[int]:
    texts = (path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    return {number for text in texts for name in _NAME.findall(text) for number in numbers_of(name)}


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"WX-{line:02}")
def test_the_line_has_a_test(line: int, tested: set[int]) -> None:
    assert line in tested
