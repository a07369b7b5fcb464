"""Charts as SVG: each is a string that stands in a page by itself."""

import html
from collections.abc import Sequence

from knowledge_base.evaluation_report.measures import Estimate, ReliabilityBin
from knowledge_base.evaluation_report.report import Curve

_COLOURS = ("#1f5fa8", "#b4531a", "#2b7a4b", "#7a3f98", "#8a6d00")
_DASHES = ("", "7 4", "2 3", "10 3 2 3", "14 5")
"""Lines differ by dashes too, for those who see or print no colours."""
_SIDE, _MARGIN = 380, 52
_BAR, _NAME, _LENGTH, _VALUE = 24, 150, 420, 130


def reliability_plot(bins: Sequence[ReliabilityBin]) -> str:
    """Claimed against found: points with their intervals, the diagonal where both are the same."""
    said = "；".join(f"把握 {b.claimed:.2f} 实际 {b.found.value:.2f}" for b in bins)
    drawn = [_line((0, 0), (1, 1), "#8a9aa9", "5 4")]
    for one in bins:
        place = f'cx="{_x(one.claimed):.1f}" cy="{_y(one.found.value):.1f}"'
        drawn += [
            _line((one.claimed, one.found.low), (one.claimed, one.found.high), "#1b1b1b"),
            f'<circle {place} r="5" fill="{_COLOURS[0]}"><title>{one.found.count} 题</title></circle>',
        ]
    return _square(f"可靠性图：{said}", "平均把握", "实际正确的比例", drawn, _SIDE)


def coverage_plot(curves: Sequence[Curve]) -> str:
    """Precision over coverage, a line a curve; a dot where the release's threshold stands."""
    drawn, legend = [], []
    for number, curve in enumerate(curves):
        colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
        points = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in _thinned(curve.points))
        drawn.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
        )
        if curve.now is not None:
            drawn.append(f'<circle cx="{_x(curve.now[0]):.1f}" cy="{_y(curve.now[1]):.1f}" r="5" fill="{colour}"/>')
        top = _MARGIN / 2 + 20 * number
        left = _MARGIN + _SIDE + 20
        legend += [
            f'<line x1="{left}" y1="{top}" x2="{left + 34}" y2="{top}" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>',
            f'<text x="{left + 42}" y="{top + 5}">{html.escape(curve.title)}</text>',
        ]
    said = "；".join(f"{c.title} 现在 {c.now[0]:.2f} / {c.now[1]:.2f}" for c in curves if c.now is not None)
    return _square(f"覆盖率与准确率：{said}", "覆盖率", "准确率", [*drawn, *legend], _SIDE + 320)


def bars(title: str, rows: Sequence[tuple[str, Estimate]]) -> str:
    """A bar for each (name, figure), with the interval as a line."""
    width, height = _NAME + _LENGTH + _VALUE, _BAR * len(rows)
    said = "，".join(f"{name} {figure.value:.3f}" for name, figure in rows)
    drawn = []
    for number, (name, figure) in enumerate(rows):
        middle = _BAR * number + _BAR / 2
        low, high = (_NAME + _LENGTH * end for end in (figure.low, figure.high))
        drawn += [
            f'<text x="{_NAME - 8}" y="{middle + 5}" text-anchor="end">{html.escape(name)}</text>',
            f'<rect x="{_NAME}" y="{middle - 8}" width="{_LENGTH * figure.value:.1f}" height="16" fill="#9dbfe4"/>',
            f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}" stroke="#1b1b1b" stroke-width="2"/>',
            f'<text x="{_NAME + _LENGTH + 8}" y="{middle + 5}">{figure.value:.3f}（{figure.count} 题）</text>',
        ]
    return _svg(f"{title}：{said}", width, height, drawn)


def _square(label: str, x_name: str, y_name: str, drawn: Sequence[str], width: int) -> str:
    """Axes from 0 to 1 around what is drawn."""
    end, bottom = _MARGIN + _SIDE, _MARGIN / 2 + _SIDE
    axes = [f'<rect x="{_MARGIN}" y="{_MARGIN / 2}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#c8ccd0"/>']
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        axes += [
            f'<text x="{_x(tick):.1f}" y="{bottom + 18}" text-anchor="middle">{tick:.1f}</text>',
            f'<text x="{_MARGIN - 8}" y="{_y(tick) + 5:.1f}" text-anchor="end">{tick:.1f}</text>',
        ]
    axes += [
        f'<text x="{(_MARGIN + end) / 2}" y="{bottom + 38}" text-anchor="middle">{x_name}</text>',
        f'<text x="{_MARGIN + 6}" y="{_MARGIN / 2 - 8}">{y_name}</text>',
    ]
    return _svg(label, _MARGIN + width + 20, int(bottom) + 48, [*axes, *drawn])


def _svg(label: str, width: int, height: int, drawn: Sequence[str]) -> str:
    head = f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{html.escape(label)}">'
    return "\n".join([head, *drawn, "</svg>"])


def _line(start: tuple[float, float], end: tuple[float, float], colour: str, dash: str = "") -> str:
    return (
        f'<line x1="{_x(start[0]):.1f}" y1="{_y(start[1]):.1f}" x2="{_x(end[0]):.1f}" y2="{_y(end[1]):.1f}" '
        f'stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
    )


def _x(value: float) -> float:
    return _MARGIN + _SIDE * value


def _y(value: float) -> float:
    return _MARGIN / 2 + _SIDE * (1 - value)


def _thinned(points: Sequence[tuple[float, float]], most: int = 300) -> Sequence[tuple[float, float]]:
    """Every so many points and the last: more cannot be seen."""
    step = max(len(points) // most, 1)
    return [*points[:-1:step], *points[-1:]]
