"""The register of laws."""

import yaml

from knowledge_base.catalogue import load_catalogue
from knowledge_base.entry import LawSource
from knowledge_base.laws import LAWS_FILE, full_title, load_laws
from tests.knowledge_base.rules.citations import cited_by_rules


def test_a_short_name_becomes_the_full_title_in_book_title_marks() -> None:
    law = load_laws()["劳动合同法"]
    assert full_title("劳动合同法") == f"《{law.title}》"


def test_a_name_that_is_not_in_the_register_stands_for_itself() -> None:
    assert full_title("没有这部法") == "《没有这部法》"


def test_no_title_has_marks_of_its_own() -> None:
    assert [law.title for law in load_laws().values() if law.title.startswith("《")] == []


def test_no_short_name_stands_twice() -> None:
    names = [row["name"] for row in yaml.safe_load(LAWS_FILE.read_text(encoding="utf-8"))]
    assert sorted(names) == sorted(set(names))


def test_every_registered_law_is_cited() -> None:
    cited = {source.law for entry in load_catalogue() for source in entry.sources if isinstance(source, LawSource)}
    assert set(load_laws()) - cited - cited_by_rules("law") == set()
