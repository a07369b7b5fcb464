"""Bodies of the public HTTP API (design: "Contract")."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

MessageId = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._:\-]+$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ConversationCreated(BaseModel):
    """A new conversation; the token goes into `Authorization: Bearer` from now on and is shown only once."""

    conversation_id: str
    token: str


class MessageIn(_Body):
    """One message: a text, or the id of a pressed button. `message_id` is made by the client and unique."""

    text: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    choice: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    message_id: MessageId

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.text is None) == (self.choice is None):
            raise ValueError("text 和 choice 要有且只有一个")
        return self


class EntryRef(BaseModel):
    """The entry that was shown, with the version a receipt stands for."""

    id: str
    title: str
    version: str


class TurnOut(BaseModel):
    """The reply to one message. Blocks are described in the design under "Contract"."""

    turn_id: str
    outcome: str
    topic: str | None
    entry: EntryRef | None
    confidence: float | None
    receipt: str
    reply: list[dict[str, Any]]


class TurnInHistory(TurnOut):
    """A turn with the citizen's masked message."""

    text: str
    created_at: datetime


class ConversationOut(BaseModel):
    """A whole conversation, for display or export."""

    conversation_id: str
    created_at: datetime
    turns: list[TurnInHistory]


class FeedbackIn(_Body):
    """What the citizen says of a reply."""

    turn_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    verdict: Literal["helpful", "not_helpful"]
    reason: Annotated[str, StringConstraints(max_length=64)] | None = None
    comment: Annotated[str, StringConstraints(max_length=1000)] | None = None


class SearchResult(BaseModel):
    """An entry with the probability that it answers."""

    id: str
    title: str
    topic: str
    probability: float
    as_of: date


class SearchOut(BaseModel):
    """Ranked entries and the decision: the same function as the chat."""

    decision: str
    outcome: str
    confidence: float
    topics: list[str]
    results: list[SearchResult]


class RasaMessageIn(BaseModel):
    """A message as existing Rasa REST clients send it."""

    sender: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(default="default")
    message: Annotated[str, StringConstraints(max_length=20_000)]
