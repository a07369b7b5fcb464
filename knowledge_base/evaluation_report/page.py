"""The report as one HTML page in Chinese that needs nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from knowledge_base.evaluation_report.charts import bars, coverage_plot, reliability_plot
from knowledge_base.evaluation_report.figures import MEASURES, Breakdown, SampleFigures
from knowledge_base.evaluation_report.report import Report
from knowledge_base.evaluation_report.text import RULES, estimate_text, heading, sample_title

_PAIRS = 30
_MISTAKES = 200


@dataclass(frozen=True)
class Table:
    """Cells as text; the first row and the first column are names."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """What is shown of a sample. `chart` is SVG, empty for none, and `chart_title` what it shows."""

    title: str
    decisions: tuple[tuple[str, int], ...]
    chart_title: str
    chart: str
    tables: tuple[Table, ...]


def as_html(report: Report) -> str:
    """The whole page. It quotes the questions of `report.mistakes`, and no other."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page.html.j2").render(
        heading=heading(report),
        rules=RULES,
        report=report,
        sections=[_section(report, figures) for figures in report.samples],
        separation=_table(
            "范围内外的区分度（AUROC）",
            ("问题", "AUROC [95% 区间] 题数"),
            [(family, estimate_text(area)) for family, area in report.separation.items()],
        ),
        calibration=_table(
            "可靠性表",
            ("把握", "平均把握", "实际正确 [95% 区间] 题数"),
            [
                (f"{b.low:.1f}–{b.high:.1f}", f"{b.claimed:.3f}", estimate_text(b.found))
                for b in report.calibration.bins
            ],
        ),
        reliability_plot=reliability_plot(report.calibration.bins),
        coverage_plot=coverage_plot(report.curves),
        mistakes=_table(
            f"错误（{len(report.mistakes)} 个，最多列 {_MISTAKES} 个）",
            ("问题集", "问题", "决定", "应是", "给了", "把握"),
            [
                (m.sample, m.text, m.decision, m.expected, m.said, f"{m.probability:.2f}")
                for m in report.mistakes[:_MISTAKES]
            ],
        ),
    )


def _section(report: Report, figures: SampleFigures) -> Section:
    measured = [(MEASURES[name], estimate_text(figure)) for name, figure in figures.figures.items()]
    tables = [_table("指标", ("指标", "数值 [95% 区间] 题数"), measured)]
    tables += [_breakdown_table(breakdown) for breakdown in figures.breakdowns]
    topics = [(c.expected, c.said, str(c.count)) for c in figures.topic_confusions[:_PAIRS]]
    titles = report.titles
    entries = [
        (titles.get(c.expected, c.expected), titles.get(c.said, c.said), str(c.count))
        for c in figures.entry_confusions[:_PAIRS]
    ]
    tables.append(_table("常混淆的主题", ("应是", "说成", "次数"), topics))
    tables.append(_table("常混淆的条目", ("应是", "排在第一的", "次数"), entries))
    shown = tuple(table for table in tables if table.rows)
    return Section(sample_title(figures), tuple(figures.decisions.items()), *_chart(figures), shown)


def _chart(figures: SampleFigures) -> tuple[str, str]:
    """Title and bars by topic, or by kind where there is no topic."""
    measure, by = ("topic_first", "主题") if "topic_first" in figures.figures else ("abstained", "种类")
    title = f"各{by}的“{MEASURES[measure]}”"
    rows = [(row.name, row.figures[measure]) for part in figures.breakdowns if part.by == by for row in part.rows]
    return title, bars(title, rows) if rows else ""


def _breakdown_table(breakdown: Breakdown) -> Table:
    names = [name for name in MEASURES if any(name in row.figures for row in breakdown.rows)]
    return _table(
        f"按{breakdown.by}",
        (breakdown.by, "题数", *(MEASURES[name] for name in names)),
        [
            (row.name, str(row.count), *(estimate_text(row.figures.get(name)) for name in names))
            for row in breakdown.rows
        ],
    )


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    return Table(title, head, tuple(rows))
