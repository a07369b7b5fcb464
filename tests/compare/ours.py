"""The project itself, asked through its command line."""

import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.compare.data import Question
from tests.compare.processes import ONE_THREAD, Finished, run_measured
from tests.compare.systems import Costs, Prediction, Run

NAME = "ours"
_COMMAND = (sys.executable, "-m", "knowledge_base")


def read_predictions(lines: Iterable[str]) -> dict[str, Prediction]:
    """Predictions by question id from the rows that `python -m knowledge_base eval` writes."""
    return {row["id"]: _prediction(row) for row in map(json.loads, filter(str.strip, lines))}


def _prediction(row: dict[str, Any]) -> Prediction:
    answered = row["decision"] == "answer"
    return Prediction(tuple(row["labels"]), tuple(row["entries"]), row["abstain"], answered, row["score"])


def run_ours(questions: Sequence[Question], build: bool) -> Run:
    """Ask the current release every question.

    build: train everything anew in a temporary folder first, which takes minutes, and ask that. Otherwise the release
    is asked that is there, and its training time is unknown.

    Raises:
        CommandError: no release can be loaded or trained.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {"HUFA_KNOWLEDGE_DIR": str(folder / "knowledge")} if build else {}
        built = run_measured([*_COMMAND, "build"], environment) if build else None
        environment |= ONE_THREAD
        idle = run_measured([*_COMMAND, "--help"], environment)
        one, _ = _evaluate(folder, questions[:1], environment)
        every, predictions = _evaluate(folder, questions, environment)
    missing = {question.id for question in questions} - predictions.keys()
    if missing:
        raise ValueError(f"{len(missing)} 个问题没有预测，例如 {min(missing)}")
    costs = Costs(
        train_seconds=built.seconds if built else None,
        train_peak_mb=built.peak_mb if built else None,
        # the command tells no single times: what further questions cost beyond loading and the first one
        mean_ms=(every.seconds - one.seconds) / max(len(questions) - 1, 1) * 1000,
        resident_mb=every.peak_mb,
        increase_mb=every.peak_mb - idle.peak_mb,
    )
    notes = ["单题耗时只有平均值（命令行总时间减去加载）；内存是峰值"]
    if not build:
        notes.append("用的是现有的发布版，它可能比目录旧；--build 会重新训练并计时")
    return Run(NAME, "沪法问答", predictions, costs, notes=tuple(notes))


def _evaluate(
    folder: Path, questions: Sequence[Question], environment: dict[str, str]
) -> tuple[Finished, dict[str, Prediction]]:
    asked, said = folder / "questions.jsonl", folder / "predictions.jsonl"
    rows = [json.dumps({"id": q.id, "text": q.text}, ensure_ascii=False) for q in questions]
    asked.write_text("\n".join(rows) + "\n", encoding="utf-8")
    finished = run_measured([*_COMMAND, "eval", "--questions", str(asked), "--out", str(said)], environment)
    return finished, read_predictions(said.read_text(encoding="utf-8").split("\n"))
