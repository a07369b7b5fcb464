"""A citizen who sends the code of a ticket learns where it stands, and may cancel it."""

import re
from zoneinfo import ZoneInfo

from api.pipeline.turn import Turn
from api.staff.clock import aware
from api.staff.tickets.model import PENDING, TicketKind, TicketStatus
from api.staff.tickets.store import TicketError, TicketStore
from knowledge_base.blocks import Block, Choice, ChoicesBlock, Reply, TextBlock
from knowledge_base.normalise import letters, normalise
from knowledge_base.replies import TICKET
from knowledge_base.wording import say

_CODE = re.compile(r"(?<![A-Z0-9])GD[- ]?([2-9A-Z]{5})[- ]?([2-9A-Z]{5})(?![A-Z0-9])")
_CANCEL = re.compile(
    "(?:我|我想|我要|想|要|怎么|怎样|如何|帮我|可以)*(?:取消|退掉|不要)(?:这个|我的|刚才的|那个)*(?:预约|回电|电话|登记)*了?[吗啊吧呀]?"
    "|(?:我|那|算了)*(?:不约|不预约|不用打|不用回电)了[吧啊]?"
)
_SHANGHAI = ZoneInfo("Asia/Shanghai")


class Tickets:
    """Answers what is about a ticket; everything else goes on to the dialogue."""

    name = "tickets"
    always = False

    def __init__(self, tickets: TicketStore) -> None:
        self._tickets = tickets

    async def run(self, turn: Turn) -> None:
        """Look a ticket up by its code, or because its citizen wants it no longer; cancel it at its button."""
        kind, _, pressed = (turn.target or "").partition(":")
        if kind == TICKET:
            turn.reply = await self._cancelled(pressed)
        elif turn.target is None and (found := _CODE.search(turn.text.upper())):
            turn.reply = await self._status(f"GD-{found[1]}-{found[2]}")
        elif turn.target is None and _CANCEL.fullmatch(letters(normalise(turn.text))):
            code = await self._tickets.waiting(turn.inbound.sender)
            turn.reply = await self._status(code) if code is not None else None

    async def _status(self, code: str) -> Reply:
        try:
            ticket, _ = await self._tickets.find(code)
        except TicketError:
            return _reply("unknown", [TextBlock(text=say("ticket_unknown", code=code))])
        day = aware(ticket.created_at).astimezone(_SHANGHAI).date()
        status = TicketStatus(ticket.status)
        told = say(
            "ticket_status",
            code=code,
            kind=TicketKind(ticket.kind).label,
            day=f"{day.year}年{day.month}月{day.day}日",
            status=status.label,
        )
        blocks: list[Block] = [TextBlock(text=told)]
        if status in PENDING:
            cancel = Choice(id=f"{TICKET}:{code}", label=say("ticket_cancel"))
            blocks.append(ChoicesBlock(prompt=say("ticket_cancel_prompt"), choices=[cancel]))
        return _reply("status", blocks)

    async def _cancelled(self, code: str) -> Reply:
        try:
            done = await self._tickets.cancel(code)
        except TicketError:
            return _reply("unknown", [TextBlock(text=say("ticket_unknown", code=code))])
        return _reply("cancelled", [TextBlock(text=say("ticket_cancelled" if done else "ticket_ended", code=code))])


def _reply(detail: str, blocks: list[Block]) -> Reply:
    return Reply(outcome=f"handed_over.ticket_{detail}", blocks=blocks)
