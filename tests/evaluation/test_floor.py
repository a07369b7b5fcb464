"""The held-out figures of the trained release must not fall below what was reached."""

from datetime import date
from pathlib import Path

import pytest

from knowledge_base.evaluation_report.questions import load_own
from knowledge_base.evaluation_report.report import Report, evaluate
from knowledge_base.release import ReleaseStore
from tests.system.processes import ROOT

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def report() -> Report:
    release = ReleaseStore(ROOT / "var" / "knowledge").load()
    samples = load_own(Path(__file__).parent, lambda entry_id: release.in_force(entry_id) is not None)
    return evaluate(release, samples, date.today())


@pytest.mark.parametrize(
    ("sample", "figure", "floor"),
    [
        ("entries", "entry_first", 0.84),
        ("entries", "entry_in_three", 0.945),
        ("entries", "answer_topic_precision", 0.97),
        ("out_of_scope", "abstained", 0.90),
    ],
)
def test_has_not_fallen(report: Report, sample: str, figure: str, floor: float) -> None:
    assert report.sample(sample).figures[figure].value >= floor


def test_near_misses_are_seldom_answered(report: Report) -> None:
    assert report.sample("near_misses").figures["answered"].value <= 0.13


def test_probabilities_are_what_they_claim(report: Report) -> None:
    assert report.calibration.error <= 0.06
