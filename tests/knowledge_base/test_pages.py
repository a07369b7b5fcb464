"""The registers of pages and of telephone numbers that are shipped."""

from knowledge_base.catalogue import load_catalogue
from knowledge_base.laws import load_laws
from knowledge_base.pages import UNVERIFIED, load_pages, load_phones
from tests.knowledge_base.rules.citations import cited_by_rules


def test_no_registered_page_is_unverified() -> None:
    assert [page.name for page in load_pages().values() if page.mark in UNVERIFIED] == []


def test_every_registered_page_is_cited() -> None:
    cited = {source.page for entry in load_catalogue() for source in entry.sources if hasattr(source, "page")}
    assert set(load_pages()) - cited - cited_by_rules("page") == set()


def test_every_telephone_number_names_a_registered_source() -> None:
    known = set(load_pages()) | set(load_laws())
    assert [phone.number for phone in load_phones().values() if phone.source not in known] == []
