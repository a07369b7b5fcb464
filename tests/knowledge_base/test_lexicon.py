"""The lexicon: how its files are read, what it finds and corrects, and that the shipped files keep their promises."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.analysis import words
from knowledge_base.catalogue import load_catalogue
from knowledge_base.lexicon import LEXICON_DIR, Lexicon, LexiconError, PhraseFinder, load_lexicon, read_lexicon
from knowledge_base.normalise import normalise
from knowledge_base.situations import load_situations
from knowledge_base.sound_alikes import SoundAlikes

ABUSE = ("操你", "妈的", "傻逼", "屌", "婊", "贱", "狐狸精", "拖油瓶", "劳改犯", "疯人院", "瘪三", "戆")
LEAST_EXPRESSIONS, LEAST_TERMS, LEAST_SOUND_ALIKES = 1500, 300, 100

SMALL = Lexicon(
    {"老板跑路": "用人单位逃匿", "跑路": "逃匿", "屋里厢": "家里"},
    terms=["意定监护"],
    sound_alikes={"公正处": "公证处", "仲才": "仲裁"},
    guard=["公正处理"],
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five small files."""
    (tmp_path / "expressions").mkdir()
    (tmp_path / "expressions" / "a.tsv").write_text("# 说明\n老板跑路\t用人单位逃匿\n\n", encoding="utf-8")
    (tmp_path / "terms.txt").write_text("意定监护\n", encoding="utf-8")
    (tmp_path / "sound_alikes.tsv").write_text("公正处\t公证处\n", encoding="utf-8")
    (tmp_path / "guard.txt").write_text("公正处理\n", encoding="utf-8")
    (tmp_path / "same_sound.txt").write_text("判决书\n", encoding="utf-8")
    return tmp_path


# Reading


def test_reading_leaves_comments_and_empty_lines_out(folder: Path) -> None:
    lexicon = read_lexicon(folder)
    assert (lexicon.expressions, lexicon.terms) == ({"老板跑路": "用人单位逃匿"}, ("意定监护",))
    assert (lexicon.sound_alikes, lexicon.guard) == ({"公正处": "公证处"}, ("公正处理",))
    assert lexicon.same_sound == ("判决书",)


@pytest.mark.parametrize("row", ["老板跑路 用人单位逃匿", "老板跑路\t", "\t用人单位逃匿"])
def test_a_row_without_two_columns_is_told(folder: Path, row: str) -> None:
    (folder / "expressions" / "b.tsv").write_text(row + "\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"b\.tsv.*两列"):
        read_lexicon(folder)


def test_an_expression_with_two_concepts_is_told(folder: Path) -> None:
    (folder / "expressions" / "b.tsv").write_text("老板跑路\t欠薪\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"老板跑路.*两个概念"):
        read_lexicon(folder)


# Finding and correcting


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("老板跑路了", [(0, "老板跑路")]),
        ("他跑路了,屋里厢没人", [(1, "跑路"), (5, "屋里厢")]),
        ("没有", []),
        ("", []),
    ],
    ids=["the longest", "two", "none", "empty"],
)
def test_finding(text: str, found: list[tuple[int, str]]) -> None:
    assert list(PhraseFinder(["老板跑路", "跑路", "屋里厢"]).find(text)) == found


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("老板跑路了工资怎么办", ["用人单位逃匿"]),
        ("用人单位逃匿", ["用人单位逃匿"]),
        ("屋里厢老板跑路,又跑路", ["家里", "用人单位逃匿", "逃匿"]),
        ("今天天气", []),
    ],
    ids=["expression", "the concept itself", "each once in order", "none"],
)
def test_concepts(text: str, concepts: list[str]) -> None:
    assert SMALL.concepts(text) == concepts


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("去公正处办", "去公证处办"),
        ("劳动仲才和公正处", "劳动仲裁和公证处"),
        ("希望法院公正处理", "希望法院公正处理"),
        ("公正公平", "公正公平"),
        ("", ""),
    ],
    ids=["one", "two", "guarded", "a word of its own", "empty"],
)
def test_correct(text: str, corrected: str) -> None:
    assert SMALL.correct(text) == corrected


# What is shipped


def test_there_is_enough() -> None:
    lexicon = load_lexicon()
    assert len(lexicon.expressions) >= LEAST_EXPRESSIONS
    assert len(lexicon.terms) >= LEAST_TERMS
    assert len(lexicon.sound_alikes) >= LEAST_SOUND_ALIKES


def test_everything_is_written_in_the_normalised_form() -> None:
    lexicon = load_lexicon()
    texts = [
        *lexicon.expressions,
        *lexicon.expressions.values(),
        *lexicon.terms,
        *lexicon.guard,
        *lexicon.same_sound,
    ]
    assert [text for text in texts if normalise(text) != text] == []


def test_no_expression_is_its_own_concept() -> None:
    assert [e for e, concept in load_lexicon().expressions.items() if e == concept] == []


def test_concepts_are_words_of_the_catalogue() -> None:
    known = "\n".join(
        [text for e in load_catalogue() for text in (e.title, e.answer, *e.facets.values(), *e.questions)]
        + [s.name for s in load_situations()]
    )
    known = normalise(known)
    assert sorted({concept for concept in load_lexicon().expressions.values() if concept not in known}) == []


def test_no_abuse() -> None:
    assert [e for e in load_lexicon().expressions if any(word in e for word in ABUSE)] == []


def test_correcting_twice_changes_nothing_more() -> None:
    lexicon = load_lexicon()
    for right in lexicon.sound_alikes.values():
        assert lexicon.correct(right) == right


@given(st.text(st.sampled_from("".join(load_lexicon().sound_alikes) or "公正处"), max_size=12))
def test_correcting_any_text_twice_changes_nothing_more(text: str) -> None:
    once = load_lexicon().correct(text)
    assert load_lexicon().correct(once) == once


def test_a_guard_holds_a_mistake() -> None:
    lexicon = load_lexicon()
    unguarded = SoundAlikes(Lexicon({}, lexicon.terms, lexicon.sound_alikes, (), lexicon.same_sound))
    assert [g for g in lexicon.guard if unguarded.correct(g) == g] == []


def test_a_right_wording_of_the_catalogue_is_never_corrected() -> None:
    lexicon = load_lexicon()
    texts = [text for e in load_catalogue() for text in (e.title, e.answer, *e.facets.values())]
    assert [text for text in texts if lexicon.correct(text) != text] == []


def test_the_segmenter_keeps_legal_terms_whole() -> None:
    assert [term for term in load_lexicon().terms if words(f"问{term}") != ["问", term]] == []


def test_files_hold_nothing_twice() -> None:
    for path in LEXICON_DIR.rglob("*.t?*"):
        rows = [row for row in path.read_text(encoding="utf-8").splitlines() if row and not row.startswith("#")]
        assert len(rows) == len(set(rows)), path.name
