"""Put decisions and conversational moves into blocks, with published entries and reviewed wording only."""

from collections.abc import Iterable, Sequence
from itertools import starmap

from knowledge_base.blocks import (
    AnswerBlock,
    Block,
    Choice,
    ChoicesBlock,
    FacetBlock,
    Reply,
    TextBlock,
)
from knowledge_base.categories import load_categories
from knowledge_base.citing import source_block
from knowledge_base.decision import Decision, DecisionKind
from knowledge_base.entry import Entry, Facet
from knowledge_base.guides.asking import guide_label
from knowledge_base.guides.matters import matter_title
from knowledge_base.release import Release
from knowledge_base.topics import load_topics
from knowledge_base.wording import say

NONE_OF_THESE = "say:none_of_these"
TICKET = "ticket"
_UNSURE = "routed.unsure"
_UNCALIBRATED = ("answered.follow_up", "answered.continued")
"""What makes a message go on from the one before is not a calibrated probability, so none is given."""
_NEAREST = 3
"""Entries offered when no entry answers."""
_MOST_GUIDES = 2
_MOST_OFFERED = 4
"""Entries offered of a topic, and after several answers."""
_STARTERS = ("labour.unpaid-wages", "legal-aid.conditions", "inheritance.no-will", "family.agreed-divorce")
"""Entries offered to somebody whose question is not ours; those that are not published are left out."""


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


def label_of(target: str, release: Release) -> str | None:
    """What the button of a target says (a title, a topic's name, "none of these"); None when it leads nowhere."""
    kind, _, name = target.partition(":")
    if kind == "entry":
        return release.entries[name].title if name in release.entries else None
    if kind == "topic":
        return name if name in load_topics() else None
    if target == NONE_OF_THESE:
        return say("clarify_none")
    if kind == TICKET:
        return say("ticket_cancel")
    return matter_title(target, release) or guide_label(target)


def _next_block(entries: Sequence[Entry], release: Release) -> Block:
    """What people ask after these entries; without that, the invitation to ask on."""
    targets = dict.fromkeys(target for entry in entries for target in entry.next)
    shown = {f"entry:{entry.id}" for entry in entries}
    there = [target for target in targets if target not in shown and _leads_somewhere(target, release)]
    guides = [target for target in there if not target.startswith("entry:")][:_MOST_GUIDES]
    following = [target for target in there if target.startswith("entry:")][:_MOST_OFFERED]
    offered = (target for target in there if target in guides or target in following)
    choices = [Choice(id=target, label=label_of(target, release) or "") for target in offered]
    return ChoicesBlock(prompt=say("next_prompt"), choices=choices) if choices else TextBlock(text=say("ask_on"))


def _leads_somewhere(target: str, release: Release) -> bool:
    """Whether an entry holds today, or there is such a guide."""
    kind, _, name = target.partition(":")
    return release.in_force(name) is not None if kind == "entry" else guide_label(target) is not None


def reply_with_entry(entry: Entry, release: Release, outcome: str, *, confidence: float | None = None) -> Reply:
    """The card of an entry and what people ask next."""
    return _reply_with_cards([(entry, None)], release, outcome, confidence)


def _reply_with_cards(
    found: Sequence[tuple[Entry, Facet | None]], release: Release, outcome: str, confidence: float | None
) -> Reply:
    """Cards, one below the other, and what people ask next. The reply counts as one about the first of them."""
    entries = [entry for entry, _ in found]
    intro = [TextBlock(text=say("several_intro"))] if len(found) > 1 else []
    return Reply(
        outcome=outcome,
        blocks=[*intro, *starmap(answer_block, found), _next_block(entries, release)],
        topic=entries[0].topic,
        entry_id=entries[0].id,
        confidence=confidence,
        release=release.number,
    )


def reply_with_decision(decision: Decision, release: Release, abstained_before: int = 0) -> Reply:
    """A decision as a reply. `abstained_before`: how many turns in a row before this one were abstentions."""
    scores = {"in_scope": decision.in_scope, **{c.entry_id: c.probability for c in decision.candidates[:4]}}
    scores = {name: round(score, 4) for name, score in scores.items()}
    if decision.kind is DecisionKind.ANSWER:
        confidence = None if decision.outcome in _UNCALIBRATED else round(decision.confidence, 4)
        answers = (decision, *decision.also)
        found = [(release.entries[answer.entry_id], answer.facet) for answer in answers if answer.entry_id]
        reply = _reply_with_cards(found, release, decision.outcome, confidence)
        return reply.model_copy(update={"blocks": [*reply.blocks, *_unanswered(decision, release)], "scores": scores})
    is_abstention = decision.kind is DecisionKind.ABSTAIN
    names_topic = not is_abstention and decision.outcome != _UNSURE
    reply = Reply(
        outcome=decision.outcome,
        blocks=[_why_not(decision.outcome)] if is_abstention else _OFFERS[decision.kind](decision, release),
        topic=decision.topics[0][0] if decision.topics and names_topic else None,
        confidence=round(decision.confidence, 4),
        scores=scores,
        release=release.number,
    )
    return _helped_on(reply, decision, release, abstained_before) if is_abstention else reply


