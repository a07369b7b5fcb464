"""Sources as a citizen reads them."""

from knowledge_base.blocks import SourceBlock
from knowledge_base.entry import LawSource, Source
from knowledge_base.laws import full_title


def source_block(source: Source) -> SourceBlock:
    """A source as a citizen reads it."""
    if isinstance(source, LawSource):
        return SourceBlock(
            title=full_title(source.law),
            article=article_label(source.article),
            checked=source.checked,
            confidence=source.confidence,
        )
    return SourceBlock(
        title=source.page, article=source.date.isoformat(), url=source.url, checked=source.checked,
        confidence=source.confidence,
    )  # fmt: skip


def article_label(article: str) -> str:
    """`30` -> 第30条, `120之一` -> 第120条之一."""
    number, after, suffix = article.partition("之")
    return f"第{number}条{after}{suffix}"
