"""Mending what a hit test showed: one more question for an entry, or a test that says what should come."""

from api.privacy.masking import mask
from api.staff.entries.drafts import Drafts
from api.staff.entries.states import EntryStateError
from api.staff.people.staff import Staff
from knowledge_base.normalise import clean, letters, match_key


async def add_question(drafts: Drafts, entry_id: str, question: str, staff: Staff) -> None:
    """Add the question, masked, to the entry's draft; where nothing is worked on, to a draft of what is live.

    Raises:
        EntryStateError: there is no such entry, it has the question, or it is being reviewed.
    """
    row = await drafts.find(entry_id)
    content = (row.work or row.live) if row is not None else None
    if row is None or content is None:
        raise EntryStateError("没有这个条目，或者它已经下线了。")
    text = mask(clean(question))
    if not letters(text):
        raise EntryStateError("请先写要问的问题。")
    questions = list(content.get("questions") or [])
    if match_key(text) in {match_key(str(known)) for known in (*questions, content.get("title") or "")}:
        raise EntryStateError("这个条目（或它的草稿）里已经有这条问法了。")
    await drafts.save(entry_id, content | {"questions": [*questions, text]}, row.revision, staff)
