import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.rules.conclusion import LastDay
from knowledge_base.rules.ics import to_ics

STAMP = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
DAY = date(2026, 12, 7)
TEXT = st.text(min_size=1).filter(str.strip)
NAME = re.compile(r"[A-Z-]+(?:;[A-Z-]+=[^;:]+)*")


def _last_day(
    label: str = "对民事判决上诉的最后一天", counted: str = "从收到那天算", day: date | None = DAY
) -> LastDay:
    return LastDay(label=label, day=day, state="open" if day else "unsure", counted=counted)


def _parsed(file: bytes) -> list[tuple[str, str]]:
    """The content lines of a file, unfolded; strict about line ends, length, characters and names."""
    assert file.endswith(b"\r\n")
    assert b"\n" not in file.replace(b"\r\n", b"")
    assert b"\r" not in file.replace(b"\r\n", b"")
    physical = file[:-2].split(b"\r\n")
    assert max(map(len, physical)) <= 75
    for line in physical:
        line.decode("utf-8")  # no character is cut in two
    logical: list[str] = []
    for line in physical:
        if line.startswith(b" "):
            logical[-1] += line[1:].decode()
        else:
            logical.append(line.decode())
    lines = []
    for text in logical:
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text)
        name, colon, value = text.partition(":")
        assert colon
        assert NAME.fullmatch(name), text
        lines.append((name, value))
    return lines


def _unescaped(value: str) -> str:
    """A TEXT value read back; anything but the four escapes is an error."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value)
    assert not re.search(r"(?<!\\)(?:\\\\)*\\(?![\\;,n])", value)
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value)


def _readable(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter in "\n\t" or (letter >= " " and letter != "\x7f"))


def test_the_file_is_one_all_day_event_with_two_reminders() -> None:
    lines = _parsed(to_ics(_last_day(), "上诉的最后一天", STAMP))
    names = [f"{name}:{value}" if name in ("BEGIN", "END") else name for name, value in lines]
    assert names == [
        *("BEGIN:VCALENDAR", "VERSION", "PRODID", "CALSCALE", "METHOD", "BEGIN:VEVENT", "UID", "DTSTAMP"),
        *("DTSTART;VALUE=DATE", "DTEND;VALUE=DATE", "SUMMARY", "DESCRIPTION", "TRANSP"),
        *("BEGIN:VALARM", "ACTION", "TRIGGER", "DESCRIPTION", "END:VALARM") * 2,
        *("END:VEVENT", "END:VCALENDAR"),
    ]
    values = dict(reversed(lines))
    assert values["VERSION"] == "2.0"
    assert values["DTSTAMP"] == "20261124T083000Z"
    assert values["DTSTART;VALUE=DATE"] == "20261207"
    assert values["DTEND;VALUE=DATE"] == "20261208"
    assert values["SUMMARY"] == "上诉的最后一天"
    assert _unescaped(values["DESCRIPTION"]) == "对民事判决上诉的最后一天\n从收到那天算"
    assert [value for name, value in lines if name == "TRIGGER"] == ["-P7D", "-P1D"]


def test_the_stamp_is_written_in_utc() -> None:
    shanghai = datetime(2026, 11, 24, 8, 30, tzinfo=timezone(timedelta(hours=8)))
    assert dict(_parsed(to_ics(_last_day(), "上诉", shanghai)))["DTSTAMP"] == "20261124T003000Z"


def test_the_same_deadline_is_the_same_event_and_another_is_not() -> None:
    def uid(last_day: LastDay, title: str, stamp: datetime = STAMP) -> str:
        return dict(_parsed(to_ics(last_day, title, stamp)))["UID"]

    same = uid(_last_day(), "上诉")
    assert re.fullmatch(r"[0-9a-f]{32}@hufa", same)
    assert uid(_last_day(counted="别的说法"), "上诉", STAMP + timedelta(days=3)) == same
    others = [uid(_last_day(), "起诉"), uid(_last_day(label="别的"), "上诉"), uid(_last_day(day=STAMP.date()), "上诉")]
    assert len({same, *others}) == 4


def test_no_file_without_a_day_or_a_time_zone() -> None:
    with pytest.raises(ValueError, match="day"):
        to_ics(_last_day(day=None), "上诉", STAMP)
    with pytest.raises(ValueError, match="time zone"):
        to_ics(_last_day(), "上诉", STAMP.replace(tzinfo=None))


@given(TEXT, TEXT, TEXT, st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_any_text_comes_back_whole(title: str, label: str, counted: str, day: date) -> None:
    last_day = _last_day(label, counted, day)
    values = dict(reversed(_parsed(to_ics(last_day, title, STAMP))))
    assert _unescaped(values["SUMMARY"]) == _readable(title)
    assert _unescaped(values["DESCRIPTION"]) == _readable(f"{last_day.label}\n{last_day.counted}")
    assert values["DTSTART;VALUE=DATE"] == day.strftime("%Y%m%d")


@pytest.mark.parametrize("length", range(60, 90))
def test_lines_fold_at_75_octets_whatever_the_width_of_letters(length: int) -> None:
    for letter in ("a", "诉", "é", "𠮷"):
        assert dict(_parsed(to_ics(_last_day(), letter * length, STAMP)))["SUMMARY"] == letter * length
