"""The files that Rasa is trained from, and what is made of its rows. Nothing is trained here."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.compare.data import Question, make_material
from tests.compare.rasa_faq import RasaSettings, own_decision, reply_of, runs_of, write_project
from tests.compare.rasa_worker import row_of
from tests.compare.systems import Costs, Prediction, Reply
from tests.small_catalogue import NO_WILL, TODAY, WAGES, small_entries, small_out_of_scope, small_situations

MATERIAL = make_material(small_entries(), small_situations(), small_out_of_scope(), TODAY)
SETTINGS = RasaSettings(epochs=7, intent_epochs=2, seed=5)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder: Path = tmp_path_factory.mktemp("rasa")
    write_project(folder, MATERIAL, SETTINGS, "JiebaTokenizer")
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in folder.iterdir()}


def test_three_files(files: dict[str, dict[str, Any]]) -> None:
    assert files.keys() == {"config", "nlu", "domain"}


def test_every_entry_is_a_retrieval_intent_with_a_response(files: dict[str, dict[str, Any]]) -> None:
    intents = {row["intent"] for row in files["nlu"]["nlu"]}
    assert intents == {f"faq/{entry}" for entry in MATERIAL.topics} | {"out_of_scope"}
    assert files["domain"]["responses"].keys() == {f"utter_faq/{entry}" for entry in MATERIAL.topics}
    assert files["domain"]["intents"] == ["faq", "out_of_scope"]


def test_examples_are_the_lines_every_baseline_learns(files: dict[str, dict[str, Any]]) -> None:
    examples = {row["intent"]: row["examples"].splitlines() for row in files["nlu"]["nlu"]}
    assert examples[f"faq/{WAGES}"] == [f"- {line.text}" for line in MATERIAL.lines if line.entry_id == WAGES]
    assert len(examples["out_of_scope"]) == sum(map(len, small_out_of_scope().values()))


def test_brackets_do_not_become_entities(tmp_path: Path) -> None:
    entry = small_entries()[0]
    marked = entry.model_copy(update={"questions": ["欠薪[工地](活)怎么办"]})
    write_project(tmp_path, make_material([marked], [], {}, TODAY), SETTINGS, "JiebaTokenizer")
    assert "[" not in yaml.safe_load((tmp_path / "nlu.yml").read_text(encoding="utf-8"))["nlu"][0]["examples"]


def test_pipeline(files: dict[str, dict[str, Any]]) -> None:
    steps = files["config"]["pipeline"]
    assert [step["name"] for step in steps] == [
        "JiebaTokenizer",
        "CountVectorsFeaturizer",
        "CountVectorsFeaturizer",
        "DIETClassifier",
        "ResponseSelector",
        "FallbackClassifier",
    ]
    assert (steps[3]["epochs"], steps[4]["epochs"], steps[4]["retrieval_intent"]) == (2, 7, "faq")
    assert steps[3]["random_seed"] == steps[4]["random_seed"] == 5
    assert files["config"]["assistant_id"]


def worker_row(intent: str, faq: float, *entries: str) -> dict[str, Any]:
    return {"id": "q", "intent": intent, "confidences": {"faq": faq, "out_of_scope": 1 - faq}, "entries": list(entries)}


def test_worker_row_is_taken_from_what_rasa_parsed() -> None:
    parsed = {
        "intent": {"name": "nlu_fallback", "confidence": 0.7},
        "intent_ranking": [
            {"name": "nlu_fallback", "confidence": 0.7},
            {"name": "faq", "confidence": 0.5},
            {"name": "out_of_scope", "confidence": 0.45},
        ],
        "response_selector": {
            "faq": {"ranking": [{"intent_response_key": f"faq/{e}", "confidence": 0.1} for e in (WAGES, "b", "c", "d")]}
        },
    }
    assert row_of("q", parsed, 1.5) == {
        "id": "q",
        "intent": "nlu_fallback",
        "confidences": {"faq": 0.5, "out_of_scope": 0.45},
        "entries": [WAGES, "b", "c"],
        "ms": 1.5,
    }


def test_reply_has_the_probability_of_faq_as_its_score() -> None:
    row = worker_row("faq", 0.8, WAGES, NO_WILL)
    assert reply_of(row, MATERIAL.topics) == Reply(("劳动争议", "继承"), (WAGES, NO_WILL), 0.8)


@pytest.mark.parametrize(("intent", "answers"), [("faq", True), ("out_of_scope", False), ("nlu_fallback", False)])
def test_rasa_answers_only_with_the_faq_intent(intent: str, answers: bool) -> None:
    prediction = own_decision(worker_row(intent, 0.6, WAGES), MATERIAL.topics)
    assert prediction == Prediction(("劳动争议",), (WAGES,), not answers, answers, 0.6)


def test_two_decisions_are_made_from_the_same_rows() -> None:
    questions = [Question(key, "", None, frozenset()) for key in ("q", "empty")]
    rows = [worker_row("faq", 0.6, WAGES)]
    own, calibrated = runs_of(rows, MATERIAL, questions, Costs(), SETTINGS, "JiebaTokenizer", 0.9)
    assert not own.predictions["q"].abstain
    assert calibrated.predictions["q"].abstain
    assert own.predictions["empty"].abstain
    assert calibrated.predictions["empty"].abstain
    assert "ResponseSelector 7 轮，DIETClassifier 2 轮" in own.notes[0]
    assert len(runs_of(rows, MATERIAL, questions, Costs(), SETTINGS, "JiebaTokenizer", None)) == 1
