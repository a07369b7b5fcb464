"""The conversations of the guides (tests/system/guides), as stories that Rasa predicts turn by turn."""

import json
from pathlib import Path

import pytest

from knowledge_base.release import ReleaseStore
from tests.bot.test_rasa import MODEL_POINTER, rasa
from tests.system.guides.conversations import all_conversations
from tests.system.guides.stories import write

pytestmark = pytest.mark.system

LEAST_STORIES = 80


def test_conversations_go_as_rasa_predicts(tmp_path: Path) -> None:
    written = write(tmp_path / "stories", ReleaseStore.from_environment().load())
    assert written == len(all_conversations()) >= LEAST_STORIES
    model = MODEL_POINTER.read_text(encoding="utf-8").strip()
    stories = ("--stories", str(tmp_path / "stories"), "--e2e", "--fail-on-prediction-errors")
    rasa("test", "core", "--quiet", "--model", model, *stories, "--out", str(tmp_path / "out"))
    report = json.loads((tmp_path / "out/story_report.json").read_text(encoding="utf-8"))
    counted = report.get("conversation_accuracy")
    assert counted == {"accuracy": 1.0, "correct": written, "with_warnings": 0, "total": written}
