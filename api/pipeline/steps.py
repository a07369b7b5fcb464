"""The steps of a turn, in the order of the design: once, allow, in order, normalise, mask, urgent, length, choice,
dialogue, guard, record. Each is one small class; what staff switched off is in `switched.py`."""

import re
import time
from datetime import UTC, date, datetime
from uuid import uuid4

from api.appointments import wish_in
from api.choices import ChoiceSigner
from api.dialogue import Dialogue
from api.pipeline.guard import check_reply
from api.pipeline.limits import MessageLimits
from api.pipeline.order import SenderOrder
from api.pipeline.turn import Turn
from api.privacy.masking import mask
from api.staff.tickets.store import TicketStore
from api.storage.conversations import ConversationStore, UnknownConversationError, new_receipt
from api.storage.models import Turn as StoredTurn
from knowledge_base.blocks import AnswerBlock, NoticeBlock, TicketBlock
from knowledge_base.decision import Context
from knowledge_base.guides.state import read_state
from knowledge_base.live_release import LiveRelease
from knowledge_base.normalise import clean
from knowledge_base.replies import label_of, reply_with_handover, reply_with_wording
from knowledge_base.urgency import detect
from knowledge_base.wording import say

_NOTHING_BUT_HELP = frozenset(("self_harm",))
"""Who writes this is not asked which topic it was: unless an entry answers, the notice and the way to a person."""
_URGENT_CHARACTERS = 4000
"""Danger is looked for in so much of a text; its patterns take some 55 ms for 2,000 characters at worst."""
_BUTTON = "[按钮]"
"""What a pressed button that leads nowhere is stored as."""
_ABSTENTIONS = re.compile(r"abstained\.|handed_over\.after_abstentions$")
_NO_NEW_QUESTION = re.compile(
    r"answered\.(?:small_talk|explained|follow_up|continued)$|clarified\.(?:rejected|topic)$|abstained\.no_words$"
    r"|handed_over\.(?:hotline|ticket_\w+)$|refused\.|failed\.|guided\."
)
"""After these outcomes the next message goes on from the question before: it is what the citizen still talks about."""


class Once:
    """The same message id again gets the same reply; the bot runs once."""

    name = "once"
    always = False

    def __init__(self, store: ConversationStore) -> None:
        self._store = store

    async def run(self, turn: Turn) -> None:
        """Look for a stored turn of this message."""
        turn.stored = await self._store.turn_by_message(turn.inbound.sender, turn.inbound.message_id)


class Allow:
    """So many messages a minute for a sender and for a client."""

    name = "allow"
    always = False

    def __init__(self, limits: MessageLimits) -> None:
        self._limits = limits

    async def run(self, turn: Turn) -> None:
        """Count the message.

        Raises:
            TooManyMessagesError: over the rate.
        """
        await self._limits.count(turn.inbound.sender, turn.inbound.client)


class InOrder:
    """One message of a sender at a time; a copy that waited finds the reply of the first."""

    name = "in_order"
    always = False

    def __init__(self, order: SenderOrder, store: ConversationStore) -> None:
        self._order = order
        self._store = store

    async def run(self, turn: Turn) -> None:
        """Wait for the sender's turn, then read where the conversation stands.

        Raises:
            UnknownConversationError: the conversation was erased or never was.
        """
        await turn.held.enter_async_context(self._order.hold(turn.inbound.sender))
        conversation, stored = await self._store.find_with_turn(turn.inbound.sender, turn.inbound.message_id)
        if conversation is None:
            raise UnknownConversationError(turn.inbound.sender)
        turn.context = Context(
            last_entry_id=conversation.last_entry_id,
            today=date.today(),
            last_question=conversation.last_question,
            abstained_before=conversation.abstentions,
        )
        turn.guide = read_state(conversation.guide)
        turn.kept_contact = conversation.contact or {}
        turn.stored = stored


class Normalise:
    """NFKC, no invisible characters, no leading slash."""

    name = "normalise"
    always = False

    async def run(self, turn: Turn) -> None:
        """Clean the text."""
        turn.text = clean(turn.inbound.text or "")


class Mask:
    """What is stored, logged and sent on is masked."""

    name = "mask"
    always = False

    async def run(self, turn: Turn) -> None:
        """Mask the cleaned text."""
        turn.masked = mask(turn.text)


class Urgent:
    """Danger to life, limb or freedom: the safety notice comes first, whatever the dialogue then says."""

    name = "urgent"
    always = False

    async def run(self, turn: Turn) -> None:
        """Look for urgency; the guard step puts the notice in front."""
        turn.urgent = detect(turn.text[:_URGENT_CHARACTERS])


