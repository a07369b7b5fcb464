"""What one message carries on its way through the pipeline."""

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Protocol

from api.storage.models import Turn as StoredTurn
from knowledge_base.blocks import Reply
from knowledge_base.decision import Context
from knowledge_base.guides.state import GuideState
from knowledge_base.urgency import Urgency


@dataclass(frozen=True)
class Inbound:
    """A message as a channel received it: either `text` or `choice`, the opaque id of a pressed button.

    `sender` is the conversation's id; `client` tells senders behind one address apart from the rest (rate limit).
    """

    channel: str
    sender: str
    message_id: str
    text: str | None = None
    choice: str | None = None
    client: str = ""


@dataclass
class Turn:
    """A message on its way. Steps fill it in, in the order of the fields."""

    inbound: Inbound
    held: AsyncExitStack
    started: float = field(default_factory=time.perf_counter)
    stored: StoredTurn | None = None
    recorded: bool = False
    context: Context = field(default_factory=Context)
    guide: GuideState | None = None
    kept_contact: dict[str, str] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    text: str = ""
    masked: str = ""
    urgent: Urgency | None = None
    target: str | None = None
    reply: Reply | None = None


class Step(Protocol):
    """One step. `always` steps also run when a reply is already there."""

    name: str
    always: bool

    async def run(self, turn: Turn) -> None:
        """Do the step's work on the turn."""
        ...
