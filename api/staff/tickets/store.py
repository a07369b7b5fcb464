"""Tickets: made by the channels, worked on in the console."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.appointments import Wish
from api.privacy.masking import mask
from api.staff.clock import Clock, aware, utc_now
from api.staff.people.staff import Staff, staff_of
from api.staff.permissions import Permission
from api.staff.tickets.model import PENDING, TicketKind, TicketStatus
from api.storage.conversations import UnknownConversationError
from api.storage.models import Conversation, Turn
from api.storage.staff_models import StaffMember, Ticket, TicketNote

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without characters that are mistaken for one another when read out on the phone."""
_MAX_TEXT = 4000
_TRIES = 5
PAGE_SIZE = 50


def new_code() -> str:
    """A random code such as GD-K7MQ2-XWD4H: about 49 bits, and not to be taken for a receipt."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"GD-{code[:5]}-{code[5:]}"


class TicketError(ValueError):
    """What was asked cannot be done; the message is for the person who asked."""


@dataclass(frozen=True)
class TicketFilter:
    """Which tickets to show. `statuses` empty means all; None or empty elsewhere means any."""

    statuses: tuple[TicketStatus, ...] = PENDING
    kind: TicketKind | None = None
    topic: str = ""
    owner_id: int | None = None
    due_before: date | None = None


@dataclass(frozen=True)
class TicketChange:
    """What a ticket is to become."""

    status: TicketStatus
    owner_id: int | None
    due: date | None


class TicketStore:
    """Reads and writes tickets. Texts are masked here, whatever comes in."""

    def __init__(self, engine: AsyncEngine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    async def create(
        self,
        kind: TicketKind,
        text: str,
        *,
        conversation_id: str | None = None,
        turn_id: str | None = None,
        topic: str | None = None,
        contact: Mapping[str, str] | None = None,
    ) -> str:
        """A new ticket; its code, which is read out to the citizen. `contact` is stored as given, with their consent.

        Raises:
            UnknownConversationError: the conversation is not there (any more).
        """
        for _ in range(_TRIES):
            ticket = self._new(kind, text, topic, contact)
            ticket.conversation_id, ticket.turn_id = conversation_id, turn_id
            try:
                async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
                    if conversation_id is not None:
                        await _hold(session, conversation_id)
                    session.add(ticket)
            except IntegrityError:
                continue  # the code is taken
            return ticket.code
        raise RuntimeError("no free ticket code was found")

    async def contest(self, conversation_id: str, turn_id: str, comment: str = "") -> str:
        """The ticket for an answer that a citizen holds to be wrong: one for each turn, however often it is said.

        Raises:
            UnknownConversationError: there is no such turn in the conversation (any more).
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            await _hold(session, conversation_id)
            turn = await session.get(Turn, turn_id)
            if turn is None or turn.conversation_id != conversation_id:
                raise UnknownConversationError(conversation_id)
            same = select(Ticket.code).where(Ticket.turn_id == turn_id, Ticket.kind == TicketKind.CONTESTED)
            if (code := await session.scalar(same)) is not None:
                return code
            text = f"市民问：{turn.text}" + (f"\n市民说：{comment}" if comment else "")
            ticket = self._new(TicketKind.CONTESTED, text, turn.topic, None)
            ticket.conversation_id, ticket.turn_id = conversation_id, turn_id
            session.add(ticket)
            return ticket.code

    async def take_wish(self, conversation_id: str, wish: Wish) -> tuple[str, bool]:
        """The code of the ticket for a citizen's wish, and whether it is new: one that is not worked on yet is changed.

        Raises:
            UnknownConversationError: the conversation is not there (any more).
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            await _hold(session, conversation_id)
            ticket = await session.scalar(_waiting(conversation_id))
            fresh = self._new(wish.kind, wish.text, wish.topic, wish.contact)
            if ticket is None:
                fresh.conversation_id = conversation_id
                session.add(fresh)
                return fresh.code, True
            ticket.kind, ticket.text, ticket.contact = fresh.kind, fresh.text, fresh.contact
            ticket.updated_at = fresh.updated_at
            session.add(_note(ticket, "市民改了预约的内容。"))
            return ticket.code, False

    async def waiting(self, conversation_id: str) -> str | None:
        """The code of the conversation's appointment or call back that is not done with yet; None without one."""
        async with AsyncSession(self._engine) as session:
            ticket = await session.scalar(_waiting(conversation_id))
        return ticket.code if ticket is not None else None

    async def cancel(self, code: str) -> bool:
        """Cancel a ticket for the citizen who knows its code; False when it had ended before.

        Raises:
            TicketError: there is none with this code.
        """
        async with AsyncSession(self._engine) as session, session.begin():
            ticket = await _get(session, code, lock=True)
            if ticket.status not in PENDING:
                return False
            ticket.status, ticket.updated_at = TicketStatus.CANCELLED, self._clock()
            session.add(_note(ticket, "市民自己取消了。"))
            return True

    def _new(self, kind: TicketKind, text: str, topic: str | None, contact: Mapping[str, str] | None) -> Ticket:
        now = self._clock()
        reached_by = {str(name): str(value).replace("\0", "") for name, value in (contact or {}).items()}
        masked = mask(text.replace("\0", ""))[:_MAX_TEXT]
        return Ticket(
            code=new_code(), kind=kind, status=TicketStatus.OPEN, topic=topic, text=masked, contact=reached_by,
            created_at=now, updated_at=now,
        )  # fmt: skip

    async def page(self, wanted: TicketFilter, number: int) -> tuple[list[tuple[Ticket, str | None]], int]:
        """One page of tickets with their owners' names, newest first, and how many there are in all."""
        conditions = _conditions(wanted)
        query = select(Ticket, StaffMember.name).outerjoin(StaffMember, StaffMember.id == Ticket.owner_id)
        counted = select(func.count(Ticket.id)).where(*conditions)
        newest = query.where(*conditions).order_by(Ticket.created_at.desc(), Ticket.id.desc())
        async with AsyncSession(self._engine) as session:
            rows = await session.execute(newest.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
            found: list[tuple[Ticket, str | None]] = [(row[0], row[1]) for row in rows]
            return found, await session.scalar(counted) or 0

    async def find(self, code: str) -> tuple[Ticket, list[TicketNote]]:
        """A ticket with its notes, oldest first.

        Raises:
            TicketError: there is none with this code.
        """
        async with AsyncSession(self._engine) as session:
            ticket = await _get(session, code)
            notes = select(TicketNote).where(TicketNote.ticket_id == ticket.id).order_by(TicketNote.id)
            return ticket, list(await session.scalars(notes))

    async def change(self, code: str, seen: str, wanted: TicketChange, note: str, staff: Staff) -> list[str]:
        """Change a ticket and write down what changed, by whom; what changed, in words.

        `seen` is the `seen_mark` of the ticket that the person looked at. A note alone is no change.

        Raises:
            TicketError: there is no such ticket, somebody changed it meanwhile, or the owner is none.
        """
        async with AsyncSession(self._engine) as session, session.begin():
            ticket = await _get(session, code, lock=True)
            if seen != seen_mark(ticket):
                raise TicketError("刚刚有人改过这个工单。请看过下面现在的内容，再保存一次。")
            changes = await _describe(session, ticket, wanted)
            ticket.status, ticket.owner_id, ticket.due = wanted.status, wanted.owner_id, wanted.due
            text = "\n".join(filter(None, ["；".join(changes), mask(note.replace("\0", "").strip())[:_MAX_TEXT]]))
            if text:
                ticket.updated_at = self._clock()
                session.add(TicketNote(ticket_id=ticket.id, staff_name=staff.name, text=text, at=ticket.updated_at))
            return changes


def _waiting(conversation_id: str) -> Select[Ticket]:
    kinds = (TicketKind.CALL_BACK, TicketKind.APPOINTMENT)
    return select(Ticket).where(
        Ticket.conversation_id == conversation_id, Ticket.kind.in_(kinds), Ticket.status.in_(PENDING)
    )


def may_own(member: StaffMember) -> bool:
    """Whether somebody can be given a ticket."""
    return member.active and staff_of(member, "").may(Permission.WORK_TICKETS)


def seen_mark(ticket: Ticket) -> str:
    """Says which state of a ticket somebody looked at."""
    return aware(ticket.updated_at).isoformat()


async def _hold(session: AsyncSession, conversation_id: str) -> None:
    """Lock a conversation until the end of the transaction, so that it is not erased meanwhile.

    Raises:
        UnknownConversationError: it is not there.
    """
    same = update(Conversation).where(Conversation.id == conversation_id).values(channel=Conversation.channel)
    held = await session.scalar(same.returning(Conversation.id))
    if held is None:
        raise UnknownConversationError(conversation_id)


def _note(ticket: Ticket, text: str) -> TicketNote:
    return TicketNote(ticket_id=ticket.id, staff_name="市民", text=text, at=ticket.updated_at)


async def _get(session: AsyncSession, code: str, *, lock: bool = False) -> Ticket:
    is_this = Ticket.code == code.replace("\0", "").strip().upper()
    if lock:
        await session.execute(update(Ticket).where(is_this).values(code=Ticket.code))
    ticket = await session.scalar(select(Ticket).where(is_this))
    if ticket is None:
        raise TicketError("没有这个工单。")
    return ticket


async def _describe(session: AsyncSession, ticket: Ticket, wanted: TicketChange) -> list[str]:
    changes = []
    if wanted.status != ticket.status:
        changes.append(f"状态：{TicketStatus(ticket.status).label} → {wanted.status.label}")
    if wanted.owner_id != ticket.owner_id:
        owner = await session.get(StaffMember, wanted.owner_id) if wanted.owner_id is not None else None
        if wanted.owner_id is not None and (owner is None or not may_own(owner)):
            raise TicketError("这个人不能办工单，或者账号已停用。请另选一位。")
        changes.append(f"负责人：{owner.name if owner else '没有人'}")
    if wanted.due != ticket.due:
        changes.append(f"期限：{wanted.due or '不设'}")
    return changes


def _conditions(wanted: TicketFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.statuses:
        conditions.append(Ticket.status.in_(wanted.statuses))
    if wanted.kind is not None:
        conditions.append(Ticket.kind == wanted.kind)
    if wanted.topic:
        conditions.append(Ticket.topic == wanted.topic)
    if wanted.owner_id is not None:
        conditions.append(Ticket.owner_id == wanted.owner_id)
    if wanted.due_before is not None:
        conditions += [Ticket.due < wanted.due_before, Ticket.status.in_(PENDING)]
    return conditions
