"""What a guide comes to, as a block: its rules, applied to what was said."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from knowledge_base.blocks import (
    LastDayBlock,
    OptionBlock,
    ReasonBlock,
    ResultBlock,
    SectionBlock,
    SourceBlock,
)
from knowledge_base.citing import source_block
from knowledge_base.entry import Source
from knowledge_base.guides.asking import said
from knowledge_base.guides.model import load_guides
from knowledge_base.guides.state import GuideState
from knowledge_base.release import Release
from knowledge_base.rules import appointment, deadlines, dispute_path, legal_aid, notary, reconsideration
from knowledge_base.rules.calendar import is_workday
from knowledge_base.rules.conclusion import Conclusion

Rules = Callable[[GuideState, date, Release], Conclusion]
RULES: Mapping[str, Rules] = MappingProxyType(
    {
        "appointment": lambda state, _today, _release: appointment.conclude(state.answers),
        "deadline": lambda state, today, _: deadlines.conclude(state.answers, today),
        "dispute_path": lambda state, today, _: dispute_path.conclude(state.answers, today),
        "legal_aid_check": lambda state, today, _: legal_aid.conclude(state.answers, today),
        "reconsideration": lambda state, today, _: reconsideration.conclude(state.answers, today, is_workday),
        "notary": lambda state, today, release: notary.conclude(
            state.answers, today, release.entries.get(state.answers.get("matter", ""))
        ),
    }
)
"""The rules of each guide."""


def conclude(state: GuideState, today: date, release: Release) -> Conclusion:
    """What the rules say of what was answered.

    Raises:
        KeyError: there is no such guide.
    """
    return RULES[state.guide](state, today, release)


def result_block(state: GuideState, conclusion: Conclusion, today: date, release: Release) -> ResultBlock:
    """A conclusion as a citizen reads it."""
    guide = load_guides()[state.guide]
    entries = (release.entries.get(value) for value in state.answers.values())
    titles = [(entry.id, entry.title) for entry in entries if entry is not None]
    return ResultBlock(
        guide=guide.id,
        title=guide.title,
        verdict=conclusion.verdict,
        headline=conclusion.headline,
        text=conclusion.text,
        said=said(guide, state, titles),
        reasons=[ReasonBlock(text=reason.text, sources=_sources(reason.sources)) for reason in conclusion.reasons],
        days=[
            LastDayBlock(
                label=last.label, day=last.day, state=last.state, counted=last.counted, sources=_sources(last.sources)
            )
            for last in conclusion.days
        ],
        options=[
            OptionBlock(name=option.name, fit=option.fit, rows=list(option.rows), sources=_sources(option.sources))
            for option in conclusion.options
        ],
        sections=[
            SectionBlock(
                title=section.title, items=list(section.items), tick=section.tick, sources=_sources(section.sources)
            )
            for section in conclusion.sections
        ],
        document=list(conclusion.document),
        as_of=_oldest_check(conclusion, today),
    )


def _sources(sources: Iterable[Source]) -> list[SourceBlock]:
    return [source_block(source) for source in sources]


def _oldest_check(conclusion: Conclusion, today: date) -> date:
    """When the law behind it was last looked at: the oldest of the days."""
    parts: Sequence[Sequence[Source]] = [
        part.sources
        for parts in (conclusion.reasons, conclusion.days, conclusion.options, conclusion.sections)
        for part in parts
    ]
    return min((source.checked for sources in parts for source in sources), default=today)
