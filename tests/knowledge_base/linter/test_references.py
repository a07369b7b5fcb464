"""What needs more than one entry to go wrong."""

from knowledge_base.linter import lint
from tests.small_catalogue import TODAY, make_entry


def test_an_id_used_twice() -> None:
    assert "id" in [defect.rule for defect in lint([make_entry(next=[]), make_entry(next=[])], TODAY)]
