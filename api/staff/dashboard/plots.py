"""Where the bars and lines of a plot stand. The template `plots.html` draws them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 8, 10, 24
_STEPS = 4
_DATES = 6
_LINES = (1, 4)
"""The colours of lines, two at most: they must be told apart at a glance."""


@dataclass(frozen=True)
class Bar:
    """A rectangle of a series; `label` is said when the pointer rests on it."""

    series: int
    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True)
class Curve:
    """A line of a series, in pieces where days are missing: each the points of an SVG polyline."""

    series: int
    pieces: Sequence[str]


@dataclass(frozen=True)
class Plot:
    """A plot with its axes: `levels` are heights with what they stand for, `dates` places with a day.

    `names`: what each series is called; the number of a series is its colour.
    """

    names: Sequence[tuple[int, str]]
    bars: Sequence[Bar]
    curves: Sequence[Curve]
    levels: Sequence[tuple[float, str]]
    dates: Sequence[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT


def stacked(dates: Sequence[str], series: Mapping[str, Sequence[int]]) -> Plot:
    """One bar a day, the series on top of each other."""
    totals = [sum(values) for values in zip(*series.values(), strict=True)]
    top = _round_up(max(totals, default=0))
    step = (WIDTH - _LEFT - _RIGHT) / max(len(dates), 1)
    bars = []
    for day, date in enumerate(dates):
        below = 0
        for number, (name, values) in enumerate(series.items(), start=1):
            if values[day]:
                height = values[day] / top * _room()
                y = _y(below / top) - height
                place = (_LEFT + (day + 0.1) * step, y, step * 0.8, height)
                x, top_edge, width, tall = (round(size, 2) for size in place)
                bars.append(Bar(number, x, top_edge, width, tall, f"{date} {name} {values[day]}"))
                below += values[day]
    return Plot(list(enumerate(series, start=1)), bars, [], _levels(top), _dates(dates, step))


def lines(dates: Sequence[str], series: Mapping[str, Sequence[float | None]], top: int = 0) -> Plot:
    """One line for each series; days without a value are gaps. `top`: the highest level, by default the values'."""
    top = top or _round_up(
        max((value for values in series.values() for value in values if value is not None), default=0)
    )
    step = (WIDTH - _LEFT - _RIGHT) / max(len(dates), 1)
    curves = []
    for number, values in zip(_LINES, series.values(), strict=False):
        pieces: list[list[str]] = [[]]
        for day, value in enumerate(values):
            if value is None:
                pieces.append([])
            else:
                pieces[-1].append(f"{_LEFT + (day + 0.5) * step:.1f},{_y(value / top):.1f}")
        curves.append(Curve(number, [" ".join(_visible(piece)) for piece in pieces if piece]))
    return Plot(list(zip(_LINES, series, strict=False)), [], curves, _levels(top), _dates(dates, step))


def _visible(points: list[str]) -> list[str]:
    """A line of one point would not show: it is drawn as a short stroke."""
    if len(points) > 1:
        return points
    x, _, y = points[0].partition(",")
    return [f"{float(x) - 2:.1f},{y}", f"{float(x) + 2:.1f},{y}"]


def _room() -> float:
    return HEIGHT - _TOP - _BOTTOM


def _y(part: float) -> float:
    return HEIGHT - _BOTTOM - part * _room()


def _round_up(value: float) -> int:
    """The least 1, 2 or 5 times a power of ten, times `_STEPS` at most, that holds the value."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power * _STEPS >= value:
                return factor * power * _STEPS
        power *= 10


def _levels(top: int) -> list[tuple[float, str]]:
    return [(round(_y(step / _STEPS), 2), str(top * step // _STEPS)) for step in range(_STEPS + 1)]


def _dates(dates: Sequence[str], step: float) -> list[tuple[float, str]]:
    every = max(len(dates) // _DATES, 1)
    return [(round(_LEFT + (day + 0.5) * step, 2), dates[day][5:]) for day in range(0, len(dates), every)]
