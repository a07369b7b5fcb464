"""From daily figures to what the dashboard shows. Pure functions."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.staff.channels import CHANNEL_LABELS
from api.staff.dashboard.figures import Day, Figures, total
from api.staff.dashboard.tables import Cell, Table, milliseconds, percent
from api.staff.outcomes import families

WEEK = 7
WEEKS_BEFORE = 4
NEEDED_DAYS = WEEK * (1 + WEEKS_BEFORE)
_SHARES = ("answered", "clarified", "routed", "abstained")
_MOST = 20
_LEAST_RISING = 3
"""What was asked less often in a week may have risen by chance."""
_RISEN = 1.5


@dataclass(frozen=True)
class Report:
    """What the page shows of a period: the figures of each day, all together, and the tables by name."""

    days: Sequence[date]
    daily: Sequence[Figures]
    all: Figures
    tables: dict[str, Table]


@dataclass(frozen=True)
class Rise:
    """Something that is asked more: how often this week, and in a week on average before."""

    name: str
    now: int
    before: float

    @property
    def is_rising(self) -> bool:
        """Whether it is more than chance would make of it."""
        return self.now >= _LEAST_RISING and self.now >= _RISEN * self.before


def make_report(
    days: Mapping[date, Day], period: int, channel: str, titles: Mapping[str, str], cases: Sequence[Rise]
) -> Report:
    """The report over the last `period` days of those given.

    channel: empty for all; titles: of all entries that are live; cases: unanswered questions with their weeks.
    """
    each = {day: _of(figures, channel) for day, figures in days.items()}
    shown = sorted(each)[-period:]
    daily = [each[day] for day in shown]
    together = total(daily)
    by_channel = {name: total(_of(days[day], name) for day in shown) for name in _channels(days)}
    tables = [
        _daily_table(shown, daily),
        _counts("topics", "问得多的主题", "主题", together.topics, lambda name: name),
        _rising("rising-topics", "问得越来越多的主题", "主题", _rises(each, lambda one: one.topics)),
        _rising("rising-questions", "越来越多的未答问题", "问题", cases),
        _rising("rising-entries", "越来越多人看的条目", "条目", _titled(_rises(each, lambda one: one.entries), titles)),
        _counts(
            "entries", "看得多的条目", "条目", together.entries, lambda name: titles.get(name, f"{name}（已下线）")
        ),
        _never(together, titles),
        _channel_table(by_channel),
    ]
    return Report(shown, daily, together, {table.name: table for table in tables})


def _of(day: Day, channel: str) -> Figures:
    return total(day.values()) if not channel else day.get(channel, Figures())


def _channels(days: Mapping[date, Day]) -> list[str]:
    return sorted({channel for day in days.values() for channel in day})


def _row(figures: Figures) -> list[str | int]:
    other = 1 - sum(figures.families[name] for name in _SHARES) / figures.questions if figures.questions else None
    return [
        figures.questions,
        *(percent(figures.share(name)) for name in _SHARES),
        percent(other),
        percent(figures.satisfaction),
        figures.rated,
        milliseconds(figures.percentile(0.5)),
        milliseconds(figures.percentile(0.95)),
    ]


def _columns(first: str) -> list[str]:
    shares = [families()[name] for name in _SHARES]
    return [first, "提问", *shares, "其他", "满意度", "评价数", "一半快于", "95% 快于"]


def _daily_table(days: Sequence[date], daily: Sequence[Figures]) -> Table:
    rows = [[day.isoformat(), *_row(one)] for day, one in zip(days, daily, strict=True)]
    return Table("daily", "每天", _columns("日期"), rows[::-1])


def _channel_table(by_channel: Mapping[str, Figures]) -> Table:
    rows = [[CHANNEL_LABELS.get(name, name), *_row(one)] for name, one in by_channel.items()]
    return Table("channels", "各渠道", _columns("渠道"), rows)


def _counts(name: str, title: str, column: str, counts: Counter[str], label: Callable[[str], str]) -> Table:
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST]
    return Table(name, title, [column, "次数"], [[label(key), count] for key, count in ranked])


def _never(together: Figures, titles: Mapping[str, str]) -> Table:
    rows = [[title, name] for name, title in sorted(titles.items()) if not together.entries[name]]
    return Table("never", "没人看过的条目", ["条目", "编号"], rows)


def _rises(each: Mapping[date, Figures], counts: Callable[[Figures], Counter[str]]) -> list[Rise]:
    """This week against the mean of the four before."""
    ordered = [each[day] for day in sorted(each)]
    now: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for figures in ordered[-WEEK:]:
        now.update(counts(figures))
    for figures in ordered[-NEEDED_DAYS:-WEEK]:
        before.update(counts(figures))
    return [Rise(name, count, before[name] / WEEKS_BEFORE) for name, count in now.items()]


def _titled(rises: Sequence[Rise], titles: Mapping[str, str]) -> list[Rise]:
    return [Rise(titles.get(rise.name, rise.name), rise.now, rise.before) for rise in rises]


def _rising(name: str, title: str, column: str, rises: Sequence[Rise]) -> Table:
    chosen = [rise for rise in rises if rise.is_rising]
    chosen.sort(key=lambda rise: (rise.before - rise.now, rise.name))
    rows: list[list[Cell]] = [[rise.name, rise.now, round(rise.before, 1)] for rise in chosen[:_MOST]]
    return Table(name, title, [column, "最近 7 天", "之前四周平均每周"], rows)
