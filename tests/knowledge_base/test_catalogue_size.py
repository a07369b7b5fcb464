"""How much the shipped catalogue holds, how it reads, and that held-out questions are not in it."""

import json
from collections import Counter
from pathlib import Path

import pytest

from knowledge_base.catalogue import load_catalogue
from knowledge_base.entry import Entry
from knowledge_base.linter.wording import MAX_AVERAGE_SENTENCE, MAX_SENTENCE, average_sentence, longest_sentence
from knowledge_base.normalise import match_key
from knowledge_base.situations import load_out_of_scope, load_situations
from knowledge_base.topics import load_topics

EVALUATION = Path(__file__).parents[1] / "evaluation"
HOTLINE = [topic.name for topic in load_topics().values() if topic.group == "hotline"]
SERVICES = [topic.name for topic in load_topics().values() if topic.group == "services"]
OTHER_SERVICES = set(SERVICES) - {"法律援助", "公证", "立法与执法监督"}


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return load_catalogue()


@pytest.fixture(scope="module")
def kinds(entries: list[Entry]) -> Counter[tuple[str, str]]:
    return Counter((entry.topic, entry.kind) for entry in entries)


def held_out(name: str) -> list[dict[str, str]]:
    rows = (EVALUATION / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(row) for row in rows if row]


@pytest.mark.parametrize("topic", HOTLINE)
def test_a_hotline_topic_answers_twenty_things_people_ask(kinds: Counter[tuple[str, str]], topic: str) -> None:
    assert kinds[topic, "question"] >= 20


def test_notarial_matters(kinds: Counter[tuple[str, str]]) -> None:
    assert kinds["公证", "service"] >= 180
    assert kinds["公证", "question"] >= 40


def test_the_other_services(entries: list[Entry]) -> None:
    assert sum(entry.topic in OTHER_SERVICES for entry in entries) >= 110


@pytest.mark.parametrize(("topic", "least"), [*((t, 80) for t in HOTLINE), *((t, 40) for t in SERVICES)])
def test_a_topic_has_distinct_situations_of_four_wordings(topic: str, least: int) -> None:
    situations = [situation for situation in load_situations() if situation.topic == topic]
    assert len({situation.name for situation in situations}) == len(situations)
    assert sum(len(set(map(match_key, situation.wordings))) >= 4 for situation in situations) >= least


def test_a_situation_has_two_wordings() -> None:
    assert [f"{s.topic}/{s.name}" for s in load_situations() if len(set(map(match_key, s.wordings))) < 2] == []


def test_no_wording_stands_under_two_topics() -> None:
    topics: dict[str, set[str]] = {}
    for situation in load_situations():
        for wording in situation.wordings:
            topics.setdefault(match_key(wording), set()).add(situation.topic)
    assert [wording for wording, names in topics.items() if len(names) > 1] == []


def test_there_are_enough_lines_we_cannot_help_with() -> None:
    assert len({match_key(line) for lines in load_out_of_scope().values() for line in lines}) >= 2500


def test_sentences_are_short(entries: list[Entry]) -> None:
    assert average_sentence(entries) <= MAX_AVERAGE_SENTENCE
    assert longest_sentence(entries) <= MAX_SENTENCE


def test_every_entry_has_three_held_out_questions(entries: list[Entry]) -> None:
    asked = Counter(row["entry"] for row in held_out("entries"))
    assert [entry.id for entry in entries if asked[entry.id] < 3] == []
    assert set(asked) - {entry.id for entry in entries} == set()


def test_there_are_enough_held_out_lines_that_no_entry_answers() -> None:
    assert len(held_out("out_of_scope")) >= 400
    assert len(held_out("near_misses")) >= 200


def test_no_held_out_line_trains_anything(entries: list[Entry]) -> None:
    known = {match_key(text) for entry in entries for text in (entry.title, *entry.questions)}
    known |= {match_key(wording) for situation in load_situations() for wording in situation.wordings}
    known |= {match_key(line) for lines in load_out_of_scope().values() for line in lines}
    asked = [row["text"] for name in ("entries", "near_misses", "out_of_scope") for row in held_out(name)]
    assert [text for text in asked if match_key(text) in known] == []
