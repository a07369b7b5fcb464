"""What staff switched off is not answered: a whole channel, or a topic. Urgent notices still get through."""

from collections.abc import Sequence

from api.pipeline.turn import Turn
from api.staff.switches.board import SwitchBoard
from api.staff.switches.scopes import Off
from knowledge_base.blocks import AnswerBlock, Block, ChoicesBlock, Reply, TextBlock
from knowledge_base.decision import Decision, DecisionKind
from knowledge_base.live_release import LiveRelease
from knowledge_base.release import Release
from knowledge_base.replies import NONE_OF_THESE
from knowledge_base.wording import say

SWITCHED_OFF = "refused.switched_off"


class ChannelSwitch:
    """A channel that is off answers everything in one way, whatever an earlier step would have said."""

    name = "channel_switch"
    always = True

    def __init__(self, switches: SwitchBoard) -> None:
        self._switches = switches

    async def run(self, turn: Turn) -> None:
        """Say that the channel is off."""
        if (await self._switches.off()).channel(turn.inbound.channel):
            turn.reply = Reply(outcome=SWITCHED_OFF, blocks=[TextBlock(text=say("switched_off"))])


class TopicSwitch:
    """Nothing of a topic that is off is shown or offered."""

    name = "topic_switch"
    always = True

    def __init__(self, switches: SwitchBoard, releases: LiveRelease) -> None:
        self._switches = switches
        self._releases = releases

    async def run(self, turn: Turn) -> None:
        """Take what is off out of the reply, or replace it."""
        off = await self._switches.off()
        if turn.reply is not None and off.scopes:
            turn.reply = without_topics(turn.reply, off, self._releases.known())


def without_topics(reply: Reply, off: Off, releases: Sequence[Release]) -> Reply:
    """The reply without what is about a topic that is off.

    Of several cards those of other topics stay. A reply about nothing else is replaced; a list of buttons loses those
    that lead to such a topic, and goes when none is left.
    """
    cards = [block for block in reply.blocks if isinstance(block, AnswerBlock)]
    kept = [card for card in cards if not off.topic(topic_of(card.entry_id, releases))]
    if (cards and not kept) or (not cards and off.topic(reply.topic)):
        topics = [topic_of(card.entry_id, releases) or "" for card in cards] or [reply.topic or ""]
        return _replaced(reply, off.among(topics))
    blocks: list[Block] = []
    for block in reply.blocks:
        blocks += block_without(block, off, releases)
    if not blocks and reply.blocks:
        return _replaced(reply, off.among(_offered_topics(reply.blocks, releases)))
    if not kept or kept[0] is cards[0]:
        return reply.model_copy(update={"blocks": blocks})
    first = kept[0].entry_id
    return reply.model_copy(update={"blocks": blocks, "entry_id": first, "topic": topic_of(first, releases)})


def is_switched_off(decision: Decision, release: Release, off: Off) -> bool:
    """Whether a decision is about nothing but topics that are off: its answer, its subject or all that it offers."""
    entries = [release.entries[candidate.entry_id].topic for candidate in decision.candidates]
    if decision.kind is DecisionKind.ANSWER:
        return off.topic(entries[0])
    if decision.kind is DecisionKind.CLARIFY:
        return all(map(off.topic, entries))
    return decision.outcome == "routed.topic" and off.topic(decision.topics[0][0])


def topic_of(entry_id: str, releases: Sequence[Release]) -> str | None:
    """The topic of an entry in the releases that replies may come from."""
    return next((release.entries[entry_id].topic for release in releases if entry_id in release.entries), None)


def _replaced(reply: Reply, topics: Sequence[str]) -> Reply:
    blocks: list[Block] = [TextBlock(text=say("switched_off_topic", topic="、".join(topics)))]
    about = {"topic": topics[0], "entry_id": None, "confidence": None}
    return reply.model_copy(update={"outcome": SWITCHED_OFF, "blocks": blocks, **about})


def block_without(block: Block, off: Off, releases: Sequence[Release]) -> list[Block]:
    """What is left to show of a block, or said in its place."""
    if isinstance(block, AnswerBlock):
        topic = topic_of(block.entry_id, releases)
        return [TextBlock(text=say("switched_off_topic", topic=topic))] if off.topic(topic) else [block]
    if isinstance(block, ChoicesBlock):
        choices = [choice for choice in block.choices if not off.topic(_topic_of_choice(choice.id, releases))]
        if all(choice.id == NONE_OF_THESE for choice in choices):
            if block.prompt != say("unanswered_prompt"):
                return []
            topics = off.among(_offered_topics([block], releases))  # it stood for a question that was asked
            return [TextBlock(text=say("switched_off_topic", topic="、".join(topics)))]
        return [block.model_copy(update={"choices": choices})]
    return [block]


def _topic_of_choice(target: str, releases: Sequence[Release]) -> str | None:
    kind, _, name = target.partition(":")
    return name if kind == "topic" else topic_of(name, releases)


def _offered_topics(blocks: Sequence[Block], releases: Sequence[Release]) -> list[str]:
    lists = (block for block in blocks if isinstance(block, ChoicesBlock))
    return [_topic_of_choice(choice.id, releases) or "" for block in lists for choice in block.choices]
