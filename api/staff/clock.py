"""The time, given to what needs it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Now."""
    return datetime.now(UTC)


def aware(moment: datetime) -> datetime:
    """The moment with its zone: SQLite gives times back without it, in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def shanghai_day(moment: datetime) -> date:
    """The day it is in Shanghai."""
    return aware(moment).astimezone(SHANGHAI).date()
