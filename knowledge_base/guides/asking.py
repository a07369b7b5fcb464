"""The question of a step as blocks, and what the buttons of guides are called."""

from collections.abc import Iterable, Sequence
from datetime import date

from knowledge_base.blocks import Block, Choice, ChoicesBlock
from knowledge_base.guides.contact import GIVEN
from knowledge_base.guides.model import Guide, Step, load_guides
from knowledge_base.guides.moves import Move
from knowledge_base.guides.state import GuideState
from knowledge_base.rules.conclusion import UNKNOWN
from knowledge_base.wording import say

STEP, MOVE, GUIDE = "step", "move", "guide"
_BUTTONS = {
    Move.WHY: "guide_button_why",
    Move.BACK: "guide_button_back",
    Move.STOP: "guide_button_stop",
    Move.RESTART: "guide_button_restart",
    Move.RESUME: "guide_button_resume",
    Move.NONE: "guide_button_none",
}
"""The moves that have a button, and its wording."""


def step_target(guide: str, step: str, value: str) -> str:
    """What the button of an answer stands for."""
    return f"{STEP}:{guide}.{step}={value}"


def parse_step_target(name: str) -> tuple[Guide, Step, str] | None:
    """Guide, step and value of a target without its `step:`; None when there is no such step any more."""
    path, _, value = name.partition("=")
    guide_id, _, step_id = path.partition(".")
    guide = load_guides().get(guide_id)
    step = next((step for step in guide.steps if step.id == step_id), None) if guide else None
    return (guide, step, value) if guide and step and value else None


def move_choice(move: Move) -> Choice:
    """The button of a move."""
    return Choice(id=f"{MOVE}:{move}", label=say(_BUTTONS[move]), aside=move is not Move.NONE)


def guide_label(target: str) -> str | None:
    """What a button of a guide says; None when it leads nowhere, or to a value that only a citizen can have typed."""
    kind, _, name = target.partition(":")
    if kind == GUIDE:
        return load_guides()[name].title if name in load_guides() else None
    if kind == MOVE and name in set(Move):
        return say(_BUTTONS[Move(name)]) if Move(name) in _BUTTONS else None
    found = parse_step_target(name) if kind == STEP else None
    if found is None:
        return None
    _, step, value = found
    label = value_label(step, value)
    return None if label == value and not step.choices else label


def value_label(step: Step, value: str) -> str | None:
    """How an answer reads: a choice's label, what "I do not know" is called here, a day, or the value itself."""
    if value == UNKNOWN:
        return step.unknown
    if value == GIVEN and step.kind in ("phone", "name"):
        return say("contact_given")
    if step.kind == "date" and step.admits(value):
        day = date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日"
    if step.kind == "amount" and step.admits(value):
        return f"{value}元"
    labels = {choice.value: choice.label for choice in step.choices}
    if not labels:
        return value
    found = [labels.get(part) for part in value.split(",")]
    return "、".join(filter(None, found)) if all(found) else None


def question(state: GuideState, step: Step, *, prompt: str = "", offered: Sequence[Choice] = ()) -> Block:
    """A step's question with its buttons; `prompt` asks in other words, `offered` stands before the step's own."""
    chosen = set(state.partial.split(","))
    own = [
        Choice(id=step_target(state.guide, step.id, choice.value), label=choice.label)
        for choice in step.choices
        if choice.value not in chosen and not (state.partial and choice.is_none)
    ]
    choices = [*offered, *own]
    if state.partial:
        choices.append(move_choice(Move.NONE))
    elif step.unknown is not None:
        choices.append(Choice(id=step_target(state.guide, step.id, UNKNOWN), label=step.unknown))
    moves = [Move.WHY, *([Move.BACK] if state.answers else []), Move.STOP]
    choices += map(move_choice, moves)
    return ChoicesBlock(prompt=prompt or step.ask, choices=choices, guide=state.guide, answered=len(state.answers))


def said(guide: Guide, state: GuideState, titles: Iterable[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """Questions and answers so far, as the citizen reads them; `titles` are those of entries that were chosen."""
    named = dict(titles)
    rows = []
    for step in guide.steps:
        value = state.answers.get(step.id)
        label = named.get(value, value_label(step, value)) if value else None
        if label:
            rows.append((step.ask, label))
    return rows
