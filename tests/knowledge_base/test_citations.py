"""The list that is compared with the law."""

from datetime import date

from knowledge_base.citations import list_citations
from knowledge_base.entry import PageSource
from tests.small_catalogue import CHECKED, WAGES, law_source, make_entry


def test_one_row_a_source() -> None:
    page = PageSource(page="指南", date=date(2024, 1, 1), claim="可以预约", checked=CHECKED, confidence="page")
    entry = make_entry(sources=[law_source("民法典", "188", claim="时效三年"), page])
    assert list(list_citations([entry])) == [
        {"entry": WAGES, "law": "民法典", "article": "188", "claim": "时效三年", "checked": "2026-07-17",
         "confidence": "verified"},
        {"entry": WAGES, "law": "指南", "article": "2024-01-01", "claim": "可以预约", "checked": "2026-07-17",
         "confidence": "page"},
    ]  # fmt: skip


def test_a_source_without_a_claim_has_an_empty_one() -> None:
    entry = make_entry(sources=[law_source("民法典", "188", claim=None)])
    assert [row["claim"] for row in list_citations([entry])] == [""]
