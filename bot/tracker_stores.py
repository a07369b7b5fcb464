"""Where Rasa keeps conversations: their last turns, and not for ever.

Everything a reply needs travels with the message, so Rasa needs little of the past. Its own stores keep all of it: a
follower who asks for a year would make every message slower, memory would grow with every conversation, and the Redis
store, which merges what it has with what it is given, would bring back what was erased.
"""

from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore, RedisTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

KEPT_TURNS = 4
CONVERSATIONS_IN_MEMORY = 2000


def last_turns(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """The tracker, or a copy that begins with the fourth message from the end and the form that was active then."""
    events = list(tracker.events)
    messages = [number for number, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(messages) <= KEPT_TURNS:
        return tracker
    before, copy = tracker.init_copy(), tracker.init_copy()
    before.update_with_events(events[: messages[-KEPT_TURNS]], domain=None, override_timestamp=False)
    form: list[Event] = [ActiveLoop(before.active_loop_name)] if before.active_loop_name else []
    copy.update_with_events([*form, *events[messages[-KEPT_TURNS] :]], domain=None, override_timestamp=False)
    return copy


class RecentMemoryTrackerStore(InMemoryTrackerStore):
    """Keeps the conversations used last, in memory. One that was dropped begins anew; its citizen sees no change."""

    def __init__(
        self,
        domain: Domain,
        event_broker: EventBroker | None = None,
        host: str | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> None:
        """As Rasa makes it; `host` is the `url` of endpoints.yml, which means nothing here."""
        super().__init__(domain, event_broker, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the last turns, and forget the conversation that was silent longest when there are too many."""
        await self.stream_events(tracker)
        self.store.pop(tracker.sender_id, None)  # a key set anew stands last
        self.store[tracker.sender_id] = self.serialise_tracker(last_turns(tracker))
        if len(self.store) > CONVERSATIONS_IN_MEMORY:
            del self.store[next(iter(self.store))]


class RecentRedisTrackerStore(RedisTrackerStore):
    """Keeps the last turns in Redis for `record_exp` seconds. What is saved replaces what was there: one message of a
    conversation is dealt with at a time, so nothing is to be merged.
    """

    async def save(self, tracker: DialogueStateTracker, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Keep the last turns."""
        await self.stream_events(tracker)
        text = self.serialise_tracker(last_turns(tracker))
        self.red.set(self.key_prefix + tracker.sender_id, text, ex=timeout or self.record_exp)
