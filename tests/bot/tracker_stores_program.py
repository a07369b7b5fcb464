"""Run by tests/bot/test_tracker_stores.py with Rasa's Python: what the stores keep, as JSON.

`python tracker_stores_program.py memory|redis [port]`, with `bot` on PYTHONPATH as when Rasa runs. Saves a conversation of ten turns message by message as Rasa
does, then replaces it by nothing as the erasure does, and lastly keeps more conversations than there is room for. Beside
it one in which a form begins with the first message, and one in which it ends again.
"""

import asyncio
import json
import sys
from typing import Any

import tracker_stores
from rasa.core.tracker_store import TrackerStore, create_tracker_store
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

TURNS = 10
ROOM = 3


def open_store(kind: str, port: str) -> TrackerStore:
    if kind == "memory":
        config = EndpointConfig(type="tracker_stores.RecentMemoryTrackerStore")
    else:
        config = EndpointConfig(
            url="127.0.0.1", type="tracker_stores.RecentRedisTrackerStore", port=int(port), record_exp=60
        )
    return create_tracker_store(config, Domain.empty())


async def texts(store: TrackerStore, sender: str) -> list[str]:
    tracker = await store.retrieve_full_tracker(sender)
    events = tracker.events if tracker else []
    return [event.text for event in events if isinstance(event, UserUttered)]


async def say(store: TrackerStore, sender: str, text: str, *more: Event) -> None:
    tracker = await store.retrieve(sender) or DialogueStateTracker(sender, [])
    events = [UserUttered(text), ActionExecuted("action_answer"), *more, ActionExecuted("action_listen")]
    tracker.update_with_events(events, domain=None)
    await store.save(tracker)


async def form(store: TrackerStore, ends_with: int) -> list[str | None]:
    """The active form after each of ten messages; it begins with the first."""
    active = []
    for number in range(TURNS):
        loop = [ActiveLoop("guide_form")] if number == 0 else [ActiveLoop(None)] if number == ends_with else []
        await say(store, f"form-{ends_with}", f"第{number}句", *loop)
        tracker = await store.retrieve(f"form-{ends_with}")
        active.append(tracker.active_loop_name if tracker else "forgotten")
    return active


async def run(kind: str, port: str) -> dict[str, Any]:
    store = open_store(kind, port)
    for number in range(TURNS):
        await say(store, "long", f"第{number}句")
    kept = await texts(store, "long")
    tracker = await store.retrieve("long")
    last = tracker.latest_message.text if tracker and tracker.latest_message else None
    await store.save(DialogueStateTracker("long", []))
    erased = await texts(store, "long")
    tracker_stores.CONVERSATIONS_IN_MEMORY = ROOM
    for sender in ("long", "a", "b", "long", "c"):
        await say(store, sender, "你好")
    another = open_store(kind, port)
    return {
        "forms": {"never": await form(another, -1), "seventh": await form(another, 6)},
        "store": type(store).__name__,
        "kept": kept,
        "last": last,
        "erased": erased,
        "remembered": sorted([sender for sender in ("long", "a", "b", "c") if await texts(store, sender)]),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")), ensure_ascii=False))
