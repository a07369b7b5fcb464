"""What the whole test run reports beyond pytest's own lines."""

import re
from collections import Counter

import pytest

_LINE = re.compile(r"(?<=[_:])wx_(\d\d)(?=_)")
_A_ROW = 5


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The conformance list of the WeChat channel as a table: how many tests of each line passed, and which failed."""
    counts: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            for line in set(_LINE.findall(report.nodeid)):
                counts.setdefault(line, Counter())[outcome] += 1
    if not counts:
        return
    terminalreporter.section("WeChat conformance: tests of each line")
    cells = []
    for line, outcomes in sorted(counts.items()):
        bad = outcomes["failed"] + outcomes["error"]
        mark = f"{bad} FAILED" if bad else f"{outcomes['skipped']} skipped" if outcomes["skipped"] else "ok"
        cells.append(f"WX-{line} {outcomes['passed']:4} {mark:9}")
    for start in range(0, len(cells), _A_ROW):
        terminalreporter.write_line("   ".join(cells[start : start + _A_ROW]))
