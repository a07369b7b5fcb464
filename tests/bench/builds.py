"""Build the same catalogue twice and count decisions that differ: `python -m tests.bench.builds`. Prints figures.

Each build trains everything anew in a folder of its own, the second on one core and with another hash seed, and then decides every question of tests/evaluation. Takes two trainings.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.compare.data import EVALUATION_DIR


def _decide_everything(folder: Path, questions: Path, hash_seed: int, cores: int) -> dict[str, dict[str, object]]:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])  # what is started below inherits it
    environment = os.environ | {
        "HUFA_KNOWLEDGE_DIR": str(folder / "knowledge"),
        "PYTHONHASHSEED": str(hash_seed),
    }
    command = [sys.executable, "-m", "knowledge_base"]
    out = folder / "predictions.jsonl"
    subprocess.run([*command, "build"], env=environment, check=True)
    subprocess.run([*command, "eval", "--questions", str(questions), "--out", str(out)], env=environment, check=True)
    rows = map(json.loads, filter(None, out.read_text(encoding="utf-8").split("\n")))
    return {str(row["id"]): row for row in rows}


def _gather(out: Path) -> int:
    """All own questions into one file, numbered. Returns how many."""
    texts = [
        json.loads(line)["text"]
        for path in sorted(EVALUATION_DIR.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").split("\n")
        if line
    ]
    rows = [json.dumps({"id": str(number), "text": text}, ensure_ascii=False) for number, text in enumerate(texts)]
    out.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return len(rows)


def main() -> None:
    """Build twice, compare, print."""
    argparse.ArgumentParser(prog="python -m tests.bench.builds", description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = _gather(folder / "questions.jsonl")
        builds = []
        for number, cores in enumerate((2, 1), start=1):
            own = folder / str(number)
            own.mkdir()
            builds.append(_decide_everything(own, folder / "questions.jsonl", number, cores))
    first, second = builds
    flips = sum(
        (first[k]["decision"], first[k]["entries"]) != (second[k]["decision"], second[k]["entries"]) for k in first
    )
    answers = sum("answer" in (first[k]["decision"], second[k]["decision"]) for k in first)
    changed = sum(first[k]["score"] != second[k]["score"] for k in first)
    print(f"{asked} questions, {answers} answered by either build: {flips} decisions differ, {changed} scores differ")


if __name__ == "__main__":
    main()