def _unanswered(decision: Decision, release: Release) -> list[Block]:
    """What is said of the questions of a message that got no answer: the nearest entries, or to put them again."""
    if not decision.unanswered:
        return []
    given = {decision.entry_id, *(answer.entry_id for answer in decision.also)}
    near = dict.fromkeys(
        candidate.entry_id
        for question in decision.unanswered
        if question.kind is DecisionKind.CLARIFY
        for candidate in question.candidates[:_NEAREST]
        if candidate.entry_id not in given
    )
    if not near:
        return [TextBlock(text=say("unanswered"))]
    choices = _entry_choices(release.entries[entry_id] for entry_id in list(near)[:_MOST_OFFERED])
    return [ChoicesBlock(prompt=say("unanswered_prompt"), choices=choices)]


def _helped_on(abstention: Reply, decision: Decision, release: Release, abstained_before: int) -> Reply:
    """The first abstention offers questions, the second in a row categories, from the third on a person."""
    if abstained_before == 0:
        near = _entry_choices(release.entries[candidate.entry_id] for candidate in decision.near)
        offers = [ChoicesBlock(prompt=say("near_prompt"), choices=near)] if near else starters(release)
        return abstention.model_copy(update={"blocks": [*abstention.blocks, *offers]})
    if abstained_before == 1:
        blocks = [*abstention.blocks, *_categories(release)]
        return abstention.model_copy(update={"outcome": "abstained.categories", "blocks": blocks})
    blocks = [TextBlock(text=say("handover_after_abstentions")), *_categories(release)]
    return abstention.model_copy(update={"outcome": "handed_over.after_abstentions", "blocks": blocks})


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
    nearest += [entry for entry in _asked_most(topic.name, release) if entry not in nearest][: _NEAREST - len(nearest)]
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


_OFFERS = {DecisionKind.CLARIFY: _clarify, DecisionKind.ROUTE: _route}


def _why_not(outcome: str) -> TextBlock:
    if outcome == "abstained.no_words":
        return TextBlock(text=say("abstain_empty"))
    if outcome == "abstained.government":
        return TextBlock(text=say("abstain_government"))
    return TextBlock(text=say("abstain_unclear" if outcome == "abstained.unclear" else "abstain"))


def starters(release: Release, ids: Sequence[str] = _STARTERS) -> list[Block]:
    """What people ask most, as buttons."""
    choices = _entry_choices(filter(None, map(release.in_force, ids)))
    return [ChoicesBlock(prompt=say("abstain_prompt"), choices=choices)] if choices else []


def _asked_most(topic: str, release: Release) -> list[Entry]:
    """The entries in force that are asked most in a topic, and after them its first ones."""
    own = (entry.id for entry in release.entries.values() if entry.topic == topic)
    ids = dict.fromkeys([*load_categories().get(topic, ()), *own])
    return list(filter(None, map(release.in_force, ids)))[:_MOST_OFFERED]


def _categories(release: Release) -> list[Block]:
    """What people ask about most, as buttons; topics of which nothing is in force are left out."""
    topics = [topic for topic in load_categories() if _asked_most(topic, release)]
    choices = [Choice(id=f"topic:{topic}", label=topic) for topic in topics]
    return [ChoicesBlock(prompt=say("categories_prompt"), choices=choices)] if choices else []


def _reply_with_topic(topic: str, entries: Sequence[Entry], release: Release) -> Reply:
    """What is asked most in a topic."""
    blocks: list[Block] = [
        TextBlock(text=say("topic_intro", topic=topic)),
        ChoicesBlock(prompt=say("abstain_prompt"), choices=_entry_choices(entries)),
    ]
    return Reply(outcome="clarified.topic", blocks=blocks, topic=topic, release=release.number)


def reply_with_explanation(last: Entry | None, release: Release) -> Reply:
    """Why the last answer was given: the entry it came from and its sources; or that there was none."""
    if last is None:
        return Reply(
            outcome="answered.explained", blocks=[TextBlock(text=say("explain_nothing"))], release=release.number
        )
    intro = TextBlock(text=say("explain_answer", title=last.title))
    blocks: list[Block] = [intro, answer_block(last), _next_block([last], release)]
    return Reply(
        outcome="answered.explained", blocks=blocks, topic=last.topic, entry_id=last.id, release=release.number
    )


def reply_to_choice(target: str, release: Release) -> Reply:
    """What a pressed button stands for: `entry:<id>`, `topic:<name>` or `say:<wording>`.

    A target that is gone gets a clear answer.
    """
    kind, _, name = target.partition(":")
    entry = release.in_force(name) if kind == "entry" else None
    if entry is not None:
        return reply_with_entry(entry, release, "answered.chosen", confidence=1.0)
    asked = _asked_most(name, release) if kind == "topic" else []
    if asked:
        return _reply_with_topic(name, asked, release)
    if target == NONE_OF_THESE:
        reply = reply_with_wording("none_of_these", "clarified.rejected")
        return reply.model_copy(update={"blocks": [*reply.blocks, *_categories(release)]})
    return reply_with_wording("stale_choice", "refused.stale_choice")


def reply_with_handover() -> Reply:
    """The way to a person."""
    return Reply(outcome="handed_over.hotline", blocks=[TextBlock(text=say("handover"))])


def reply_with_wording(key: str, outcome: str, **values: object) -> Reply:
    """One reviewed wording."""
    return Reply(outcome=outcome, blocks=[TextBlock(text=say(key, **values))])
