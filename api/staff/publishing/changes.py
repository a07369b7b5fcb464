"""What a publication would change for citizens, and what forbids it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from api.staff.testing.expectation import Expectation, Side, meets
from api.storage.catalogue_models import SavedTest
from knowledge_base.decision import DecisionKind
from knowledge_base.entry import Entry
from knowledge_base.linter.questions import same_questions


class ChangeKind(StrEnum):
    """How the answer to a question changes; the text is what the page says."""

    FLIPPED = "换了条目"
    LOST = "不再直接回答"
    ABSTAINS = "变成不回答"
    ANSWERED = "新能回答"


@dataclass(frozen=True)
class Change:
    """One question that would be met otherwise. `guarded`: a saved test says that it must not change."""

    question: str
    kind: ChangeKind
    before: Side
    after: Side
    guarded: bool = False


def kind_of(before: Side, after: Side) -> ChangeKind | None:
    """How two decisions on one question differ; None where a citizen gets an answer, or none, as before."""
    if before.answers and after.answers:
        return ChangeKind.FLIPPED if before.answers != after.answers else None
    if before.answers:
        return ChangeKind.ABSTAINS if after.kind is DecisionKind.ABSTAIN else ChangeKind.LOST
    if after.answers:
        return ChangeKind.ANSWERED
    gave_up = after.kind is DecisionKind.ABSTAIN and before.kind is not DecisionKind.ABSTAIN
    return ChangeKind.ABSTAINS if gave_up else None


def changes_between(
    before: Mapping[str, Side], after: Mapping[str, Side], guarded: Collection[str]
) -> tuple[Change, ...]:
    """The questions that are met otherwise, the gravest first, else in the order of `before`."""
    found = []
    for question, side in before.items():
        kind = kind_of(side, after[question])
        if kind is not None:
            found.append(Change(question, kind, side, after[question], question in guarded))
    order = list(ChangeKind)
    return tuple(sorted(found, key=lambda change: (not change.guarded, order.index(change.kind))))


def broken_tests(tests: Sequence[SavedTest], before: Mapping[str, Side], after: Mapping[str, Side]) -> tuple[str, ...]:
    """What is said of the tests that must not change and would.

    A change to what the test expects is none: it was wrong before.
    """
    said = []
    for test in tests:
        was, comes = before[test.question], after[test.question]
        same = (was.kind, was.entry_ids) == (comes.kind, comes.entry_ids)
        if same or meets(comes, Expectation(test.expected_kind), test.expected_entry_id):
            continue
        said.append(
            f"测试“{test.question}”不许变：现在是{_told(was)}，发布后会是{_told(comes)}。"
            "请改条目；如果确实该变，请编辑先在测试里去掉“不许变”。"
        )
    return tuple(said)


def _told(side: Side) -> str:
    titles = "、".join(f"“{title}”" for title in side.titles[:3])
    return f"{side.label}{titles}"


def doubled_questions(entries: Sequence[Entry], chosen: Collection[str], today: date) -> tuple[str, ...]:
    """What is said of the questions of chosen entries that another entry in force has too."""
    said: dict[str, None] = {}
    for first, second, question in same_questions(entries, today):
        if {first.id, second.id} & set(chosen):
            pair = f"“{first.title}”（{first.id}）和“{second.title}”（{second.id}）"
            said[f"{pair}有同一条问法“{question}”，系统不知道该用哪个回答。请从其中一个里删掉。"] = None
    return tuple(said)
