"""Ask every question of a file and write what was decided, one JSON line a question."""

import json
from collections.abc import Iterator
from pathlib import Path

from knowledge_base.decision import Decider, Decision, DecisionKind

_LABELS = 3


def prediction(decider: Decider, decision: Decision) -> dict[str, object]:
    """`labels`, `entries`, `abstain`, `decision` and `score` of one decision.

    Labels are the topics of the entries given or offered, in their order; for a route, the router's topics. `score` is
    the probability of being in scope.
    """
    shown = list(decision.candidates)
    if decision.kind is DecisionKind.ANSWER:
        topics = [decider.entries[c.entry_id].topic for c in shown]
        topics += [topic for topic, _ in decision.topics]
    elif decision.kind is DecisionKind.CLARIFY:
        topics = [decider.entries[c.entry_id].topic for c in shown]
    else:
        topics = [topic for topic, _ in decision.topics]
    return {
        "labels": list(dict.fromkeys(topics))[:_LABELS],
        "entries": [c.entry_id for c in shown][:_LABELS],
        "abstain": decision.kind is DecisionKind.ABSTAIN,
        "decision": decision.kind.value,
        "score": decision.in_scope,
    }


def predict_file(decider: Decider, questions: Path, out: Path) -> int:
    """Predict each row `{"id", "text"}` of a JSON Lines file. Returns the number of rows.

    Raises:
        ValueError: a row is not JSON or has no id or text; the message names the line.
    """
    rows = list(_read(questions))
    with out.open("w", encoding="utf-8") as file:
        for row in rows:
            result = {"id": row["id"], **prediction(decider, decider.decide(str(row["text"])))}
            file.write(json.dumps(result, ensure_ascii=False) + "\n")
    return len(rows)


def _read(path: Path) -> Iterator[dict[str, object]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            row["id"], row["text"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f'{path.name} 第 {number} 行不是 {{"id", "text"}} 格式：{error}') from error
        yield row
