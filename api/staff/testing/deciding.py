"""Ask a release many questions without keeping the requests waiting."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from api.staff.testing.expectation import Side, side_of
from knowledge_base.release import Release

Advance = Callable[[int], None]
_AT_A_TIME = 25


def no_progress(_: int) -> None:
    """For work that nobody watches."""


async def decide_all(release: Release, questions: Iterable[str], advance: Advance = no_progress) -> dict[str, Side]:
    """How the release meets each question, by question. `advance` is told how many more are done."""
    texts = list(dict.fromkeys(questions))
    found: dict[str, Side] = {}
    for start in range(0, len(texts), _AT_A_TIME):
        some = texts[start : start + _AT_A_TIME]
        found |= await asyncio.to_thread(_decide, release, some)
        advance(len(some))
    return found


def _decide(release: Release, texts: Sequence[str]) -> dict[str, Side]:
    return {text: side_of(release.decider.decide(text), release.entries) for text in texts}
