"""Every statement that rests on a law or a page, one a row, so that it can be compared with the law."""

from collections.abc import Iterable, Iterator

from knowledge_base.entry import Entry, LawSource


def list_citations(entries: Iterable[Entry]) -> Iterator[dict[str, str]]:
    """One row a source: `entry`, `law`, `article`, `claim`, `checked`, `confidence`.

    For a page `law` is the page's name and `article` its date. A source without a claim has an empty one.
    """
    for entry in entries:
        for source in entry.sources:
            if isinstance(source, LawSource):
                law, article = source.law, source.article
            else:
                law, article = source.page, source.date.isoformat()
            yield {
                "entry": entry.id,
                "law": law,
                "article": article,
                "claim": source.claim or "",
                "checked": source.checked.isoformat(),
                "confidence": source.confidence.value,
            }
