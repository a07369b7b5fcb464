"""Legal terms typed with characters of the same sound: what is put right, and what must stay as it is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.catalogue import load_catalogue
from knowledge_base.lexicon import Lexicon, load_lexicon
from knowledge_base.normalise import normalise
from knowledge_base.sound_alikes import SoundAlikes, correct

CORPORA = Path(__file__).parents[1] / "corpora"
MISSPELT = [line.split("\t") for line in (CORPORA / "sound_alikes.txt").read_text(encoding="utf-8").splitlines()]
UNCHANGED = (CORPORA / "sound_alikes_unchanged.txt").read_text(encoding="utf-8").splitlines()
LEAST_RECALL = 0.9

SMALL = SoundAlikes(
    Lexicon(
        {},
        terms=["取保候审", "起诉状", "律师费", "仲裁员", "病历", "口头遗嘱", "七天无理由退货", "探望权"],
        sound_alikes={"公正处": "公证处"},
        guard=["仲裁院"],
        same_sound=["仲裁", "公证"],
    )
)

LEXICON = load_lexicon()
TERMS = sorted({*LEXICON.terms, *LEXICON.same_sound})
# Texts of nothing but what the rules are about: characters of terms and of mistakes, words and punctuation.
TEXTS = st.one_of(
    st.text(st.sampled_from(sorted(set("".join(TERMS)))), max_size=12),
    st.text(st.sampled_from(sorted(set("".join(typed for typed, _ in MISSPELT) + ",?1a"))), max_size=30),
    st.lists(st.sampled_from([*TERMS, *LEXICON.sound_alikes, *UNCHANGED]), max_size=4).map("".join),
    st.lists(st.sampled_from([typed for typed, _ in MISSPELT]), max_size=3).map("".join),
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("能取保后审吗", "能取保候审吗"),
        ("起诉壮怎么写", "起诉状怎么写"),
        ("她的探忘权", "她的探望权"),
        ("去仲材", "去仲裁"),
        ("去宗裁", "去仲裁"),
        ("去公正处拿起诉壮", "去公证处拿起诉状"),
        ("取保后审,起诉壮", "取保候审,起诉状"),
        ("七天无里由退货", "七天无理由退货"),
    ],
    ids=[
        "one",
        "the last character",
        "the middle one",
        "two characters",
        "mixed-up initials",
        "listed",
        "two",
        "a numeral",
    ],
)
def test_a_term_is_put_right(typed: str, expected: str) -> None:
    assert SMALL.correct(typed) == expected


@pytest.mark.parametrize(
    "text",
    [
        "我要取保候审",
        "律师非要我先交",
        "律师飞北京",
        "起诉庄家",
        "去仲裁院问",
        "看了病例",
        "看了病力",
        "口头医嘱",
        "中财",
        "公正判决",
        "期天无理由退货",
        "abc 12348",
        "",
    ],
    ids=[
        "right",
        "across a word",
        "a word of its own",
        "another word",
        "guarded",
        "a word of two characters",
        "two characters that nobody named",
        "a longer term with a word in it",
        "nothing of the term left",
        "a word that sounds like a term",
        "a numeral is not written in",
        "no Chinese",
        "empty",
    ],
)
def test_what_is_no_mistake_stays(text: str) -> None:
    assert SMALL.correct(text) == text


def test_nothing_is_corrected_that_the_list_would_change_again() -> None:
    lexicon = Lexicon({}, terms=["委托书"], sound_alikes={"公正委托": "公证委托"})
    assert SoundAlikes(lexicon).correct("公正委脱书") == "公正委脱书"


# What is shipped


def test_the_corpora_are_in_order() -> None:
    assert all(len(typed) == len(expected) and typed != expected for typed, expected in MISSPELT)
    typed = [typed for typed, _ in MISSPELT]
    assert len(typed) == len(set(typed)) >= 150
    assert len(UNCHANGED) == len(set(UNCHANGED)) >= 150


def test_most_misspelt_sentences_are_put_right() -> None:
    missed = [(typed, correct(typed)) for typed, expected in MISSPELT if correct(typed) != expected]
    assert len(missed) <= (1 - LEAST_RECALL) * len(MISSPELT), missed


def test_a_misspelt_sentence_is_put_right_or_left_alone() -> None:
    assert [correct(typed) for typed, expected in MISSPELT if correct(typed) not in {typed, expected}] == []


@pytest.mark.parametrize("text", UNCHANGED)
def test_a_right_sentence_stays(text: str) -> None:
    assert normalise(text) == text


def test_the_catalogue_stays() -> None:
    texts = [text for e in load_catalogue() for text in (e.title, e.answer, *e.facets.values())]
    assert [text for text in texts if correct(text) != text] == []


def test_every_term_is_known_to_be_right() -> None:
    assert [term for term in TERMS if correct(f"我想问{term}怎么办") != f"我想问{term}怎么办"] == []


@given(TEXTS)
def test_correcting_twice_changes_nothing_more(text: str) -> None:
    once = correct(text)
    assert correct(once) == once


@given(TEXTS)
def test_a_text_keeps_its_length_and_its_numerals(text: str) -> None:
    listed = LEXICON.correct(text)
    corrected = correct(text)
    assert len(corrected) == len(listed)
    changed = [{before, after} for before, after in zip(listed, corrected, strict=True) if before != after]
    assert [pair for pair in changed if pair & set("0123456789〇零一二两三四五六七八九十百千万亿半")] == []


@given(st.lists(st.sampled_from(TERMS), max_size=6))
def test_a_text_of_terms_stays(terms: list[str]) -> None:
    text = ",".join(terms)
    assert correct(text) == text
