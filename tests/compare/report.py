"""The comparison as text, JSON and one HTML page. Only figures: several question files may not be passed on."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from knowledge_base.evaluation_report.measures import Estimate
from knowledge_base.evaluation_report.questions import SampleKind
from knowledge_base.evaluation_report.text import aligned
from tests.compare.data import Material, QuestionSet
from tests.compare.mcnemar import Discordance, mcnemar
from tests.compare.measures import lenient_hits, measure, separation
from tests.compare.ours import NAME as OURS
from tests.compare.systems import KEPT_SHARE, Costs, Run

MEASURES = {
    "lenient": "主题首选（宽）",
    "strict": "主题首选（严）",
    "coverage": "覆盖率",
    "precision": "答出的准确率",
    "entry_first": "条目首选",
    "entry_in_three": "条目前三",
    "answered": "直接给出条目",
    "answer_precision": "给出条目的准确率",
    "abstained": "拒答率",
    "abstained_without_government": "拒答率（不含政务）",
}
FAMILIES = {"own": "自有问题", "given": "外部问题"}
_COSTS = {
    "train_seconds": ("训练（秒）", "{:.1f}"),
    "train_peak_mb": ("训练峰值内存（MB）", "{:.0f}"),
    "mean_ms": ("单题平均（毫秒）", "{:.1f}"),
    "p50_ms": ("单题 p50（毫秒）", "{:.1f}"),
    "p99_ms": ("单题 p99（毫秒）", "{:.1f}"),
    "resident_mb": ("常驻内存（MB）", "{:.0f}"),
    "increase_mb": ("其中增加（MB）", "{:.0f}"),
}
_NOTHING = "—"
EXPLANATION = (
    "各系统学习同一批条目的标题和问法，回答同一批问题；弃答一律算错。宽：首选主题是标注或可接受的主题之一；严：只认标注。",
    f"各基线的弃答阈值由同一条规则定：每个条目留出十分之一的问法，另行训练一次，取能保住其中 {KEPT_SHARE:.0%} 的分数；"
    "被测问题不参与定阈值。",
    "逻辑回归还学习了情境（只有主题），它也代表“只用主题路由”；它不给条目。检索类基线和 Rasa 用不上没有条目的情境。",
    "方括号是 95% 自助法区间（固定种子）。延迟是单线程逐题测量。"
    "“其中增加”从加载模型前算起：本项目和 Rasa 的数字含此后才载入的库，其余基线的库已先载入。",
    "McNemar 精确检验（双侧）：比较同一题两者谁的主题首选（宽）对；没有作多重比较校正。",
)


@dataclass(frozen=True)
class SetSize:
    """A set of questions as the report names it."""

    name: str
    title: str
    kind: str
    count: int


@dataclass(frozen=True)
class SystemFigures:
    """Everything about one system.

    figures: by set and measure; auroc: by family; against_ours: by set, ours first; empty for ours itself.
    """

    name: str
    title: str
    costs: Costs
    threshold: float | None
    notes: tuple[str, ...]
    figures: dict[str, dict[str, Estimate]]
    auroc: dict[str, Estimate]
    against_ours: dict[str, Discordance]


@dataclass(frozen=True)
class Comparison:
    """The whole report."""

    day: str
    seed: int
    entries: int
    lines: int
    sets: tuple[SetSize, ...]
    systems: tuple[SystemFigures, ...]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def compare(runs: Sequence[Run], sets: Sequence[QuestionSet], material: Material, seed: int, day: date) -> Comparison:
    """Measure every system on every set that has questions."""
    asked = [s for s in sets if s.questions]
    ours = next((run for run in runs if run.name == OURS), None)
    return Comparison(
        day.isoformat(),
        seed,
        len(material.topics),
        len(material.lines),
        tuple(SetSize(s.name, s.title, s.kind.value, len(s.questions)) for s in asked),
        tuple(_figures(run, ours, asked) for run in runs),
    )


def _figures(run: Run, ours: Run | None, sets: Sequence[QuestionSet]) -> SystemFigures:
    against = {}
    if ours is not None and run is not ours:
        against = {
            s.name: mcnemar(lenient_hits(s, ours.predictions), lenient_hits(s, run.predictions))
            for s in sets
            if s.kind is not SampleKind.OUT_OF_SCOPE
        }
    figures = {s.name: measure(s, run) for s in sets}
    auroc = separation(sets, run)
    return SystemFigures(run.name, run.title, run.costs, run.threshold, run.notes, figures, auroc, against)


@dataclass(frozen=True)
class Table:
    """Cells as text; the first column and the first row are names."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(comparison: Comparison) -> list[Table]:
    """Everything that is shown, in order."""
    found = [_set_table(comparison, s) for s in comparison.sets]
    families = [family for family in FAMILIES if any(family in s.auroc for s in comparison.systems)]
    if families:
        rows = tuple((s.title, *(_estimate(s.auroc.get(f)) for f in families)) for s in comparison.systems)
        found.append(Table("范围内外的区分度（AUROC）", ("系统", *(FAMILIES[f] for f in families)), rows))
    found.append(_costs_table(comparison))
    tests = _mcnemar_table(comparison)
    return [*found, tests] if tests.rows else found


def _set_table(comparison: Comparison, asked: SetSize) -> Table:
    told = [m for m in MEASURES if any(m in s.figures[asked.name] for s in comparison.systems)]
    rows = tuple(
        (s.title, *(_estimate(s.figures[asked.name].get(measure)) for measure in told)) for s in comparison.systems
    )
    return Table(f"{asked.title}（{asked.count} 题）", ("系统", *(MEASURES[m] for m in told)), rows)


