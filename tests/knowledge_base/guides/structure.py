"""What can be said of a guide's file without running it."""

from itertools import pairwise

from knowledge_base.guides.model import Guide
from knowledge_base.normalise import match_key
from knowledge_base.rules.conclusion import UNKNOWN, Answers

LABEL_LIMIT, FEW_CHOICES, SHORTEST_PHRASE = 20, 9, 2


def reachable_steps(guide: Guide) -> set[str]:
    """The steps that some way through the guide asks; every choice of every step on the way is tried once per state."""
    seen: set[str] = set()
    waiting: list[Answers] = [{}]
    visited: set[tuple[tuple[str, str], ...]] = set()
    relevant = {name for step in guide.steps for condition in step.when for name in condition}
    while waiting:
        answers = waiting.pop()
        step = guide.next_step(answers)
        if step is None:
            continue
        seen.add(step.id)
        values = [choice.value for choice in step.choices] or ["2026-01-01"]
        for value in [*values, UNKNOWN]:
            reached = {**answers, step.id: value}
            state = (("", step.id), *sorted((name, reached[name]) for name in reached if name in relevant))
            if state not in visited:
                visited.add(state)
                waiting.append(reached)
    return seen


def check_choices(guide: Guide) -> None:
    """Few and short choices; every phrase long enough and meaning one choice of its step only."""
    assert guide.begin
    for step in guide.steps:
        assert len(step.choices) <= FEW_CHOICES, step.id
        phrases = sorted(match_key(phrase) for choice in step.choices for phrase in choice.say)
        assert [a for a, b in pairwise(phrases) if a == b] == [], step.id
        assert all(len(phrase) >= SHORTEST_PHRASE for phrase in phrases), step.id
        assert all(choice.say and len(choice.label) <= LABEL_LIMIT for choice in step.choices), step.id


def meant(guide: Guide, step_id: str, text: str) -> str | None:
    """The value of the choice whose longest phrase stands in a text; None where none does or two choices tie."""
    step = next(step for step in guide.steps if step.id == step_id)
    found = {
        choice.value: max(
            (len(match_key(phrase)) for phrase in choice.say if match_key(phrase) in match_key(text)), default=0
        )
        for choice in step.choices
    }
    longest = max(found.values())
    best = [value for value, length in found.items() if length == longest]
    return best[0] if longest and len(best) == 1 else None
