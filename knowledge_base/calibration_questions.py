"""Questions by people who had not seen the entries' questions: they set the ranker, its probabilities and thresholds.

calibration/entries.jsonl        {"text", "entry", "topic"}: this entry answers it
calibration/near_misses.jsonl    {"text", "topic"}: in our topics, but no entry answers it
calibration/out_of_scope.jsonl   {"text", "kind"}: not for this assistant
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge_base.corpus import OUT_OF_SCOPE
from knowledge_base.normalise import normalise

CALIBRATION_DIR = Path(__file__).with_name("calibration")


@dataclass(frozen=True)
class CalibrationQuestion:
    """A normalised question.

    `entry_id` answers it; None when it is not known which entry does, or, for a `near_miss`, known that none does.
    `topic` may be OUT_OF_SCOPE or GOVERNMENT. `lesson`: it is a line that was written to teach, asked
    where it was left out; the others are as people ask.
    """

    text: str
    topic: str
    entry_id: str | None = None
    near_miss: bool = False
    lesson: bool = False


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def load_calibration(folder: Path = CALIBRATION_DIR) -> list[CalibrationQuestion]:
    """All questions of a folder, in file order."""
    answered = [(row["text"], row["topic"], row["entry"], False) for row in _rows(folder / "entries.jsonl")]
    near = [(row["text"], row["topic"], None, True) for row in _rows(folder / "near_misses.jsonl")]
    outside = [(row["text"], OUT_OF_SCOPE, None, False) for row in _rows(folder / "out_of_scope.jsonl")]
    return [
        CalibrationQuestion(normalise(text), topic, entry_id, near_miss)
        for text, topic, entry_id, near_miss in (*answered, *near, *outside)
    ]