class Length:
    """A text that is too long is refused, after it was masked and looked at for danger."""

    name = "length"
    always = False

    def __init__(self, max_characters: int) -> None:
        self._max = max_characters

    async def run(self, turn: Turn) -> None:
        """Refuse, and keep the beginning of the masked text."""
        if len(turn.text) > self._max:
            turn.masked = turn.masked[: self._max]
            turn.reply = reply_with_wording("too_long", "refused.too_long", limit=self._max)


class Choose:
    """An opaque button id becomes what it stands for."""

    name = "choice"
    always = False

    def __init__(self, signer: ChoiceSigner, releases: LiveRelease) -> None:
        self._signer = signer
        self._releases = releases

    async def run(self, turn: Turn) -> None:
        """Resolve the pressed button, or refuse it."""
        if turn.inbound.choice is None:
            return
        turn.target = self._signer.target(turn.inbound.choice)
        if turn.target is None:
            turn.masked = _BUTTON
            turn.reply = reply_with_wording("stale_choice", "refused.stale_choice")
            return
        turn.masked = label_of(turn.target, self._releases.get()) or _BUTTON


class Converse:
    """Rasa, or the catalogue alone when Rasa is not there."""

    name = "dialogue"
    always = False

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    async def run(self, turn: Turn) -> None:
        """Get a reply."""
        turn.reply = await self._dialogue.reply(turn.inbound.sender, turn.masked, turn.target, turn.context, turn.guide)


class Guard:
    """Only published entries and reviewed wording leave the house; a safety notice stands in front."""

    name = "guard"
    always = True

    def __init__(self, releases: LiveRelease) -> None:
        self._releases = releases

    async def run(self, turn: Turn) -> None:
        """Check the reply, then put the urgent notice first."""
        if turn.reply is None:
            turn.reply = reply_with_wording("failed", "failed.no_reply")
        turn.reply = check_reply(turn.reply, self._releases.known())
        if turn.urgent is not None:
            notice = NoticeBlock(level="urgent", text=turn.urgent.notice)
            rest = turn.reply
            if turn.urgent.kind in _NOTHING_BUT_HELP and not any(isinstance(b, AnswerBlock) for b in rest.blocks):
                rest = reply_with_handover()
            outcome = f"urgent.{turn.urgent.kind}"
            turn.reply = rest.model_copy(update={"outcome": outcome, "blocks": [notice, *rest.blocks]})


class Record:
    """Turn, outcome, entry version, scores, receipt and where the conversation stands in one transaction; only here."""

    name = "record"
    always = True

    def __init__(self, store: ConversationStore, tickets: TicketStore) -> None:
        self._store = store
        self._tickets = tickets

    async def run(self, turn: Turn) -> None:
        """Store the turn, and with it the ticket that the reply leads to."""
        reply = turn.reply
        if reply is None:
            raise RuntimeError("no reply to record")
        contact = turn.kept_contact | turn.contact
        wish = wish_in(reply, contact)
        if wish is not None:
            code, is_new = await self._tickets.take_wish(turn.inbound.sender, wish)
            told = TicketBlock(code=code, text=say("ticket_made" if is_new else "ticket_changed", code=code))
            reply = reply.model_copy(update={"blocks": [told, *reply.blocks]})
        versions = [block.entry_version for block in reply.blocks if isinstance(block, AnswerBlock)]
        stored = StoredTurn(
            id=uuid4().hex,
            conversation_id=turn.inbound.sender,
            message_id=turn.inbound.message_id,
            text=turn.masked,
            outcome=reply.outcome,
            topic=reply.topic,
            entry_id=reply.entry_id,
            entry_version=versions[0] if versions else None,
            release=reply.release,
            confidence=reply.confidence,
            scores=reply.scores,
            reply=[block.model_dump(mode="json") for block in reply.blocks],
            receipt=new_receipt(),
            duration_ms=(time.perf_counter() - turn.started) * 1000,
            created_at=datetime.now(UTC),
        )
        turn.stored = await self._store.record(
            stored,
            question=None if _NO_NEW_QUESTION.match(reply.outcome) else turn.masked,
            abstained=bool(_ABSTENTIONS.match(reply.outcome)),
            guide=reply.guide.model_dump(mode="json") if reply.guide else None,
            contact=contact if turn.contact else None,
        )
        turn.recorded = turn.stored is stored
