"""What people type in answer to the steps of these two guides (`said.yml`), by the longest phrase that is found."""

from pathlib import Path

import pytest
import yaml

from knowledge_base.guides.model import Step, load_guides
from knowledge_base.normalise import normalise

SAID: dict[str, dict[str, dict[str, list[str]]]] = yaml.safe_load(
    Path(__file__).with_name("said.yml").read_text("utf-8")
)
ROWS = [
    (guide, step, choice, text)
    for guide, steps in SAID.items()
    for step, choices in steps.items()
    for choice, texts in choices.items()
    for text in texts
]
STEPS = {(guide, step.id): step for guide in SAID for step in load_guides()[guide].steps}


def meant(step: Step, text: str) -> set[str]:
    """The choices whose longest phrase in the text is the longest of all."""
    found = {
        choice.value: max((len(phrase) for phrase in choice.say if phrase in text), default=0)
        for choice in step.choices
    }
    longest = max(found.values())
    return {value for value, length in found.items() if length == longest} if longest else {"none"}


@pytest.mark.parametrize(("guide", "step", "choice", "text"), ROWS)
def test_what_people_type_is_understood(guide: str, step: str, choice: str, text: str) -> None:
    assert meant(STEPS[guide, step], normalise(text)) == {choice}


def test_phrases_are_as_normalising_leaves_them_and_not_too_short() -> None:
    phrases = [phrase for step in STEPS.values() for choice in step.choices for phrase in choice.say]
    assert [phrase for phrase in phrases if normalise(phrase) != phrase or len(phrase) < 2] == []


def test_every_choice_has_something_that_people_say() -> None:
    missing = [
        (guide, step_id, choice.value)
        for (guide, step_id), step in STEPS.items()
        for choice in step.choices
        if not SAID[guide].get(step_id, {}).get(choice.value)
    ]
    assert missing == []
