"""Ways through a guide, and what every conclusion must keep to."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from hypothesis import strategies as st

from knowledge_base.catalogue import load_catalogue
from knowledge_base.entry import LawSource, Source
from knowledge_base.guides.model import Guide, Step
from knowledge_base.laws import load_laws
from knowledge_base.rules.conclusion import UNKNOWN, Answers, Conclusion, LastDay, Option, Reason, Section

TODAY = date(2026, 11, 24)
GUIDES = {"legal_aid_check", "notary", "dispute_path", "deadline", "reconsideration", "appointment"}


def possible_answers(step: Step) -> st.SearchStrategy[str]:
    """What can be answered to a step."""
    unknown = st.just(UNKNOWN) if step.unknown else st.nothing()
    values = [choice.value for choice in step.choices]
    if step.kind == "several":
        several = st.lists(st.sampled_from(values), min_size=1, unique=True)
        return several.map(",".join) | unknown
    if step.kind == "choice":
        return st.sampled_from(values) | unknown
    if step.kind == "date":
        ago = st.sampled_from([0, 1, 10, 45, 59, 60, 61, 90, 364, 365, 366, 367, 2000]) | st.integers(0, 9000)
        return ago.map(lambda days: (TODAY - timedelta(days)).isoformat()) | unknown
    return st.text(max_size=40) | unknown


@st.composite
def ways_through(draw: st.DrawFn, guide: Guide) -> Answers:
    """A complete set of answers, asked for in the order of the guide."""
    answers: Answers = {}
    while step := guide.next_step(answers):
        answers[step.id] = draw(possible_answers(step))
    return answers


@lru_cache(maxsize=1)
def entry_ids() -> frozenset[str]:
    return frozenset(entry.id for entry in load_catalogue())


def sources_of(conclusion: Conclusion) -> Iterator[Source]:
    parts: tuple[Reason | LastDay | Option | Section, ...]
    parts = (*conclusion.reasons, *conclusion.days, *conclusion.options, *conclusion.sections)
    for part in parts:
        yield from part.sources


def articles_of(conclusion: Conclusion) -> set[str]:
    """`law article` of everything a conclusion rests on."""
    return {f"{s.law} {s.article}" for s in sources_of(conclusion) if isinstance(s, LawSource)}


def check_soundness(conclusion: Conclusion) -> None:
    """A conclusion says why and where to go on, by laws we know and entries that exist."""
    assert conclusion.reasons
    assert conclusion.next
    assert {s.law for s in sources_of(conclusion) if isinstance(s, LawSource)} <= load_laws().keys()
    entries = entry_ids()
    for target in conclusion.next:
        kind, name = target.split(":")
        assert name in (GUIDES if kind == "guide" else entries), target
