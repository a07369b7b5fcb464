"""The report renders, and says what was measured."""

import json
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pytest

from knowledge_base.evaluation_report.questions import SampleKind
from tests.compare.data import Material, Question, QuestionSet
from tests.compare.report import Comparison, as_html, as_text, bars, compare
from tests.compare.systems import Costs, Prediction, Run
from tests.small_catalogue import TODAY

TEXT = "不能写进报告的原话"
QUESTIONS = tuple(Question(f"q{n}", TEXT, "继承", frozenset({"继承"}), "a.a") for n in range(4))
OUTSIDE = (Question("o", TEXT, None, frozenset(), kind="weather"),)
SETS = [
    QuestionSet("own-entries", "自有留出问题", "own", SampleKind.ENTRIES, QUESTIONS),
    QuestionSet("own-out-of-scope", "范围外<问题>", "own", SampleKind.OUT_OF_SCOPE, OUTSIDE),
    QuestionSet("empty", "没有问题的一组", "given", SampleKind.TOPICS, ()),
]


def make_run(name: str, title: str, right: int, gives_entries: bool = True) -> Run:
    predictions = {
        question.id: Prediction(("继承" if n < right else "公证",), ("a.a",), False, True, 0.9)
        for n, question in enumerate(QUESTIONS)
    }
    predictions["o"] = Prediction((), (), True, False, 0.1)
    return Run(name, title, predictions, Costs(train_seconds=12.34, p50_ms=1.5), gives_entries, notes=("说明",))


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    runs = [make_run("ours", "沪法问答", 4), make_run("bm25", "BM25 & 词", 1), make_run("lr", "逻辑回归", 2, False)]
    return compare(runs, SETS, Material((), {"a.a": "继承"}, {"a.a": "标题"}), 42, TODAY)


def test_figures_of_every_system(comparison: Comparison) -> None:
    assert [s.figures["own-entries"]["lenient"].value for s in comparison.systems] == [1.0, 0.25, 0.5]
    assert [s.auroc["own"].value for s in comparison.systems] == [1.0, 1.0, 1.0]


def test_ours_is_tested_against_each_other_system(comparison: Comparison) -> None:
    ours, bm25, _ = comparison.systems
    assert ours.against_ours == {}
    assert bm25.against_ours.keys() == {"own-entries"}
    test = bm25.against_ours["own-entries"]
    assert (test.first_only, test.second_only, test.p) == (3, 0, 0.25)


def test_without_ours_nothing_is_tested() -> None:
    found = compare([make_run("bm25", "BM25", 1)], SETS, Material((), {}, {}), 42, TODAY)
    assert found.systems[0].against_ours == {}
    assert "McNemar）" not in as_text(found)


def test_text_shows_figures_in_aligned_columns(comparison: Comparison) -> None:
    text = as_text(comparison)
    assert "## 自有留出问题（4 题）" in text
    assert "0.250 [" in text
    assert "—" in text  # the classifier gives no entry
    assert "没有问题的一组" not in text
    assert "12.3" in text


def test_json_is_complete(comparison: Comparison) -> None:
    data = json.loads(json.dumps(comparison.to_dict(), ensure_ascii=False))
    assert data["systems"][1]["against_ours"]["own-entries"]["first_only"] == 3
    assert data["systems"][0]["figures"]["own-entries"]["lenient"]["count"] == 4
    assert data["systems"][0]["costs"]["p50_ms"] == 1.5


def test_questions_are_not_passed_on(comparison: Comparison) -> None:
    for written in (as_text(comparison), as_html(comparison), json.dumps(comparison.to_dict(), ensure_ascii=False)):
        assert TEXT not in written


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not {"src", "href"} & {name for name, _ in attrs}
        self.seen.append(tag)
        if tag not in ("meta", "rect", "line"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("rect", "line"):
            assert self.open.pop() == tag


def test_page_is_whole_and_needs_nothing_else(comparison: Comparison) -> None:
    page = as_html(comparison)
    parser = _Page()
    parser.feed(page)
    assert parser.open == []
    assert parser.seen.count("svg") == 3  # topic and entry on the one set, abstention on the other
    assert "http" not in page
    assert "url(" not in page
    assert "范围外&lt;问题&gt;" in page
    assert "BM25 &amp; 词" in page


def test_bars_are_well_formed(comparison: Comparison) -> None:
    rows = [(s.title, s.name == "ours", s.figures["own-entries"]["lenient"]) for s in comparison.systems]
    drawing = ElementTree.fromstring(bars("主题<首选>", rows))  # noqa: S314 - it is our own
    assert [float(r.attrib["width"]) for r in drawing.iter("rect")] == [440.0, 110.0, 220.0]
