"""Sources: known, dated, each with what the entry takes from it; nothing unverified shown as fact."""

import re
from collections.abc import Iterator, Sequence

from knowledge_base.catalogue import Defect
from knowledge_base.entry import Confidence, Entry, LawSource
from knowledge_base.laws import load_laws
from knowledge_base.linter.text import shown_texts
from knowledge_base.pages import UNVERIFIED, load_pages, load_phones

MAX_CLAIM = 60
_PHONE = re.compile(
    r"(?<![\d.])(?:1\d{4}|400\d{7}|0?21[-－ ]?\d{8}|[2-9]\d{7}|1[3-9]\d{9})(?![\d.])"
    r"(?!\s*(?:元|日|人|件|条|家|个|万))"
)
_MARK = re.compile(r"[\[（(](?:V2?|P|S|3P|GK?)[\])）]|待核|未核实|存疑")


def check_sources(entries: Sequence[Entry]) -> Iterator[Defect]:
    """Every source is in a register and says what the entry takes from it."""
    laws, pages = load_laws(), load_pages()
    for entry in entries:
        for source in entry.sources:
            if isinstance(source, LawSource):
                name = f"{source.law}第{source.article}条"
                if source.law not in laws:
                    yield Defect(entry.id, "law", f"法律名录里没有“{source.law}”")
            else:
                name = source.page
                page = pages.get(source.page)
                if page is None:
                    yield Defect(entry.id, "page", f"网页名录里没有“{source.page}”")
                elif page.date != source.date:
                    yield Defect(entry.id, "page", f"“{source.page}”的日期应是 {page.date}")
                elif page.mark in UNVERIFIED:
                    yield Defect(entry.id, "unverified", f"“{source.page}”的可信标记是 {page.mark}，不能当作依据")
                elif page.mark == "P" and source.confidence is Confidence.VERIFIED:
                    yield Defect(entry.id, "unverified", f"“{source.page}”只是在网页上看到，不能标“已核对”")
            if not source.claim:
                yield Defect(entry.id, "claim", f"没有写明条目从{name}取了什么")
            elif len(source.claim) > MAX_CLAIM:
                yield Defect(entry.id, "claim", f"{name}的要点 {len(source.claim)} 字，最多 {MAX_CLAIM} 字")
            if source.checked > entry.review_by:
                yield Defect(entry.id, "review", "复核期限早于核对日")


def check_unverified(entries: Sequence[Entry]) -> Iterator[Defect]:
    """No telephone number but those verified, and no reviewer's mark left in a text."""
    phones = load_phones()
    for entry in entries:
        for text in shown_texts(entry):
            for phone in _PHONE.findall(text):
                if phone not in phones:
                    yield Defect(entry.id, "phone", f"没有核对过的电话号码“{phone}”")
            for mark in _MARK.findall(text):
                yield Defect(entry.id, "unverified", f"正文里留有核对标记“{mark}”")
