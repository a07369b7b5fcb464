"""Whether plain data is an entry, and what the linter says of it; every reason is for a clerk."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError

from knowledge_base.catalogue import Defect
from knowledge_base.entry import Entry, Facet
from knowledge_base.exchange.columns import HEADERS
from knowledge_base.exchange.rows import Problem
from knowledge_base.linter.dates import check_law_periods, check_review
from knowledge_base.linter.questions import check_questions
from knowledge_base.linter.references import check_references, check_topic
from knowledge_base.linter.sources import check_sources, check_unverified
from knowledge_base.linter.wording import check_wording

MAX_ID = 120
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_WHOLE = "整条"
_BY_TYPE = {
    "missing": "没有填",
    "string_too_short": "没有填",
    "string_type": "要写文字",
    "string_unicode": "有坏掉的字符，请删掉重写",
    "literal_error": "只能写“问答”或“办事”",
    "bool_type": "只能写“是”或“否”",
    "bool_parsing": "只能写“是”或“否”",
    "enum": "只能写“已核对”或“网页所见”",
    "extra_forbidden": "不认识这一项",
}
_BY_FIELD = {
    "id": "编号要像 notary.degree：小写字母、数字、短横线，中间一个点",
    "next": "要写成 entry:编号 或 guide:名称",
    "article": "条号要像 30 或 30之一",
    "confusable": "每行要写成：编号｜那条讲的是什么",
}
_COLUMN_BY_RULE = {
    "id": "id",
    "topic": "topic",
    "next": "next",
    "confusable": "confusable",
    "facets": "kind",
    "law": "sources",
    "page": "sources",
    "claim": "sources",
    "unverified": "sources",
    "questions": "questions",
    "template": "questions",
    "review": "review_by",
    "validity": "valid_until",
    "law-period": "valid_until",
}


def entry_of(content: Mapping[str, Any], unread: Sequence[Problem] = ()) -> Entry | list[Problem]:
    """The entry that plain data is, or everything that is wrong with it.

    `unread` is what `content_of` could not read; a column named there is not complained about twice.
    """
    try:
        entry = Entry.model_validate(content)
    except ValidationError as error:
        told = {problem.column for problem in unread}
        found = [_problem(row["loc"], row["type"]) for row in error.errors() if _is_meant(row["loc"], content)]
        return list(dict.fromkeys([*unread, *(problem for problem in found if problem.column not in told)]))
    return [*unread, *_unfit(entry)] or entry


def _is_meant(where: tuple[int | str, ...], content: Mapping[str, Any]) -> bool:
    """A source is tried as a law and as a page; only what is wrong with the one that was meant is told."""
    if where[:1] != ("sources",) or len(where) < 3:
        return True
    source = content["sources"][where[1]]
    return (where[2] == "PageSource") == (isinstance(source, Mapping) and "page" in source)


def _problem(where: tuple[int | str, ...], kind: str) -> Problem:
    field = str(where[0]) if where else ""
    if kind == "value_error":
        return Problem(HEADERS["valid_until"], "早于生效日期")
    name = str(where[1]) if field == "facets" and len(where) > 1 else field
    last = next((part for part in reversed(where) if part in _BY_FIELD), field)
    if kind == "string_pattern_mismatch":
        reason = _BY_FIELD.get(str(last), "写法不对")
    elif kind.startswith("date"):
        reason = "日期要像 2026-07-17"
    elif field == "sources" and len(where) == 1:
        reason = "至少要有一条依据"
    else:
        reason = _BY_TYPE.get(kind, "格式不对，请照模板的说明填")
    if field in ("sources", "questions", "next") and len(where) > 1 and isinstance(where[1], int):
        reason = f"第 {where[1] + 1} 条：{reason}"
    return Problem(HEADERS.get(name, name[:20] or _WHOLE), reason)


def _unfit(entry: Entry) -> list[Problem]:
    """What the model lets pass and the catalogue cannot take: an id that is for ever wrong, signs nobody sees."""
    problems = [Problem(_column(defect), defect.message) for defect in check_topic([entry])]
    if len(entry.id) > MAX_ID:
        problems.append(Problem(HEADERS["id"], f"编号太长，最多 {MAX_ID} 个字符"))
    if any(map(_INVISIBLE.search, _texts(entry.model_dump()))):
        problems.append(Problem(_WHOLE, "有看不见的控制字符，请删掉"))
    return problems


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from (*_texts(key), *_texts(part))
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def advice(entries: Sequence[Entry], known: Collection[str], today: date) -> dict[str, list[Problem]]:
    """What the linter's rules for a single entry say, by id: a draft may have it, a publication may not.

    `known` are ids beside these that `next` and `confusable` may name.
    """
    rules = (check_sources, check_unverified, check_wording, check_questions, check_law_periods)
    found: dict[str, list[Problem]] = defaultdict(list)
    defects = [defect for rule in rules for defect in rule(entries)]
    for defect in [*defects, *check_references(entries, known), *check_review(entries, today)]:
        found[defect.where].append(Problem(_column(defect), defect.message))
    return dict(found)


def _column(defect: Defect) -> str:
    if defect.rule == "length":
        headers = [HEADERS["title"], *(facet.label for facet in Facet)]
        return next((h for h in headers if defect.message.startswith((h, f"分项“{h}”"))), HEADERS["answer"])
    return HEADERS[_COLUMN_BY_RULE.get(defect.rule, "answer")]
