"""Rasa as its documentation recommends for frequent questions: one retrieval intent with a response for each entry.

https://rasa.com/docs/rasa/chitchat-faqs: DIETClassifier tells `faq` from `out_of_scope`, ResponseSelector chooses among
`faq/<entry>`, FallbackClassifier turns away what is unsure. Two decisions are made from the same model: Rasa's own, and
one with a threshold that is set as every baseline's is, on the probability of `faq`.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.normalise import normalise
from tests.compare.data import Material, Question, in_scope, split_for_calibration
from tests.compare.processes import ONE_THREAD, RASA_QUIET, ROOT, Finished, run_measured
from tests.compare.systems import Costs, Prediction, Reply, Run, decide, keeping_threshold, latency

FAQ, OUT_OF_SCOPE = "faq", "out_of_scope"
FALLBACK = {"threshold": 0.3, "ambiguity_threshold": 0.1}
"""The defaults that the documentation of FallbackClassifier names."""
_WORKER = Path(__file__).with_name("rasa_worker.py")


@dataclass(frozen=True)
class RasaSettings:
    """How Rasa is trained.

    epochs: of ResponseSelector; intent_epochs: of DIETClassifier, whose epochs are slower and whose two intents are far
    easier than hundreds of entries; calibrate: train a second time without the calibration part for a threshold.
    """

    epochs: int
    intent_epochs: int
    seed: int
    calibrate: bool = True


def rasa_python() -> Path:
    """The python of the Rasa environment, HUFA_RASA_PYTHON or the one at the root."""
    return Path(os.environ.get("HUFA_RASA_PYTHON") or ROOT / ".venv-rasa/bin/python")


def choose_tokenizer() -> str:
    """JiebaTokenizer, or WhitespaceTokenizer where the Rasa environment has no jieba."""
    done = subprocess.run([rasa_python(), "-c", "import jieba"], capture_output=True, check=False)
    return "JiebaTokenizer" if done.returncode == 0 else "WhitespaceTokenizer"


def configuration(settings: RasaSettings, tokenizer: str) -> dict[str, Any]:
    """The content of config.yml."""
    learning = {"constrain_similarities": True, "random_seed": settings.seed}
    return {
        "recipe": "default.v1",
        "language": "zh",
        "assistant_id": "compare",  # without it `rasa train` rewrites the file
        "pipeline": [
            {"name": tokenizer},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": settings.intent_epochs, "entity_recognition": False, **learning},
            {"name": "ResponseSelector", "retrieval_intent": FAQ, "epochs": settings.epochs, **learning},
            {"name": "FallbackClassifier", **FALLBACK},
        ],
    }


def nlu_data(material: Material) -> dict[str, Any]:
    """The content of nlu.yml. Situations are left out: no entry answers them, so there is no response to learn."""
    examples: dict[str, list[str]] = {}
    for line in material.lines:
        if line.entry_id is not None:
            examples.setdefault(f"{FAQ}/{line.entry_id}", []).append(line.text)
        elif not in_scope(line):
            examples.setdefault(OUT_OF_SCOPE, []).append(line.text)
    return {
        "version": "3.1",
        "nlu": [{"intent": intent, "examples": _list(texts)} for intent, texts in examples.items()],
    }


def _list(texts: Sequence[str]) -> str:
    """Examples as Rasa writes them. Brackets would be read as the mark of an entity."""
    return "".join(f"- {text.replace('[', ' ').replace(']', ' ')}\n" for text in texts if text.strip())


def domain(material: Material) -> dict[str, Any]:
    """The content of domain.yml. What a citizen would read does not matter here; the title stands for it."""
    return {
        "version": "3.1",
        "intents": [FAQ, OUT_OF_SCOPE],
        "responses": {f"utter_{FAQ}/{entry}": [{"text": title}] for entry, title in material.titles.items()},
    }


def write_project(folder: Path, material: Material, settings: RasaSettings, tokenizer: str) -> None:
    """Write config.yml, nlu.yml and domain.yml."""
    files = {"config": configuration(settings, tokenizer), "nlu": nlu_data(material), "domain": domain(material)}
    for name, content in files.items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000)
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")


def train(folder: Path, material: Material, settings: RasaSettings, tokenizer: str) -> tuple[Path, Finished]:
    """Train a model in a folder of its own. Returns its file and what it cost."""
    folder.mkdir()
    write_project(folder, material, settings, tokenizer)
    command = [str(rasa_python()), "-m", "rasa", "train", "nlu", "--quiet", "--out", str(folder)]
    command += ["--config", str(folder / "config.yml"), "--nlu", str(folder / "nlu.yml")]
    command += ["--domain", str(folder / "domain.yml"), "--fixed-model-name", "faq"]
    finished = run_measured(command, RASA_QUIET | {"RASA_CACHE_DIRECTORY": str(folder / "cache")})
    model = folder / "faq.tar.gz"
    if not model.exists():
        raise FileNotFoundError(f"rasa train 没有写出模型：\n{finished.output[-1500:]}")
    return model, finished


def ask(model: Path, texts: dict[str, str]) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Ask a model in the Rasa environment, on one thread.

    texts: normalised, by id; an empty one is left out, Rasa cannot parse it. Returns the worker's rows, and its memory as
    {"before_mb", "after_mb"}.
    """
    asked = [json.dumps({"id": key, "text": text}, ensure_ascii=False) for key, text in texts.items() if text]
    command = [str(rasa_python()), str(_WORKER), str(model)]
    finished = run_measured(command, RASA_QUIET | ONE_THREAD, "\n".join(asked) + "\n")
    *rows, memory = [json.loads(line) for line in finished.output.split("\n") if line]
    return rows, memory


