"""What can be switched off: a way in, or everything about one topic."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from knowledge_base.topics import load_topics

CHANNELS = {"web": "网页", "wechat": "微信公众号", "rest": "程序接口"}
"""Switchable channels by name, with what the console calls them."""
_SWITCH_OF = {"rasa": "rest"}
"""Channels of the pipeline that go with another's switch: Rasa's own REST channel is an interface for programs too."""
_CHANNEL, _TOPIC = "channel", "topic"


@dataclass(frozen=True)
class Off:
    """What is switched off at a moment."""

    scopes: frozenset[str] = frozenset()

    def channel(self, name: str) -> bool:
        """Whether a channel of the pipeline is off."""
        return channel_scope(_SWITCH_OF.get(name, name)) in self.scopes

    def topic(self, name: str | None) -> bool:
        """Whether a topic is off."""
        return topic_scope(name or "") in self.scopes

    def among(self, topics: Iterable[str]) -> list[str]:
        """Those of the topics that are off, each once, in their order."""
        return [name for name in dict.fromkeys(topics) if self.topic(name)]


NOTHING_OFF = Off()


def channel_scope(name: str) -> str:
    """The switch of a channel."""
    return f"{_CHANNEL}:{name}"


def topic_scope(name: str) -> str:
    """The switch of a topic."""
    return f"{_TOPIC}:{name}"


def scopes_by_group() -> dict[str, dict[str, str]]:
    """Every switch with its label, by group, in the order in which they are offered."""
    return {
        "渠道": {channel_scope(name): label for name, label in CHANNELS.items()},
        "主题": {topic_scope(name): name for name in load_topics()},
    }


def label_of_scope(scope: str) -> str | None:
    """`渠道 网页` or `主题 劳动争议`; None when there is no such switch."""
    for group, labels in scopes_by_group().items():
        if scope in labels:
            return f"{group} {labels[scope]}"
    return None


def labels_of(scopes: Collection[str]) -> list[str]:
    """Labels of switches, in the order in which they are offered."""
    return [f"{g} {label}" for g, labels in scopes_by_group().items() for s, label in labels.items() if s in scopes]
