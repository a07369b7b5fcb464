"""A whole evaluation of the small release: what is put together, and what text and page show of it."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from knowledge_base.evaluation_report.charts import bars
from knowledge_base.evaluation_report.measures import share
from knowledge_base.evaluation_report.page import as_html
from knowledge_base.evaluation_report.questions import Question, Sample, SampleKind
from knowledge_base.evaluation_report.report import Report, calibration_of, evaluate
from knowledge_base.evaluation_report.text import as_text
from knowledge_base.release import Release
from tests.knowledge_base.evaluation_report.examples import question, reply
from tests.small_catalogue import DISMISSED, EXPIRED, TODAY, WAGES

LABOUR = frozenset({"劳动争议"})
WRONG_OWN, WRONG_FOREIGN = "公司拖欠工资，怎么办？？", "公司拖欠工资怎么办<b>"
SAMPLES = [
    Sample(
        "entries",
        "自有",
        SampleKind.ENTRIES,
        True,
        (
            Question("1", "公司拖欠工资怎么办", "劳动争议", LABOUR, WAGES),
            Question("2", WRONG_OWN, "劳动争议", LABOUR, DISMISSED),
        ),
        3,
    ),
    Sample("out_of_scope", "范围外", SampleKind.OUT_OF_SCOPE, True, (Question("3", "。。", kind="symbols"),)),
    Sample("topics", "外部", SampleKind.TOPICS, False, (Question("4", WRONG_FOREIGN, "继承", frozenset({"继承"})),)),
]


@pytest.fixture(scope="module")
def report(small_release: Release) -> Report:
    return evaluate(small_release, SAMPLES, TODAY)


@pytest.fixture(scope="module")
def report_with_text(small_release: Release) -> Report:
    return evaluate(small_release, SAMPLES, TODAY, with_text=True)


def test_a_report_says_what_was_asked(report: Report, small_release: Release) -> None:
    assert (report.release, report.model, report.day) == (small_release.number, small_release.model, TODAY)


def test_entries_are_measured(report: Report) -> None:
    figures = report.sample("entries").figures
    assert (figures["entry_first"].value, figures["answer_precision"].value, figures["coverage"].value) == (0.5, 0.5, 1)


def test_out_of_scope_is_measured(report: Report) -> None:
    assert report.sample("out_of_scope").figures["abstained"].value == 1.0


def test_in_and_out_are_told_apart_within_a_family(report: Report) -> None:
    assert {family: area.value for family, area in report.separation.items()} == {"自有问题": 1.0}


def test_calibration_is_that_of_the_own_questions(report: Report) -> None:
    # exact matches claim 1.0 and one of two is right; a text without words claims 0.0 and nothing is right
    assert (report.calibration.count, report.calibration.error) == (3, pytest.approx(1 / 3))


def test_where_no_entry_answers_no_candidate_is_right() -> None:
    assert calibration_of([reply(question(entry=None), entries="a", probability=0.75)]).error == 0.75


def test_a_curve_knows_where_the_threshold_stands(report: Report) -> None:
    assert report.curves[0].now == (1.0, 0.5)


def test_every_question_is_timed(report: Report) -> None:
    assert report.latency.count == 4


def test_the_law_holds_as_of_the_day(small_release: Release) -> None:
    expired = Question("1", "公证遗嘱最优先吗", "继承", frozenset({"继承"}), EXPIRED)
    sample = Sample("entries", "自有", SampleKind.ENTRIES, True, (expired,))
    then, now = (evaluate(small_release, [sample], day) for day in (date(2020, 12, 31), TODAY))
    assert then.sample("entries").decisions["作答"] == 1 and now.sample("entries").decisions["作答"] == 0


def test_without_a_question_there_is_nothing_to_report(small_release: Release) -> None:
    with pytest.raises(ValueError, match="没有可问的问题"):
        evaluate(small_release, [replace(SAMPLES[0], questions=())], TODAY)


def test_own_mistakes_are_listed(report: Report) -> None:
    assert [mistake.text for mistake in report.mistakes] == [WRONG_OWN]


def test_mistakes_in_files_of_others_are_listed_when_asked_for(report_with_text: Report) -> None:
    assert [mistake.text for mistake in report_with_text.mistakes] == [WRONG_OWN, WRONG_FOREIGN]


# What is shown


@pytest.mark.parametrize("shown", ["发布版 1", "首选条目", "3 题的条目当天无效", "ECE", "p99", "劳动争议", "AUROC"])
def test_the_text_tells(report: Report, shown: str) -> None:
    assert shown in as_text(report)


def test_the_text_quotes_no_question(report_with_text: Report) -> None:
    text = as_text(report_with_text)
    assert WRONG_OWN not in text and WRONG_FOREIGN not in text


def test_the_page_quotes_no_question_of_others(report: Report) -> None:
    assert "公司拖欠工资怎么办&lt;b&gt;" not in as_html(report)


def test_the_page_quotes_questions_of_others_when_asked_for(report_with_text: Report) -> None:
    assert "公司拖欠工资怎么办&lt;b&gt;" in as_html(report_with_text)


class Balance(HTMLParser):
    """Collects tags that are left open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, _: object) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, _: object) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_tag_of_the_page_is_closed(report_with_text: Report) -> None:
    balance = Balance()
    balance.feed(as_html(report_with_text))
    assert balance.open == []


def test_the_page_needs_nothing_else(report: Report) -> None:
    assert not re.search(r"""(src|href)=|url\(|@import|<script""", as_html(report))


def test_every_chart_says_in_words_what_it_shows(report: Report) -> None:
    page = as_html(report)
    assert page.count("<svg") == page.count('role="img" aria-label="') == 5


def test_every_table_scrolls_by_itself(report: Report) -> None:
    page = as_html(report)
    assert page.count("<table>") == len(re.findall(r'<div class="wide"[^>]*><table>', page)) > 0


def test_a_chart_shows_names_as_text() -> None:
    figure = share([True])
    assert figure is not None and "<b>" not in bars("图", [("<b>", figure)])
