"""A guide outlives every process: its state is in the database and travels with each message."""

from pathlib import Path

import httpx
import pytest

from tests.system.citizen import Citizen
from tests.system.processes import System

pytestmark = pytest.mark.system


def test_a_guide_goes_on_after_everything_was_started_again(tmp_path: Path) -> None:
    first = System(tmp_path).start()
    try:
        with httpx.Client(base_url=first.url, timeout=20, trust_env=False) as client:
            citizen = Citizen(client)
            for said in ("算期限", "法院官司", "收到判决书"):
                turn = citizen.ask(said)
            assert turn["outcome"] == "guided.asked"
    finally:
        first.stop()
    second = System(tmp_path).start()
    try:
        with httpx.Client(base_url=second.url, timeout=20, trust_env=False) as client:
            citizen.client = client
            turn = citizen.ask("昨天")
            assert turn["outcome"] == "guided.concluded"
            corrected = citizen.ask("不对，是前天")
            assert [block["type"] for block in corrected["reply"]][:2] == ["text", "result"]
    finally:
        second.stop()
