"""What a citizen says of an answer: stored with its turn; that the answer is wrong becomes a ticket."""

from contextlib import suppress

from api.metrics import FEEDBACK
from api.services import Services
from api.staff.tickets.model import CONTESTED_REASON
from api.storage.conversations import UnknownConversationError


async def take_feedback(
    services: Services, conversation_id: str, turn_id: str, verdict: str, reason: str | None, comment: str | None
) -> bool:
    """Store feedback, whose reason and comment are masked; False when the turn is not one of the conversation."""
    if not await services.store.add_feedback(conversation_id, turn_id, verdict, reason, comment):
        return False
    FEEDBACK.labels(verdict).inc()
    if verdict == "not_helpful" and reason == CONTESTED_REASON:
        with suppress(UnknownConversationError):  # erased since: nothing of it may be kept
            await services.staff.tickets.contest(conversation_id, turn_id, comment or "")
    return True
