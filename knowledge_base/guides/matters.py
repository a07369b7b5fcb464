"""Notarial matters: the usual ones as buttons, and which one a message names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from knowledge_base.blocks import Choice
from knowledge_base.decision import Context, Decision, DecisionKind
from knowledge_base.entry import Entry
from knowledge_base.guides.asking import STEP, parse_step_target, step_target
from knowledge_base.guides.model import Step
from knowledge_base.guides.state import GuideState
from knowledge_base.normalise import match_key
from knowledge_base.release import Release
from knowledge_base.rules.notary import suggested_matters

_TOPIC = "公证"
_MOST_OFFERED = 4
_SHORTEST_NAME = 2


@dataclass(frozen=True)
class Matters:
    """What a message names: the matter that it surely means, the nearest ones, and what the catalogue says to it.

    named: the words stand in the titles of the nearest.
    """

    decision: Decision
    meant: Entry | None
    near: tuple[Entry, ...]
    named: bool = False


def find_matters(text: str, state: GuideState, release: Release, today: date) -> Matters:
    """The notarial matters that a message may name: of the usual ones by their titles, of all by what people ask."""
    key = match_key(text)
    usual = [entry for entry in map(release.in_force, suggested_matters(state.answers)) if entry is not None]
    decision = release.decider.decide(text, Context(today=today))
    exact = next((entry for entry in _all_matters(release, today) if key in _names(entry)), None)
    if exact is not None:
        return Matters(decision, meant=exact, near=(exact,), named=True)
    titled = tuple(entry for entry in usual if len(key) >= _SHORTEST_NAME and key in match_key(entry.title))
    if titled:
        meant = titled[0] if len(titled) == 1 else None
        return Matters(decision, meant=meant, near=titled[:_MOST_OFFERED], named=True)
    near = tuple(entry for entry in _candidates(decision, release) if _is_matter(entry))
    sure = decision.kind is DecisionKind.ANSWER and bool(near) and near[0].id == decision.entry_id
    return Matters(decision, meant=near[0] if sure else None, near=near[:_MOST_OFFERED])


def usual_matters(state: GuideState, step: Step, release: Release) -> list[Choice]:
    """The matters that are most usual for what has been said, as buttons; none for any other kind of step."""
    ids = suggested_matters(state.answers) if step.kind == "matter" else ()
    return matter_choices(state, step, filter(None, map(release.in_force, ids)))


def matter_choices(state: GuideState, step: Step, entries: Iterable[Entry]) -> list[Choice]:
    """Matters as buttons."""
    return [Choice(id=step_target(state.guide, step.id, entry.id), label=entry.title) for entry in entries]


def matter_title(target: str, release: Release) -> str | None:
    """What the button of a matter says; None when it is of something else, or there is no such matter."""
    kind, _, name = target.partition(":")
    found = parse_step_target(name) if kind == STEP else None
    entry = release.entries.get(found[2]) if found and found[1].kind == "matter" else None
    return entry.title if entry and _is_matter(entry) else None


def _all_matters(release: Release, today: date) -> Iterator[Entry]:
    return (entry for entry in release.entries.values() if _is_matter(entry) and release.in_force(entry.id, today))


def _names(entry: Entry) -> tuple[str, str]:
    """The title, and what is left of it without 公证."""
    title = match_key(entry.title)
    return title, title.removesuffix(_TOPIC)


def _candidates(decision: Decision, release: Release) -> list[Entry]:
    """What a decision came near to; who says nothing of ours has not come near to anything but what is said to be."""
    candidates = decision.candidates if decision.kind is not DecisionKind.ABSTAIN else ()
    ids = dict.fromkeys(filter(None, [decision.entry_id, *(one.entry_id for one in (*candidates, *decision.near))]))
    return [entry for entry in map(release.in_force, ids) if entry is not None]


def _is_matter(entry: Entry) -> bool:
    return entry.topic == _TOPIC and entry.kind == "service"
