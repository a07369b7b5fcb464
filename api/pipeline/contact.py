"""Contact data that a guide asks for: taken out of the message before anything is stored, sent on or logged."""

from api.pipeline.turn import Turn
from knowledge_base.guides.asking import step_target
from knowledge_base.guides.contact import GIVEN, corrected_contact, read_name, read_phone
from knowledge_base.guides.model import load_guides
from knowledge_base.guides.state import Status
from knowledge_base.wording import say

_STORED_AS = {"phone": "contact_phone", "name": "contact_name"}
_READERS = {"phone": read_phone, "name": read_name}


class Contact:
    """A phone or a name is kept aside where a guide asks for it, or where one given before is put right; the guide
    learns only that it is there.
    """

    name = "contact"
    always = False

    async def run(self, turn: Turn) -> None:
        """Keep contact data for the ticket, and let the dialogue go on as if a button had been pressed."""
        if turn.guide is None or turn.target is not None:
            return
        step = turn.guide.step() if turn.guide.status is Status.ASKING else None
        asked = step.kind if step is not None and step.kind in _READERS else ""
        value = _READERS[asked](turn.text) if asked else None
        found = (asked, value) if value is not None else corrected_contact(turn.text)
        given = [step.id for step in load_guides()[turn.guide.guide].steps if found and step.kind == found[0]]
        if found is None or not given or (value is None and turn.guide.answers.get(given[0]) != GIVEN):
            return
        turn.contact = {found[0]: found[1]}
        turn.target = step_target(turn.guide.guide, given[0], GIVEN)
        turn.masked = say(_STORED_AS[found[0]])
