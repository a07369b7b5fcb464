"""Cut a normalised text into the features that BM25, the embedding and the router count."""

import re
from functools import lru_cache

from rjieba import Jieba

from knowledge_base.lexicon import load_lexicon

_SEGMENT = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_TERM_FREQUENCY = 10_000
"""So frequent that rjieba keeps a term of the lexicon whole."""


@lru_cache(maxsize=1)
def _segmenter() -> Jieba:
    segmenter = Jieba()
    for term in load_lexicon().terms:
        segmenter.add_word(term, _TERM_FREQUENCY, "n")
    return segmenter


def words(text: str) -> list[str]:
    """Words by rjieba with the legal terms of the lexicon, punctuation left out. `text` is normalised."""
    segmenter = _segmenter()
    return [word for segment in _SEGMENT.findall(text) for word in segmenter.cut(segment)]


def dictionary_words(text: str) -> list[str]:
    """All of a normalised text, cut into words of rjieba's dictionary and of the lexicon; no new words are guessed."""
    pieces: list[str] = _segmenter().cut(text, False)
    return pieces


def char_ngrams(text: str, sizes: tuple[int, ...]) -> list[str]:
    """Character n-grams inside runs of Chinese characters; runs of Latin letters or digits stay whole."""
    grams: list[str] = []
    for segment in _SEGMENT.findall(text):
        if segment[0].isascii():
            grams.append(segment)
            continue
        for size in sizes:
            grams += [segment[i : i + size] for i in range(len(segment) - size + 1)]
    return grams


def concept_terms(text: str) -> list[str]:
    """The concepts of the lexicon that a text speaks of, in whatever words."""
    return [f"c:{concept}" for concept in load_lexicon().concepts(text)]


def keyword_terms(text: str) -> list[str]:
    """Terms for BM25: words, character bigrams and concepts. A two-character word counts twice, which is wanted."""
    return [f"w:{word}" for word in words(text)] + char_ngrams(text, (2,)) + concept_terms(text)


def features(text: str) -> list[str]:
    """Features for the embedding and the router: words, character 1-, 2- and 3-grams, and concepts."""
    return list(_features(text))


@lru_cache(maxsize=64)  # search, router and embedding each ask for those of the same message
def _features(text: str) -> tuple[str, ...]:
    found = [f"w:{word}" for word in words(text) if len(word) > 1]
    return (*found, *char_ngrams(text, (1, 2, 3)), *concept_terms(text))
