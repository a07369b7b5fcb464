"""The categories that are shipped lead to entries of the catalogue."""

import pytest

from knowledge_base.catalogue import load_catalogue
from knowledge_base.categories import load_categories
from knowledge_base.topics import load_topics


@pytest.fixture(scope="module")
def topic_of() -> dict[str, str]:
    """The topic of every entry in the catalogue."""
    return {entry.id: entry.topic for entry in load_catalogue()}


def test_every_category_is_a_topic() -> None:
    assert set(load_categories()) <= set(load_topics())


def test_what_is_asked_most_in_a_category_is_of_its_topic(topic_of: dict[str, str]) -> None:
    asked = [(name, topic) for topic, names in load_categories().items() for name in names]
    assert [name for name, topic in asked if topic_of.get(name) != topic] == []


@pytest.mark.parametrize("topic", load_categories())
def test_a_category_lists_three_or_four_and_each_once(topic: str) -> None:
    names = load_categories()[topic]
    assert len(set(names)) == len(names) and len(names) in (3, 4)
