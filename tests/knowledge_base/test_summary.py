"""What `lint --summary` prints."""

from knowledge_base.summary import summarise
from knowledge_base.topics import load_topics
from tests.small_catalogue import small_entries


def test_a_line_for_every_topic_with_its_counts() -> None:
    rows = [line.split("\t") for line in summarise(small_entries())]
    labour = next(row for row in rows if row[0] == "劳动争议")
    assert labour[1:4] == ["4", "0", "0"]
    assert {row[0] for row in rows} >= set(load_topics())


def test_the_totals_stand_at_the_end() -> None:
    assert [line.split()[0] for line in list(summarise(small_entries()))[-3:]] == ["词库", "情形", "句子平均"]
