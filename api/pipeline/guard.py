"""Nothing leaves the house that no person reviewed: every text is compared with the releases and the wording file."""

import logging
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

from api.metrics import GUARD_REFUSALS
from knowledge_base.blocks import AnswerBlock, Block, ChoicesBlock, Reply, ResultBlock, TextBlock
from knowledge_base.guides.concluding import RULES, conclude, result_block
from knowledge_base.guides.model import Guide, load_guides
from knowledge_base.guides.state import GuideState
from knowledge_base.release import Release
from knowledge_base.replies import answer_block, label_of, reply_with_wording
from knowledge_base.wording import load_wording

_log = logging.getLogger(__name__)
_PLACEHOLDER = re.compile(r"\\\{\w+\\\}")


@lru_cache(maxsize=1)
def _reviewed_wording() -> re.Pattern[str]:
    """Matches every wording; a placeholder stands for up to sixty characters."""
    patterns = (_PLACEHOLDER.sub(".{0,60}", re.escape(text)) for text in load_wording().values())
    guides = (re.escape(text) for guide in load_guides().values() for text in _texts(guide))
    return re.compile("|".join(f"(?:{pattern})" for pattern in (*patterns, *guides)))


def _texts(guide: Guide) -> Iterator[str]:
    yield guide.intro
    for step in guide.steps:
        yield from (step.ask, step.why, step.again)


def check_reply(reply: Reply, releases: Sequence[Release]) -> Reply:
    """The reply itself, or an apology when any block of it is not reviewed."""
    for block in reply.blocks:
        reason = _objection(block, reply.guide, releases)
        if reason:
            GUARD_REFUSALS.inc()
            _log.error("guard: %s in a reply with outcome %s", reason, reply.outcome)
            return reply_with_wording("content_withheld", "failed.guard")
    return reply


def _objection(block: Block, guide: GuideState | None, releases: Sequence[Release]) -> str | None:
    if isinstance(block, TextBlock):
        return None if _reviewed_wording().fullmatch(block.text) else "unknown wording"
    if isinstance(block, ChoicesBlock):
        return _objection_to_choices(block, releases)
    if isinstance(block, AnswerBlock):
        return _objection_to_answer(block, releases)
    if isinstance(block, ResultBlock):
        return _objection_to_result(block, guide, releases)
    return "a notice that the pipeline did not make"


def _objection_to_choices(block: ChoicesBlock, releases: Sequence[Release]) -> str | None:
    if not _reviewed_wording().fullmatch(block.prompt):
        return "unknown wording"
    for choice in block.choices:
        if choice.label not in {label_of(choice.id, release) for release in releases}:
            return "a button that leads nowhere"
    return None


def _objection_to_answer(block: AnswerBlock, releases: Sequence[Release]) -> str | None:
    for release in releases:
        entry = release.entries.get(block.entry_id)
        if entry is None or entry.version != block.entry_version:
            continue
        published = (answer_block(entry, facet) for facet in (None, *entry.facets))
        return None if block in published else f"a changed card of {entry.id}"
    return f"unpublished entry {block.entry_id}"


def _objection_to_result(block: ResultBlock, guide: GuideState | None, releases: Sequence[Release]) -> str | None:
    """A result must be what the rules say here of what the citizen answered, on its day: today, just after midnight
    perhaps yesterday."""
    if guide is None or guide.guide not in RULES:
        return "a result without a guide"
    if not timedelta(0) <= date.today() - guide.day <= timedelta(days=1):
        return "a result of another day"
    for release in releases:
        if block == result_block(guide, conclude(guide, guide.day, release), guide.day, release):
            return None
    return f"a changed result of {guide.guide}"