def _costs_table(comparison: Comparison) -> Table:
    def row(system: SystemFigures) -> tuple[str, ...]:
        known = asdict(system.costs)
        cells = [_NOTHING if known[c] is None else form.format(known[c]) for c, (_, form) in _COSTS.items()]
        threshold = _NOTHING if system.threshold is None else f"{system.threshold:.3f}"
        return (system.title, *cells, threshold)

    head = ("系统", *(title for title, _ in _COSTS.values()), "弃答阈值")
    return Table("代价", head, tuple(row(system) for system in comparison.systems))


def _mcnemar_table(comparison: Comparison) -> Table:
    titles = {s.name: s.title for s in comparison.sets}
    rows = tuple(
        (system.title, titles[name], str(test.first_only), str(test.second_only), _p(test.p))
        for system in comparison.systems
        for name, test in system.against_ours.items()
    )
    return Table("与沪法问答的差别（McNemar）", ("系统", "问题", "只有沪法问答对", "只有它对", "p"), rows)


def _p(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else f"{p:.0e}" if p > 0 else "0"


def _estimate(estimate: Estimate | None) -> str:
    if estimate is None:
        return _NOTHING
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _heading(comparison: Comparison) -> str:
    return (
        f"{comparison.day}：有效条目 {comparison.entries}，训练语句 {comparison.lines}，"
        f"系统 {len(comparison.systems)}，种子 {comparison.seed}"
    )


def _notes(comparison: Comparison) -> list[str]:
    return list(dict.fromkeys(f"{s.title}：{note}" for s in comparison.systems for note in s.notes))


def as_text(comparison: Comparison) -> str:
    """For the terminal."""
    parts = [_heading(comparison), "\n".join(EXPLANATION)]
    parts += [f"## {table.title}\n{aligned([table.head, *table.rows])}" for table in tables(comparison)]
    notes = _notes(comparison)
    return "\n\n".join([*parts, "\n".join(notes)] if notes else parts)


_STYLE = """
body { font: 16px/1.6 sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; margin: .5rem 0 1.5rem; }
th, td { border: 1px solid #c8ccd0; padding: .3rem .6rem; text-align: left; white-space: nowrap; }
thead th { background: #eef1f4; }
tr.ours th, tr.ours td { background: #e8f1fb; }
svg { max-width: 100%; height: auto; }
li { margin: .3rem 0; }
"""
_BAR_HEIGHT, _BAR_LEFT, _BAR_WIDTH, _VALUE_WIDTH = 28, 370, 440, 70


def bars(title: str, rows: Sequence[tuple[str, bool, Estimate]]) -> str:
    """A bar chart as SVG: name, whether it is ours, and the figure, with the interval as a line."""
    width, height = _BAR_LEFT + _BAR_WIDTH + _VALUE_WIDTH, _BAR_HEIGHT * len(rows)
    label = html.escape(f"{title}：" + "，".join(f"{name} {figure.value:.3f}" for name, _, figure in rows))
    drawn = [f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{label}" font-size="14">']
    for number, (name, is_ours, figure) in enumerate(rows):
        middle = number * _BAR_HEIGHT + _BAR_HEIGHT / 2
        low, high = (_BAR_LEFT + _BAR_WIDTH * end for end in (figure.low, figure.high))
        colour = "#1f5fa8" if is_ours else "#8a9aa9"
        drawn += [
            f'<text x="{_BAR_LEFT - 8}" y="{middle + 5}" text-anchor="end">{html.escape(name)}</text>',
            f'<rect x="{_BAR_LEFT}" y="{middle - 9}" width="{_BAR_WIDTH * figure.value:.1f}" height="18" fill="{colour}"/>',
            f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}" stroke="#1b1b1b" stroke-width="2"/>',
            f'<text x="{_BAR_LEFT + _BAR_WIDTH + 8}" y="{middle + 5}">{figure.value:.3f}</text>',
        ]
    return "\n".join([*drawn, "</svg>"])


def _charts(comparison: Comparison) -> list[tuple[str, str]]:
    found = []
    for asked in comparison.sets:
        measures: Mapping[str, str] = (
            {"abstained": "拒答率"}
            if asked.kind == SampleKind.OUT_OF_SCOPE.value
            else {"lenient": "主题首选（宽）", "entry_first": "条目首选"}
        )
        for measure_name, measure_title in measures.items():
            rows = [
                (s.title, s.name == OURS, s.figures[asked.name][measure_name])
                for s in comparison.systems
                if measure_name in s.figures[asked.name]
            ]
            if rows:
                title = f"{asked.title}：{measure_title}"
                found.append((title, bars(title, rows)))
    return found


def as_html(comparison: Comparison) -> str:
    """One page that needs nothing else."""
    ours = {s.title for s in comparison.systems if s.name == OURS}
    items = "".join(f"<li>{html.escape(text)}</li>" for text in (*EXPLANATION, *_notes(comparison)))
    charts = "".join(f"<h3>{html.escape(title)}</h3>\n{svg}\n" for title, svg in _charts(comparison))
    shown = "".join(f"<h3>{html.escape(t.title)}</h3>\n{_html_table(t, ours)}\n" for t in tables(comparison))
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>沪法问答与其他做法的比较</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>沪法问答与其他做法的比较</h1>\n<p>{html.escape(_heading(comparison))}</p>\n"
        f"<h2>图</h2>\n{charts}<h2>表</h2>\n{shown}<h2>说明</h2>\n<ul>{items}</ul>\n</body>\n</html>\n"
    )


def _html_table(table: Table, ours: set[str]) -> str:
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in table.head)
    rows = []
    for name, *cells in table.rows:
        mark = ' class="ours"' if name in ours else ""
        rest = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
        rows.append(f'<tr{mark}><th scope="row">{html.escape(name)}</th>{rest}</tr>')
    body = "\n".join(rows)
    return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>'
