"""One entry linted among the others: the same defects as when everything is linted."""

import random
from datetime import date

import pytest

from knowledge_base.catalogue import load_catalogue
from knowledge_base.entry import Entry
from knowledge_base.linter import lint
from knowledge_base.linter.neighbourhood import Neighbourhood
from tests.small_catalogue import make_entry

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    """A part of the real catalogue that holds near neighbours."""
    return [entry for entry in load_catalogue() if entry.topic in ("劳动争议", "工伤", "法律援助")]


def everything(entry: Entry, others: list[Entry]) -> list[str]:
    rest = [other for other in others if other.id != entry.id]
    return sorted(str(defect) for defect in lint([entry, *rest], TODAY) if defect.where == entry.id)


@pytest.mark.parametrize("seed", range(3))
def test_finds_what_linting_everything_finds(entries: list[Entry], seed: int) -> None:
    chance = random.Random(seed)
    neighbourhood = Neighbourhood(entries)
    one, other = chance.sample(entries, 2)
    broken = one.model_copy(
        update={
            "questions": [*one.questions, other.title, *other.questions[:2]],
            "answer": f"{one.answer}\n{other.answer.replace('一', '三').replace('0', '1')}",
            "next": [*one.next, "entry:labour.not-there"],
        }
    )
    found = sorted(map(str, neighbourhood.defects(broken, TODAY)))
    assert len(found) >= 3
    assert found == everything(broken, entries)


def test_the_entry_itself_is_not_its_own_double(entries: list[Entry]) -> None:
    found = Neighbourhood(entries).defects(entries[0], TODAY)
    assert sorted(map(str, found)) == everything(entries[0], entries)


def test_an_entry_that_is_written_elsewhere_may_be_named() -> None:
    one = make_entry(id="labour.one", next=["entry:labour.soon"], confusable={"labour.later": "问的是别的"})
    rules = {defect.rule for defect in Neighbourhood([]).defects(one, TODAY, ["labour.soon", "labour.later"])}
    assert not rules & {"next", "confusable", "same-question"}
    assert {"next", "confusable"} <= {defect.rule for defect in Neighbourhood([]).defects(one, TODAY)}


def test_made_from_an_earlier_one_it_knows_what_changed(entries: list[Entry]) -> None:
    gone, moved = (
        entries[0],
        entries[1].model_copy(update={"questions": [*entries[1].questions, "天上会不会掉馅饼给我吃"]}),
    )
    later = Neighbourhood([moved, *entries[2:]], Neighbourhood(entries))
    twin = make_entry(id="labour.twin", questions=["天上会不会掉馅饼给我吃", *gone.questions])
    said = [str(defect) for defect in later.defects(twin, TODAY) if defect.rule == "same-question"]
    assert any(moved.id in text for text in said)
    assert not any(f"和 {gone.id} 的" in text for text in said)
