"""The limits of Shanghai's days in UTC, which is what databases are asked with."""

from datetime import UTC, date, datetime, time, timedelta

from api.staff.clock import SHANGHAI

_FIRST, _LAST = date(2000, 1, 1), date(2200, 1, 1)


def start_of(day: date) -> datetime:
    """When the day begins."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)


def limits_of(day: date) -> tuple[datetime, datetime]:
    """When the day begins, and when the next does."""
    return start_of(day), start_of(day + timedelta(days=1))


def read_day(text: str) -> date | None:
    """A day as a form sends it; None when it is empty or none that can be asked for."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if _FIRST <= day <= _LAST else None
