"""Averages, and answers that are hardly one."""

import pytest

from knowledge_base.linter import lint
from knowledge_base.linter.wording import average_sentence, longest_sentence
from tests.small_catalogue import TODAY, make_entry


def test_an_answer_of_punctuation_alone_is_told_and_does_not_crash() -> None:
    assert "first-sentence" in [defect.rule for defect in lint([make_entry(answer="。", next=[])], TODAY)]


def test_average_and_longest_sentence_count_answers_and_facets() -> None:
    entries = [
        make_entry(answer="四个字吧。六个字的句子。"),
        make_entry(answer="不行。", facets={"fee": "八个字的分项文字"}),
    ]
    assert average_sentence(entries) == pytest.approx((4 + 6 + 2 + 8) / 4)
    assert longest_sentence(entries) == 8


def test_no_entries_have_no_sentences() -> None:
    assert (average_sentence([]), longest_sentence([])) == (0.0, 0)
