"""The report for the terminal, in Chinese: figures only, no question."""

import unicodedata
from collections.abc import Sequence

from knowledge_base.evaluation_report.figures import MEASURES, SampleFigures
from knowledge_base.evaluation_report.measures import Estimate
from knowledge_base.evaluation_report.report import Report

RULES = (
    "反问只在第一个选项正确时算对；指路看它说出的第一个主题；拒答不算说对主题。",
    "宽：标注的主题或可接受的主题都算对；严：只认标注；粗：同属一个大类也算对。",
    "条目按候选的次序计算，与最后的决定无关。",
    "方括号里是 95% 自助法区间（固定种子），后面是题数。",
)
"""How is counted; shown with every report."""
_PAIRS = 10


def as_text(report: Report) -> str:
    """Headings, aligned tables, the commonest confusions."""
    parts = [heading(report), "\n".join(RULES)]
    parts += [_sample(report, figures) for figures in report.samples]
    separation = [(family, estimate_text(area)) for family, area in report.separation.items()]
    if separation:
        parts.append(f"## 范围内外的区分度（AUROC）\n{aligned(separation)}")
    if report.calibration.count:
        rows = [("把握", "平均把握", "实际正确")]
        rows += [
            (f"{b.low:.1f}–{b.high:.1f}", f"{b.claimed:.3f}", estimate_text(b.found)) for b in report.calibration.bins
        ]
        parts.append(f"## 首个候选的校准（ECE {report.calibration.error:.3f}）\n{aligned(rows)}")
    latency = report.latency
    parts.append(f"单题耗时 p50 {latency.p50:.1f} 毫秒，p99 {latency.p99:.1f} 毫秒（{latency.count} 题）")
    return "\n\n".join(parts)


def heading(report: Report) -> str:
    """Which release was asked, and when."""
    return (
        f"发布版 {report.release}（{report.created} 生成），模型 {report.model}，"
        f"条目 {len(report.titles)}，按 {report.day} 的有效条目评估"
    )


def sample_title(figures: SampleFigures) -> str:
    """The sample with how many questions it has."""
    left_out = f"，另有 {figures.sample.left_out} 题的条目当天无效，没有问" if figures.sample.left_out else ""
    return f"{figures.sample.title}（{len(figures.sample.questions)} 题{left_out}）"


def estimate_text(estimate: Estimate | None) -> str:
    """A figure with its interval and the number of questions; a dash for none."""
    if estimate is None:
        return "—"
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}] {estimate.count}"


def _sample(report: Report, figures: SampleFigures) -> str:
    lines = [f"## {sample_title(figures)}"]
    lines.append(aligned([(MEASURES[name], estimate_text(value)) for name, value in figures.figures.items()]))
    lines.append("决定：" + "，".join(f"{name} {count}" for name, count in figures.decisions.items()))
    for breakdown in figures.breakdowns:
        names = [name for name in MEASURES if any(name in row.figures for row in breakdown.rows)]
        if breakdown.by == "主题":
            names = names[:1]  # a terminal is too narrow for all; the page has them
        table = [(breakdown.by, *(MEASURES[name] for name in names))]
        table += [(row.name, *(estimate_text(row.figures.get(name)) for name in names)) for row in breakdown.rows]
        lines.append(aligned(table))
    pairs = [(f"{c.expected} → {c.said}", str(c.count)) for c in figures.topic_confusions[:_PAIRS]]
    pairs += [
        (f"{report.titles.get(c.expected, c.expected)} → {report.titles.get(c.said, c.said)}", str(c.count))
        for c in figures.entry_confusions[:_PAIRS]
    ]
    if pairs:
        lines.append("常混淆的（应是 → 排在第一的）：\n" + aligned(pairs))
    return "\n".join(lines)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as columns of a terminal, where Chinese characters take two; at least one row."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _width(text: str) -> int:
    """Columns in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
