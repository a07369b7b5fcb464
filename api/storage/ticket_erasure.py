"""What erasing a conversation does to its tickets."""

from datetime import UTC, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.staff.tickets.model import PENDING, TicketStatus
from api.storage.models import Conversation
from api.storage.staff_models import Ticket, TicketNote

ERASED = "市民删除了会话，工单内容已清空。"


async def erase_tickets(session: AsyncSession, conversation_id: str) -> None:
    """Empty a conversation's tickets, in the caller's transaction: text, contact, notes and the way back to it go.

    The shell stays, so that lists and counts stay true: what was done stays done, what was still to do is cancelled.
    """
    held = update(Conversation).where(Conversation.id == conversation_id).values(channel=Conversation.channel)
    await session.execute(held)  # no ticket is made for it any more
    query = select(Ticket).where(Ticket.conversation_id == conversation_id).with_for_update()
    now = datetime.now(UTC)
    for ticket in await session.scalars(query):
        await session.execute(delete(TicketNote).where(TicketNote.ticket_id == ticket.id))
        ticket.text, ticket.contact, ticket.conversation_id, ticket.turn_id = "", {}, None, None
        ticket.updated_at = now
        if ticket.status in PENDING:
            ticket.status = TicketStatus.CANCELLED
        session.add(TicketNote(ticket_id=ticket.id, staff_name="系统", text=ERASED, at=now))
