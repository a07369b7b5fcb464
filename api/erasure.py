"""Erase a conversation in every store."""

from api.dialogue import RasaClient
from api.pipeline.order import SenderOrder
from api.storage.conversations import ConversationStore


async def erase_conversation(
    conversation_id: str, order: SenderOrder, rasa: RasaClient, store: ConversationStore
) -> None:
    """Erase what Rasa and the database hold; the database last, so that a failed erasure can be asked for again.

    Raises:
        DialogueUnavailableError: the dialogue engine did not confirm, and nothing was erased.
    """
    async with order.hold(conversation_id):  # not while a message of it is under way
        await rasa.forget(conversation_id)
        await store.erase(conversation_id)
