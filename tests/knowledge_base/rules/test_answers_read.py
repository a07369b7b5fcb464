"""What people typed at the steps of the guides is read as what they meant (`answers_read.txt`)."""

from datetime import date
from pathlib import Path

import pytest

from knowledge_base.guides.model import load_guides
from knowledge_base.guides.reading import read

TODAY = date(2026, 11, 24)
ROWS = [
    tuple(cell.strip() for cell in line.split("|"))
    for line in Path(__file__).with_name("answers_read.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("guide", "step_id", "words", "answer"), ROWS)
def test_words_are_read_as_the_answer(guide: str, step_id: str, words: str, answer: str) -> None:
    step = next(step for step in load_guides()[guide].steps if step.id == step_id)
    reading = read(step, words, TODAY)
    assert reading is not None
    assert reading.value == answer
