"""From questions nobody could answer to a draft of an entry."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from api.staff.entries.drafts import Drafts
from api.staff.entries.states import EntryStateError
from api.staff.people.staff import Staff
from knowledge_base.normalise import match_key
from knowledge_base.topics import load_topics

_REVIEW_AFTER = timedelta(days=365)
_TITLE_CHARACTERS = 60


class CaseDrafts:
    """Writes the questions of a case into drafts."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts

    async def begin(self, case_id: int, topic: str, questions: Sequence[str], staff: Staff, today: date) -> str:
        """A new entry with these questions; its id.

        Raises:
            EntryStateError: the topic is none of ours.
        """
        known = load_topics().get(topic)
        if known is None:
            raise EntryStateError("请选一个主题。")
        entry_id = await self._fresh_id(f"{known.slug}.case-{case_id}")
        content: dict[str, Any] = {
            "id": entry_id,
            "topic": topic,
            "kind": "question",
            "title": questions[0][:_TITLE_CHARACTERS] if questions else "",
            "answer": "",
            "urgent": False,
            "facets": {},
            "questions": _added([], questions),
            "sources": [],
            "next": [],
            "confusable": {},
            "office": known.office,
            "valid_from": today.isoformat(),
            "valid_until": None,
            "review_by": (today + _REVIEW_AFTER).isoformat(),
        }
        await self._drafts.create(content, staff)
        return entry_id

    async def add(self, entry_id: str, questions: Sequence[str], staff: Staff) -> int:
        """Add questions to the draft of an entry, or to a new draft of what is live; how many were new to it.

        Raises:
            EntryStateError: there is no such entry, or it is being reviewed or to be published.
        """
        row = await self._drafts.find(entry_id.strip())
        content = (row.work or row.live) if row else None
        if row is None or content is None:
            raise EntryStateError("没有这个条目，请核对编号。")
        before = [str(question) for question in content.get("questions") or []]
        after = _added(before, questions)
        if len(after) > len(before):
            await self._drafts.save(row.id, {**content, "questions": after}, row.revision, staff)
        return len(after) - len(before)

    async def _fresh_id(self, wanted: str) -> str:
        entry_id, number = wanted, 1
        while await self._drafts.find(entry_id) is not None:
            number += 1
            entry_id = f"{wanted}-{number}"
        return entry_id


def _added(before: Sequence[str], questions: Sequence[str]) -> list[str]:
    """What was there, and of the questions those that are not in it yet, each wording once."""
    after = list(before)
    keys = {match_key(question) for question in before}
    for question in questions:
        if (key := match_key(question)) not in keys:
            keys.add(key)
            after.append(question)
    return after
