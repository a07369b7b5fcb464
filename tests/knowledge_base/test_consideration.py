"""What a decision rests on: the whole message and its parts, weighed together."""

import numpy as np
import pytest

from knowledge_base.consideration import Consideration
from knowledge_base.index import SIGNALS, Found
from knowledge_base.questioning import Findings
from knowledge_base.ranking import CANDIDATE_FEATURES, CONTEXT_FEATURES, Features
from knowledge_base.router import TopicBelief


def considered(
    probabilities: dict[str, float], topics: dict[str, float], *parts: Consideration, of_topic: str = "甲"
) -> Consideration:
    """Entries with probabilities, all of one topic, and what the router believes."""
    count = len(probabilities)
    found = Found(tuple(probabilities), np.zeros((count, len(SIGNALS)), dtype=np.float32), ("",) * count, 1.0)
    features = Features(
        np.zeros((count, len(CANDIDATE_FEATURES)), dtype=np.float32), np.zeros(len(CONTEXT_FEATURES), dtype=np.float32)
    )
    findings = Findings(found, TopicBelief(topics), features, (of_topic,) * count)
    return Consideration("", findings, np.array(list(probabilities.values())), 1.0, (), parts)


def shares(consideration: Consideration) -> dict[str, float]:
    return {choice.entry_id: choice.probability for choice in consideration.choices}


EVEN = {"甲": 0.5, "乙": 0.5}


def test_candidates_are_those_of_the_whole_best_first() -> None:
    one = considered({"a": 0.1, "b": 0.6}, EVEN, considered({"c": 0.9}, EVEN))
    assert [candidate.entry_id for candidate in one.candidates] == ["b", "a"]


def test_without_parts_the_choices_are_the_candidates() -> None:
    one = considered({"a": 0.1, "b": 0.6}, EVEN)
    assert one.choices == one.candidates


def test_an_entry_that_only_a_part_finds_is_a_choice() -> None:
    assert "c" in shares(considered({"a": 0.6}, EVEN, considered({"c": 0.9}, EVEN), considered({"a": 0.1}, EVEN)))


def test_an_entry_that_all_parts_find_goes_before_one_that_only_the_whole_finds() -> None:
    part = considered({"b": 0.8}, EVEN)
    one = considered({"a": 0.5, "b": 0.4}, EVEN, part, part)
    assert one.choices[0].entry_id == "b"


def test_a_choice_keeps_its_probability_by_the_whole() -> None:
    part = considered({"a": 0.6}, EVEN)
    assert shares(considered({"a": 0.3}, EVEN, part, part)) == {"a": pytest.approx(0.3)}


def test_what_only_a_part_found_is_less_probable_than_there() -> None:
    assert shares(considered({}, EVEN, considered({"c": 0.9}, EVEN), considered({}, EVEN)))["c"] < 0.9 / 2


def test_best_is_that_of_the_whole() -> None:
    assert considered({"a": 0.3}, EVEN, considered({"c": 0.9}, EVEN)).best == 0.3


def test_best_is_nothing_without_candidates() -> None:
    assert considered({}, EVEN).best == 0.0


def test_topics_are_what_the_router_believes_best_first() -> None:
    topics = considered({"a": 0.9}, {"甲": 0.2, "乙": 0.8}, considered({}, EVEN)).topics
    assert [name for name, _ in topics] == ["乙", "甲"] and sum(p for _, p in topics) == pytest.approx(1)


def test_being_out_of_scope_is_no_topic() -> None:
    assert set(dict(considered({}, {"甲": 0.3, "out_of_scope": 0.7}).topics)) == {"甲"}
