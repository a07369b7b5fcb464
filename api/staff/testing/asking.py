"""Ask as a citizen would, and see everything behind the reply. Nothing is stored."""

import json
from contextlib import AsyncExitStack
from dataclasses import dataclass

from api.pipeline import steps
from api.pipeline.turn import Inbound, Turn
from api.staff.outcomes import outcome_label
from api.staff.testing.expectation import Side, side_of
from knowledge_base.blocks import Block
from knowledge_base.decision import Context
from knowledge_base.explanation import explain
from knowledge_base.live_release import LiveRelease
from knowledge_base.normalise import letters
from knowledge_base.replies import reply_with_decision

_SHOWN = 10
"""So many candidates are listed; all of them are in the table of features."""


@dataclass(frozen=True)
class Shown:
    """A candidate: its probability, and whether it is given as the answer."""

    entry_id: str
    title: str
    topic: str
    probability: float
    answers: bool


@dataclass(frozen=True)
class Answered:
    """What came of a question. `question` is masked: what the catalogue was asked; `table` is JSON."""

    question: str
    release: int
    side: Side | None
    outcome: str
    why: str
    candidates: tuple[Shown, ...]
    blocks: tuple[Block, ...]
    table: str


async def ask(question: str, releases: LiveRelease, max_characters: int) -> Answered:
    """Put one message, with nothing said before it, through the steps of a turn that have to do with its text."""
    turn = Turn(Inbound("staff", "", "", text=question), AsyncExitStack(), context=Context())
    for step in (steps.Normalise(), steps.Mask(), steps.Urgent(), steps.Length(max_characters)):
        await step.run(turn)
    release = releases.get()
    decision = None
    if turn.reply is None:
        decision = release.decider.decide(turn.masked)
        turn.reply = reply_with_decision(decision, release)
    await steps.Guard(releases).run(turn)
    explanation = explain(release.decider, turn.masked) if decision is not None else None
    side = side_of(decision, release.entries) if decision is not None else None
    rows = explanation.table.get("candidates", []) if explanation is not None else []
    candidates = tuple(
        Shown(row["entry"], row["title"], row["topic"], row["probability"], bool(side and row["entry"] in side.answers))
        for row in rows[:_SHOWN]
    )
    return Answered(
        turn.masked,
        release.number,
        side if letters(turn.masked) else None,
        outcome_label(turn.reply.outcome),
        explanation.sentence if explanation else "这条消息太长，系统请市民说得短一些，所以没有去找条目。",
        candidates,
        tuple(turn.reply.blocks),
        json.dumps(explanation.table if explanation else {}, ensure_ascii=False, indent=1),
    )
