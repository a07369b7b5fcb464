"""Holds a recorded conversation again with the guides of today.

A person answers what is asked: words recorded at a step are said where that step is asked, in the order in which they
were said there. So words that were said again because they had not been understood are left out once they are.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from knowledge_base.guides.asking import step_target
from knowledge_base.guides.contact import GIVEN, read_name, read_phone
from knowledge_base.guides.state import GuideState, Status
from knowledge_base.release import Release
from tests.system.guides.engine_talk import EngineTalk
from tests.system.guides.scripted.records import DAY, Accepted, Recorded, Said

DEAD_END = 3
"""So many messages in a row that a step did not understand: nobody goes on after that."""
STOPPED = "stopped"
"""The verdict where the citizen has stopped the guide."""
_CONTACT = {"phone": read_phone, "name": read_name}


@dataclass(frozen=True)
class Turn:
    """One message and what came of it. `read`: the answers that it gave or changed; `failures`: in a row at this step."""

    at: str
    words: str
    pressed: bool
    outcome: str
    read: dict[str, str]
    failures: int


@dataclass(frozen=True)
class Held:
    """A conversation held. `lost`: the step for which the person has no more words; None where it came to an end."""

    situation: str
    guide: str
    turns: tuple[Turn, ...]
    verdict: str | None
    right: bool
    lost: str | None

    @property
    def dead_end(self) -> str | None:
        """The step at which too much in a row was not understood."""
        return next((turn.at for turn in self.turns if turn.failures >= DEAD_END), None)

    @property
    def passed(self) -> bool:
        """Whether it reached the right conclusion without a dead end."""
        return self.right and self.dead_end is None

    @property
    def why_not(self) -> str:
        """Why it is not passed, in a few words."""
        if self.dead_end is not None:
            said = " / ".join(turn.words for turn in self.turns if turn.at == self.dead_end and turn.failures)
            return f"dead end at {self.dead_end}: {said}"
        if self.lost is not None:
            return f"nothing to say at {self.lost}"
        return "" if self.right else f"came to {self.verdict}"


class _Person:
    """Somebody in conversation."""

    def __init__(self, release: Release) -> None:
        self.talk = EngineTalk(release, DAY)
        self.turns: list[Turn] = []
        self._buttons: dict[str, str] = {}
        self.verdict: str | None = None
        self.days: set[str] = set()

    @property
    def state(self) -> GuideState | None:
        """The guide's state."""
        return self.talk.sent[-1].after if self.talk.sent else None

    @property
    def asked(self) -> str:
        """The step that is asked now; `none` without any."""
        state = self.state
        step = state.step() if state is not None and state.status is Status.ASKING else None
        return step.id if step is not None else "none"

    def can(self, said: Said) -> bool:
        """Whether the button is there; anything can be typed."""
        return said.press is None or ":" in said.press or said.press in self._buttons

    def do(self, said: Said) -> None:
        """Type or press."""
        before, at = self.state, self.asked
        reply = self._send(said)
        after = self.state
        known = before.answers if before is not None else {}
        now = after.answers if after is not None else {}
        self.turns.append(
            Turn(
                at,
                said.say or said.press or "",
                said.press is not None,
                reply["outcome"],
                {name: value for name, value in now.items() if known.get(name) != value},
                after.failures if after is not None else 0,
            )
        )
        self._look(reply)

    def _send(self, said: Said) -> dict[str, Any]:
        if said.press is not None:
            return self.talk.press(self._buttons.get(said.press, said.press))
        text, state = said.say or "", self.state
        step = state.step() if state is not None and state.status is Status.ASKING else None
        if state is not None and step is not None and step.kind in _CONTACT and _CONTACT[step.kind](text) is not None:
            return self.talk.press(step_target(state.guide, step.id, GIVEN))
        return self.talk.say(text, "ask")

    def _look(self, reply: dict[str, Any]) -> None:
        buttons: dict[str, str] = {}
        for block in reply["reply"]:
            if block["type"] == "choices":
                buttons |= {choice["label"]: choice["id"] for choice in block["choices"]}
            elif block["type"] == "result":
                self.verdict = block["verdict"]
                self.days = {day["day"] for day in block["days"]}
        self._buttons = buttons or self._buttons
        if self.state is not None and self.state.status is Status.PAUSED:
            self.verdict = STOPPED


def hold(row: Recorded, guide: str, release: Release) -> Held:
    """Hold a conversation again."""
    person, used = _Person(release), Counter[str]()
    words = (*row.turns, *row.spare)
    said = words[0]
    while True:
        person.do(said)
        asked = person.asked
        if asked == "none":
            break
        here = [turn for turn in words if turn.at == asked][used[asked] :]
        following = next((turn for turn in here if person.can(turn)), None)
        if following is None:
            break
        used[asked] += here.index(following) + 1
        said = following
    lost = None if asked == "none" else asked
    right = lost is None and _is_right(row.accept, person)
    return Held(row.situation, guide, tuple(person.turns), person.verdict, right, lost)


def _is_right(accept: Accepted, person: _Person) -> bool:
    answers = person.state.answers if person.state is not None else {}
    return (
        person.verdict in accept.verdicts
        and all(answers.get(name) == value for name, value in accept.answers.items())
        and (not accept.days or any(day.isoformat() in person.days for day in accept.days))
    )
