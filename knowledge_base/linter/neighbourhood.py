"""The defects of one entry among all others, fast enough to be shown while somebody writes.

Only few rules look at other entries, and only at those that say nearly the same: they are found by the bigrams they
share, and the ordinary rules then run over the entry and these few.
"""

import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge_base.catalogue import Defect
from knowledge_base.entry import Entry
from knowledge_base.linter import lint
from knowledge_base.linter.numbers import SAME_CLAIM, SAME_SENTENCE, skeletons
from knowledge_base.linter.questions import NEAR_DUPLICATE
from knowledge_base.linter.text import bigrams

_Row = tuple[str, ...]


def _question_rows(entry: Entry) -> list[_Row]:
    return [_row(bigrams(text)) for text in (entry.title, *entry.questions)]


def _statement_rows(entry: Entry) -> list[_Row]:
    return [_row(skeleton) for skeleton in skeletons(entry)]


def _row(grams: Iterable[str]) -> _Row:
    """Every bigram is kept once for all entries."""
    return tuple(map(sys.intern, grams))


@dataclass(frozen=True)
class _Member:
    entry: Entry
    questions: list[_Row]
    statements: list[_Row]


class _Likeness:
    """Finds whose rows are like a row. `least` is the Jaccard similarity from which they are."""

    def __init__(self, rows_of: Mapping[str, list[_Row]], least: float) -> None:
        self._least = least
        self._owners: list[str] = []
        self._sizes: list[int] = []
        self._holders: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        for owner, rows in rows_of.items():
            for row in rows:
                for gram in row:
                    self._holders[gram].append(len(self._owners))
                self._owners.append(owner)
                self._sizes.append(len(row))

    def owners(self, row: _Row) -> set[str]:
        """Who has a row like this."""
        common: Counter[int] = Counter()
        for gram in row:
            common.update(self._holders.get(gram, ()))
        size = len(row)
        return {self._owners[n] for n, c in common.items() if c / (size + self._sizes[n] - c) >= self._least}


class Neighbourhood:
    """A set of entries, arranged so that one of them, changed, can be linted among the others."""

    def __init__(self, entries: Iterable[Entry], before: "Neighbourhood | None" = None) -> None:
        """`before`: an earlier one; what was made there for the very same entries is used again."""
        known = before._members if before else {}
        self._members: dict[str, _Member] = {}
        for entry in entries:
            member = known.get(entry.id)
            if member is None or member.entry is not entry:
                member = _Member(entry, _question_rows(entry), _statement_rows(entry))
            self._members[entry.id] = member
        questions = {name: member.questions for name, member in self._members.items()}
        statements = {name: member.statements for name, member in self._members.items()}
        self._questions = _Likeness(questions, NEAR_DUPLICATE)
        self._statements = _Likeness(statements, min(SAME_CLAIM, SAME_SENTENCE))

    def defects(self, entry: Entry, today: date, to_come: Collection[str] = ()) -> list[Defect]:
        """What `lint` finds in the entry when it stands in the place of the one with its id, or is new among them.

        `to_come`: ids of entries that are written but not yet among these; references to them are no defects.
        """
        near = set().union(
            *map(self._questions.owners, _question_rows(entry)), *map(self._statements.owners, _statement_rows(entry))
        )
        targets = {target.removeprefix("entry:") for target in entry.next} | set(entry.confusable)
        others = [self._members[name].entry for name in sorted((near | targets) & set(self._members) - {entry.id})]
        stand_ins = [_silent(entry, name) for name in sorted(targets & set(to_come) - set(self._members) - {entry.id})]
        return [defect for defect in lint([entry, *others, *stand_ins], today) if defect.where == entry.id]


def _silent(entry: Entry, name: str) -> Entry:
    """An entry that is there and says nothing."""
    nothing = {"title": "", "answer": "", "questions": [], "facets": {}, "sources": [], "next": [], "confusable": {}}
    return entry.model_copy(update={"id": name, **nothing})
