"""A conversation with the guides and the catalogue alone, without any process: what Rasa would be sent, and the reply."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from knowledge_base.blocks import AnswerBlock, NoticeBlock, Reply
from knowledge_base.decision import Context
from knowledge_base.guides.engine import advance, is_for_guides
from knowledge_base.guides.state import GuideState
from knowledge_base.release import Release
from knowledge_base.replies import (
    reply_to_choice,
    reply_with_decision,
    reply_with_explanation,
    reply_with_handover,
    reply_with_wording,
)
from knowledge_base.urgency import detect

_NOTHING_BUT_HELP = frozenset({"self_harm"})
_BY_CATALOGUE = ("ask", "nlu_fallback")


@dataclass(frozen=True)
class Sent:
    """One message as Rasa gets it: words or `target`, whether a guide takes it up, and the guide's state afterwards."""

    text: str
    target: str | None
    intent: str
    for_guides: bool
    outcome: str
    after: GuideState | None


class EngineTalk:
    """One conversation. `sent` are the messages so far."""

    def __init__(self, release: Release, today: date) -> None:
        self._release = release
        self._today = today
        self._state: GuideState | None = None
        self._context = Context(today=today)
        self.sent: list[Sent] = []

    def say(self, text: str, intent: str) -> dict[str, Any]:
        """Type; `intent` is what the classifier finds where no guide takes the words up."""
        return self._talk(text, None, intent)

    def press(self, choice: str) -> dict[str, Any]:
        """Press a button, by its target."""
        return self._talk("", choice, "choose")

    def wait(self, days: int) -> None:
        """Let days go by."""
        self._today += timedelta(days=days)

    def _talk(self, text: str, target: str | None, intent: str) -> dict[str, Any]:
        context = Context(last_entry_id=self._context.last_entry_id, today=self._today)
        for_guides = is_for_guides(text, target, self._state)
        if for_guides:
            reply = advance(self._state, text, target, self._release, context)
        elif target is not None:
            reply = reply_to_choice(target, self._release)
        else:
            reply = self._without_guide(text, intent, context)
        reply = _with_notice(reply, text)
        self._state = reply.guide or self._state
        self._context = Context(last_entry_id=reply.entry_id or context.last_entry_id)
        self.sent.append(Sent(text, target, intent, for_guides, reply.outcome, self._state))
        return {"outcome": reply.outcome, "reply": [block.model_dump(mode="json") for block in reply.blocks]}

    def _without_guide(self, text: str, intent: str, context: Context) -> Reply:
        if intent in _BY_CATALOGUE:
            return reply_with_decision(self._release.decider.decide(text, context), self._release)
        if intent == "human":
            return reply_with_handover()
        if intent == "explain":
            return reply_with_explanation(self._release.in_force(context.last_entry_id or ""), self._release)
        return reply_with_wording(intent, "answered.small_talk")


def _with_notice(reply: Reply, text: str) -> Reply:
    """What the guard of the API puts before a reply to words of danger."""
    urgent = detect(text)
    if urgent is None:
        return reply
    if urgent.kind in _NOTHING_BUT_HELP and not any(isinstance(block, AnswerBlock) for block in reply.blocks):
        reply = reply_with_handover()
    notice = NoticeBlock(level="urgent", text=urgent.notice)
    return reply.model_copy(update={"outcome": f"urgent.{urgent.kind}", "blocks": [notice, *reply.blocks]})
