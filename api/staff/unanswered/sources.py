"""Where unanswered questions come from: turns that abstained, choices nobody made, feedback and tickets.

Each source reads what came between two times, oldest first, and says how far it got.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.staff.clock import aware
from api.staff.outcomes import FROM_BUTTONS, SMALL_TALK, family_of
from api.staff.unanswered.model import CONTESTED_REASONS, CONTESTED_TICKET, Kind
from api.storage.catalogue_models import UnansweredQuestion
from api.storage.models import Feedback, Turn
from api.storage.staff_models import Ticket
from api.storage.turn_outcomes import known_outcomes
from knowledge_base.wording import say

CHOICE_MINUTES = 30
"""So long a citizen has to press one of the buttons that were offered."""
_NOT_OURS = ("abstained.government", "abstained.no_words")
_CATEGORIES = "abstained.categories"
"""The second abstention in a row: whether it was another office's matter stands in the reply alone."""
_AFTER_ABSTENTIONS = "handed_over.after_abstentions"
_WINDOW = timedelta(days=1)


@dataclass(frozen=True)
class Found:
    """A question that was not answered as it needed to be. `text` is masked."""

    turn_id: str
    kind: Kind
    text: str
    at: datetime
    topic: str | None


@dataclass(frozen=True)
class Batch:
    """What a source found, and until when it has read."""

    found: Sequence[Found]
    read_until: datetime


async def abstained(session: AsyncSession, since: datetime, until: datetime, limit: int) -> Batch:
    """Turns without an answer; other offices' business and messages without words are left out."""
    known = await known_outcomes(session)
    wanted = [name for name in known if family_of(name) == "abstained" and name not in _NOT_OURS]
    turns, read_until = await _turns(session, [*wanted, _AFTER_ABSTENTIONS], since, until, limit)
    redirected = await _redirected(session, [turn.id for turn in turns if turn.outcome == _CATEGORIES])
    return Batch([_found(turn, Kind.ABSTAINED) for turn in turns if turn.id not in redirected], read_until)


async def clarified(session: AsyncSession, since: datetime, until: datetime, limit: int) -> Batch:
    """Questions that were asked back about, without a choice in the next turn."""
    known = await known_outcomes(session)
    wanted = [name for name in known if family_of(name) == "clarified" and name not in FROM_BUTTONS]
    until = min(until, until - timedelta(minutes=CHOICE_MINUTES))
    turns, read_until = await _turns(session, wanted, since, until, limit, unless_chosen=True)
    return Batch([_found(turn, Kind.CLARIFIED) for turn in turns], read_until)


async def rated(session: AsyncSession, since: datetime, until: datetime, limit: int) -> Batch:
    """Turns whose last rating says that they were of no use, and those that somebody contested."""
    contested = Feedback.reason.in_(CONTESTED_REASONS)
    between = (Feedback.created_at >= since, Feedback.created_at < until)
    query = select(Feedback.turn_id, Feedback.created_at).where(*between)
    query = query.where(or_(Feedback.verdict == "not_helpful", contested))
    rows = (await session.execute(query.order_by(Feedback.created_at, Feedback.id).limit(limit))).all()
    read_until = aware(rows[-1].created_at) if len(rows) == limit else until
    kinds = {}
    for turn_id in dict.fromkeys(row.turn_id for row in rows):
        said = select(Feedback.verdict, Feedback.reason).where(Feedback.turn_id == turn_id).order_by(Feedback.id)
        verdicts = (await session.execute(said)).all()
        if any(row.reason in CONTESTED_REASONS for row in verdicts):
            kinds[turn_id] = Kind.CONTESTED
        elif verdicts[-1].verdict == "not_helpful":
            kinds[turn_id] = Kind.UNHELPFUL
    return Batch(await _asked(session, kinds), read_until)


