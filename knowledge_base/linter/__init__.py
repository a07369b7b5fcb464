"""Rules every entry must keep before a citizen sees it. Messages are Chinese: staff read them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from knowledge_base.catalogue import Defect
from knowledge_base.entry import Entry
from knowledge_base.linter.dates import check_law_periods, check_review
from knowledge_base.linter.numbers import check_contradictions
from knowledge_base.linter.questions import check_questions, check_same_question_twice
from knowledge_base.linter.references import check_identity, check_references, check_topic
from knowledge_base.linter.sources import check_sources, check_unverified
from knowledge_base.linter.wording import check_wording

Rule = Callable[[Sequence[Entry]], Iterator[Defect]]
RULES: tuple[Rule, ...] = (
    check_identity,
    check_topic,
    check_references,
    check_sources,
    check_unverified,
    check_wording,
    check_questions,
    check_same_question_twice,
    check_contradictions,
    check_law_periods,
)


def lint(entries: Sequence[Entry], today: date) -> list[Defect]:
    """All defects of a set of entries that are to be published together."""
    defects = [defect for rule in RULES for defect in rule(entries)]
    return [*defects, *check_review(entries, today)]
