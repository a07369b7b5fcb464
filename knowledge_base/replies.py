"""Put decisions and conversational moves into blocks, with published entries and reviewed wording only."""

from collections.abc import Iterable, Sequence

from knowledge_base.blocks import (
    AnswerBlock,
    Block,
    Choice,
    ChoicesBlock,
    FacetBlock,
    Reply,
    SourceBlock,
    TextBlock,
)
from knowledge_base.decision import Decision, DecisionKind
from knowledge_base.entry import Entry, Facet, LawSource, Source
from knowledge_base.laws import full_title
from knowledge_base.release import Release
from knowledge_base.topics import load_topics
from knowledge_base.wording import say

NONE_OF_THESE = "say:none_of_these"
_UNSURE = "routed.unsure"
_NEAREST = 3
"""Entries offered when no entry answers."""
_STARTERS = ("labour.unpaid-wages", "legal-aid.conditions", "inheritance.no-will", "family.agreed-divorce")
"""Entries offered to somebody whose question is not ours; those that are not published are left out."""


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


def answer_block(entry: Entry, facet: Facet | None = None) -> AnswerBlock:
    """The card of an entry; with `facet`, that facet's text first."""
    title = f"{entry.title} · {facet.label}" if facet else entry.title
    return AnswerBlock(
        entry_id=entry.id,
        entry_version=entry.version,
        title=title,
        text=entry.facets[facet] if facet else entry.answer,
        facets=[FacetBlock(name=f, label=f.label, text=text) for f, text in entry.facets.items() if f is not facet],
        sources=[source_block(source) for source in entry.sources],
        as_of=min(source.checked for source in entry.sources),
        valid_until=entry.valid_until,
        office=entry.office,
    )


def _entry_choices(entries: Iterable[Entry]) -> list[Choice]:
    return [Choice(id=f"entry:{entry.id}", label=entry.title) for entry in entries]


def _next_block(entry: Entry, release: Release) -> list[Block]:
    following = [release.in_force(target.removeprefix("entry:")) for target in entry.next]
    choices = _entry_choices(filter(None, following))
    return [ChoicesBlock(prompt=say("next_prompt"), choices=choices)] if choices else []


def reply_with_entry(
    entry: Entry, release: Release, outcome: str, *, facet: Facet | None = None, confidence: float | None = None
) -> Reply:
    """The card of an entry and what people ask next."""
    return Reply(
        outcome=outcome,
        blocks=[answer_block(entry, facet), *_next_block(entry, release)],
        topic=entry.topic,
        entry_id=entry.id,
        confidence=confidence,
        release=release.number,
    )


def reply_with_decision(decision: Decision, release: Release) -> Reply:
    """A decision as a reply."""
    scores = {"in_scope": decision.in_scope, **{c.entry_id: c.probability for c in decision.candidates[:4]}}
    scores = {name: round(score, 4) for name, score in scores.items()}
    if decision.kind is DecisionKind.ANSWER and decision.entry_id:
        entry = release.entries[decision.entry_id]
        # What makes a message a follow-up is not a calibrated probability, so none is given.
        confidence = None if decision.outcome == "answered.follow_up" else round(decision.confidence, 4)
        reply = reply_with_entry(entry, release, decision.outcome, facet=decision.facet, confidence=confidence)
        return reply.model_copy(update={"scores": scores})
    names_topic = decision.kind is not DecisionKind.ABSTAIN and decision.outcome != _UNSURE
    topic = decision.topics[0][0] if decision.topics and names_topic else None
    return Reply(
        outcome=decision.outcome,
        blocks=_BLOCKS[decision.kind](decision, release),
        topic=topic,
        confidence=round(decision.confidence, 4),
        scores=scores,
        release=release.number,
    )


def _clarify(decision: Decision, release: Release) -> list[Block]:
    choices = _entry_choices(release.entries[c.entry_id] for c in decision.candidates)
    none = Choice(id=NONE_OF_THESE, label=say("clarify_none"))
    return [ChoicesBlock(prompt=say("clarify_prompt"), choices=[*choices, none])]


def _route(decision: Decision, release: Release) -> list[Block]:
    if decision.outcome == _UNSURE:
        return _route_unsure(decision, release)
    topic = load_topics()[decision.topics[0][0]]
    blocks: list[Block] = [TextBlock(text=say("route_intro", topic=topic.name, desk=topic.desk))]
    candidates = [release.entries[c.entry_id] for c in decision.candidates]
    nearest = [entry for entry in candidates if entry.topic == topic.name][:_NEAREST]
    others = (release.in_force(e.id) for e in release.entries.values() if e.topic == topic.name and e not in nearest)
    nearest += list(filter(None, others))[: _NEAREST - len(nearest)]
    if nearest:
        none = Choice(id=NONE_OF_THESE, label=say("clarify_none"))
        blocks.append(ChoicesBlock(prompt=say("route_prompt"), choices=[*_entry_choices(nearest), none]))
    return blocks


def _route_unsure(decision: Decision, release: Release) -> list[Block]:
    """The subject is ours but not clear: nothing is claimed about it."""
    nearest = [release.entries[c.entry_id] for c in decision.candidates[:_NEAREST]]
    if not nearest:
        return [TextBlock(text=say("route_unsure")), *starters(release)]
    none = Choice(id=NONE_OF_THESE, label=say("clarify_none"))
    choices = [*_entry_choices(nearest), none]
    return [TextBlock(text=say("route_unsure")), ChoicesBlock(prompt=say("route_prompt"), choices=choices)]


def _abstain(decision: Decision, release: Release) -> list[Block]:
    key = "abstain_empty" if decision.outcome == "abstained.no_words" else "abstain"
    return [TextBlock(text=say(key)), *starters(release)]


_BLOCKS = {DecisionKind.CLARIFY: _clarify, DecisionKind.ROUTE: _route, DecisionKind.ABSTAIN: _abstain}


def starters(release: Release, ids: Sequence[str] = _STARTERS) -> list[Block]:
    """What people ask most, as buttons."""
    choices = _entry_choices(filter(None, map(release.in_force, ids)))
    return [ChoicesBlock(prompt=say("abstain_prompt"), choices=choices)] if choices else []


def reply_with_explanation(last: Entry | None, release: Release) -> Reply:
    """Why the last answer was given: the entry it came from and its sources; or that there was none."""
    if last is None:
        return Reply(
            outcome="answered.explained", blocks=[TextBlock(text=say("explain_nothing"))], release=release.number
        )
    blocks: list[Block] = [TextBlock(text=say("explain_answer", title=last.title)), answer_block(last)]
    return Reply(
        outcome="answered.explained", blocks=blocks, topic=last.topic, entry_id=last.id, release=release.number
    )


def reply_to_choice(target: str, release: Release) -> Reply:
    """What a pressed button stands for: `entry:<id>` or `say:<wording>`. A target that is gone gets a clear answer."""
    kind, _, name = target.partition(":")
    entry = release.in_force(name) if kind == "entry" else None
    if entry is not None:
        return reply_with_entry(entry, release, "answered.chosen", confidence=1.0)
    if target == NONE_OF_THESE:
        return reply_with_wording("none_of_these", "clarified.rejected")
    return reply_with_wording("stale_choice", "refused.stale_choice")


def reply_with_handover() -> Reply:
    """The way to a person."""
    return Reply(outcome="handed_over.hotline", blocks=[TextBlock(text=say("handover"))])


def reply_with_wording(key: str, outcome: str, **values: object) -> Reply:
    """One reviewed wording."""
    return Reply(outcome=outcome, blocks=[TextBlock(text=say(key, **values))])
