"""Every conversation through all real processes: API, Rasa, action server, knowledge base."""

import json
import sqlite3
from datetime import date, timedelta
from typing import Any

import pytest

from knowledge_base.guides.state import read_state
from tests.system.citizen import Citizen
from tests.system.guides.conversations import Conversation, all_conversations, play
from tests.system.processes import System

pytestmark = pytest.mark.system

_ROWS = [pytest.param(row, id=f"{guide}: {row.name}") for guide, row in all_conversations()]


class _Typing:
    """A citizen over HTTP; days go by in the database."""

    def __init__(self, citizen: Citizen, system: System) -> None:
        self._citizen = citizen
        self._database = system.folder / "hufa.db"

    def say(self, text: str, intent: str) -> dict[str, Any]:  # noqa: ARG002 - the classifier finds it
        return self._citizen.ask(text)

    def press(self, choice: str) -> dict[str, Any]:
        return self._citizen.press(choice)

    def wait(self, days: int) -> None:
        """The guide was last gone on with so many days ago."""
        with sqlite3.connect(self._database) as database:
            row = database.execute("SELECT guide FROM conversations WHERE id = ?", (self._citizen.id,)).fetchone()
            state = read_state(json.loads(row[0]))
            assert state is not None
            moved = state.model_copy(update={"day": state.day - timedelta(days=days)}).model_dump_json()
            database.execute("UPDATE conversations SET guide = ? WHERE id = ?", (moved, self._citizen.id))


@pytest.mark.parametrize("conversation", _ROWS)
def test_goes_as_written(conversation: Conversation, citizen: Citizen, system: System) -> None:
    play(conversation, _Typing(citizen, system), date.today())
