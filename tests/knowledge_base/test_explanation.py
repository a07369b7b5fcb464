"""The sentence for staff and the table of features."""

import json
from dataclasses import replace

import pytest

from knowledge_base.decision import Context, Decider
from knowledge_base.explanation import explain
from knowledge_base.ranking import CANDIDATE_FEATURES, CONTEXT_FEATURES
from knowledge_base.release import Release
from knowledge_base.router import TopicBelief
from tests.knowledge_base.conftest import NEVER, Parts
from tests.small_catalogue import CERTIFICATE, TODAY, WAGES

NOW = Context(today=TODAY)
UNSEEN = "老板拖欠我工资怎么办啊"


def test_an_exact_match_names_the_entry(small_release: Release) -> None:
    sentence = explain(small_release.decider, "公司拖欠工资怎么办", NOW).sentence
    assert small_release.entries[WAGES].title in sentence and "一条问法" in sentence


def test_a_text_without_words_is_explained(small_release: Release) -> None:
    assert "没有文字" in explain(small_release.decider, "？？", NOW).sentence


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"in_scope": NEVER, "answer": NEVER, "offer": NEVER}, "说明帮不上忙"),
        ({"in_scope": NEVER, "answer": NEVER, "offer": 0.0, "clarify": 0.0}, "是不是相近的条目"),
        ({"in_scope": 0.0, "answer": 0.0}, "直接回答"),
        ({"in_scope": 0.0, "answer": NEVER, "offer": 0.0, "clarify": 0.0}, "反问"),
        ({"in_scope": 0.0, "answer": NEVER, "offer": NEVER}, "属于“劳动争议”"),
        ({"in_scope": NEVER, "answer": 0.0, "offer": 0.0, "clarify": 0.0}, "太短或者太含糊"),
    ],
    ids=["abstain", "abstain with something near", "answer", "clarify", "route", "not turned away"],
)
def test_each_decision_says_why(parts: Parts, limits: dict[str, float], says: str) -> None:
    assert says in explain(parts.decider(**limits), UNSEEN, NOW).sentence


def test_the_sentence_names_the_nearest_question_and_the_runner_up(parts: Parts) -> None:
    decider = parts.decider(in_scope=0.0, answer=0.0)
    first, second = decider.decide(UNSEEN, NOW).candidates[:2]
    sentence = explain(decider, UNSEEN, NOW).sentence
    assert "最接近的问法是" in sentence
    assert decider.entries[first.entry_id].title in sentence and decider.entries[second.entry_id].title in sentence


def test_the_sentence_says_what_would_have_changed_the_decision(parts: Parts) -> None:
    decider = parts.decider(in_scope=0.0, answer=0.97, offer=0.0, clarify=0.0)
    assert "达到0.97就会直接回答" in explain(decider, UNSEEN, NOW).sentence


def test_a_follow_up_is_explained_as_one(parts: Parts) -> None:
    decider: Decider = parts.decider(in_scope=0.0, answer=NEVER)
    context = replace(NOW, last_entry_id=CERTIFICATE)
    assert "接着上一个条目" in explain(decider, "那要多少钱呀", context).sentence


def test_the_table_is_json_with_every_named_feature(small_release: Release) -> None:
    table = json.loads(json.dumps(explain(small_release.decider, UNSEEN, NOW).table))
    assert list(table["context"]) == list(CONTEXT_FEATURES)
    assert all(list(row["features"]) == list(CANDIDATE_FEATURES) for row in table["candidates"])


def test_the_table_is_ordered_like_the_decision(parts: Parts) -> None:
    decider = parts.decider(in_scope=0.0, answer=0.0)
    rows = explain(decider, UNSEEN, NOW).table["candidates"]
    assert [row["entry"] for row in rows] == [c.entry_id for c in decider.decide(UNSEEN, NOW).candidates]


def test_it_says_when_search_and_router_disagree(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = TopicBelief({"继承": 0.9, "劳动争议": 0.1})
    monkeypatch.setattr(parts.router, "believe", lambda _: elsewhere)
    sentence = explain(parts.decider(in_scope=0.0, answer=NEVER), UNSEEN, NOW).sentence
    assert "属于“劳动争议”，这句话看起来属于“继承”，两边对不上" in sentence
