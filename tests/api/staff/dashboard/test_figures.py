"""Figures add up, survive the database, and give percentiles; plots and tables are made of them."""

import csv
import io
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.staff.dashboard.figures import Figures, from_json, total
from api.staff.dashboard.plots import lines, stacked
from api.staff.dashboard.report import Rise, make_report
from api.staff.dashboard.tables import Table, as_csv, milliseconds, percent

TODAY = date(2026, 11, 20)
DURATIONS = st.lists(st.floats(0.2, 1e6), min_size=1, max_size=50)


def figures(**counts: int) -> Figures:
    return Figures(turns=sum(counts.values()), families=Counter(counts))


def test_nothing_has_no_shares() -> None:
    nothing = Figures()
    assert (nothing.share("answered"), nothing.satisfaction, nothing.percentile(0.95)) == (None, None, None)


def test_greetings_are_no_questions() -> None:
    one = Figures()
    one.count("answered.small_talk", None, None, 1)
    one.count("answered.entry", "公证", "a.b", 1)
    assert (one.turns, one.questions) == (2, 1)


@given(DURATIONS)
def test_a_percentile_is_right_within_five_percent(durations: list[float]) -> None:
    one = Figures()
    for duration in durations:
        one.count("answered.entry", None, None, duration)
    median = one.percentile(0.5)
    exact = sorted(durations)[(len(durations) - 1) // 2]
    assert median is not None and exact / 1.05 <= median <= exact * 1.05


def test_a_turn_that_took_no_time_is_counted() -> None:
    one = Figures()
    one.count("answered.entry", None, None, 0)
    assert one.percentile(0.5) is not None


@given(DURATIONS, DURATIONS)
def test_what_was_stored_adds_up_like_what_was_not(first: list[float], second: list[float]) -> None:
    parts = [Figures(), Figures()]
    for part, durations in zip(parts, (first, second), strict=True):
        for duration in durations:
            part.count("answered.entry", "公证", "a.b", duration)
        part.ratings["helpful"] += 1
    assert total(from_json(part.to_json()) for part in parts) == total(parts)


def test_what_is_asked_half_as_much_again_is_rising() -> None:
    assert Rise("a", 6, 4).is_rising and not Rise("a", 5, 4).is_rising and not Rise("a", 2, 0).is_rising


def test_rising_compares_the_week_with_the_mean_of_the_four_before() -> None:
    def day(count: int) -> dict[str, Figures]:
        return {"web": Figures(families=Counter(answered=count), topics=Counter({"公证": count}))}

    days = {TODAY - timedelta(days=back): day(3 if back < 7 else 1) for back in range(35)}
    report = make_report(days, 30, "", {}, [])
    assert report.tables["rising-topics"].rows == [["公证", 21, 7.0]]


def test_entries_that_nobody_saw_are_listed() -> None:
    days = {TODAY: {"web": Figures(entries=Counter({"a.seen": 2, "a.gone": 1}))}}
    report = make_report(days, 30, "", {"a.seen": "看过", "a.never": "没看过"}, [])
    assert report.tables["never"].rows == [["没看过", "a.never"]]
    assert report.tables["entries"].rows == [["看过", 2], ["a.gone（已下线）", 1]]


def test_a_channel_is_shown_alone() -> None:
    days = {TODAY: {"web": figures(answered=3), "wechat": figures(abstained=1)}}
    assert make_report(days, 30, "wechat", {}, []).all.questions == 1
    assert make_report(days, 30, "", {}, []).all.questions == 4
    assert make_report(days, 30, "none", {}, []).all.questions == 0


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1", "＝1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    (_, (written, number)) = csv.reader(io.StringIO(as_csv(Table("t", "表", ["问题", "次数"], [[cell, -3]]))[1:]))
    assert written == f"'{cell}" and number == "-3"


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n")), min_size=2, max_size=2)))
def test_a_table_comes_back_from_csv(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(as_csv(Table("t", "表", ["一", "二"], rows))[1:], newline="")))
    assert [[cell.removeprefix("'") for cell in row] for row in read[1:]] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]


def test_numbers_read_as_people_write_them() -> None:
    assert (percent(None), percent(5 / 6), milliseconds(None), milliseconds(12.4), milliseconds(1500)) == (
        "—", "83.3%", "—", "12 毫秒", "1.5 秒",
    )  # fmt: skip


@given(st.integers(0, 95), st.integers(0, 10**6))
def test_bars_stay_inside_the_plot(days: int, most: int) -> None:
    drawn = stacked([str(day) for day in range(days)], {"一": [most] * days, "二": [most // 2] * days})
    for bar in drawn.bars:
        assert bar.x >= 0 and bar.x + bar.width <= drawn.width and bar.y >= 0 and bar.y + bar.height <= drawn.height


@given(st.lists(st.none() | st.floats(0, 1e6), max_size=95))
def test_lines_stay_inside_the_plot(values: list[float | None]) -> None:
    drawn = lines([str(day) for day in range(len(values))], {"一": values})
    points = [point for curve in drawn.curves for piece in curve.pieces for point in piece.split()]
    assert all(
        0 <= float(x) <= drawn.width and 0 <= float(y) <= drawn.height for x, y in (p.split(",") for p in points)
    )
    assert bool(points) == any(value is not None for value in values)
