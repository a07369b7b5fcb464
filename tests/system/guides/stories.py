"""The conversations as Rasa test stories: `python -m tests.system.guides.stories <folder>`.

Each is played with the guides and the catalogue alone, so that a story has every message as the API sends it to Rasa,
and the form is active where the guide goes on.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.guides.state import Status
from knowledge_base.release import Release, ReleaseStore
from knowledge_base.threads import use_one_thread
from tests.system.guides.conversations import Conversation, all_conversations, play
from tests.system.guides.engine_talk import EngineTalk, Sent

DAY = date(2026, 11, 24)
"""The day for which the conversations were written."""
_ACTIONS = {
    "ask": "action_answer",
    "nlu_fallback": "action_answer",
    "choose": "action_choose",
    "explain": "action_explain",
    "human": "action_handover",
}
"""What follows an intent; small talk is followed by its utterance."""
_FORM = "guide_form"


def story(guide: str, conversation: Conversation, release: Release, today: date = DAY) -> dict[str, Any]:
    """One conversation as a test story.

    Raises:
        AssertionError: the conversation does not go as it is written.
    """
    talk = EngineTalk(release, today)
    play(conversation, talk, today)
    steps: list[dict[str, Any]] = []
    active = False
    for sent in talk.sent:
        if sent.for_guides:
            goes_on = sent.after is not None and sent.after.status is Status.ASKING
            steps += _in_guide(sent, active=active, goes_on=goes_on)
            active = goes_on
        else:
            steps += _outside(sent)
    return {"story": f"{guide}: {conversation.name}", "steps": steps}


def _in_guide(sent: Sent, *, active: bool, goes_on: bool) -> Iterator[dict[str, Any]]:
    """A message that a guide takes up, and the form that starts, goes on or ends."""
    yield _user("guide", f"/guide{_entities(sent)}")
    yield {"action": _FORM}
    if goes_on and not active:
        yield {"active_loop": _FORM}
        yield {"slot_was_set": [{"requested_slot": "guide_end"}]}
    if not goes_on:
        yield {"slot_was_set": [{"guide_end": sent.outcome}]}
        yield {"active_loop": None}
        yield {"slot_was_set": [{"requested_slot": None}]}


def _outside(sent: Sent) -> Iterator[dict[str, Any]]:
    """Words, or a button, for the catalogue."""
    yield _user(sent.intent, sent.text if sent.target is None else f"/choose{_entities(sent)}")
    yield {"action": _ACTIONS.get(sent.intent, f"utter_{sent.intent}")}


def _entities(sent: Sent) -> str:
    return json.dumps({"target": sent.target} if sent.target else {"said": sent.text}, ensure_ascii=False)


def _user(intent: str, text: str) -> dict[str, Any]:
    return {"user": text, "intent": intent}


def write(folder: Path, release: Release) -> int:
    """Write a file of stories for each guide into a folder, and return how many stories there are.

    Rasa reads only files whose names begin with `test_`.
    """
    by_guide: dict[str, list[dict[str, Any]]] = {}
    for guide, conversation in all_conversations():
        by_guide.setdefault(guide, []).append(story(guide, conversation, release))
    folder.mkdir(parents=True, exist_ok=True)
    for guide, stories in by_guide.items():
        text = yaml.safe_dump({"version": "3.1", "stories": stories}, allow_unicode=True, sort_keys=False, width=1000)
        (folder / f"test_{guide}.yml").write_text(text, encoding="utf-8")
    return sum(map(len, by_guide.values()))


if __name__ == "__main__":
    use_one_thread()
    print(write(Path(sys.argv[1]), ReleaseStore.from_environment().load()), "stories")
