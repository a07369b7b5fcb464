"""Any valid entry there can be."""

from typing import Any

from hypothesis import strategies as st

from knowledge_base.entry import Confidence, Entry, Facet

NASTY = [
    "=1+1",
    "+A1",
    "-2",
    "@SUM(A1)",
    "'=x",
    "''",
    "'quoted",
    "＝1",
    "a|b｜c",
    "\\n",
    "\\e",
    "\\",
    "_x000D_",
    "_x005F_x0041_",
    "ax005F_b",
    "第一行\n第二行",
    "引“号”\"'",
    "a\r\nb",
    "\u200bx",
    "#REF!",
    "TRUE",
    "1e5",
    "null",
    "2026-07-17",
    "x: y # z",
    "\x00nul",
    "\ufeffx",
    "<b>&amp;</b>",
    "emoji😀",
]
TEXTS = (st.sampled_from(NASTY) | st.text(min_size=1, max_size=30)).filter(lambda text: text.strip())
IDS = st.from_regex(r"[a-z0-9-]{1,8}\.[a-z0-9-]{1,8}", fullmatch=True)
DATES = st.dates()
ARTICLES = st.from_regex(r"[0-9]{1,4}(之[一二三四五六七八九十])?", fullmatch=True)
_COMMON: dict[str, Any] = {
    "claim": st.none() | TEXTS,
    "checked": DATES,
    "confidence": st.sampled_from(list(Confidence)),
}
LAWS = st.fixed_dictionaries({"law": TEXTS, "article": ARTICLES} | _COMMON)
PAGES = st.fixed_dictionaries(
    {"page": TEXTS, "date": DATES, "url": st.none() | st.just("") | st.text(max_size=20)} | _COMMON
)
NEXT = st.from_regex(r"(entry|guide):[a-z0-9._-]{1,12}", fullmatch=True)


def _in_order(fields: dict[str, Any]) -> Entry:
    days = fields.pop("days")
    fields["valid_from"], fields["valid_until"] = min(days), max(days) if fields.pop("ends") else None
    return Entry.model_validate(fields)


ENTRIES = st.fixed_dictionaries(
    {
        "id": IDS, "topic": TEXTS, "kind": st.sampled_from(["question", "service"]), "title": TEXTS, "answer": TEXTS,
        "urgent": st.booleans(), "facets": st.dictionaries(st.sampled_from(list(Facet)), TEXTS),
        "questions": st.lists(TEXTS, max_size=5), "sources": st.lists(LAWS | PAGES, min_size=1, max_size=4),
        "next": st.lists(NEXT, max_size=3), "confusable": st.dictionaries(IDS, TEXTS, max_size=3), "office": TEXTS,
        "days": st.tuples(DATES, DATES), "ends": st.booleans(), "review_by": DATES,
    }
).map(_in_order)  # fmt: skip
