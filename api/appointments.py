"""From the end of the guide for appointments to the ticket that a person works on."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.staff.tickets.model import TicketKind
from knowledge_base.blocks import Reply, ResultBlock
from knowledge_base.guides.state import Status
from knowledge_base.rules.appointment import REQUESTED

_GUIDE = "appointment"
_CALL_BACK = "call_back"


@dataclass(frozen=True)
class Wish:
    """What a citizen wants done: a ticket's kind, its text and how to reach them."""

    kind: TicketKind
    text: str
    topic: str | None
    contact: dict[str, str]


def wish_in(reply: Reply, contact: Mapping[str, str]) -> Wish | None:
    """The wish that a reply takes down: at the end of the guide, agreed to, and with a phone. None otherwise."""
    if reply.guide is None or reply.guide.guide != _GUIDE or reply.guide.status is not Status.CONCLUDED:
        return None
    result = next((block for block in reply.blocks if isinstance(block, ResultBlock)), None)
    if result is None or result.verdict != REQUESTED or "phone" not in contact:
        return None
    kind = TicketKind.CALL_BACK if reply.guide.answers.get("service") == _CALL_BACK else TicketKind.APPOINTMENT
    text = "\n".join([result.headline, *(f"{asked} {answer}" for asked, answer in result.said)])
    return Wish(kind, text, reply.topic, dict(contact))
