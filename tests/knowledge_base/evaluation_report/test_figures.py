"""The figures of a sample against tiny examples that can be counted by hand."""

import pytest

from knowledge_base.decision import DecisionKind
from knowledge_base.evaluation_report.asking import Reply
from knowledge_base.evaluation_report.figures import Confusion, coarse_groups, figures_of, measure
from knowledge_base.evaluation_report.questions import Sample, SampleKind
from tests.knowledge_base.evaluation_report.examples import ABSTAIN, ANSWER, CLARIFY, ROUTE, question, reply

ENTRY = question("继承", "a")
REPLIES = [
    reply(ENTRY, ANSWER, "继承", "a b"),
    reply(ENTRY, ANSWER, "公证 继承", "b a"),
    reply(ENTRY, CLARIFY, "继承 公证", "b c d a"),
    reply(ENTRY, CLARIFY, "公证", "b c"),
    reply(ENTRY, ROUTE, "公证 调解 律师 继承", "c"),
    reply(ENTRY, ABSTAIN, "继承", "a"),
]


@pytest.mark.parametrize(
    ("name", "hits", "count"),
    [
        ("topic_first", 2, 6),
        ("topic_first_strict", 2, 6),
        ("topic_in_three", 3, 6),
        ("entry_first", 2, 6),
        ("entry_in_three", 3, 6),
        ("coverage", 5, 6),
        ("precision", 2, 5),
        ("answered", 2, 6),
        ("answer_topic_precision", 1, 2),
        ("answer_precision", 1, 2),
        ("clarification_holds", 1, 2),
        ("abstained", 1, 6),
    ],
)
def test_questions_with_an_entry(name: str, hits: int, count: int) -> None:
    figure = figures_of(SampleKind.ENTRIES, REPLIES, {})[name]
    assert (figure.value, figure.count) == (pytest.approx(hits / count), count)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (SampleKind.OUT_OF_SCOPE, {"abstained", "answered"}),
        (
            SampleKind.NEAR_MISSES,
            {"topic_first", "topic_first_strict", "topic_in_three", "coverage", "precision", "answered", "abstained"},
        ),
    ],
)
def test_only_what_can_be_known_is_measured(kind: SampleKind, names: set[str]) -> None:
    assert set(figures_of(kind, REPLIES, {})) == names


def test_what_rests_on_no_question_is_missing() -> None:
    found = figures_of(SampleKind.ENTRIES, [reply(ENTRY, ROUTE, "继承", "a")], {})
    assert found.keys().isdisjoint({"answer_precision", "answer_topic_precision", "clarification_holds"})


def test_a_clarification_counts_only_when_its_first_choice_is_right() -> None:
    found = figures_of(SampleKind.ENTRIES, [reply(ENTRY, CLARIFY, "公证 继承", "b a")], {})
    assert (found["topic_first"].value, found["entry_first"].value) == (0.0, 0.0)


@pytest.mark.parametrize(("said", "lenient", "strict"), [("继承", 1.0, 1.0), ("公证", 1.0, 0.0), ("律师", 0.0, 0.0)])
def test_a_topic_that_is_accepted_besides_is_right_leniently(said: str, lenient: float, strict: float) -> None:
    found = figures_of(SampleKind.TOPICS, [reply(question("继承", alt=["公证"]), ROUTE, said)], {})
    assert (found["topic_first"].value, found["topic_first_strict"].value) == (lenient, strict)


COARSE = {"继承": frozenset({"家事"}), "婚姻家庭": frozenset({"家事"}), "工伤": frozenset({"劳动"})}


@pytest.mark.parametrize(
    ("said", "kind", "right"),
    [
        ("继承", ROUTE, 1.0),
        ("婚姻家庭", ROUTE, 1.0),
        ("公证", ROUTE, 1.0),
        ("工伤", ROUTE, 0.0),
        ("律师", ROUTE, 0.0),
        ("婚姻家庭", ABSTAIN, 0.0),
    ],
    ids=["the label", "same group", "accepted besides", "other group", "no group known", "abstained"],
)
def test_a_topic_of_the_same_group_is_right_coarsely(said: str, kind: DecisionKind, right: float) -> None:
    asked = question("继承", alt=["公证"], coarse="家事")
    found = figures_of(SampleKind.TOPICS, [reply(asked, kind, said)], COARSE)
    assert found["topic_first_coarse"].value == right


def test_only_questions_with_a_group_count_coarsely() -> None:
    found = figures_of(SampleKind.TOPICS, [reply(question(coarse="家事")), reply(question())], COARSE)
    assert found["topic_first_coarse"].count == 1


def test_the_groups_of_a_topic_are_those_its_questions_name() -> None:
    replies = [reply(question("继承", coarse="家事")), reply(question("继承", coarse="财产")), reply(question("公证"))]
    assert coarse_groups(replies) == {"继承": frozenset({"家事", "财产"})}


def sample(kind: SampleKind, replies: list[Reply]) -> Sample:
    return Sample("s", "问题", kind, True, tuple(one.question for one in replies))


def test_decisions_are_counted() -> None:
    found = measure(sample(SampleKind.ENTRIES, REPLIES), REPLIES)
    assert found.decisions == {"作答": 2, "反问": 2, "指路": 1, "拒答": 1}


def test_confused_topics_are_counted_without_abstentions() -> None:
    found = measure(sample(SampleKind.ENTRIES, REPLIES), REPLIES)
    assert found.topic_confusions == (Confusion("继承", "公证", 3),)


def test_confused_entries_are_counted_as_they_rank_often_ones_first() -> None:
    found = measure(sample(SampleKind.ENTRIES, REPLIES), REPLIES)
    assert found.entry_confusions == (Confusion("a", "b", 3), Confusion("a", "c", 1))


def test_an_accepted_topic_is_no_confusion() -> None:
    replies = [reply(question("继承", alt=["公证"]), ROUTE, "公证")]
    assert measure(sample(SampleKind.TOPICS, replies), replies).topic_confusions == ()


def test_abstentions_are_told_by_kind() -> None:
    replies = [
        reply(question(None, kind="weather"), ABSTAIN),
        reply(question(None, kind="trap"), ABSTAIN),
        reply(question(None, kind="trap"), ROUTE, "继承"),
    ]
    (by_kind,) = measure(sample(SampleKind.OUT_OF_SCOPE, replies), replies).breakdowns
    assert by_kind.by == "种类"
    assert [(r.name, r.count, r.figures["abstained"].value) for r in by_kind.rows] == [
        ("trap", 2, 0.5),
        ("weather", 1, 1.0),
    ]


def test_topics_are_told_in_the_order_of_their_file() -> None:
    replies = [reply(question(topic)) for topic in ("公证", "继承", "婚姻家庭")]
    (by_topic,) = measure(sample(SampleKind.TOPICS, replies), replies).breakdowns
    assert [row.name for row in by_topic.rows] == ["婚姻家庭", "继承", "公证"]


def test_questions_are_told_apart_by_cue_and_by_strength() -> None:
    replies = [reply(question(cue=True, strength="core")), reply(question(cue=False, strength="weak"))]
    found = {
        b.by: [row.name for row in b.rows] for b in measure(sample(SampleKind.TOPICS, replies), replies).breakdowns
    }
    assert found == {"关键词": ["有关键词", "没有明显的关键词"], "关联程度": ["core", "weak"], "主题": ["继承"]}
