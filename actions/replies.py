"""The actions. Each reads the message, asks the knowledge base, and returns one reply of blocks.

No action changes anything: the turn pipeline stores what must be stored, so a retried call is harmless. Blocks travel
to the pipeline as the `custom` part of a Rasa message, under the key `reply`.
"""

import logging
from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from knowledge_base.blocks import Reply
from knowledge_base.decision import Context
from knowledge_base.guides.engine import advance, is_for_guides
from knowledge_base.guides.state import GuideState, Status, read_state
from knowledge_base.live_release import LiveRelease
from knowledge_base.replies import reply_to_choice, reply_with_decision, reply_with_explanation, reply_with_handover

_log = logging.getLogger(__name__)
Events = list[dict[str, Any]]


def _context(tracker: Tracker) -> Context:
    """What the pipeline sent along with the message: where the conversation stands."""
    sent = tracker.latest_message.get("metadata") or {}
    entry, question, abstained = (sent.get(name) for name in ("last_entry_id", "last_question", "abstained_before"))
    return Context(
        last_entry_id=entry if isinstance(entry, str) else None,
        today=date.today(),
        last_question=question if isinstance(question, str) else None,
        abstained_before=abstained if isinstance(abstained, int) else 0,
    )


def _guide(tracker: Tracker) -> GuideState | None:
    """Where the citizen is in a guide, as the pipeline sent it along."""
    return read_state((tracker.latest_message.get("metadata") or {}).get("guide"))


def _send(dispatcher: CollectingDispatcher, reply: Reply) -> Events:
    dispatcher.utter_message(json_message={"reply": reply.model_dump(mode="json")})
    return []


class AnswerAction(Action):
    """Decide over the catalogue for whatever the citizen wrote."""

    def __init__(self, releases: LiveRelease) -> None:
        self._releases = releases

    def name(self) -> str:
        """The name in the domain."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer, clarify, route or abstain."""
        release = self._releases.get()
        text = str(tracker.latest_message.get("text") or "")
        context = _context(tracker)
        decision = release.decider.decide(text, context)
        return _send(dispatcher, reply_with_decision(decision, release, context.abstained_before))


class ChooseAction(Action):
    """Give what a pressed button stands for."""

    def __init__(self, releases: LiveRelease) -> None:
        self._releases = releases

    def name(self) -> str:
        """The name in the domain."""
        return "action_choose"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """The entity `target` is `entry:<id>`, `topic:<name>` or `say:<wording>`."""
        target = next(iter(tracker.get_latest_entity_values("target")), "")
        return _send(dispatcher, reply_to_choice(str(target), self._releases.get()))


class ExplainAction(Action):
    """Say where the last answer came from."""

    def __init__(self, releases: LiveRelease) -> None:
        self._releases = releases

    def name(self) -> str:
        """The name in the domain."""
        return "action_explain"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """The entry shown last, with its sources."""
        release = self._releases.get()
        last = release.in_force(_context(tracker).last_entry_id or "")
        return _send(dispatcher, reply_with_explanation(last, release))


class HandoverAction(Action):
    """Give the way to a person."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_handover"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """12348."""
        return _send(dispatcher, reply_with_handover())


class GuideFormAction(Action):
    """Carries a guide on: what the form of all guides runs at each message while it is active."""

    def __init__(self, releases: LiveRelease) -> None:
        self._releases = releases

    def name(self) -> str:
        """The name in the domain."""
        return "validate_guide_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Reply to the entity `target` or `said`, and say by the slot `guide_end` whether the form goes on.

        A message that is for the catalogue after all, because the citizen left the guide meanwhile, is answered from it
        and ends the form.
        """
        release, context, state = self._releases.get(), _context(tracker), _guide(tracker)
        target = next(map(str, tracker.get_latest_entity_values("target")), None)
        said = next(iter(tracker.get_latest_entity_values("said")), None)
        text = str(tracker.latest_message.get("text") or "") if said is None else str(said)
        if said is not None or is_for_guides(text, target, state):
            reply = advance(state, text, target, release, context)
        elif target is not None:
            reply = reply_to_choice(target, release)
        else:
            reply = reply_with_decision(release.decider.decide(text, context), release, context.abstained_before)
        _send(dispatcher, reply)
        goes_on = reply.guide is not None and reply.guide.status is Status.ASKING
        return [SlotSet("guide_end", None if goes_on else reply.outcome)]


def all_actions(releases: LiveRelease) -> list[Action]:
    """Every action of the domain."""
    return [
        AnswerAction(releases),
        ChooseAction(releases),
        ExplainAction(releases),
        HandoverAction(),
        GuideFormAction(releases),
    ]
