"""Contact data that a guide asks for: taken out of the message before anything is stored, sent on or logged."""

from api.pipeline.turn import Turn
from knowledge_base.guides.asking import step_target
from knowledge_base.guides.contact import GIVEN, read_name, read_phone
from knowledge_base.guides.state import Status
from knowledge_base.wording import say

_STORED_AS = {"phone": "contact_phone", "name": "contact_name"}
_READERS = {"phone": read_phone, "name": read_name}


class Contact:
    """A phone or a name is kept aside where a guide asks for it; the guide learns only that it is there."""

    name = "contact"
    always = False

    async def run(self, turn: Turn) -> None:
        """Keep contact data for the ticket, and let the dialogue go on as if a button had been pressed."""
        asking = turn.guide is not None and turn.guide.status is Status.ASKING and turn.target is None
        step = turn.guide.step() if turn.guide is not None and asking else None
        if turn.guide is None or step is None or step.kind not in _READERS:
            return
        value = _READERS[step.kind](turn.text)
        if value is not None:
            turn.contact = {step.kind: value}
            turn.target = step_target(turn.guide.guide, step.id, GIVEN)
            turn.masked = say(_STORED_AS[step.kind])
