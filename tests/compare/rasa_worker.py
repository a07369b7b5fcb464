"""Ask a trained Rasa model questions. Runs in the Rasa environment; imports nothing of ours.

    python rasa_worker.py MODEL.tar.gz < questions.jsonl > predictions.jsonl

In: rows {"id", "text"}. Out: a row for each, {"id", "intent", "confidences", "entries", "ms"}: `intent` after the fallback,
`confidences` of all intents before it, `entries` best first. The last row is {"before_mb", "after_mb"}: resident memory
before the model was loaded and after the last question.
"""

import asyncio
import json
import logging
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any, TextIO

_RETRIEVAL_INTENT = "faq"
_SHOWN = 3
_WARM_UP = 20


def resident_mb() -> float:
    """Memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def row_of(question_id: str, parsed: dict[str, Any], milliseconds: float) -> dict[str, Any]:
    """The output row of what Rasa parsed."""
    selected = parsed.get("response_selector", {}).get(_RETRIEVAL_INTENT, {}).get("ranking", [])
    return {
        "id": question_id,
        "intent": parsed["intent"]["name"],
        "confidences": {r["name"]: r["confidence"] for r in parsed["intent_ranking"] if r["name"] != "nlu_fallback"},
        "entries": [r["intent_response_key"].partition("/")[2] for r in selected[:_SHOWN]],
        "ms": milliseconds,
    }


async def answer(model: str, questions: list[dict[str, str]], out: TextIO) -> None:
    """Load the model, ask, and write the rows."""
    from rasa.core.agent import load_agent  # type: ignore[import-not-found]
    from rasa.utils.log_utils import configure_structlog  # type: ignore[import-not-found]

    configure_structlog(logging.ERROR)  # or every parsed message is printed
    before = resident_mb()
    agent = await load_agent(model_path=model)
    for question in questions[:_WARM_UP]:
        await agent.parse_message(question["text"])
    for question in questions:
        began = time.perf_counter()
        parsed = await agent.parse_message(question["text"])
        row = row_of(question["id"], parsed, (time.perf_counter() - began) * 1000)
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
    out.write(json.dumps({"before_mb": before, "after_mb": resident_mb()}) + "\n")


def main() -> None:
    """Keep stdout for the rows: whatever Rasa and TensorFlow print goes to stderr."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)
        questions = [json.loads(line) for line in sys.stdin.buffer.read().decode().split("\n") if line.strip()]
        asyncio.run(answer(sys.argv[1], questions, out))


if __name__ == "__main__":
    main()
