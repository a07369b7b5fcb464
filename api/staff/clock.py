"""The time, given to what needs it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Now."""
    return datetime.now(UTC)


def aware(moment: datetime) -> datetime:
    """The moment with its zone: SQLite gives times back without it, in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
