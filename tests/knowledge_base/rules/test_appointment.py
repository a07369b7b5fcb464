"""预约与回电: what is said when a wish has been taken down, by service, hour and consent."""

import pytest

from knowledge_base.catalogue import load_catalogue
from knowledge_base.guides.model import load_guides
from knowledge_base.rules.appointment import DECLINED, REQUESTED, conclude
from knowledge_base.rules.conclusion import UNKNOWN, Answers

GUIDE = load_guides()["appointment"]
AGREED: Answers = {"consent": "yes", "phone": "given"}
SERVICES = [UNKNOWN, *(choice.value for choice in GUIDE.steps[0].choices)]
HOURS = [UNKNOWN, *(choice.value for step in GUIDE.steps if step.id == "hour" for choice in step.choices)]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("hour", HOURS)
def test_every_wish_is_taken_down(service: str, hour: str) -> None:
    conclusion = conclude({"service": service, "hour": hour, **AGREED})
    assert conclusion.verdict == REQUESTED
    assert "记下了" in conclusion.headline
    assert "12348" in conclusion.text
    assert bool(conclusion.sections) == (service != "call_back")


def test_an_evening_is_taken_down_and_not_promised() -> None:
    text = conclude({"service": "call_back", "hour": "evening", **AGREED}).text
    assert text.startswith("你说的是下班以后、晚上，已经记下了")
    assert "没有核到" in text


@pytest.mark.parametrize("answers", [{"consent": "no"}, {"consent": "yes"}, {}])
def test_without_consent_or_phone_nothing_is_kept(answers: Answers) -> None:
    conclusion = conclude({"hour": "evening", **answers})
    assert conclusion.verdict == DECLINED
    assert "晚上" not in conclusion.text


def test_every_next_exists() -> None:
    entries = {f"entry:{entry.id}" for entry in load_catalogue()}
    assert set(conclude(AGREED).next) <= entries
