"""Ask every question of a file and write what was decided, one JSON line a question."""

import json
from collections.abc import Iterator
from pathlib import Path

from knowledge_base.decision import Decider, Decision, DecisionKind

_SHOWN = 3


def topics_shown(decider: Decider, decision: Decision) -> list[str]:
    """Topics as a citizen meets them, best first: those of the entries given or offered; for a route, the router's."""
    topics: list[str] = []
    if decision.kind in (DecisionKind.ANSWER, DecisionKind.CLARIFY):
        topics += [decider.entries[candidate.entry_id].topic for candidate in decision.candidates]
    if decision.kind is not DecisionKind.CLARIFY:
        topics += [topic for topic, _ in decision.topics]
    return list(dict.fromkeys(topics))


def prediction(decider: Decider, decision: Decision) -> dict[str, object]:
    """`labels` (the first topics shown), `entries`, `abstain`, `decision` and `score` of one decision.

    `score` is the probability of being in scope.
    """
    return {
        "labels": topics_shown(decider, decision)[:_SHOWN],
        "entries": [candidate.entry_id for candidate in decision.candidates][:_SHOWN],
        "abstain": decision.kind is DecisionKind.ABSTAIN,
        "decision": decision.kind.value,
        "score": decision.in_scope,
    }


def predict_file(decider: Decider, questions: Path, out: Path) -> int:
    """Predict each row `{"id", "text"}` of a JSON Lines file. Returns the number of rows.

    Raises:
        ValueError: a row is not JSON or has no id or text; the message names the line.
    """
    rows = [row for _, row in read_rows(questions)]
    with out.open("w", encoding="utf-8") as file:
        for row in rows:
            result = {"id": row["id"], **prediction(decider, decider.decide(str(row["text"])))}
            file.write(json.dumps(result, ensure_ascii=False) + "\n")
    return len(rows)


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """The rows of a JSON Lines file of questions, each with the number of its line; empty lines are left out.

    Raises:
        ValueError: a row is not JSON or has no id or text; the message names the line.
    """
    # not splitlines(): it also breaks at characters that a JSON string may hold
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            row["id"], row["text"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f'{path.name} 第 {number} 行不是 {{"id", "text"}} 格式：{error}') from error
        yield number, row
