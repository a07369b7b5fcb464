"""The 2021 report: every service, platform and list in it leads to entries, and none of its traps is fallen into."""

import re
from pathlib import Path

import pytest

from knowledge_base.catalogue import load_catalogue
from knowledge_base.entry import Entry, PageSource
from knowledge_base.wording import load_wording

COVERAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
ROWS = 39
REPORT = "上海市司法局2021年工作总结"
AS_OF = "截至2021年11月"

TRAPS = [
    # (what a text mentions, what must stand in the same text, what must not)
    (r"200[个项]?(公证)?事项|200个.{0,6}最多跑一次", "事项", r"200家|200个公证处|200件案"),
    (r"120[个项]", "试点", r"120家|120个公证处|200.{0,12}(其中|里面|当中).{0,6}120"),
    (r"(?<!\d)50项", "落地", r"72项.{0,6}落地"),
    (r"(?<!\d)72项", "目录", r"72项.{0,6}落地"),
    (r"(?<!\d)109[个项]", "事项", r"109(家|户|个企业)"),
    (r"(?<!\d)4150", "企业|家", r"4150.{0,4}(事项|项)"),
    (r"(?<!\d)423", "首批", r"全部423|一共423|只有423"),
    (r"(?<!\d)25个.{0,12}联系点|联系点.{0,12}(?<!\d)25个", "市政府", r"人大.{0,10}25个"),
    (r"10\.93万", "1[—至到-]10月|1月到10月|前10个月|1至10月", r"全年10\.93"),
    (r"78\.5%", "非诉|调解", r"法院.{0,6}78\.5"),
    (r"170余?万", "三大平台|网络.{0,8}热线", r"热线.{0,4}170|12348.{0,4}170"),
    (r"三个一|一个窗口、一支队伍", "初步", r"已经全面实现"),
]


def shown(entry: Entry) -> list[str]:
    return [entry.answer, *entry.facets.values()]


@pytest.fixture(scope="module")
def entries() -> dict[str, Entry]:
    return {entry.id: entry for entry in load_catalogue()}


def coverage() -> dict[int, list[str]]:
    """Row number of the report's table -> ids of the entries that answer it."""
    rows: dict[int, list[str]] = {}
    for line in COVERAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].isdigit():
            rows[int(cells[0])] = re.findall(r"`([a-z0-9-]+\.[a-z0-9-]+)`", cells[2])
    return rows


def test_every_row_of_the_report_has_entries() -> None:
    rows = coverage()
    assert set(range(1, ROWS + 1)) <= set(rows)
    assert [number for number, ids in rows.items() if not ids] == []


def test_the_coverage_names_only_entries_that_exist(entries: dict[str, Entry]) -> None:
    assert {entry_id for ids in coverage().values() for entry_id in ids} - set(entries) == set()


def test_who_cites_the_report_for_a_figure_says_as_of_when(entries: dict[str, Entry]) -> None:
    """Wherever a number of the report's own claims is shown, its date is shown with it."""
    missing = []
    for entry in entries.values():
        claims = "".join(s.claim or "" for s in entry.sources if isinstance(s, PageSource) and s.page == REPORT)
        figures = set(re.findall(r"\d[\d.]*(?=万|项|个|家|%|件|人次|条|名|次)", claims)) - {"2021"}
        for text in shown(entry):
            has_figure = any(re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d.])", text) for figure in figures)
            if has_figure and AS_OF not in text and AS_OF not in entry.answer:
                missing.append((entry.id, text))
    assert missing == []


@pytest.mark.parametrize(("mention", "needs", "never"), TRAPS, ids=[trap[0] for trap in TRAPS])
def test_traps_of_the_report(entries: dict[str, Entry], mention: str, needs: str, never: str) -> None:
    texts = [(entry.id, text) for entry in entries.values() for text in shown(entry) if re.search(mention, text)]
    assert texts, "no entry speaks of it: the row cannot be answered"
    assert [pair for pair in texts if not re.search(needs, pair[1])] == []
    everything = [(entry.id, text) for entry in entries.values() for text in shown(entry)]
    assert [pair for pair in everything if re.search(never, pair[1])] == []


def test_the_lost_dash_of_the_stored_report_is_read_as_january_to_october(entries: dict[str, Entry]) -> None:
    texts = [text for entry in entries.values() for text in shown(entry)] + list(load_wording().values())
    assert [text for text in texts if "110月" in text] == []