async def contested(session: AsyncSession, since: datetime, until: datetime, limit: int) -> Batch:
    """Turns that a ticket contests."""
    query = select(Ticket.turn_id, Ticket.created_at).where(
        Ticket.kind == CONTESTED_TICKET,
        Ticket.turn_id.is_not(None),
        Ticket.created_at >= since,
        Ticket.created_at < until,
    )
    rows = (await session.execute(query.order_by(Ticket.created_at, Ticket.id).limit(limit))).all()
    read_until = aware(rows[-1].created_at) if len(rows) == limit else until
    return Batch(await _asked(session, {row.turn_id: Kind.CONTESTED for row in rows if row.turn_id}), read_until)


SOURCES = {"abstained": abstained, "clarified": clarified, "rated": rated, "tickets": contested}


def _found(turn: Any, kind: Kind, text: str | None = None) -> Found:
    return Found(turn.id, kind, turn.text if text is None else text, aware(turn.created_at), turn.topic)


async def _turns(
    session: AsyncSession,
    outcomes: Collection[str],
    since: datetime,
    until: datetime,
    limit: int,
    *,
    unless_chosen: bool = False,
) -> tuple[list[Any], datetime]:
    """Turns with these outcomes that are in no case yet, at most so many, and until when they were read.

    Goes day by day, so that a database with years of turns is never sorted at once.
    """
    turns: list[Any] = []
    if not outcomes:
        return turns, max(since, until)
    first = await session.scalar(select(func.min(Turn.created_at)).where(Turn.created_at >= since))
    begin = aware(first) if first else until
    while begin < until:
        end = min(begin + _WINDOW, until)
        query = _not_gathered(outcomes, begin, end, unless_chosen=unless_chosen).limit(limit - len(turns))
        turns += (await session.execute(query)).all()
        if len(turns) >= limit:
            return turns, aware(turns[-1].created_at)
        begin = end
    return turns, max(since, until)


def _not_gathered(
    outcomes: Collection[str], begin: datetime, end: datetime, *, unless_chosen: bool
) -> Select[str, str, str, str | None, datetime]:
    gathered = select(UnansweredQuestion.turn_id).where(UnansweredQuestion.turn_id == Turn.id).exists()
    query = select(Turn.id, Turn.text, Turn.outcome, Turn.topic, Turn.created_at).where(
        Turn.outcome.in_(outcomes), Turn.created_at >= begin, Turn.created_at < end, Turn.text != "", ~gathered
    )
    if unless_chosen:
        following = aliased(Turn)
        chosen = following.outcome.in_(FROM_BUTTONS - {"clarified.rejected"}) | following.outcome.startswith("guided.")
        same = following.conversation_id == Turn.conversation_id
        query = query.where(~select(following.id).where(same, following.number == Turn.number + 1, chosen).exists())
    return query.order_by(Turn.created_at, Turn.id)


async def _redirected(session: AsyncSession, turn_ids: Collection[str]) -> set[str]:
    """Those whose reply named another office."""
    if not turn_ids:
        return set()
    said = say("abstain_government")
    replies = await session.execute(select(Turn.id, Turn.reply).where(Turn.id.in_(turn_ids)))
    return {row.id for row in replies if any(block.get("text") == said for block in row.reply)}


async def _asked(session: AsyncSession, kinds: dict[str, Kind]) -> list[Found]:
    """The turns as questions; for a pressed button, what the citizen had written before."""
    found = []
    for turn_id, kind in kinds.items():
        turn = await session.get(Turn, turn_id)
        if turn is None or turn.outcome == SMALL_TALK:
            continue
        text = turn.text
        if turn.outcome in FROM_BUTTONS:
            before = select(Turn.text).where(
                Turn.conversation_id == turn.conversation_id,
                Turn.number < turn.number,
                Turn.outcome.not_in(FROM_BUTTONS),
            )
            text = await session.scalar(before.order_by(Turn.number.desc()).limit(1)) or text
        if text:
            found.append(_found(turn, kind, text))
    return found
