"""Conversations through guides, written by hand (`<guide>.yml` beside this module), and how one is played.

A conversation is a list of turns: what the citizen types (`say`) or presses (`press`, the label of a button seen so
far, the newest first), and the outcome it must have. `shows`: what must stand in the reply. `later`: so many days went
by before this turn. `intent`: what the classifier must find in words that no guide takes up.
In words and in `shows`, `{-40}` is the day forty days ago, written 2026年10月15号.
"""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from knowledge_base.guides.concluding import RULES
from knowledge_base.guides.model import load_guides

_DAY = re.compile(r"\{([-+]\d+)\}")


class Turn(BaseModel):
    """One message of the citizen and what must come of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    say: str | None = None
    press: str | None = None
    outcome: str
    shows: tuple[str, ...] = ()
    later: int = 0
    intent: str = "ask"

    @model_validator(mode="after")
    def _check_message(self) -> "Turn":
        if (self.say is None) == (self.press is None):
            raise ValueError("say or press, not both")
        return self


class Conversation(BaseModel):
    """A conversation; `verdict` is that of the last result shown, None where the guide must not have come to one.

    `open` may be `unsure` as well, as long as the holidays of the year in which a deadline ends are not published.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    turns: tuple[Turn, ...] = Field(min_length=1)
    verdict: str | None = None


class Talk(Protocol):
    """Somebody to talk to. A reply is a turn as the public API gives it: `outcome`, and the blocks as `reply`."""

    def say(self, text: str, intent: str) -> dict[str, Any]:
        """Type."""

    def press(self, choice: str) -> dict[str, Any]:
        """Press the button of that id."""

    def wait(self, days: int) -> None:
        """Let days go by."""


def load(guide: str) -> list[Conversation]:
    """The conversations of a guide; none where the guide, or what it concludes, is not there."""
    if guide not in load_guides() or guide not in RULES:
        return []
    path = Path(__file__).with_name(f"{guide}.yml")
    return [Conversation.model_validate(row) for row in yaml.safe_load(path.read_text("utf-8"))]


def all_conversations() -> list[tuple[str, Conversation]]:
    """The conversations of all guides that are there, each with its guide's id."""
    guides = sorted(path.stem for path in Path(__file__).parent.glob("*.yml"))
    return [(guide, conversation) for guide in guides for conversation in load(guide)]


def play(conversation: Conversation, talk: Talk, today: date) -> None:
    """Talk as it is written.

    Raises:
        AssertionError: something else came of it; the message shows the conversation up to there.
    """
    buttons: dict[str, str] = {}
    verdict, past = None, [conversation.name]
    for turn in conversation.turns:
        if turn.later:
            talk.wait(turn.later)
        if turn.press is not None:
            assert turn.press in buttons, "\n".join([*past, f"no button {turn.press}"])
            reply = talk.press(buttons[turn.press])
        else:
            reply = talk.say(_dated(turn.say or "", today), turn.intent)
        past += [f"> {turn.say or f'[{turn.press}]'}", *_lines(reply)]
        assert reply["outcome"] == turn.outcome, "\n".join([*past, f"expected {turn.outcome}"])
        text = json.dumps(reply["reply"], ensure_ascii=False)
        missing = [words for words in turn.shows if _dated(words, today) not in text]
        assert not missing, "\n".join([*past, f"does not show {missing}"])
        for block in reply["reply"]:
            if block["type"] == "choices":
                buttons |= {choice["label"]: choice["id"] for choice in block["choices"]}
            if block["type"] == "result":
                verdict = block["verdict"]
    unpublished = conversation.verdict == "open" and verdict == "unsure"
    assert unpublished or verdict == conversation.verdict, "\n".join(
        [*past, f"expected the verdict {conversation.verdict}"]
    )


def _dated(words: str, today: date) -> str:
    return _DAY.sub(lambda match: _written(today + timedelta(days=int(match[1]))), words)


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}号"


def _lines(reply: dict[str, Any]) -> Iterator[str]:
    """A reply, short, as a failed test shows it."""
    yield f"  {reply['outcome']}"
    for block in reply["reply"]:
        match block["type"]:
            case "choices":
                yield f"  ? {block['prompt']} [{' | '.join(choice['label'] for choice in block['choices'])}]"
            case "answer":
                yield f"  A {block['title']}"
            case "result":
                yield f"  R {block['verdict']}: {block['headline']} {block['said']}"
            case _:
                yield f"  {block['text']}"
