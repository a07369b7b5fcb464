"""Ask the held-out questions of the current release and print what came out: `make eval`.

`entries.jsonl` holds questions that an entry answers, `near_misses.jsonl` questions in our topics that none answers,
`out_of_scope.jsonl` what the assistant cannot help with. None of them trains anything.
"""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge_base.decision import Decider
from knowledge_base.evaluation import prediction
from knowledge_base.release import ReleaseStore

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Figures:
    """Shares between 0 and 1."""

    entry_first: float
    entry_in_three: float
    topic_first: float
    answered: float
    answer_precision: float
    answer_topic_precision: float
    clarification_holds: float
    near_miss_answered: float
    out_of_scope_abstained: float
    decisions: dict[str, dict[str, int]]


def _rows(name: str) -> list[dict[str, Any]]:
    text = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line]


def _share(values: list[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def evaluate(decider: Decider) -> Figures:
    """Measure one decider on the three files."""
    asked = {
        name: [(row, prediction(decider, decider.decide(row["text"]))) for row in _rows(name)]
        for name in ("entries", "near_misses", "out_of_scope")
    }
    entries = asked["entries"]
    answers = [(row, said) for row, said in entries if said["decision"] == "answer"]
    offers = [(row, said) for row, said in entries if said["decision"] == "clarify"]
    return Figures(
        entry_first=_share([said["entries"][:1] == [row["entry"]] for row, said in entries]),
        entry_in_three=_share([row["entry"] in said["entries"] for row, said in entries]),
        topic_first=_share([said["labels"][:1] == [row["topic"]] for row, said in entries]),
        answered=len(answers) / len(entries),
        answer_precision=_share([said["entries"][0] == row["entry"] for row, said in answers]),
        answer_topic_precision=_share([said["labels"][0] == row["topic"] for row, said in answers]),
        clarification_holds=_share([row["entry"] in said["entries"] for row, said in offers]),
        near_miss_answered=_share([said["decision"] == "answer" for _, said in asked["near_misses"]]),
        out_of_scope_abstained=_share([said["abstain"] for _, said in asked["out_of_scope"]]),
        decisions={name: dict(Counter(said["decision"] for _, said in rows)) for name, rows in asked.items()},
    )


def main() -> None:
    """Print the figures of the current release."""
    release = ReleaseStore.from_environment().load()
    figures = evaluate(release.decider)
    print(f"发布版 {release.number}，条目 {len(release.entries)}")
    for name, value in vars(figures).items():
        print(f"{name:26s} {value:.3f}" if isinstance(value, float) else f"{name:26s} {value}")


if __name__ == "__main__":
    main()
