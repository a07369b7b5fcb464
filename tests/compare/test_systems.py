"""Every baseline of this environment on the small catalogue, and the reading of our own predictions."""

import json

import pytest

from tests.compare.data import Question, make_material
from tests.compare.ours import read_predictions
from tests.compare.processes import CommandError, run_measured
from tests.compare.systems import (
    BASELINES,
    Baseline,
    Prediction,
    Reply,
    calibrate,
    decide,
    keeping_threshold,
    latency,
    run_baseline,
)
from tests.small_catalogue import (
    CERTIFICATE,
    DISMISSED,
    NO_WILL,
    TODAY,
    WAGES,
    small_entries,
    small_out_of_scope,
    small_situations,
)

MATERIAL = make_material(small_entries(), small_situations(), small_out_of_scope(), TODAY)
SEARCHES = [name for name, baseline in BASELINES.items() if baseline.gives_entries]


@pytest.fixture(scope="module")
def trained() -> dict[str, Baseline]:
    return {name: baseline(MATERIAL) for name, baseline in BASELINES.items()}


@pytest.mark.parametrize("name", SEARCHES)
@pytest.mark.parametrize(
    ("question", "entry", "topic"),
    [
        ("公司拖欠工资找谁投诉", WAGES, "劳动争议"),
        ("公司突然辞退我怎么赔", DISMISSED, "劳动争议"),
        ("没有遗嘱遗产怎么分", NO_WILL, "继承"),
        ("毕业证公证怎么弄", CERTIFICATE, "公证"),
    ],
)
def test_searches_find_the_entry(
    trained: dict[str, Baseline], name: str, question: str, entry: str, topic: str
) -> None:
    reply = trained[name].reply(question)
    assert (reply.entries[0], reply.labels[0]) == (entry, topic)
    assert len(reply.entries) == len(set(reply.entries)) <= 3


@pytest.mark.parametrize("name", SEARCHES)
@pytest.mark.parametrize("text", ["", "？！", "zzz"])
def test_searches_find_nothing_where_nothing_is_shared(trained: dict[str, Baseline], name: str, text: str) -> None:
    assert trained[name].reply(text) == Reply((), (), 0.0)


def test_a_line_of_its_own_is_certain_for_the_cosine(trained: dict[str, Baseline]) -> None:
    assert trained["char-tfidf"].reply("老板不发工资").score == pytest.approx(1.0)


def test_classifier_knows_topics_of_situations_and_gives_no_entry(trained: dict[str, Baseline]) -> None:
    reply = trained["tfidf-logistic-regression"].reply("协议离婚怎么办")
    assert reply.labels[0] == "婚姻家庭"
    assert reply.entries == ()


def test_classifier_tells_out_of_scope_lines(trained: dict[str, Baseline]) -> None:
    classifier = trained["tfidf-logistic-regression"]
    assert classifier.reply("明天下雨吗").score < classifier.reply("公司拖欠工资怎么办").score
    assert "out_of_scope" not in classifier.reply("明天下雨吗").labels


@pytest.mark.parametrize("name", BASELINES)
def test_a_whole_run(name: str) -> None:
    questions = [
        Question("in", "公司拖欠工資怎么办", "劳动争议", frozenset({"劳动争议"}), WAGES),
        Question("out", "zzz", None, frozenset()),
    ]
    run = run_baseline(name, MATERIAL, questions, seed=1)
    assert run.predictions.keys() == {"in", "out"}
    assert run.predictions["in"].labels[0] == "劳动争议"
    assert run.threshold == calibrate(BASELINES[name], MATERIAL, seed=1)
    assert run.gives_entries is (name in SEARCHES)
    assert run.costs.train_seconds is not None
    assert run.costs.p99_ms is not None


def test_threshold_keeps_the_share() -> None:
    scores = [float(score) for score in range(100)]
    threshold = keeping_threshold(scores)
    assert threshold == 5.0
    assert sum(score >= threshold for score in scores) == 95
    assert keeping_threshold([0.3]) == 0.3


@pytest.mark.parametrize(
    ("reply", "prediction"),
    [
        (Reply(("继承",), ("a.a",), 0.5), Prediction(("继承",), ("a.a",), False, True, 0.5)),
        (Reply(("继承",), ("a.a",), 0.4), Prediction(("继承",), ("a.a",), True, False, 0.4)),
        (Reply(("继承",), (), 0.9), Prediction(("继承",), (), False, False, 0.9)),
        (Reply((), (), 0.9), Prediction((), (), True, False, 0.9)),
    ],
    ids=["at the threshold", "below", "topic only", "nothing found"],
)
def test_decision(reply: Reply, prediction: Prediction) -> None:
    assert decide(reply, 0.5) == prediction


def test_latency_figures() -> None:
    assert latency([1.0, 2.0, 3.0]) == {"mean_ms": 2.0, "p50_ms": 2.0, "p99_ms": pytest.approx(2.98)}


def test_our_predictions_are_read() -> None:
    rows = [
        {"id": "a", "labels": ["继承"], "entries": [NO_WILL], "abstain": False, "decision": "answer", "score": 0.9},
        {"id": "b", "labels": ["继承"], "entries": [NO_WILL], "abstain": False, "decision": "clarify", "score": 0.8},
        {"id": "c", "labels": ["继承"], "entries": [], "abstain": True, "decision": "abstain", "score": 0.1},
    ]
    found = read_predictions([*map(json.dumps, rows), ""])
    assert [(p.abstain, p.answered) for p in found.values()] == [(False, True), (False, False), (True, False)]
    assert found["a"] == Prediction(("继承",), (NO_WILL,), False, True, 0.9)


def test_a_command_is_measured() -> None:
    finished = run_measured(["bash", "-c", "cat; echo $COMPARED"], {"COMPARED": "好"}, "问\n")
    assert finished.output == "问\n好\n"
    assert finished.seconds > 0
    assert finished.peak_mb > 0


def test_a_failing_command_says_why() -> None:
    with pytest.raises(CommandError, match="退出码 3：\n没有发布版"):
        run_measured(["bash", "-c", "echo 没有发布版 >&2; exit 3"], {})