def reply_of(row: dict[str, Any], topics: dict[str, str]) -> Reply:
    """The entries of a worker's row, their topics, and the probability of `faq`."""
    entries = tuple(row["entries"])
    labels = tuple(dict.fromkeys(topics[entry] for entry in entries))
    return Reply(labels, entries, row["confidences"].get(FAQ, 0.0))


def own_decision(row: dict[str, Any], topics: dict[str, str]) -> Prediction:
    """What Rasa does by itself: it answers when `faq` is the intent after the fallback."""
    return replace(decide(reply_of(row, topics), 0.0), abstain=row["intent"] != FAQ, answered=row["intent"] == FAQ)


def run_rasa(material: Material, questions: Sequence[Question], settings: RasaSettings) -> list[Run]:
    """Train Rasa, ask it everything, and decide in one way or two.

    Raises:
        CommandError: training or asking failed.
    """
    tokenizer = choose_tokenizer()
    with tempfile.TemporaryDirectory() as name:
        model, trained = train(Path(name) / "all", material, settings, tokenizer)
        rows, memory = ask(model, {question.id: normalise(question.text) for question in questions})
        threshold = _calibrate(Path(name) / "part", material, settings, tokenizer) if settings.calibrate else None
    costs = Costs(
        trained.seconds,
        trained.peak_mb,
        **latency([row["ms"] for row in rows]),
        resident_mb=memory["after_mb"],
        increase_mb=memory["after_mb"] - memory["before_mb"],
    )
    return runs_of(rows, material, questions, costs, settings, tokenizer, threshold)


def runs_of(
    rows: Sequence[dict[str, Any]],
    material: Material,
    questions: Sequence[Question],
    costs: Costs,
    settings: RasaSettings,
    tokenizer: str,
    threshold: float | None,
) -> list[Run]:
    """The run with Rasa's own decisions and, where there is a threshold, the run with that."""
    notes = (
        f"{tokenizer}；ResponseSelector {settings.epochs} 轮，DIETClassifier {settings.intent_epochs} 轮"
        "（轮数按训练时间选定）；不经 HTTP，只有理解，没有对话",
    )
    nothing = {question.id: Prediction((), (), True, False, 0.0) for question in questions}
    own = nothing | {row["id"]: own_decision(row, material.topics) for row in rows}
    default = f"Rasa 默认阈值 {FALLBACK['threshold']}"
    runs = [Run("rasa", f"Rasa DIET + ResponseSelector（{default}）", own, costs, notes=notes)]
    if threshold is not None:
        decided = nothing | {row["id"]: decide(reply_of(row, material.topics), threshold) for row in rows}
        title = "Rasa DIET + ResponseSelector（校准阈值）"
        runs.append(Run("rasa-calibrated", title, decided, costs, threshold=threshold, notes=notes))
    return runs


def _calibrate(folder: Path, material: Material, settings: RasaSettings, tokenizer: str) -> float:
    training, held_out = split_for_calibration(material, settings.seed)
    model, _ = train(folder, training, settings, tokenizer)
    rows, _ = ask(model, {str(number): line.text for number, line in enumerate(held_out)})
    return keeping_threshold(reply_of(row, material.topics).score for row in rows)
