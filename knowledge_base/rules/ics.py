"""A last day as a calendar file (RFC 5545), for the calendar of a telephone."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from knowledge_base.rules.conclusion import LastDay

_OCTETS = 75
_ALARMS = (7, 1)
"""How many days before the last day the calendar reminds."""
_PRODUCT = "-//hufa//deadline//ZH"


def to_ics(last_day: LastDay, title: str, stamp: datetime) -> bytes:
    """The file, in UTF-8: one all-day event on the last day, with reminders before it.

    title: what the event is called. stamp: when the file was made (DTSTAMP), with a time zone. The UID depends on
    title, label and day alone, so that the same deadline added twice is one event.

    Raises:
        ValueError: the last day is not known, or the stamp has no time zone.
    """
    if last_day.day is None:
        raise ValueError("a deadline without a day has no calendar file")
    if stamp.tzinfo is None:
        raise ValueError("the stamp needs a time zone")
    about = f"{last_day.label}\n{last_day.counted}"
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{_uid(title, last_day.label, last_day.day)}",
        f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{_compact(last_day.day)}",
        f"DTEND;VALUE=DATE:{_compact(last_day.day + timedelta(days=1))}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(about)}",
        "TRANSP:TRANSPARENT",
        *(line for days in _ALARMS for line in _alarm(days, title)),
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _alarm(days: int, title: str) -> tuple[str, ...]:
    return (
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"TRIGGER:-P{days}D",
        f"DESCRIPTION:{_escaped(title)}",
        "END:VALARM",
    )


def _uid(title: str, label: str, day: date) -> str:
    return f"{sha256(f'{title}|{label}|{day.isoformat()}'.encode()).hexdigest()[:32]}@hufa"


def _compact(day: date) -> str:
    return day.isoformat().replace("-", "")


def _escaped(text: str) -> str:
    """A TEXT value: backslash, semicolon, comma and line breaks escaped (3.3.11), other control characters out."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(letter for letter in text if letter == "\t" or (letter >= " " and letter != "\x7f"))


def _folded(line: str) -> str:
    """A content line in parts of at most 75 octets, broken between characters; later parts begin with a space."""
    parts, room = [""], _OCTETS
    for letter in line:
        size = len(letter.encode())
        if size > room:
            parts.append("")
            room = _OCTETS - 1
        parts[-1] += letter
        room -= size
    return "\r\n ".join(parts)
